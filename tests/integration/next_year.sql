-- The registers of a next year: what was owed, handed in and filled in for the year before is of that year. Registers and helpers of
-- indicators_made.sql; A1 did all of 2024, and goes on correcting it after the registers of 2025 were loaded on 2025-01-10.
\ir indicators_made.sql

UPDATE milestone SET judged_by = 'receipt', evidence = 'lecture_plan' WHERE milestone_no = 10;
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, submission_kind, judged_by, evidence) VALUES
	(1, 61, '2024-03-31', 'county', '工作方案', 'work_plan', 'receipt', 'work_plan'), (1, 63, '2024-12-20', 'county', '总结', 'summary_report', 'receipt', 'summary_report'),
	(1, 64, '2024-06-30', 'county', '上半年统计表', 'statistics_form', 'receipt', 'statistics_form:mid_year'),
	(1, 65, '2024-12-20', 'county', '年度统计表', 'statistics_form', 'receipt', 'statistics_form:year_end'),
	(1, 66, '2024-03-31', 'county', '公布', 'schedule_publication', 'receipt', 'arrangement'), (1, 67, '2024-03-31', 'county', '专人', NULL, 'receipt', 'responsible_person'),
	(1, 68, '2024-12-10', 'county', '资料', 'materials', 'receipt', 'materials'), (1, 69, '2024-03-31', 'county', '备案', NULL, 'receipt', 'filing:work_plan+lecture_plan');
DELETE FROM milestone WHERE milestone_no = 14;
INSERT INTO form_item SELECT 1, n, 'x', 'code_' || n, 'x', 'count', NULL, NULL, NULL FROM generate_series(1, 22) n;
SELECT obligations_generate(1);

-- The same registers a year later, under an identifier of their own or under that of the year before.
CREATE FUNCTION pg_temp.next_registers(p_programme text, p_at timestamptz DEFAULT '2025-01-10T00:00+08') RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO zhibao.programme_version SELECT 2, p_programme, 2, name_zh, 2025, digest, p_at FROM zhibao.programme_version;
	INSERT INTO zhibao.office SELECT 2, code, parent_code, level, name_zh, short_name, division_zh, division_kind, is_county_level FROM zhibao.office;
	INSERT INTO zhibao.office_tree SELECT 2, ancestor_code, code FROM zhibao.office_tree;
	INSERT INTO zhibao.township_version SELECT 2, unit_id, code, name_zh, kind, county_code, valid_from, valid_to FROM zhibao.township_version;
	INSERT INTO zhibao.lecture_category SELECT 2, name, label_zh, is_five FROM zhibao.lecture_category;
	INSERT INTO zhibao.milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, submission_kind, applies_to, judged_by, evidence)
		SELECT 2, milestone_no, (due_on + interval '1 year')::date, actor_level, obligation_zh, submission_kind, applies_to, judged_by, evidence FROM zhibao.milestone;
	INSERT INTO zhibao.form_item SELECT 2, item_no, section, code, label_zh, value_type, unit, sub_fields, aggregation_rule FROM zhibao.form_item;
	SELECT zhibao.obligations_generate(2) $$;

