-- Revert freezes

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION export_records(text, text, timestamptz);
DROP FUNCTION export_figures(text, date, timestamptz);
DROP FUNCTION draw_json(bigint);
DROP FUNCTION draw_run_post(text, bigint, integer, integer, integer);
DROP FUNCTION draw_select(bigint, bytea, integer, integer, integer);
DROP FUNCTION draw_commit(text, text, text);
DROP FUNCTION draw_line(text, text, integer);
DROP FUNCTION draw_weight(text, timestamptz);
DROP FUNCTION draw_support(timestamptz);
DROP FUNCTION draw_lateness(timestamptz);
DROP FUNCTION draw_population(text, integer);
DROP FUNCTION draw_key(bytea, text, bigint);
DROP TABLE draw_sample;
DROP TABLE draw_run;
DROP TABLE draw_member;
DROP TABLE draw_seed;
DROP TABLE draw;
DROP TABLE draw_scheme;
DROP FUNCTION figure_diff_json(text, text, text, date, integer, text);
DROP FUNCTION figure_diff_one(text, text, date, timestamptz, integer, date, date, timestamptz, integer);
DROP FUNCTION figure_record(text, text, uuid, uuid, uuid);
DROP FUNCTION figure_cause(text, date, timestamptz, integer, date, timestamptz, integer);
DROP FUNCTION figure_contribution(text, text, date, timestamptz, integer, date, date, timestamptz, integer);
DROP FUNCTION figure_diff(text, text, date, timestamptz, integer, date, date, timestamptz, integer);
DROP FUNCTION figure_step(date, timestamptz, integer, date, timestamptz, integer);
DROP FUNCTION figure_point(text, date, integer);
DROP FUNCTION item_change(text, timestamptz, timestamptz);
DROP FUNCTION figures_beside(text, date);
DROP FUNCTION figure_freeze_next(integer);
DROP FUNCTION figure_freeze(date, text, integer);
DROP FUNCTION figure_freeze_due();
DROP FUNCTION figure_digest(date, text);
DROP FUNCTION figure_line(text, text, bigint, bigint);
DROP FUNCTION figure_head(date, text, date, timestamptz, integer, text);
DROP TABLE frozen_figure;
DROP TABLE frozen_set;
DROP FUNCTION refuse_change();
DROP FUNCTION figure_evidence(text, date, timestamptz, integer);
DROP FUNCTION figure_members(text, date, timestamptz, integer);
DROP FUNCTION figures_at(text, date, timestamptz, integer);
DROP FUNCTION figure_function_exists(text);
DROP FUNCTION figure_completion_evidence(date, timestamptz);
DROP FUNCTION figure_completion_member(text, date, timestamptz);
DROP FUNCTION figure_completion(text, date, timestamptz);
DROP FUNCTION figure_coverage_evidence(date, timestamptz);
DROP FUNCTION figure_coverage_member(text, date, timestamptz);
DROP FUNCTION figure_coverage(text, date, timestamptz);
DROP FUNCTION rule_version(integer);
DROP FUNCTION day_last(date);
DROP FUNCTION figure_part_zh(text);
DROP TABLE figure_source;

COMMIT;
