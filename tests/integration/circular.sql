-- The circular tells of the newest due day: papers by their receipt, coverage and completion by the figure of the day.
\ir indicators_made.sql
\cd :statements
\set text `cat report_told.sql`
CREATE FUNCTION pg_temp.told(text, date, timestamptz, text) RETURNS TABLE (is_total boolean, material text, due_on date, on_time bigint, due bigint, names text) LANGUAGE sql AS :'text';
\set text `cat report_told_late.sql`
CREATE FUNCTION pg_temp.late(text, date, timestamptz, text) RETURNS TABLE (is_total boolean, material text, state text, offices bigint, names text) LANGUAGE sql AS :'text';
CREATE FUNCTION pg_temp.circular(p_node text, p_on date, p_as_of timestamptz DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('; ', (SELECT string_agg(concat_ws(' ', t.material, to_char(t.due_on, 'MM-DD'), t.on_time || '/' || t.due, t.names), ', ') FROM pg_temp.told(p_node, p_on, i.at, '') t WHERE NOT t.is_total),
		(SELECT string_agg(concat_ws(' ', l.material, l.state, l.offices, l.names), ', ') FROM pg_temp.late(p_node, p_on, i.at, '') l))
	FROM (SELECT coalesce(p_as_of, day_last(p_on)) AS at) i $$;
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, applies_to, judged_by, evidence) VALUES
	(1, 34, '2024-06-30', 'city', '方案', 'city', 'receipt', 'work_plan'), (1, 41, '2024-10-31', 'province', '五进', 'city', 'indicator', 'completion'),
	(1, 43, '2024-11-30', 'county', '全覆盖', 'county;city', 'indicator', 'coverage'), (1, 48, '2024-12-20', 'city', '总结', 'city', 'receipt', 'summary_report');
SELECT obligations_generate(1);
SELECT pg_temp.put('submission', 'A', 'w', '{"submission_kind": "work_plan", "title": "x", "doc_no": "1"}', '2024-06-20'), pg_temp.put('plan_item', 'A1', 'l', pg_temp.line(2));
SELECT pg_temp.lecture('A1', 'e1', '2024-05-01', '{101}', p_plan => pg_temp.id('l')::text), pg_temp.lecture('A2', 'e2', '2024-05-01', '{201}');
SELECT is(pg_temp.circular('P', '2024-06-30'), '方案 06-30 1/2 A; 方案 未报送 1 B', 'circular: papers by their receipt');
SELECT is(pg_temp.circular('P', '2024-10-31'), '五进 10-31 0/1 没有; 五进 未达标 1 A（1/2，50.00%）', 'circular: the day of completion tells of cities; one without a plan has nothing to do');
SELECT is(pg_temp.circular('P', '2024-11-30'), '全覆盖 11-30 1/3 A2; 全覆盖 未达标 2 B（0/4，0.00%）、A1（1/3，33.33%）', 'circular: the day of coverage tells of counties, not of the papers of June');
SELECT is(pg_temp.circular('A', '2024-11-30') || ' | ' || pg_temp.circular('A2', '2024-11-30'), '全覆盖 11-30 1/2 A2; 全覆盖 未达标 1 A1（1/3，33.33%） | 全覆盖 11-30 1/1 全部单位', 'circular: of a city its own counties');
SELECT pg_temp.lecture('A1', 'late', '2024-12-05', '{102}'), pg_temp.lecture('A1', 'told late', '2024-11-20', '{103}', p_at => '2024-12-06');
SELECT is(pg_temp.circular('A', '2024-12-10'), '全覆盖 11-30 1/2 A2; 全覆盖 未达标 1 A1（2/3，66.67%）', 'circular: what was held after the day does not heal it, what was held before and told later does');
SELECT is(pg_temp.circular('A', '2024-12-10', day_last('2024-11-30')), '全覆盖 11-30 1/2 A2; 全覆盖 未达标 1 A1（1/3，33.33%）', 'circular: as known then');
SELECT is(pg_temp.circular('A', '2024-12-20'), '总结 12-20 0/1 没有; 总结 未报送 1 A', 'circular: then the papers of December');
SELECT is(pg_temp.circular('U', '2024-11-30'), '', 'circular: nothing of days that bound no office of the node');
SELECT is(concat_ws(' ', report_period('2024-09-30', ''), report_period('2024-10-01', ''), report_period('2024-12-31', 'mid_year')), 'mid_year year_end mid_year', 'reports: the period asked for, else that of the day');
-- R6, R12: nothing is due before the day has ended.
SELECT is(pg_temp.circular('P', '2024-10-31', '2024-10-31T12:00+08'), '方案 06-30 1/2 A; 方案 未报送 1 B', 'circular: on the due day itself nobody is named for it, the day before it is told');
SELECT is(pg_temp.circular('P', '2024-06-30', '2024-06-30T12:00+08'), '', 'circular: nor for papers of the first day');
SELECT is(pg_temp.circular('P', '2024-12-20', '2024-12-20T12:00+08'), '全覆盖 11-30 1/3 A2; 全覆盖 未达标 2 B（0/4，0.00%）、A1（2/3，66.67%）', 'circular: papers of today leave the figures of the day before');
-- R12: moved to the next day worked; 2024-06-30 is a Sunday.
SELECT is((SELECT string_agg(DISTINCT c.as_of::date::text, ' ') FROM report_calendar('2024-07-05', '{}', '{}', '1 day') c WHERE c.report = 'circular' AND c.as_of > '2024-06-01'), '2024-06-30', 'calendar: of the due day');
INSERT INTO rule_switch VALUES (1, 'deadline.shift', 'workday', 'none;workday', 'R12');
DELETE FROM obligation;
SELECT obligations_generate(1);
SELECT is((SELECT string_agg(DISTINCT c.as_of::date::text, ' ') FROM report_calendar('2024-07-05', '{}', '{}', '1 day') c WHERE c.report = 'circular' AND c.as_of > '2024-06-01'), '2024-07-01', 'calendar: of the day it moves to');
SELECT is((SELECT pg_temp.circular('P', c.as_of::date, c.as_of) FROM report_calendar('2024-07-05', '{}', '{}', '1 day') c WHERE c.report = 'circular' AND c.as_of > '2024-06-01'),
	'方案 07-01 1/2 A; 方案 未报送 1 B', 'calendar: which then has something to tell, by its day');
SELECT is(pg_temp.circular('A2', '2024-11-30') || ' | ' || pg_temp.circular('A2', '2024-12-02'), ' | 全覆盖 11-30 1/1 全部单位', 'circular: a Saturday of coverage is told when the day it moves to has ended, by its own figure');
SELECT * FROM finish();
ROLLBACK;
