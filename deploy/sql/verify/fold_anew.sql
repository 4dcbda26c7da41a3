-- Verify fold_anew

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'fold_anew_begin(timestamptz)'::regprocedure;
SELECT 'fold_anew_part(timestamptz, integer, integer)'::regprocedure;
SELECT 'analyze_rollups()'::regprocedure;
SELECT 'fold_anew_end(timestamptz, xid8, integer)'::regprocedure;
SELECT 'fold_is_anew(timestamptz)'::regprocedure;

ROLLBACK;
