-- Revert causes

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION figure_cause(text, date, timestamptz, integer, date, timestamptz, integer);
DROP FUNCTION figure_time(text, timestamptz, timestamptz, integer);
DROP FUNCTION figure_act(text, timestamptz, timestamptz, integer);
DROP FUNCTION figure_milestone(text, integer);
DROP FUNCTION figure_basis(text, text);
DROP FUNCTION figure_step(date, timestamptz, integer, date, timestamptz, integer);
DROP FUNCTION item_change(text, timestamptz, timestamptz);

COMMIT;
