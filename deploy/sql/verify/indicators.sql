-- Verify indicators

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'rule_value(integer, text, text)'::regprocedure;
SELECT 'judged_lectures(text)'::regprocedure;
SELECT 'held_lecture(timestamptz, text[], uuid[])'::regprocedure;
SELECT 'plan_item_at(timestamptz, text[], uuid[])'::regprocedure;
SELECT 'claim_at(timestamptz, text[], uuid[])'::regprocedure;
SELECT 'study_at(timestamptz, text[], uuid[])'::regprocedure;
SELECT 'is_joined(counted_lecture, counted_lecture, boolean)'::regprocedure;
SELECT 'lecture_at(timestamptz)'::regprocedure;
SELECT 'lecture_facts(timestamptz)'::regprocedure;
SELECT 'plan_item_facts(timestamptz)'::regprocedure;
SELECT 'claim_facts(timestamptz)'::regprocedure;
SELECT 'study_facts(timestamptz)'::regprocedure;
SELECT 'covering_facts(timestamptz)'::regprocedure;
SELECT 'covering_day_facts(timestamptz)'::regprocedure;
SELECT 'covering_unit_facts(timestamptz)'::regprocedure;
SELECT 'facts_register(timestamptz)'::regprocedure;
SELECT 'township_covered(date, timestamptz)'::regprocedure;
SELECT 'township_standing(date, timestamptz)'::regprocedure;
SELECT 'coverage_by_county(date, timestamptz)'::regprocedure;
SELECT 'session(date, timestamptz)'::regprocedure;
SELECT 'session_count(date, timestamptz)'::regprocedure;
SELECT 'claimed_session(date, timestamptz)'::regprocedure;
SELECT 'plan_line_standing(date, timestamptz)'::regprocedure;
SELECT 'is_in_scope(text, text)'::regprocedure;
SELECT 'completion_by_office(date, timestamptz, text)'::regprocedure;
SELECT 'suspected_twin(date, timestamptz)'::regprocedure;
SELECT 'percent_text(bigint, bigint)'::regprocedure;
SELECT 'rate_json(bigint, bigint)'::regprocedure;
SELECT 'coverage_json(integer, bigint, bigint, bigint, bigint, bigint, bigint)'::regprocedure;

ROLLBACK;
