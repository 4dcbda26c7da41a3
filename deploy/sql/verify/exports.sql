-- Verify exports

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'export_figures(text, date, timestamptz)'::regprocedure, 'export_records(text, text, timestamptz)'::regprocedure;

ROLLBACK;
