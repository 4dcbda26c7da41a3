-- Revert supervision_indicators

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION form_difference(date, timestamptz);
DROP FUNCTION feedback_statistics(date, timestamptz);
DROP FUNCTION feedback_period(date, timestamptz);
DROP FUNCTION filing_rate(date, timestamptz);
DROP FUNCTION inspection_coverage(date, timestamptz);
DROP FUNCTION inspection_list(date, timestamptz);
DROP FUNCTION inspection_recorded(date, timestamptz);
DROP FUNCTION inspection_standing(timestamptz);
DROP FUNCTION inspection_scheme(integer);
DROP FUNCTION submission_timeliness(date, timestamptz);

COMMIT;
