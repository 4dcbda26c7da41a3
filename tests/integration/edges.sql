-- Edge cases with values worked by hand, on the registers of indicators_made.sql: A has the counties A1 (townships 101, 102, 103) and A2
-- (201), B is a city and a county at once; P has 8 townships. docs/indicators.md lists every edge case with its test, here or elsewhere.
\ir indicators_made.sql

-- Codes of the notes on the revisions of an event, oldest first; '-' for a revision without one.
CREATE FUNCTION pg_temp.notes(p_kind text, p_office text, p_item text, p_as_of timestamptz DEFAULT '2025-01-31') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce((SELECT string_agg(n.finding ->> 'code', '+' ORDER BY n.finding ->> 'code')
		FROM zhibao.event_notes(p_office, pg_temp.id(p_item), p_as_of) n WHERE n.revision_id = r.revision_id), '-'), ' ' ORDER BY r.received_at)
	FROM zhibao.item_revision r WHERE r.kind = p_kind AND r.office_code = p_office AND r.item_id = pg_temp.id(p_item) $$;
CREATE FUNCTION pg_temp.held(p_plan text) RETURNS bigint LANGUAGE sql AS $$
	SELECT held FROM zhibao.plan_line_standing('2024-12-31', 'infinity') WHERE plan_item_id = pg_temp.id(p_plan) $$;
-- A second version of the registers, as the first unless changed after, loaded on 2024-08-01 in Shanghai.
CREATE FUNCTION pg_temp.second_version() RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_table text;
BEGIN
	INSERT INTO zhibao.programme_version SELECT 2, programme, 2, name_zh, year, digest, '2024-08-01T00:00+08' FROM zhibao.programme_version;
	FOREACH v_table IN ARRAY ARRAY['office', 'office_tree', 'township_version', 'township_lineage', 'milestone', 'lecture_category', 'plan_line'] LOOP
		EXECUTE format('INSERT INTO zhibao.%1$I SELECT (jsonb_populate_record(t, ''{"register_version": 2}'')).* FROM zhibao.%1$I t', v_table);
	END LOOP;
END $$;

SAVEPOINT clean;
-- The day of an event: before the office was enrolled, more than 30 days before its receipt.
INSERT INTO agent_key (public_key, office_code, label, enrolled_at) VALUES
	(decode(repeat('01', 32), 'hex'), 'A1', 'x', '2024-05-10T09:00+08'), (decode(repeat('02', 32), 'hex'), 'A1', 'y', '2024-09-01T09:00+08');
SELECT pg_temp.lecture('A1', 'before', '2024-05-09', '{101}', p_at => '2024-05-10T10:00+08'), pg_temp.lecture('A1', 'the day', '2024-05-10', '{102}', p_at => '2024-05-10T10:00+08');
SELECT is(pg_temp.notes('lecture_event', 'A1', 'before') || ' ' || pg_temp.notes('lecture_event', 'A1', 'the day'), 'F_BEFORE_ENROLMENT -',
	'edge enrolment: an event of a day before the first machine of its office was enrolled is noted, one of that day is not');
SELECT is((SELECT finding ->> 'text' FROM event_notes('A1', pg_temp.id('before'), 'infinity')), '开展日期 2024-05-09 早于本单位接入系统的日期 2024-05-10',
	'edge enrolment: the sentence says both days');
SELECT is((SELECT finding ->> 'severity' FROM event_notes('A1', pg_temp.id('before'), 'infinity')), 'note', 'edge enrolment: nothing waits for it');
SELECT is(pg_temp.fig('I-04', 'A1') || ' ' || pg_temp.fig('I-03', 'A1'), '2 2/3', 'edge enrolment: it is accepted, counts as a session and covers');
SELECT is(pg_temp.notes('lecture_event', 'A1', 'before', '2024-05-10T09:30+08'), '-', 'edge enrolment: as known before its receipt nothing is said');
SELECT pg_temp.lecture('A2', 'no machine', '2024-05-01', '{201}');
SELECT is(pg_temp.notes('lecture_event', 'A2', 'no machine'), '-', 'edge enrolment: an office without a machine has no such day');
SELECT pg_temp.lecture('A1', 'day 30', '2024-06-01', p_at => '2024-07-01T23:59:59.999999+08'), pg_temp.lecture('A1', 'day 31', '2024-06-01', p_at => '2024-07-02T00:00+08');
SELECT is(pg_temp.notes('lecture_event', 'A1', 'day 30') || ' ' || pg_temp.notes('lecture_event', 'A1', 'day 31'), '- F_LATE_ENTRY',
	'edge late: received on the 30th day after it is not late, on the 31st it is');
