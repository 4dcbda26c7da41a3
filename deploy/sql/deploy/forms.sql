-- Deploy forms: the statistics form (统计表): proposals, support, consistency, consolidation.

BEGIN;

SET LOCAL search_path TO zhibao;

COMMIT;
