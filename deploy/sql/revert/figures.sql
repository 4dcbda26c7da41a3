-- Revert figures

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION effect_sheet(date, timestamptz);
DROP FUNCTION coverage_interval(date, timestamptz);
DROP FUNCTION indicator_members(text, text, date, timestamptz, text);
DROP FUNCTION indicator(text, date, timestamptz);
DROP FUNCTION known_indicator(text);
DROP FUNCTION indicator_facts(name, date, timestamptz);
DROP FUNCTION facts_on(date, timestamptz);
DROP FUNCTION indicator_part_of(text, text);
DROP FUNCTION material_received(date, timestamptz);
DROP FUNCTION news_report(date, timestamptz);
DROP FUNCTION study_activity(date, timestamptz);
DROP FUNCTION feedback_statistics(date, timestamptz);
DROP FUNCTION feedback_period(date, timestamptz);
DROP FUNCTION filing_rate(date, timestamptz);
DROP FUNCTION inspection_coverage(date, timestamptz);
DROP FUNCTION window_publicity(date, timestamptz);
DROP FUNCTION service_hall(date, timestamptz);
DROP FUNCTION publicity_column(date, timestamptz);
DROP FUNCTION interpretation_completeness(date, timestamptz);
DROP FUNCTION library_cleanup(date, timestamptz);
DROP FUNCTION disclosure_rate(date, timestamptz);
DROP FUNCTION library_document(date, timestamptz);
DROP FUNCTION arrangement_publication(date, timestamptz);
DROP FUNCTION speaker_members(date, timestamptz);
DROP FUNCTION speaker_average(date, timestamptz);
DROP FUNCTION speaker_pair(date, timestamptz);
DROP FUNCTION active_speaker(date, timestamptz);
DROP FUNCTION session_members(date, timestamptz);
DROP FUNCTION session_count(date, timestamptz);
DROP FUNCTION late_entered(date, timestamptz);
DROP FUNCTION township_members(date, timestamptz);
DROP FUNCTION township_coverage(date, timestamptz);
DROP FUNCTION plan_started(date, timestamptz);
DROP FUNCTION category_members(date, timestamptz);
DROP FUNCTION category_held(date, timestamptz);
DROP FUNCTION completion_members(date, timestamptz);
DROP FUNCTION completion_rate(date, timestamptz);
DROP FUNCTION plan_cut(date, timestamptz);
DROP FUNCTION completion_baseline_by_office(date, timestamptz, text);
DROP FUNCTION baseline_line(date, timestamptz);
DROP FUNCTION plan_baseline(timestamptz);
DROP FUNCTION line_credit(date, timestamptz);
DROP FUNCTION category_session(date, timestamptz);
DROP FUNCTION system_study(date, timestamptz);
DROP FUNCTION session_revision(date, timestamptz);
DROP FUNCTION standing_office(integer);
DROP FUNCTION open_office(integer);
DROP FUNCTION programme_start(timestamptz);
DROP TABLE indicator_part;
DROP TABLE indicator_definition;
DROP TYPE indicator_fact;

COMMIT;
