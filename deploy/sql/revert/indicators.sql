-- Revert indicators

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION item_list(text, integer, text, timestamptz, integer, bigint);
DROP FUNCTION item_rows(text, text, uuid, timestamptz);
DROP FUNCTION record_body(jsonb);
DROP FUNCTION coverage_json(integer, bigint, bigint, bigint, bigint, bigint, bigint);
DROP FUNCTION rate_json(bigint, bigint);
DROP FUNCTION fold(timestamptz);
DROP FUNCTION fold_horizon();
DROP FUNCTION fold_items(text, timestamptz, text[], uuid[]);
DROP FUNCTION percent_text(bigint, bigint);
DROP FUNCTION completion_by_office(date, timestamptz, text);
DROP FUNCTION is_in_scope(text, text);
DROP FUNCTION plan_line_standing(date, timestamptz);
DROP FUNCTION session(date, timestamptz);
DROP FUNCTION coverage_by_county(date, timestamptz);
DROP FUNCTION township_standing(date, timestamptz);
DROP FUNCTION facts_register(timestamptz);
DROP FUNCTION claim_facts(timestamptz);
DROP FUNCTION plan_item_facts(timestamptz);
DROP FUNCTION covering_facts(timestamptz);
DROP FUNCTION lecture_facts(timestamptz);
DROP FUNCTION claim_at(timestamptz, text[], uuid[]);
DROP FUNCTION plan_item_at(timestamptz, text[], uuid[]);
DROP FUNCTION covering_at(timestamptz, text[], uuid[]);
DROP FUNCTION units_named(integer, text[], date);
DROP FUNCTION lecture_at(timestamptz, text[], uuid[]);
DROP FUNCTION held_lecture(timestamptz, text[], uuid[]);
DROP FUNCTION counting_lecture(timestamptz, text[], uuid[]);
DROP FUNCTION rule_value(integer, text, text);
DROP FUNCTION counting(anyelement, timestamptz);
DROP FUNCTION facts_as_of(timestamptz);
DROP FUNCTION counting_revision(text, timestamptz, text[], uuid[]);
DROP FUNCTION stored_base(text, text, uuid, uuid);

COMMIT;