SELECT is((SELECT finding ->> 'text' FROM event_notes('A1', pg_temp.id('day 31'), 'infinity')), '补录：开展日期 2024-06-01，2024-07-02 才首次报送，超过 30 天',
	'edge late: the sentence says both days');
SELECT is(pg_temp.fig('I-04b', 'A1') || ' ' || pg_temp.fig('I-04', 'A1'), '1/4 4', 'edge late: the share of the office has it, and it counts');
SELECT pg_temp.put('lecture_event', 'A1', 'day 30', (SELECT to_jsonb(l) FROM lecture_event l WHERE item_id = pg_temp.id('day 30')) || '{"attendance": 7}', '2024-09-01', 'd/2', 'day 30/1');
SELECT is(pg_temp.notes('lecture_event', 'A1', 'day 30'), '- -', 'edge late: a late amendment of what came in time is no late entry');
SELECT pg_temp.put('lecture_event', 'A1', 'day 30', (SELECT to_jsonb(l) FROM lecture_event l WHERE revision_id = pg_temp.id('d/2')) || '{"occurred_on": "2024-05-09"}', '2024-09-02', 'd/3', 'd/2');
SELECT is(pg_temp.notes('lecture_event', 'A1', 'day 30') || ' ' || pg_temp.fig('I-04b', 'A1'), '- - F_BEFORE_ENROLMENT+F_LATE_ENTRY 2/4',
	'edge late: moved to an earlier day it is judged by that day, as I-04b does');
SELECT pg_temp.put('study_event', 'A1', 'study', pg_temp.study('training', 'staff', '2024-06-01'), '2024-07-02T00:00+08');
SELECT is(pg_temp.notes('study_event', 'A1', 'study'), 'F_LATE_ENTRY', 'edge late: study events likewise');
SELECT pg_temp.lecture('A1', 'planned', '2024-05-01', p_more => '{"status": "planned"}', p_at => '2024-09-01');
SELECT is(pg_temp.notes('lecture_event', 'A1', 'planned'), '-', 'edge late: what was only planned is not');

ROLLBACK TO clean;
-- An office opened in mid-year: A3 takes the township 102 over from A1 and gets a new one, 104.
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, applies_to, judged_by, evidence) VALUES
	(1, 9, '2024-03-31', 'county', '工作方案', 'county', 'receipt', 'work_plan'), (1, 60, '2024-11-30', 'county', '总结', 'county', 'receipt', 'summary_report');
SELECT pg_temp.lecture('A1', 'e1', '2024-05-01', '{101}'), pg_temp.lecture('A1', 'e2', '2024-06-01', '{102}', p_plan => pg_temp.id('l1')::text);
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(1));
SELECT pg_temp.second_version();
INSERT INTO office VALUES (2, 'A3', 'A', 'county', '新区', '新区', 'A3', '区', true);
INSERT INTO office_tree VALUES (2, 'A3', 'A3'), (2, 'A', 'A3'), (2, 'P', 'A3');
UPDATE township_version SET valid_to = '2024-08-01' WHERE register_version = 2 AND unit_id = 't2';
INSERT INTO township_version VALUES (2, 't2', '102', '乙镇', '镇', 'A3', '2024-08-01', 'infinity'), (2, 'n1', '104', '丑镇', '镇', 'A3', '2024-08-01', 'infinity');
SELECT obligations_generate(1), obligations_generate(2);
SELECT pg_temp.lecture('A3', 'e3', '2024-08-10', '{104}', p_plan => pg_temp.id('l3')::text);
SELECT pg_temp.put('plan_item', 'A3', 'l3', pg_temp.line(2), '2024-08-20');
SELECT is(pg_temp.fig('I-03', 'A1', '', '2024-07-31') || ' ' || pg_temp.fig('I-03', 'A3', '', '2024-07-31') || ' ' || pg_temp.fig('I-03', 'A', '', '2024-07-31'), '2/3 0/0 2/4',
	'edge opened: the day before it has no township and is not applicable');
