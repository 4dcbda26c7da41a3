-- Revert plan_indicators

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION plan_started(date, timestamptz);
DROP FUNCTION category_members(date, timestamptz);
DROP FUNCTION category_held(date, timestamptz);
DROP FUNCTION completion_members(date, timestamptz);
DROP FUNCTION completion_rate(date, timestamptz);
DROP FUNCTION plan_cut(date, timestamptz);
DROP FUNCTION completion_baseline_by_office(date, timestamptz, text);
DROP FUNCTION baseline_line(date, timestamptz);
DROP FUNCTION plan_baseline(timestamptz);
DROP FUNCTION plan_line_session(date, timestamptz);
DROP FUNCTION line_credit(date, timestamptz);
DROP FUNCTION first_session(date, timestamptz);
DROP FUNCTION category_month(date, timestamptz);
DROP FUNCTION category_session(date, timestamptz);
DROP FUNCTION lecture_source(timestamptz);

COMMIT;
