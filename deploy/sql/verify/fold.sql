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
SELECT 'fold_anew_begin(timestamptz)'::regprocedure;
SELECT 'fold_anew_part(timestamptz, integer, integer)'::regprocedure;
SELECT 'analyze_rollups()'::regprocedure;
SELECT 'fold_anew_end(timestamptz, xid8, integer)'::regprocedure;
SELECT 'fold_is_anew(timestamptz)'::regprocedure;
SELECT 'fold(timestamptz)'::regprocedure;

ROLLBACK;