SELECT is(pg_temp.fig('I-03', 'A1') || ' ' || pg_temp.fig('I-03', 'A3') || ' ' || pg_temp.fig('I-03', 'A'), '1/2 2/2 3/5',
	'edge opened: from its day on its townships are its own, the one taken over keeps its coverage');
SELECT is((SELECT string_agg(n || ' ' || (SELECT string_agg(m.label, ' ' ORDER BY m.label) FROM indicator_members('I-03', n, '2024-12-31', '2025-01-31', '') m WHERE m.kind = 'lecture_event'), ', ' ORDER BY n)
	FROM unnest('{A1,A3}'::text[]) n), 'A1 t1, A3 n1 t2', 'edge opened: the figure opens to the lectures in its townships, those of before they were its own too');
SELECT is(pg_temp.fig('I-03', 'P', 'counties', '2024-07-31') || ' ' || pg_temp.fig('I-03', 'P', 'counties'), '0/3 1/4', 'edge opened: a county more, at 100 %');
SELECT is(coalesce(pg_temp.fig('I-03', 'A3', '', '2024-12-31', '2024-07-31'), 'none') || ' ' || pg_temp.fig('I-03', 'A', '', '2024-12-31', '2024-07-31'), 'none 2/4',
	'edge opened: as known before, there is no such office');
SELECT is(pg_temp.fig('I-04', 'A3') || ' ' || pg_temp.fig('I-04', 'A1'), '1 2', 'edge opened: sessions of before stay with their author');
SELECT is(pg_temp.fig('I-02', 'A3') || ' ' || pg_temp.fig('I-02', 'A1') || ' ' || pg_temp.fig('I-02', 'A'), '1/2 1/1 2/3', 'edge opened: its lines enter the completion of the city');
SELECT pg_temp.put('plan_item', 'A3', 'l3', pg_temp.line(1), '2024-10-05', 'l3/2', 'l3/1');
SELECT results_eq($$ SELECT is_late, baseline_capped || '/' || baseline_required, current_capped || '/' || current_required
	FROM completion_baseline_by_office('2024-12-31', '2025-01-31', 'cities') WHERE office_code = 'A3' $$, $$ VALUES (false, '1/2', '1/1') $$,
	'edge opened: its first plan is the baseline, and not late');
SELECT is((SELECT string_agg(office_code || ' ' || change, ',') FROM plan_cut('2024-12-31', '2025-01-31')), 'A3 lowered', 'edge opened: lowering it from 10-01 on is flagged');
SELECT results_eq($$ SELECT milestone_no FROM obligation WHERE register_version = 2 AND office_code = 'A3' AND milestone_no IN (9, 14, 60) $$, $$ VALUES (60) $$,
	'edge opened: it owes what is due while it is there, nothing from before');
SELECT is(pg_temp.fig('I-06', 'A') || ' ' || coalesce(pg_temp.fig('I-06', 'A3'), 'none') || ' ' || pg_temp.fig('I-06', 'A', '', '2024-12-31', '2024-07-31'), '0/3 0/0 0/3',
	'edge opened: nor does it owe an arrangement that was due before');

ROLLBACK TO clean;
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, applies_to, judged_by, evidence) VALUES
	(1, 9, '2024-03-31', 'county', '工作方案', 'county', 'receipt', 'work_plan'), (1, 60, '2024-11-30', 'county', '总结', 'county', 'receipt', 'summary_report');
SELECT pg_temp.second_version();
UPDATE office SET parent_code = 'A1' WHERE register_version = 2 AND code = 'A2';
INSERT INTO office_tree VALUES (2, 'A1', 'A2');
SELECT obligations_generate(1), obligations_generate(2);
SELECT is((SELECT string_agg(milestone_no::text, ',' ORDER BY milestone_no) FROM obligation WHERE register_version = 2 AND office_code = 'A2' AND milestone_no IN (9, 60)), '9',
	'edge closed: an office owes what was due while it was open, nothing after');
SELECT is(pg_temp.fig('I-01', 'A', 'milestone:9') || ' ' || pg_temp.fig('I-01', 'A', 'milestone:60'), '0/2 0/1', 'edge closed: and is in the rate of that alone');

