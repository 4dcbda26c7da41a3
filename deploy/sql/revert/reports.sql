-- Revert reports

BEGIN;

COMMIT;
