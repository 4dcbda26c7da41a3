-- Tables of the audit whose lines share an event, follow a switch of the rules or hang below an office that closed; and what stands beside
-- frozen figures. The statements are those of the report and of the page, read from their files; $1 node, $2 on, $3 as_of, $4 period.
\ir indicators_made.sql
\cd :statements
\set provincial_plan `cat report_provincial_plan.sql`
\set plan_line_sessions `cat report_plan_line_sessions.sql`
\set uncovered `cat report_uncovered.sql`
\set short_lines `cat report_short_lines.sql`
\set late `cat report_late.sql`
\set received `cat report_received.sql`
\set timeliness `cat report_timeliness.sql`
\set twins `cat report_twins.sql`
\set indicators `cat report_indicators.sql`
\set frozen `cat ../../sql/frozen.sql`
\set page `cat ../../sql/coverage.sql`
\set forms `cat ../../sql/forms.sql`
CREATE FUNCTION pg_temp.frozen(text, date, timestamptz, text) RETURNS json LANGUAGE sql AS :'frozen';
CREATE FUNCTION pg_temp.page(text, date, timestamptz, text) RETURNS json LANGUAGE sql AS :'page';
CREATE FUNCTION pg_temp.forms(text, text, timestamptz, text) RETURNS json LANGUAGE sql AS :'forms';
CREATE TEMP TABLE statement AS SELECT * FROM (VALUES ('provincial_plan', :'provincial_plan'), ('plan_line_sessions', :'plan_line_sessions'), ('uncovered', :'uncovered'),
	('short_lines', :'short_lines'), ('late', :'late'), ('received', :'received'), ('timeliness', :'timeliness'), ('twins', :'twins'), ('indicators', :'indicators')) s (name, text);
CREATE FUNCTION pg_temp.rows(p_name text, p_node text, p_on date DEFAULT '2024-12-31', p_as_of timestamptz DEFAULT '2025-01-31') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v_row record;
BEGIN
	FOR v_row IN EXECUTE (SELECT s.text FROM statement s WHERE s.name = p_name) USING p_node, p_on, p_as_of, '' LOOP
		RETURN NEXT regexp_replace(v_row::text, '["()]', '', 'g');
	END LOOP;
END $$;
SAVEPOINT clean;

-- U hosts a session of line 29 that P claims for line 18.
SELECT pg_temp.lecture('U', 'joint', '2024-09-10', NULL, 'system', '00000000-0000-0000-0000-0000000000a1'), pg_temp.put('claim', 'P', 'c', jsonb_build_object('host_office_code', 'U',
	'host_item_id', pg_temp.id('joint'), 'plan_item_id', '00000000-0000-0000-0000-0000000000a2'), '2024-09-12');
