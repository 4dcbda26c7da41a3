-- Verify forms

BEGIN;

ROLLBACK;
