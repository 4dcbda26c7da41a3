-- Verify reports

BEGIN;

ROLLBACK;
