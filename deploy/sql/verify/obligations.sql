-- Verify obligations

BEGIN;

ROLLBACK;