CREATE FUNCTION pg_temp.paper(p_item text, p_kind text, p_at timestamptz, p_issued date DEFAULT NULL, p_no integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('submission', 'A1', p_item, jsonb_strip_nulls(jsonb_build_object('submission_kind', p_kind, 'title', 'x', 'file_name', 'a.pdf', 'approved_by', 'y',
		'issued_on', p_issued)), p_at, p_item || '/' || p_no, CASE WHEN p_no > 1 THEN p_item || '/' || p_no - 1 END) $$;
-- Every mandatory cell answered with nothing, items 10 and 11 with sessions.
CREATE FUNCTION pg_temp.form(p_item text, p_year integer, p_period text, p_at timestamptz, p_10 integer, p_11 integer, p_no integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('statistics_form', 'A1', p_item, jsonb_build_object('period', p_period, 'period_start', make_date(p_year, 1, 1),
		'period_end', CASE p_period WHEN 'mid_year' THEN make_date(p_year, 6, 30) ELSE make_date(p_year, 12, 31) END, 'scope', 'own', 'filled_on',
		CASE p_period WHEN 'mid_year' THEN make_date(p_year, 6, 25) ELSE make_date(p_year, 12, 15) END, 'is_stamped', false, 'approved_by', 'y',
		'lines', (SELECT jsonb_agg(jsonb_build_object('item_no', c.item_no, 'sub_field', c.sub_field) || CASE c.item_no
			WHEN 10 THEN jsonb_build_object('state', 'value', 'count', p_10) WHEN 11 THEN jsonb_build_object('state', 'value', 'count', p_11)
			ELSE '{"state": "not_applicable"}' END) FROM zhibao.form_cell c WHERE c.is_mandatory)),
		p_at, p_item || '/' || p_no, CASE WHEN p_no > 1 THEN p_item || '/' || p_no - 1 END) $$;
CREATE FUNCTION pg_temp.answer(p_item text, p_at timestamptz, p_about text[]) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('filing_receipt', 'A', p_item, jsonb_build_object('county_office_code', 'A1', 'submission_item_ids', ARRAY(SELECT pg_temp.id(a) FROM unnest(p_about) a),
		'filed_on', (p_at AT TIME ZONE 'UTC')::date, 'filing_status', 'accepted', 'filing_no', p_item), p_at) $$;
CREATE FUNCTION pg_temp.published(p_item text, p_on date, p_at timestamptz, p_no integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('publication', 'A1', p_item, jsonb_build_object('object_kind', 'arrangement', 'channel', 'portal', 'title', 'x', 'url', 'https://x/' || p_no,
		'published_on', p_on), p_at, p_item || '/' || p_no, CASE WHEN p_no > 1 THEN p_item || '/' || p_no - 1 END) $$;
CREATE FUNCTION pg_temp.person(p_at timestamptz, p_no integer DEFAULT 1) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('office_profile', 'A1', 'o', '{"effective_from": "2024-03-01", "responsible_name": "李四"}', p_at, 'o/' || p_no,
		CASE WHEN p_no > 1 THEN 'o/' || p_no - 1 END) $$;
CREATE FUNCTION pg_temp.film(p_item text, p_on date) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('media_product', 'A1', p_item, jsonb_build_object('media_kind', 'short_video', 'title', 'x', 'made_on', p_on, 'url', 'https://x'), p_on) $$;
CREATE FUNCTION pg_temp.remind(p_at timestamptz, p_due timestamptz) RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.reminder SELECT v.programme, 'A1', 61, 'due-7', p_due, p_at, p_at, '', NULL, 'x', extract(epoch FROM p_at)::bigint
	FROM zhibao.programme_version v WHERE v.register_version = zhibao.register_at(p_at) $$;

-- 2024: everything in time, an extension and an exemption, a reminder, a draw; a lecture of November that came in December.
SELECT pg_temp.paper('w', 'work_plan', '2024-03-01'), pg_temp.paper('lp', 'lecture_plan', '2024-03-02'), pg_temp.put('plan_item', 'A1', 'l', pg_temp.line(2), '2024-03-02'),
	pg_temp.answer('备1', '2024-03-10', '{w,lp}'), pg_temp.published('ar', '2024-03-05', '2024-03-05'), pg_temp.person('2024-03-01'), pg_temp.film('f', '2024-05-01'),
	pg_temp.paper('m', 'materials', '2024-12-01'), pg_temp.paper('s', 'summary_report', '2024-12-15', '2024-12-14'),
	pg_temp.lecture('A1', 'e1', '2024-05-01', '{101}', 'enterprise', p_plan => pg_temp.id('l')::text), pg_temp.lecture('A1', 'e2', '2024-05-02', '{102}', 'campus'),
	pg_temp.lecture('A1', 'e3', '2024-11-20', '{103}', 'enterprise', p_at => '2024-12-14'),
	pg_temp.form('fm', 2024, 'mid_year', '2024-06-25', 1, 1), pg_temp.form('fy', 2024, 'year_end', '2024-12-15', 2, 1), pg_temp.remind('2024-03-24', '2024-04-01T00:00+08');
INSERT INTO extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A1', 66, '2026-04-10', 'x', 'r', 'A', '2024-03-20'),
	('test', 'A1', 63, '2024-12-24', 'x', 'r', 'A', '2024-12-10'), ('test', 'A1', 65, '2025-02-01', 'x', 'r', 'A', '2024-12-10');
INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A2', 61, 'x', 'r', 'A', '2024-03-01');
INSERT INTO draw (scheme, commitment, population_digest, register_version, as_of, committed_by, committed_office_code, committed_at)
	SELECT 'coverage_spot_check', d, d, 1, '2024-09-01', 'x', 'P', '2024-09-01' FROM sha256('x') d RETURNING draw_id \gset
INSERT INTO draw_member SELECT :draw_id, o, 'A', 100, '{}' FROM unnest('{A1,A2}'::text[]) o;
INSERT INTO draw_run SELECT :draw_id, sha256('y'), 1, 0, 1, 'x', 'P', '2024-09-02';
INSERT INTO draw_sample VALUES (:draw_id, 'A1', 1, 1);

-- What every reader says, as known at an instant, or as folded when p_as_of is NULL.
CREATE FUNCTION pg_temp.figures(p_on date, p_as_of timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', d.indicator_id, f.node_code, f.part, f.numerator, '/', f.denominator) FROM zhibao.indicator_definition d
	CROSS JOIN LATERAL zhibao.indicator(d.indicator_id, p_on, p_as_of) f $$;
CREATE FUNCTION pg_temp.readers(p_on date, p_as_of timestamptz) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT pg_temp.figures(p_on, p_as_of)
	UNION ALL SELECT 'standing ' || s::text FROM zhibao.obligation_standing(p_as_of) s UNION ALL SELECT 'timeliness ' || t::text FROM zhibao.timeliness(p_as_of) t
	UNION ALL SELECT 'filing ' || f::text FROM zhibao.filing_standing(p_as_of, p_on) f UNION ALL SELECT 'baseline ' || b::text FROM zhibao.plan_baseline(p_as_of) b
	UNION ALL SELECT 'cut ' || c::text FROM zhibao.plan_cut(p_on, p_as_of) c UNION ALL SELECT 'reminder ' || r::text FROM zhibao.reminder_standing(zhibao.facts_as_of(p_as_of)) r
	UNION ALL SELECT concat_ws(' ', p, x.line) FROM unnest('{mid_year,year_end}'::text[]) p CROSS JOIN LATERAL (
		SELECT 'form ' || f::text AS line FROM zhibao.form_filing(p, p_as_of) f UNION ALL SELECT 'support ' || s::text FROM zhibao.form_support(p, p_as_of) s
		UNION ALL SELECT 'member ' || m::text FROM zhibao.form_member('P', p, p_as_of) m UNION ALL SELECT 'total ' || c::text FROM zhibao.form_consolidated('P', p, p_as_of) c) x $$;
CREATE FUNCTION pg_temp.state(p_as_of timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', s.milestone_no, s.state, s.review_state, (s.received_at AT TIME ZONE 'UTC')::date), ', ' ORDER BY s.milestone_no)
	FROM zhibao.obligation_standing(p_as_of) s WHERE s.office_code = 'A1' $$;
CREATE FUNCTION pg_temp.codes(p_item text, p_no integer, p_as_of timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(':', f.code, f.item_no), ' ' ORDER BY f.code, f.item_no) FROM zhibao.form_findings('A1', pg_temp.id(p_item), pg_temp.id(p_item || '/' || p_no), p_as_of) f
	WHERE f.code NOT IN ('F_UNSTAMPED', 'F_PARTICIPATION') $$;
SELECT is(pg_temp.state('2025-01-09'), '10 on_time pending 2024-03-02, 61 on_time pending 2024-03-01, 63 on_time pending 2024-12-15, 64 on_time pending 2024-06-25, '
	|| '65 on_time pending 2024-12-15, 66 on_time pending 2024-03-05, 67 on_time pending 2024-03-01, 68 on_time pending 2024-12-01, 69 on_time accepted 2024-03-02',
	'next year: all of the year before was in time');
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.readers('2024-12-31', '2025-01-09') AS line;
SELECT fold_anew_begin('2025-01-09') IS NOT NULL, fold_anew_part('2025-01-09', 0, 1) > 0, fold_anew_end('2025-01-09', '3', 1) > 0 \g /dev/null
SELECT figure_freeze('2024-11-30', s.indicator, 1) FROM figure_source s WHERE figure_exists(s) \g /dev/null

-- 2025, still about the year before: corrections, a summary sealed in December that came late, an answer of the city to papers of before.
CREATE FUNCTION pg_temp.late() RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.paper('w', 'work_plan', '2025-01-12', NULL, 2), pg_temp.paper('lp', 'lecture_plan', '2025-01-12', NULL, 2), pg_temp.paper('s', 'summary_report', '2025-01-12', '2025-01-11', 2),
		pg_temp.paper('m', 'materials', '2025-01-12', NULL, 2), pg_temp.paper('s late', 'summary_report', '2025-01-12', '2024-12-30'), pg_temp.answer('备2', '2025-01-13', '{w}'),
		pg_temp.published('ar', '2024-03-05', '2025-01-12', 2), pg_temp.form('fy', 2024, 'year_end', '2025-01-15', 2, 1, 2), pg_temp.form('fl', 2024, 'year_end', '2025-01-16', 2, 1),
		pg_temp.put('plan_item', 'A1', 'l', pg_temp.line(1), '2025-04-05', 'l/2', 'l/1') $$;
-- And what is of 2025.
CREATE FUNCTION pg_temp.of_the_year() RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.paper('w25', 'work_plan', '2025-02-10', '2024-12-20'), pg_temp.paper('lp25', 'lecture_plan', '2025-02-11'), pg_temp.put('plan_item', 'A1', 'l25', pg_temp.line(4, '2025-12-31'), '2025-04-20'),
		pg_temp.answer('备3', '2025-04-21', '{w25,lp25}'), pg_temp.published('ar25', '2025-02-15', '2025-02-15'), pg_temp.person('2025-02-20', 2), pg_temp.film('f25', '2025-03-01'),
		pg_temp.paper('m25', 'materials', '2025-02-21'), pg_temp.paper('s25', 'summary_report', '2025-12-10', '2025-12-09'), pg_temp.remind('2025-03-24', '2025-04-01T00:00+08'),
		pg_temp.lecture('A1', 'e25', '2025-05-01', '{101}', 'campus', p_plan => pg_temp.id('l25')::text),
		pg_temp.form('fm25', 2025, 'mid_year', '2025-06-25', 0, 2), pg_temp.form('fy25', 2025, 'year_end', '2025-12-15', 0, 1),
		pg_temp.put('plan_item', 'A1', 'l25', pg_temp.line(3, '2025-12-31'), '2025-11-01', 'l25/2', 'l25/1'), pg_temp.put('plan_item', 'A1', 'l', '{}', '2025-11-02', 'l/3', 'l/2', 'withdraw') $$;

SAVEPOINT loaded;
SELECT pg_temp.next_registers('next'), pg_temp.late() \g /dev/null
SELECT bag_eq($$ SELECT * FROM pg_temp.readers('2024-12-31', '2025-01-09') $$, 'SELECT * FROM before', 'next year: as known before its registers every reader says what it said');
SELECT is(pg_temp.state('2025-02-01'), '10 not_due, 61 not_due, 63 not_due, 64 not_due, 65 not_due, 66 not_due, 67 not_due, 68 not_due, 69 not_due',
	'next year: corrections and late papers of the year before meet nothing of it');
SELECT is((SELECT string_agg(concat_ws(' ', county_code, confirmation, filing_no), ', ' ORDER BY county_code) FROM filing_standing('2025-02-01')), 'A1 none, A2 none',
	'next year: an answer to papers of the year before is no answer');
SELECT is((SELECT count(*) FROM unnest('{mid_year,year_end}'::text[]) p CROSS JOIN LATERAL (SELECT office_code FROM form_filing(p, '2025-02-01')
	UNION ALL SELECT office_code FROM form_support(p, '2025-02-01') UNION ALL SELECT office_code FROM form_member('P', p, '2025-02-01') m WHERE m.role <> 'none') f), 0::bigint,
	'next year: no form of the year before stands, is held against records or adds up');
SELECT is((SELECT count(*) FROM unnest('{I-01,I-13,I-17,I-18}'::text[]) i CROSS JOIN LATERAL indicator(i, '2025-02-01', '2025-02-01') f
	WHERE f.numerator > 0 AND f.part NOT LIKE 'submission%'), 0::bigint, 'next year: I-01, I-13, I-17 and I-18 have nothing of the year before');
SELECT is((SELECT count(*) FROM obligation_standing('2025-02-01') WHERE state = 'exempt' OR extended_until IS NOT NULL) || ' ' || (SELECT count(*) FROM reminder_standing('2025-02-01')), '0 0',
	'next year: extensions, exemptions and reminders were of the year before');
SELECT is(concat_ws(' ', pg_temp.fig('I-12', 'A', 'coverage_spot_check.drawn', '2024-12-31', '2025-01-09'), pg_temp.fig('I-12', 'A', 'coverage_spot_check.drawn', '2025-02-01', '2025-02-01')), '1/2',
	'next year: so was the draw');
SELECT is((SELECT string_agg(d.office_code || ' ' || d.step, ', ' ORDER BY 1) FROM reminder_due('2025-03-24T12:00+08') d WHERE d.milestone_no = 61), NULL, 'next year: no reminder off its day');
SELECT is((SELECT string_agg(d.office_code || ' ' || d.step || ' ' || (d.due_at AT TIME ZONE 'Asia/Shanghai')::date, ', ' ORDER BY 1) FROM reminder_due('2025-03-25T12:00+08') d
	WHERE d.milestone_no = 61), 'A1 due-7 2025-04-01, A2 due-7 2025-04-01', 'next year: reminded is who owes in it, by its days');
SELECT is((SELECT string_agg(r.office_code || ' ' || r.as_of::date, ', ') FROM (SELECT c.report AS office_code, c.as_of FROM report_calendar('2025-04-01T12:00+08', '{}', '{}', '1 day') c
	WHERE c.report = 'audit' AND c.as_of > '2024-12-31T12:00Z') r), 'audit 2025-03-25, audit 2025-03-31', 'next year: its due days have their reports');
SELECT is((SELECT string_agg(c.as_of::date::text, ' ') FROM report_calendar('2025-01-11', '{}', '{}', '1 day') c), NULL, 'next year: none is made for the due days of a year before');

-- The forms of the year before by their address, and what was frozen.
SELECT is((SELECT string_agg((item_id = pg_temp.id('fl')) || ' ' || state, ', ' ORDER BY newest_received_at) FROM form_filing('year_end', '2025-02-01', 2024)), 'false superseded, true current',
	'next year: asked for by their year the forms of the year before are there, corrected or late');
SELECT is(pg_temp.codes('fy', 1, '2025-01-09'), 'F_GAP:5 F_URL_REQUIRED:16', 'next year: what did not agree in a form as known then');
SELECT is(concat_ws(', ', pg_temp.codes('fy', 1, '2025-02-01'), pg_temp.codes('fy', 2, '2025-02-01'), pg_temp.codes('fl', 1, '2025-02-01')), 'F_GAP:5 F_URL_REQUIRED:16, F_GAP:5 F_URL_REQUIRED:16, F_GAP:5 F_URL_REQUIRED:16',
	'next year: is what does not agree now, in its correction and in one that came late, each held against the records of its year');
SELECT is((SELECT string_agg(b.part || ' ' || b.frozen_numerator || ' ' || b.later_numerator, ', ' ORDER BY b.part) FROM figures_beside('P', '2024-11-30', 'I-04') b WHERE b.part IN ('', 'campus')),
	' 2 3, campus 1 1', 'next year: not folded yet, a frozen figure stands beside that of its day as known later');
SELECT is((SELECT string_agg(k.item || ' ' || k.notes, ', ' ORDER BY k.item) FROM (SELECT i AS item, (SELECT string_agg(n.finding ->> 'code', '+') FROM event_notes('A1', pg_temp.id(i), '2025-02-01') n) AS notes
	FROM unnest('{fy,fl,s,s late,w,m}'::text[]) i) k), 'fl F_OUTSIDE_YEAR, fy F_OUTSIDE_YEAR+F_OUTSIDE_YEAR, s F_OUTSIDE_YEAR, s late F_OUTSIDE_YEAR', 'next year: whose day is of before is noted');
SELECT is((SELECT string_agg(k.item || ' ' || k.milestones, ', ' ORDER BY k.item) FROM (SELECT i AS item, (SELECT string_agg(e.milestone_no::text, ' ') FROM item_revision r
	CROSS JOIN LATERAL extension_of_revision(r, '2025-02-01') e WHERE r.item_id = pg_temp.id(i)) AS milestones FROM unnest('{s,s late,fy,fl}'::text[]) i) k), 'fl 65, fy 65 65, s 63 63',
	'next year: who extended what a paper or a form of the year before met is known when it is judged');

-- 2025 goes on.
SELECT pg_temp.of_the_year() \g /dev/null
SELECT is(pg_temp.state('2025-03-15'), '10 not_due, 61 on_time pending 2025-02-10, 63 not_due, 64 not_due, 65 not_due, 66 on_time pending 2025-02-15, 67 on_time pending 2025-02-20, '
	|| '68 on_time pending 2025-03-01, 69 not_due', 'next year: a plan issued before it, an arrangement and a person named in it meet it; a plan without a line of the year waits');
SELECT is(pg_temp.state('2025-12-31'), '10 late pending 2025-04-20, 61 on_time pending 2025-02-10, 63 on_time pending 2025-12-10, 64 on_time pending 2025-06-25, 65 on_time pending 2025-12-15, '
	|| '66 on_time pending 2025-02-15, 67 on_time pending 2025-02-20, 68 on_time pending 2025-03-01, 69 late accepted 2025-04-20', 'next year: and its own papers and forms do');
SELECT is((SELECT b.is_late || ' ' || (b.baseline_at AT TIME ZONE 'UTC')::date FROM plan_baseline('2025-12-31') b WHERE b.office_code = 'A1'), 'true 2025-04-20',
	'next year: a late plan is that of its first line of the year, a line of before that was corrected is none');
SELECT is((SELECT string_agg((c.plan_item_id = pg_temp.id('l25')) || ' ' || c.change, ', ') FROM plan_cut('2025-12-31', '2025-12-31') c), 'true lowered', 'next year: withdrawing a line of before cuts nothing');
SELECT is(pg_temp.codes('fy25', 1, '2025-12-31'), 'F_BELOW_MID_YEAR:11 F_GAP:5 F_URL_REQUIRED:16', 'next year: a year-end form is held against the mid-year form of its own year');
SELECT is((SELECT string_agg(m.office_code || ' ' || (m.item_id = pg_temp.id('fm25')), ', ') FROM form_member('P', 'mid_year', '2025-12-31') m WHERE m.role <> 'none'), 'A1 true',
	'next year: consolidated is the form of the year');
SELECT is((SELECT count(*) FROM reminder_standing('2025-12-31')), 1::bigint, 'next year: and its own reminder');
SELECT is((SELECT i.numerator || '/' || i.denominator FROM indicator('I-17', '2025-12-31', '2025-12-31') i WHERE i.node_code = 'P' AND i.part = 'mid_year'),
	(SELECT count(*) FILTER (WHERE s.support = 'supported') || '/' || count(*) FROM form_support('mid_year', '2025-12-31') s
	WHERE s.item_id = pg_temp.id('fm25') AND s.support IN ('supported', 'over_claimed', 'under_claimed', 'unsupported')), 'next year: I-17 is of its forms');
SELECT string_agg(line, E'\n' ORDER BY line) AS as_next FROM (SELECT replace(line, 'next', 'test') AS line FROM pg_temp.readers('2025-12-31', '2025-12-31') AS line) l \gset

-- The fold: the registers are others, so it begins anew, and says what the records say.
SELECT ok(fold_is_anew('2025-12-31') AND NOT fold_is_anew('2025-01-09'), 'next year: the roll-ups are made anew');
SELECT fold_anew_begin('2025-12-31') IS NOT NULL, fold_anew_part('2025-12-31', 0, 1) > 0, fold_anew_end('2025-12-31', '3', register_at('2025-12-31')) > 0 \g /dev/null
SELECT ok(NOT fold_is_anew('2025-12-31'), 'next year: once');
SELECT bag_eq($$ SELECT * FROM pg_temp.readers('2025-12-31', NULL) $$, $$ SELECT * FROM pg_temp.readers('2025-12-31', '2025-12-31') $$,
	'next year: and are what the records say');
SELECT bag_eq('SELECT office_code, item_id, occurred_on, fingerprint FROM counted_lecture', $$ SELECT office_code, item_id, occurred_on, fingerprint FROM lecture_at('2025-12-31') $$, 'next year: lecture by lecture');
SELECT bag_eq($$ SELECT * FROM pg_temp.readers('2024-12-31', '2025-01-09') $$, 'SELECT * FROM before', 'next year: and nothing of before has changed');

-- What was frozen in the year before.
SELECT ok(bool_and(digest = figure_digest(milestone_on, indicator)), 'next year: frozen figures stay') FROM frozen_set;
SELECT is((SELECT string_agg(concat_ws(' ', b.part, b.frozen_numerator, b.later_numerator, b.live_numerator), ', ' ORDER BY b.part) FROM figures_beside('P', '2024-11-30', 'I-04') b
	WHERE b.part IN ('campus', 'enterprise')), 'campus 1 1 1, enterprise 1 2 2', 'next year: and stand beside those of their own year');
SELECT is((SELECT concat_ws(' ', d.before_numerator, d.after_numerator) FROM figure_diff('I-04', 'P', '2024-11-30', day_last('2024-11-30'), 1, '2024-11-30', '2024-11-30', '2025-01-09', 1) d
	WHERE d.node_code = 'P' AND d.part = ''), '2 3', 'next year: they differ from what is known of their year');
SELECT is((SELECT string_agg(concat_ws(' ', d.before_numerator, d.after_numerator, c.sum), ', ') FROM figure_diff('I-04', 'P', '2024-11-30', day_last('2024-11-30'), 1, '2024-11-30', '2025-12-31', '2025-12-31', 2) d
	CROSS JOIN LATERAL (SELECT sum(c.numerator) FROM figure_contribution('I-04', 'P', '2024-11-30', day_last('2024-11-30'), 1, '2024-11-30', '2025-12-31', '2025-12-31', 2) c
		WHERE c.node_code = 'P' AND c.part = '') c WHERE d.node_code = 'P' AND d.part = ''), '2 1 -1', 'next year: and from the next year by what each record does');

-- Registers that came after the plan was due: the plan of the year before, in force then, is not its baseline.
ROLLBACK TO loaded;
SELECT pg_temp.next_registers('next', '2025-04-10T00:00+08') \g /dev/null
SELECT is(pg_temp.fig('I-02', 'A1', 'baseline', '2025-04-30', '2025-04-30') || ' ' || (SELECT count(*) FROM plan_baseline('2025-04-30') b WHERE b.office_code = 'A1' AND b.baseline_at IS NOT NULL), '0/0 0',
	'next year: loaded late it has no baseline before it has a plan');

-- Under the identifier of the year before.
ROLLBACK TO loaded;
SELECT pg_temp.next_registers('test'), pg_temp.late() \g /dev/null
SELECT is((SELECT count(*) FROM obligation_standing('2025-02-01') WHERE state = 'exempt' OR extended_until IS NOT NULL OR received_at IS NOT NULL)
	|| ' ' || (SELECT count(*) FROM reminder_standing('2025-02-01')), '0 0', 'next year: a pack that keeps its identifier begins anew as well');
SELECT pg_temp.of_the_year() \g /dev/null
SELECT is((SELECT string_agg(line, E'\n' ORDER BY line) FROM pg_temp.readers('2025-12-31', '2025-12-31') AS line), :'as_next', 'next year: and every reader says the same');
INSERT INTO extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A1', 67, '2026-04-10', 'x', 'r', 'A', '2025-03-01');
SELECT is((SELECT string_agg(k.item || ' ' || k.milestones, ', ' ORDER BY k.item) FROM (SELECT i AS item, (SELECT string_agg(e.milestone_no::text, ' ') FROM item_revision r
	CROSS JOIN LATERAL extension_of_revision(r, '2025-12-31') e WHERE r.item_id = pg_temp.id(i)) AS milestones FROM unnest('{ar,ar25,s,s25}'::text[]) i) k), 'ar 66 66, s 63 63',
	'next year: who extended a deadline of the year before did not extend that of what is of the year');
SELECT is((SELECT string_agg(extract(year FROM r.received_at) || ' ' || e.milestone_no, ', ') FROM item_revision r CROSS JOIN LATERAL extension_of_revision(r, '2025-12-31') e
	WHERE r.office_code = 'A1' AND r.kind = 'office_profile'), '2025 67', 'next year: a profile confirmed in it is of it, whenever it first came');
SELECT * FROM finish();
ROLLBACK;
