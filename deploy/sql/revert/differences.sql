-- Revert differences

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION figure_diff_json(text, text, text, date, integer, text);
DROP FUNCTION figure_diff_one(text, text, date, timestamptz, integer, date, date, timestamptz, integer);
DROP FUNCTION figure_record(text, text, uuid, uuid, uuid);
DROP FUNCTION figure_cause(text, date, timestamptz, integer, date, timestamptz, integer);
DROP FUNCTION figure_contribution(text, text, date, timestamptz, integer, date, date, timestamptz, integer);
DROP FUNCTION figure_diff(text, text, date, timestamptz, integer, date, date, timestamptz, integer);
DROP FUNCTION figure_step(date, timestamptz, integer, date, timestamptz, integer);
DROP FUNCTION figure_point(text, date, integer);
DROP FUNCTION item_change(text, timestamptz, timestamptz);

COMMIT;
