-- Verify facts

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'rule_value(integer, text, text)'::regprocedure;
SELECT 'year_start(integer)'::regprocedure;
SELECT 'year_opened(integer)'::regprocedure;
SELECT 'year_instant(date, timestamptz)'::regprocedure;
SELECT 'judged_lectures(text)'::regprocedure;
SELECT 'held_lecture(timestamptz, text[], uuid[])'::regprocedure;
SELECT 'plan_item_at(timestamptz, text[], uuid[])'::regprocedure;
SELECT 'claim_at(timestamptz, text[], uuid[])'::regprocedure;
SELECT 'study_at(timestamptz, text[], uuid[])'::regprocedure;
SELECT 'joined_lecture(joint_lecture[], joint_claim[])'::regprocedure;
SELECT 'lecture_at(timestamptz)'::regprocedure;
SELECT 'lecture_facts(timestamptz)'::regprocedure;
SELECT 'plan_item_facts(timestamptz)'::regprocedure;
SELECT 'claim_facts(timestamptz)'::regprocedure;
SELECT 'study_facts(timestamptz)'::regprocedure;
SELECT 'covering_facts(timestamptz)'::regprocedure;
SELECT 'covering_day_facts(timestamptz)'::regprocedure;
SELECT 'covering_unit_facts(timestamptz)'::regprocedure;
SELECT 'facts_register(timestamptz)'::regprocedure;

ROLLBACK;
