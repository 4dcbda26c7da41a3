-- Revert obligations

BEGIN;

COMMIT;
