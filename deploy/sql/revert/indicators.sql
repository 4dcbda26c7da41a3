-- Revert indicators

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION coverage_json(integer, bigint, bigint, bigint, bigint, bigint, bigint);
DROP FUNCTION rate_json(bigint, bigint);
DROP FUNCTION percent_text(bigint, bigint);
DROP FUNCTION suspected_twin(date, timestamptz);
DROP FUNCTION completion_by_office(date, timestamptz, text);
DROP FUNCTION is_in_scope(text, text);
DROP FUNCTION plan_line_standing(date, timestamptz);
DROP FUNCTION claimed_session(date, timestamptz);
DROP FUNCTION session_count(date, timestamptz);
DROP FUNCTION session(date, timestamptz);
DROP FUNCTION coverage_by_county(date, timestamptz);
DROP FUNCTION township_standing(date, timestamptz);
DROP FUNCTION township_covered(date, timestamptz);
DROP FUNCTION facts_register(timestamptz);
DROP FUNCTION covering_unit_facts(timestamptz);
DROP FUNCTION covering_day_facts(timestamptz);
DROP FUNCTION covering_facts(timestamptz);
DROP FUNCTION study_facts(timestamptz);
DROP FUNCTION claim_facts(timestamptz);
DROP FUNCTION plan_item_facts(timestamptz);
DROP FUNCTION lecture_facts(timestamptz);
DROP FUNCTION lecture_at(timestamptz);
DROP FUNCTION is_joined(counted_lecture, counted_lecture, boolean);
DROP FUNCTION study_at(timestamptz, text[], uuid[]);
DROP FUNCTION claim_at(timestamptz, text[], uuid[]);
DROP FUNCTION plan_item_at(timestamptz, text[], uuid[]);
DROP FUNCTION held_lecture(timestamptz, text[], uuid[]);
DROP FUNCTION held_lecture_named(timestamptz, text[], uuid[]);
DROP FUNCTION held_lecture_query(text);
DROP FUNCTION judged_lectures(text);
DROP FUNCTION rule_value(integer, text, text);
DROP TYPE lecture_row;

COMMIT;
