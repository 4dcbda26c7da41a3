-- Verify figures

BEGIN;

ROLLBACK;
