-- Revert activity_indicators

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION study_activity(date, timestamptz);
DROP FUNCTION speaker_members(date, timestamptz);
DROP FUNCTION speaker_average(date, timestamptz);
DROP FUNCTION speaker_pair(date, timestamptz);
DROP FUNCTION late_entry(date, timestamptz);
DROP FUNCTION session_total(date, timestamptz);
DROP FUNCTION session_members(date, timestamptz);
DROP FUNCTION session_tally(date, timestamptz);
DROP FUNCTION township_members(date, timestamptz);
DROP FUNCTION reaching_lecture(date, timestamptz);
DROP FUNCTION township_coverage(date, timestamptz);

COMMIT;
