-- Revert figures

BEGIN;

COMMIT;