ROLLBACK TO clean;
-- Words instead of codes.
SELECT pg_temp.lecture('P', 'all', '2024-05-01', p_more => '{"place": "全省", "note": "面向全省各乡镇"}'), pg_temp.lecture('P', 'mixed', '2024-05-02', p_more => '{"place": "全省各乡镇（街道）", "mode": "mixed"}'),
	pg_temp.lecture('A1', 'county', '2024-05-03', p_more => '{"place": "全县各乡镇", "area_explanation": "全省统一开展"}');
SELECT is(pg_temp.fig('I-04', 'P') || ' ' || pg_temp.fig('I-04', 'A1') || ' ' || pg_temp.fig('I-03', 'P'), '3 1 0/8', 'edge words: 全省 and 全县 as place count as sessions and cover nothing');
SELECT pg_temp.lecture('P', 'named', '2024-05-04', '{101}', p_more => '{"place": "全省", "area_explanation": "全省巡讲首站"}');
SELECT is(pg_temp.fig('I-03', 'P') || ' ' || pg_temp.fig('I-03', 'A1'), '1/8 1/3', 'edge words: with a code beside it the township named is covered, no other');

ROLLBACK TO clean;
-- Township 305 is split on 07-01 into 305 and 306 (小镇); the registers know no villages.
SELECT pg_temp.lecture('B', 'e1', '2024-06-10', '{305}', p_more => '{"place": "小镇东村"}');
SELECT is((SELECT string_agg(unit_id, ' ' ORDER BY unit_id) FROM township_covered('2024-07-10', 'infinity') WHERE is_inherited), 'p1 p2',
	'edge village: before the split the code is that of the whole, a village in words proves neither half');
SELECT pg_temp.lecture('B', 'e2', '2024-07-10', p_more => '{"place": "小镇东村", "note": "小镇东村、西村"}');
SELECT is(pg_temp.fig('I-03', 'B', '', '2024-07-10') || ' ' || pg_temp.fig('I-03', 'B', 'inherited', '2024-07-10'), '0/4 2', 'edge village: nor after it');
SELECT pg_temp.lecture('B', 'e3', '2024-07-11', '{306}', p_more => '{"place": "小镇东村"}');
SELECT is(pg_temp.fig('I-03', 'B', '', '2024-07-11') || ' ' || pg_temp.fig('I-03', 'B', 'inherited', '2024-07-11'), '1/4 1', 'edge village: the code of the half proves it');

ROLLBACK TO clean;
-- Claims in dispute. A1 hosts; A claims the event for one of two lines.
SELECT pg_temp.put('plan_item', 'A1', 'h', pg_temp.line(1)), pg_temp.put('plan_item', 'A', 'k1', pg_temp.line(1)), pg_temp.put('plan_item', 'A', 'k2', pg_temp.line(1));
SELECT pg_temp.lecture('A1', 'j', '2024-05-01', p_plan => pg_temp.id('h')::text);
SELECT pg_temp.claim('A', 'c', 'A1', 'j', 'k1');
SELECT is(pg_temp.fig('I-02', 'A') || ' ' || pg_temp.fig('I-04', 'A'), '2/3 1', 'edge claim: host and co-host each credit their line, one session');
SAVEPOINT claimed;
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	VALUES ('A', pg_temp.id('c'), pg_temp.id('c/1'), 'returned', '主办单位不认可', 'x', 'P', '2024-06-01');
SELECT is(pg_temp.fig('I-02', 'A') || ' ' || pg_temp.fig('I-02', 'A1') || ' ' || pg_temp.fig('I-04', 'A'), '1/3 1/1 1', 'edge claim: contested and returned, it counts for the lead only');
SELECT is(pg_temp.fig('I-02', 'A', '', '2024-12-31', '2024-05-31'), '2/3', 'edge claim: until then it had counted');
ROLLBACK TO claimed;
SELECT pg_temp.put('claim', 'A', 'c', jsonb_build_object('host_office_code', 'A1', 'host_item_id', pg_temp.id('j'), 'plan_item_id', pg_temp.id('k2')), '2024-06-01', 'c/2', 'c/1'),
	pg_temp.put('claim', 'A', 'c', jsonb_build_object('host_office_code', 'A1', 'host_item_id', pg_temp.id('j'), 'plan_item_id', pg_temp.id('k1')), '2024-06-02', 'c/3', 'c/1');
