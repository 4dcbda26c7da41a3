-- Revert figures

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION effect_sheet(date, timestamptz);
DROP FUNCTION coverage_interval(date, timestamptz);
DROP FUNCTION indicator_members(text, text, date, timestamptz, text);
DROP FUNCTION indicator(text, date, timestamptz);
DROP FUNCTION known_indicator(text);
DROP FUNCTION indicator_facts(name, date, timestamptz);
DROP FUNCTION indicator_part_name(integer, text, text);
DROP FUNCTION figure_json(text, bigint, bigint);
DROP FUNCTION figure_text(text, bigint, bigint);
DROP FUNCTION facts_on(date, timestamptz);
DROP FUNCTION indicator_part_of(text, text);

COMMIT;
