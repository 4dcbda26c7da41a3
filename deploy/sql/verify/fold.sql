-- Verify fold

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'fold_horizon()'::regprocedure;
SELECT 'fold_lock_key()'::regprocedure;
SELECT 'fold_small(text, timestamptz, text[], uuid[])'::regprocedure;
SELECT 'fold_window(xid8, xid8, timestamptz)'::regprocedure;
SELECT 'fold(timestamptz)'::regprocedure;

ROLLBACK;
