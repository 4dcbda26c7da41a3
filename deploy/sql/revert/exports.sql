-- Revert exports

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION export_records(text, text, timestamptz);
DROP FUNCTION export_figures(text, date, timestamptz, boolean);

COMMIT;
