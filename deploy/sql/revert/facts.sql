-- Revert facts

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION facts_register(timestamptz);
DROP FUNCTION covering_unit_facts(timestamptz);
DROP FUNCTION covering_day_facts(timestamptz);
DROP FUNCTION covering_facts(timestamptz);
DROP FUNCTION study_facts(timestamptz);
DROP FUNCTION claim_facts(timestamptz);
DROP FUNCTION plan_item_facts(timestamptz);
DROP FUNCTION lecture_facts(timestamptz);
DROP FUNCTION lecture_at(timestamptz);
DROP FUNCTION joined_lecture(joint_lecture[], joint_claim[]);
DROP TYPE joint_claim;
DROP TYPE joint_lecture;
DROP FUNCTION study_at(timestamptz, text[], uuid[]);
DROP FUNCTION claim_at(timestamptz, text[], uuid[]);
DROP FUNCTION plan_item_at(timestamptz, text[], uuid[]);
DROP FUNCTION held_lecture(timestamptz, text[], uuid[]);
DROP FUNCTION held_lecture_named(timestamptz, text[], uuid[]);
DROP FUNCTION held_lecture_query(text);
DROP FUNCTION judged_lectures(text);
DROP FUNCTION year_instant(date, timestamptz);
DROP FUNCTION year_opened(integer);
DROP FUNCTION year_start(integer);
DROP FUNCTION rule_value(integer, text, text);
DROP TYPE lecture_row;

COMMIT;
