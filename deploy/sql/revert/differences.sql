-- Revert differences

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION figure_diff_json(text, text, text, date, integer, text);
DROP FUNCTION figure_diff_one(text, text, date, timestamptz, integer, date, date, timestamptz, integer);
DROP FUNCTION office_name(integer, integer, text);
DROP FUNCTION figure_moved(text, date, timestamptz, integer, date, timestamptz, integer);
DROP FUNCTION figure_reason(text, text, text, date, integer, date, integer, jsonb);
DROP FUNCTION figure_record(text, text, text, uuid, uuid, text, timestamptz);
DROP FUNCTION figure_contribution(text, text, date, timestamptz, integer, date, date, timestamptz, integer);
DROP FUNCTION figure_diff(text, text, date, timestamptz, integer, date, date, timestamptz, integer);
DROP FUNCTION figure_point(text, date, integer);

COMMIT;
