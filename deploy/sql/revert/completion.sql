-- Revert completion

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION suspected_twin(date, timestamptz);
DROP FUNCTION completion_by_office(date, timestamptz, text);
DROP FUNCTION is_in_scope(text, text);
DROP FUNCTION plan_line_standing(date, timestamptz);
DROP FUNCTION claimed_session(date, timestamptz);
DROP FUNCTION session_count(date, timestamptz);
DROP FUNCTION session(date, timestamptz);

COMMIT;
