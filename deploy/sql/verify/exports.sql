-- Verify exports

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'export_figures(text, date, timestamptz, boolean)'::regprocedure, 'export_records(text, text, timestamptz)'::regprocedure;

ROLLBACK;
