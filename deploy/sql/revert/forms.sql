-- Revert forms

BEGIN;

COMMIT;
