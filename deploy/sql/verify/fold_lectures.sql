-- Verify fold_lectures

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'fold_tables()'::regprocedure;
SELECT 'fold_groups(boolean)'::regprocedure;
SELECT 'fold_counters()'::regprocedure;
SELECT 'fold_units(text[])'::regprocedure;
SELECT 'fold_lectures(timestamptz, boolean, boolean)'::regprocedure;

ROLLBACK;
