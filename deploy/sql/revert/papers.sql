-- Revert papers

BEGIN;

SET LOCAL search_path TO zhibao;

DROP TABLE filing_receipt;
DROP TABLE statistics_form;
DROP TABLE submission;
DROP TABLE office_profile;

COMMIT;