SELECT is(pg_temp.held('k1') || ' ' || pg_temp.held('k2') || ' ' || pg_temp.fig('I-02', 'A') || ' ' || pg_temp.fig('I-04', 'A'), '0 1 2/3 1',
	'edge claim: of two branches the one received first credits its line, never both, and the session stays the lead''s (R1)');

ROLLBACK TO clean;
-- No township, no number.
INSERT INTO office VALUES (1, 'A3', 'A', 'county', '开发区', '开发区', 'A3', '区', true);
INSERT INTO office_tree VALUES (1, 'A3', 'A3'), (1, 'A', 'A3'), (1, 'P', 'A3');
SELECT pg_temp.lecture('A1', 'e1', '2024-05-01', '{101,102,103}'), pg_temp.lecture('A3', 'e2', '2024-05-01');
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(1)), pg_temp.put('plan_item', 'A3', 'l3', pg_temp.line(NULL));
SELECT is(pg_temp.fig('I-03', 'A3') || ' ' || pg_temp.fig('I-03', 'A') || ' ' || pg_temp.fig('I-03', 'P', 'counties'), '0/0 3/4 1/3',
	'edge none: an area without a township is not applicable, adds nothing above, and is no county at 100 %');
SELECT is(pg_temp.fig('I-02', 'A3') || ' ' || pg_temp.fig('I-02', 'A') || ' ' || pg_temp.fig('I-02c', 'A3') || ' ' || pg_temp.fig('I-04', 'A3'), '0/0 0/1 0/1 1',
	'edge none: without a minimum no completion; its lines and sessions stand apart');

ROLLBACK TO clean;
-- Acting for another office (R3): P makes records of A1.
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(2));
SELECT pg_temp.put('lecture_event', 'A1', 'by P', jsonb_build_object('category', 'village', 'theme', 'x', 'occurred_on', '2024-05-01', 'place', 'x', 'mode', 'offline', 'status', 'held',
	'township_codes', ARRAY['101'], 'plan_item_id', pg_temp.id('l1')), '2024-05-02', p_author => 'P');
SELECT is(pg_temp.fig('I-04', 'A1') || ' ' || pg_temp.fig('I-03', 'A1') || ' ' || pg_temp.fig('I-02', 'A1'), '1 1/3 1/2', 'edge proxy: a record made by an office above counts for the office named (R3)');
SELECT is((SELECT author_office_code FROM item_revision WHERE item_id = pg_temp.id('by P')), 'P', 'edge proxy: and keeps its author');

ROLLBACK TO clean;
-- What another province may decide otherwise: the switches of rulings R6 and R7.
SELECT pg_temp.lecture('A1', 'v', '2024-05-01', '{101}'), pg_temp.lecture('A1', 'g', '2024-05-01', '{102}', 'general'), pg_temp.lecture('A1', 's', '2024-05-01', '{103}'),
	pg_temp.lecture('A2', 'o', '2024-05-01', '{201}', p_more => '{"mode": "online"}'), pg_temp.lecture('B', 'four', '2024-05-01', '{301,302,304,305}');
CREATE FUNCTION pg_temp.switched(p_rules text, p_node text DEFAULT 'A') RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_answer text;
BEGIN
	INSERT INTO zhibao.rule_switch SELECT 1, split_part(r, '=', 1), split_part(r, '=', 2), 'x', 'x' FROM string_to_table(p_rules, ' ') r;
	v_answer := pg_temp.fig('I-03', p_node, '', '2024-06-30');
	DELETE FROM zhibao.rule_switch;
	RETURN v_answer;
END $$;
SELECT is(pg_temp.fig('I-03', 'A') || ' ' || pg_temp.switched('coverage.breadth=strict') || ' ' || pg_temp.switched('coverage.base=rural') || ' ' || pg_temp.switched('coverage.breadth=strict coverage.base=rural'),
	'3/4 2/4 2/2 1/2', 'switch R6: breadth strict leaves 综合宣传 out, base rural leaves 街道 out, each by itself');
SELECT is(pg_temp.switched('coverage.online_counts=yes'), '4/4', 'switch R7: online events cover where the pack says so');
SELECT is(pg_temp.fig('I-03', 'B', '', '2024-06-30') || ' ' || pg_temp.switched('coverage.max_townships=4', 'B'), '0/4 4/4', 'switch R7: the number of townships that needs words');
SELECT * FROM finish();
ROLLBACK;
