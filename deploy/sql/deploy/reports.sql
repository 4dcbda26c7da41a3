-- Deploy reports: scheduled reports (报告).

BEGIN;

SET LOCAL search_path TO zhibao;

COMMIT;
