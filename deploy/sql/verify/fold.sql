-- Verify fold

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'fold_horizon()'::regprocedure;
SELECT 'fold_lock_key()'::regprocedure;
SELECT 'fold_tables()'::regprocedure;
SELECT 'fold_groups(boolean)'::regprocedure;
SELECT 'fold_counters()'::regprocedure;
SELECT 'fold_units(text[])'::regprocedure;
SELECT 'fold_lectures(timestamptz, boolean, boolean)'::regprocedure;
SELECT 'fold_small(text, timestamptz, text[], uuid[])'::regprocedure;
SELECT 'fold_window(xid8, xid8, timestamptz)'::regprocedure;
SELECT 'fold(timestamptz)'::regprocedure;

ROLLBACK;