SELECT is(array(SELECT concat_ws(' ', w[2], w[11], w[12], w[13]) FROM pg_temp.rows('provincial_plan', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w),
	ARRAY['18 1 25 1', '29 1 1 1', ' 2 26 1'], 'R8: a session of two lines is held for each and once in the total');
SELECT is(array(SELECT concat_ws(' ', w[2], w[5], w[6], w[7], w[8], w[9], w[10], w[11]) FROM pg_temp.rows('plan_line_sessions', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w),
	ARRAY['18 1 0 0 1 0 0 0', '29 1 0 0 1 0 0 0', ' 1 0 0 1 0 0 0'], 'R8: and in that of its modes');
SELECT pg_temp.lecture('U', 'early', '2024-02-10', NULL, 'campus', '00000000-0000-0000-0000-0000000000a2', '{"mode": "online"}');
SELECT is(array(SELECT concat_ws(' ', w[2], w[5], w[6], w[7], w[8], w[9], w[10], w[11]) FROM pg_temp.rows('plan_line_sessions', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w),
	ARRAY['18 2 1 1 1 1 0 0', '29 1 0 0 1 0 0 0', ' 2 1 1 1 1 0 0'], 'A2-09: the total tells what is early, outside and online, event by event');
ROLLBACK TO clean;
SELECT is((SELECT w[13] FROM pg_temp.rows('provincial_plan', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w WHERE w[1] = 't'), '0', 'A2-10: nothing held');

-- R6: which coverage is the official one is a switch.
SELECT pg_temp.lecture('A2', 'e', '2024-05-01', '{201}', 'enterprise'), pg_temp.lecture('A1', 'e', '2024-05-01', '{101,103}');
INSERT INTO fold_state VALUES (true, '0', '2025-01-31', 1, 0);
SAVEPOINT held;
SELECT is(array(SELECT r FROM pg_temp.rows('uncovered', 'A') r), ARRAY['f,A,A1,2,3,1,0,乙镇', 'f,A,A2,1,1,0,0,', 't,合计,,3,4,1,0,'], 'R6: broad, 街道 counted');
INSERT INTO rule_switch VALUES (1, 'coverage.breadth', 'strict', 'broad;strict', 'R6');
SELECT is(array(SELECT r FROM pg_temp.rows('uncovered', 'A') r), ARRAY['f,A,A1,2,3,1,0,乙镇', 'f,A,A2,0,1,1,0,丁街道', 't,合计,,2,4,2,0,'], 'R6: strict, an enterprise lecture covers nothing');
SELECT is(pg_temp.fig('I-03', 'A'), '2/4', 'R6: as I-03 has it');
SELECT is((SELECT string_agg(t ->> 'state', ' ') FROM json_array_elements(pg_temp.page('A2', '2024-12-31', '2025-01-31', 'children') -> 'townships') t), 'uncovered', 'R6: nor on the page');
INSERT INTO rule_switch VALUES (1, 'coverage.base', 'rural', 'all;rural', 'R6');
SELECT is(array(SELECT r FROM pg_temp.rows('uncovered', 'A') r), ARRAY['f,A,A1,1,2,1,0,乙镇', 'f,A,A2,0,0,0,0,没有乡镇（街道）', 't,合计,,1,2,1,0,'], 'R6: 街道 left out');
ROLLBACK TO held;
-- A2 is closed: it hangs below A1, its townships are still its own.
SELECT pg_temp.registers_again(2024, '2024-08-01');
UPDATE office SET parent_code = 'A1' WHERE register_version = 2 AND code = 'A2';
INSERT INTO office_tree VALUES (2, 'A1', 'A2');
SELECT is(array(SELECT concat_ws(' ', w[2], w[3]) FROM pg_temp.rows('uncovered', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w), ARRAY['A A1', 'A A2', 'B ', '合计 '],
	'AR-3: a closed county stands under its city, a city without counties for itself');
ROLLBACK TO clean;

-- R11: the province's own lines are told elsewhere.
SELECT pg_temp.put('plan_item', o, 'l' || o, pg_temp.line(3, '2024-06-30')) FROM unnest('{U,P,A,A1}'::text[]) o;
SELECT is(array(SELECT w[2] || ' ' || w[9] FROM pg_temp.rows('short_lines', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w), ARRAY['A 3', 'A1 3'], 'R11: short lines are those of cities and counties');
ROLLBACK TO clean;

-- R12: the day that is told is the one that days late are counted from.
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, judged_by, evidence) VALUES
	(1, 61, '2024-03-31', 'county', '方案', 'receipt', 'work_plan'), (1, 62, '2024-06-30', 'county', '进展', 'receipt', 'progress_report');
SELECT obligations_generate(1);
INSERT INTO extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A1', 62, '2024-07-10T16:00Z', 'x', 'r', 'A', '2024-06-20');
SELECT pg_temp.put('submission', 'A1', 'w', '{"submission_kind": "progress_report", "title": "x", "doc_no": "1", "file_name": "a.pdf", "approved_by": "y"}', '2024-07-12T12:00+08'),
	pg_temp.put('submission', 'A1', 'p', '{"submission_kind": "work_plan", "title": "x", "doc_no": "1"}', '2024-04-01T12:00+08');
SELECT is(array(SELECT concat_ws(' ', w[2], w[3], w[4], w[5], w[6]) FROM pg_temp.rows('late', 'A', '2024-07-31', '2024-07-31') r CROSS JOIN LATERAL string_to_array(r, ',') w),
	ARRAY['A1 方案 2024-03-31 逾期 1', 'A2 方案 2024-03-31 未报 122', 'A1 进展 2024-07-10 逾期 2', 'A2 进展 2024-06-30 未报 31'], 'R12: the day an extension ends');
SELECT is(array(SELECT concat_ws(' ', w[3], w[4], w[6]) FROM pg_temp.rows('received', 'A', '2024-07-31', '2024-07-31') r CROSS JOIN LATERAL string_to_array(r, ',') w),
	ARRAY['方案 2024-03-31 1', '进展 2024-07-10 2'], 'R12: among what was received, too');
INSERT INTO rule_switch VALUES (1, 'deadline.shift', 'workday', 'none;workday', 'R12');
DELETE FROM obligation;
SELECT obligations_generate(1);
SELECT is(array(SELECT concat_ws(' ', w[3], w[4], w[6]) FROM pg_temp.rows('received', 'A', '2024-07-31', '2024-07-31') r CROSS JOIN LATERAL string_to_array(r, ',') w),
	ARRAY['方案 2024-04-01 0', '进展 2024-07-10 2'], 'R12: a Sunday moved to the next day worked');
SELECT is(array(SELECT concat_ws(' ', w[3], w[4]) FROM pg_temp.rows('timeliness', 'A', '2024-07-31', '2024-07-31') r CROSS JOIN LATERAL string_to_array(r, ',') w WHERE w[2] IN ('61', '62')),
	ARRAY['方案 2024-04-01', '进展 2024-07-01'], 'R12: in the table of the materials as well');
ROLLBACK TO clean;

-- R8: one event recorded by A1, A2 and B. A1 joins its record to that of A2.
SELECT pg_temp.lecture(o, 'e' || o, '2024-05-01', '{101}', 'campus', NULL, '{"place": "hall"}') FROM unnest('{A1,A2,B}'::text[]) o;
CREATE FUNCTION pg_temp.twins() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(office_code, ' ' ORDER BY office_code) FROM suspected_twin('2024-12-31', '2025-01-31') $$;
CREATE FUNCTION pg_temp.weighed() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(office_code || (facts ->> 'twins'), ' ' ORDER BY office_code) FROM draw_weight('online_check', '2024-12-31') WHERE office_code IN ('A1', 'A2', 'B') $$;
SELECT is(pg_temp.twins(), 'A1 A2 B', 'R8: three offices, three suspects');
SELECT pg_temp.claim('A1', 'c', 'A2', 'eA2');
SELECT is(pg_temp.twins(), 'A2 B', 'R8: a record joined to that of another office is settled, the others are not');
SELECT is((SELECT w[5] || ' ' || w[6] FROM pg_temp.rows('twins', 'A2') r CROSS JOIN LATERAL string_to_array(r, ',') w), 'A2、B 2', 'R8: as the table has it');
SELECT is(array(SELECT r FROM pg_temp.rows('twins', 'A1') r), '{}', 'R8: which is none of A1 any longer');
SELECT is(pg_temp.weighed(), 'A10 A21 B1', 'R8: nor adds to its weight in a draw');
SELECT pg_temp.lecture('B', 'again', '2024-05-01', '{101}', 'campus', NULL, '{"place": "hall"}');
SELECT is(pg_temp.twins(), 'A2 B B', 'R8: twins of one office beside another office stay, counted or not');
SELECT pg_temp.claim('A2', 'c2', 'B', 'eB');
SELECT is(pg_temp.twins(), 'B B', 'R8: and when the other one has joined');
ROLLBACK TO clean;

-- A1-55: nobody answered; too few did. A check of a portal has a Chinese name.
INSERT INTO rule_switch VALUES (1, 'feedback.min_responses', '30', '1..1000', 'A1-55');
SELECT pg_temp.put('feedback_stat', 'P', 'f' || o, jsonb_build_object('source', 'online_survey', 'about_office_code', o, 'period_start', '2024-01-01', 'period_end', '2024-06-30',
	'total_count', 50, 'response_count', n, 'satisfied_count', 0)) FROM (VALUES ('A1', 0), ('A2', 20)) f (o, n);
SELECT pg_temp.put('inspection', 'P', 'i', '{"scheme": "online_check", "inspected_office_code": "A1", "checked_on": "2024-05-05", "channel": "portal", "result": "passed"}', '2024-05-06');
INSERT INTO value_label (kind, field, value, label_zh) SELECT 'inspection', 'channel', 'portal', '门户网站' WHERE NOT EXISTS (SELECT FROM value_label WHERE kind = 'inspection' AND value = 'portal');
SELECT is(array(SELECT w[2] || ' ' || w[8] FROM unnest('{A1,A2}'::text[]) o CROSS JOIN LATERAL pg_temp.rows('indicators', o) r CROSS JOIN LATERAL string_to_array(r, ',') w WHERE w[4] = 'online_survey.satisfied'),
	ARRAY['I-14 不适用', 'I-14 样本不足，不公布'], 'A1-55: no answers are no small sample');
SELECT matches((SELECT w[5] FROM pg_temp.rows('indicators', 'A1') r CROSS JOIN LATERAL string_to_array(r, ',') w WHERE w[4] = 'online_check.portal.passed'), '^合格：[^a-z]+$', 'A1-47: no code in the name of a channel');
ROLLBACK TO clean;

-- R6: the live figures beside those frozen in a year that is over are those of its last instant.
SELECT pg_temp.registers_again(2025, '2025-01-10T00:00+08');
INSERT INTO fold_state VALUES (true, '0', '2025-03-01T00:00+08', 2, 0);
SELECT is((SELECT concat_ws(' ', f ->> 'live_on', f ->> 'live_as_of') FROM pg_temp.frozen('P', '2024-11-30', NULL, 'I-04') f), '2025-01-09 2025-01-09T15:59:59.999999Z', 'R6: live is the last day of that year');
SELECT is((SELECT f ->> 'live_on' FROM pg_temp.frozen('P', '2025-01-31', NULL, 'I-04') f), '2025-03-01', 'R6: of the year itself the day of the fold');
ROLLBACK TO clean;

-- Forms refused at one instant have an order.
INSERT INTO quarantine SELECT 'A1', 1, s, 1, '2024-07-01', 'A1', pg_temp.id('q' || s), pg_temp.id('q/' || s), NULL, 'statistics_form', 'E_FORM_YES', 'f' || s, 'x', '' FROM generate_series(1, 3) s;
SELECT is((SELECT string_agg(q ->> 'field', ' ') FROM json_array_elements(pg_temp.forms('P', 'year_end', '2025-01-05', 'list') -> 'refused') q), 'f3 f2 f1', 'forms: refused, newest first');

SELECT * FROM finish();
ROLLBACK;
