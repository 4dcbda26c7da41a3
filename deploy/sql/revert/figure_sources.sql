-- Revert figure_sources

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION figure_evidence(text, date, timestamptz, integer);
DROP FUNCTION figure_members(text, date, timestamptz, integer);
DROP FUNCTION figures_at(text, date, timestamptz, integer);
DROP FUNCTION figure_exists(figure_source);
DROP FUNCTION figure_indicator_evidence(text, date, timestamptz);
DROP FUNCTION figure_township_evidence(date, timestamptz);
DROP FUNCTION figure_completion_evidence(text, date, timestamptz);
DROP FUNCTION figure_completion_member(text, date, timestamptz);
DROP FUNCTION figure_completion(text, date, timestamptz);
DROP FUNCTION figure_coverage_evidence(text, date, timestamptz);
DROP FUNCTION figure_coverage_member(text, date, timestamptz);
DROP FUNCTION figure_coverage(text, date, timestamptz);
DROP FUNCTION rule_version(integer);
DROP FUNCTION day_last(date);
DROP FUNCTION figure_part(integer, text, text);
DROP FUNCTION figure_name(text);
DROP TABLE figure_source;

COMMIT;
