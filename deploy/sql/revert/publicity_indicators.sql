-- Revert publicity_indicators

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION material_received(date, timestamptz);
DROP FUNCTION news_report(date, timestamptz);
DROP FUNCTION window_publicity(date, timestamptz);
DROP FUNCTION window_copies(date, timestamptz);
DROP FUNCTION service_hall(date, timestamptz);
DROP FUNCTION publicity_column(date, timestamptz);
DROP FUNCTION interpretation_completeness(date, timestamptz);
DROP FUNCTION library_cleanup(date, timestamptz);
DROP FUNCTION disclosure_rate(date, timestamptz);
DROP FUNCTION library_document(date, timestamptz);
DROP FUNCTION arrangement_publication(date, timestamptz);

COMMIT;
