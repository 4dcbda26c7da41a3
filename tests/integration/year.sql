-- What belongs to the year: events of a day before it, stocks that reach into it, due days that move; and figures that stand both on the
-- form and among the indicators. Registers and helpers of indicators_made.sql.
\ir indicators_made.sql

-- One record of every kind that counts by its day, all of A1 and of one day, received later.
CREATE FUNCTION pg_temp.everything(p_label text, p_on date) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.lecture('A1', p_label || ' e', p_on, '{101}', p_plan => pg_temp.id('line')::text, p_at => '2024-03-01',
			p_more => jsonb_build_object('speaker_item_ids', ARRAY[pg_temp.id('k1')], 'brochure_count', 9, 'is_window_brochure', true)),
		pg_temp.put('study_event', 'A1', p_label || ' s', pg_temp.study('training', 'staff', p_on, 12)),
		pg_temp.put('plan_item', 'A1', p_label || ' l', pg_temp.line(3, p_on)),
		pg_temp.put('publication', 'A1', p_label || ' p', jsonb_build_object('object_kind', 'arrangement', 'channel', 'portal', 'title', 'x', 'url', 'https://x', 'published_on', p_on)),
		pg_temp.put('window_report', 'A1', p_label || ' w', jsonb_build_object('hall_id', 'h1', 'report_kind', 'brochure', 'quantity', 100, 'reported_on', p_on)),
		pg_temp.put('media_product', 'A1', p_label || ' m', jsonb_build_object('media_kind', 'short_video', 'title', 'x', 'made_on', p_on, 'for_window', true)),
		pg_temp.put('inspection', 'P', p_label || ' i', jsonb_build_object('scheme', 'field_visit', 'inspected_office_code', 'A1', 'checked_on', p_on, 'result', 'passed')),
		pg_temp.put('exchange', 'A', p_label || ' x', jsonb_build_object('form', 'online', 'title', 'x', 'held_on', p_on)),
		pg_temp.put('circular', 'P', p_label || ' c', jsonb_build_object('title', 'x', 'circular_kind', 'other', 'issued_on', p_on)),
		pg_temp.put('feedback_stat', 'A1', p_label || ' f', jsonb_build_object('source', 'petition', 'period_start', p_on, 'period_end', p_on + 30, 'total_count', 7)),
		pg_temp.put('public_input', 'A1', p_label || ' u', jsonb_build_object('received_on', p_on, 'channel', 'online', 'topic', 'x')),
		pg_temp.put('news_item', 'A1', p_label || ' n', jsonb_build_object('news_kind', 'work_news', 'title', 'x', 'happened_on', p_on)) $$;
-- Every figure of every indicator but of submissions (I-01, I-13, I-17), as known, or as folded when p_as_of is NULL.
CREATE FUNCTION pg_temp.figures(p_as_of timestamptz DEFAULT '2025-01-31') RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', d.indicator_id, f.node_code, f.part, f.numerator, '/', f.denominator) FROM zhibao.indicator_definition d
	CROSS JOIN LATERAL zhibao.indicator(d.indicator_id, '2024-12-31', p_as_of) f WHERE d.indicator_id NOT IN ('I-01', 'I-13', 'I-17') $$;
CREATE TEMP TABLE before (f text);
CREATE FUNCTION pg_temp.changed(p_as_of timestamptz DEFAULT '2025-01-31') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT split_part(f, ' ', 1), ' ') FROM (
		(SELECT pg_temp.figures(p_as_of) AS f EXCEPT SELECT f FROM before) UNION ALL (SELECT f FROM before EXCEPT SELECT pg_temp.figures(p_as_of))) d $$;
CREATE FUNCTION pg_temp.codes(p_office text, p_item text, p_as_of timestamptz DEFAULT '2025-01-31') RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(n.finding ->> 'code', '+' ORDER BY n.finding ->> 'code'), '-') FROM zhibao.event_notes(p_office, pg_temp.id(p_item), p_as_of) n $$;
CREATE FUNCTION pg_temp.cell(p_item integer, p_office text, p_scope text DEFAULT 'own', p_upto date DEFAULT '2024-12-31') RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(e.evidence_count::text, e.evidence_text, e.numerator || '/' || e.denominator) FROM zhibao.form_evidence(p_office, p_scope, '2024-01-01', '2024-12-31', p_upto, '2025-01-31') e
	WHERE e.item_no = p_item AND e.sub_field NOT IN ('people', 'sessions') LIMIT 1 $$;

SAVEPOINT clean;
SELECT pg_temp.put('speaker', 'A1', 'k1', '{"role": "backbone", "display_name": "x", "trained_on": "2023-02-01", "is_active": true}'),
	pg_temp.put('plan_item', 'A1', 'line', pg_temp.line(2)), pg_temp.lecture('B', 'of the year', '2024-05-01', '{303}', 'site');
INSERT INTO before SELECT pg_temp.figures();
SAVEPOINT empty;
SELECT pg_temp.everything('old', '2023-12-31');
SELECT is(pg_temp.changed(), NULL, 'edge year: what is dated before the year counts for no figure of it');
SELECT is((SELECT count(*) FROM form_evidence('A1', 'own', '2024-01-01', '2024-12-31', '2024-12-31', '2025-01-31') e WHERE e.sources > 0 AND e.item_no <> 15), 0::bigint,
	'edge year: nor for a cell of the form');
SELECT fold_anew_begin('2025-01-31') IS NOT NULL, fold_anew_part('2025-01-31', 0, 1) > 0, fold_anew_end('2025-01-31', '3', 1) > 0;
SELECT is(pg_temp.changed(NULL), NULL, 'edge year: nor in the roll-ups');
SELECT is((SELECT string_agg(kind || ' ' || pg_temp.codes(office_code, label), ', ' ORDER BY kind) FROM (
	SELECT r.kind, r.office_code, 'old ' || l AS label FROM unnest('{s,l,p,w,m,i,x,c,f,u,n}'::text[]) l JOIN item_revision r ON r.item_id = pg_temp.id('old ' || l)) k),
	'circular F_OUTSIDE_YEAR, exchange F_OUTSIDE_YEAR, feedback_stat F_OUTSIDE_YEAR, inspection F_OUTSIDE_YEAR, media_product F_OUTSIDE_YEAR, news_item F_OUTSIDE_YEAR, '
	|| 'plan_item F_OUTSIDE_YEAR, public_input F_OUTSIDE_YEAR, publication F_OUTSIDE_YEAR, study_event F_LATE_ENTRY+F_OUTSIDE_YEAR, window_report F_OUTSIDE_YEAR',
	'edge year: each is stored, and noted for its office and its reviewer');
SELECT is((SELECT finding ->> 'severity' || '：' || (finding ->> 'text') FROM event_notes('P', pg_temp.id('old i'), '2025-01-31')), 'note：日期 2023-12-31 早于活动年度（2024 年），不计入本年度的指标',
	'edge year: the sentence says the day and the year');
ROLLBACK TO empty;
SELECT pg_temp.everything('new', '2024-01-01');
SELECT is(pg_temp.changed(), 'I-02 I-02b I-02c I-03 I-04 I-04b I-05 I-06 I-11 I-12 I-14 I-15 I-16 I-18', 'edge year: one day later each of them counts');
SELECT is(pg_temp.codes('A1', 'new s') || ' ' || pg_temp.codes('P', 'new i'), 'F_LATE_ENTRY -', 'edge year: and is not noted');
SELECT is(pg_temp.codes('A1', 'k1'), '-', 'edge year: a speaker trained before it is a stock, and is not noted');

-- The registers of the next year: what was held in this one counts no more, as known before it goes on counting.
INSERT INTO programme_version SELECT 2, 'next', 1, name_zh, 2025, digest, '2025-01-10' FROM programme_version;
INSERT INTO office SELECT 2, code, parent_code, level, name_zh, short_name, division_zh, division_kind, is_county_level FROM office;
INSERT INTO office_tree SELECT 2, ancestor_code, code FROM office_tree;
INSERT INTO township_version SELECT 2, unit_id, code, name_zh, kind, county_code, valid_from, valid_to FROM township_version;
INSERT INTO lecture_category SELECT 2, name, label_zh, is_five FROM lecture_category;
SELECT is(concat_ws(' ', pg_temp.fig('I-03', 'P', '', '2025-01-31'), pg_temp.fig('I-04', 'P', '', '2025-01-31'), pg_temp.fig('I-02', 'P', '', '2025-01-31')), '0/8 0 0/0',
	'edge year: on the first day of the next year nothing is covered, held or planned');
SELECT is(concat_ws(' ', pg_temp.fig('I-03', 'P', '', '2024-12-31', '2025-01-09'), pg_temp.fig('I-04', 'P', '', '2024-12-31', '2025-01-09'), pg_temp.fig('I-02', 'P', '', '2024-12-31', '2025-01-09')), '1/8 3 1/5',
	'edge year: as known before its registers, the year that was');
SELECT is(pg_temp.codes('A1', 'new s'), 'F_LATE_ENTRY+F_OUTSIDE_YEAR', 'edge year: and the note says so from then on');

ROLLBACK TO clean;
-- I-05 and item 15 are one figure. e1 is recorded twice by A1, the second time with another speaker; A2 held e2 with A1, has it of its own, claims
-- that of A1 and names its speaker in its own record alone. A lecture of the city names a speaker of the county, which does not claim it.
SELECT pg_temp.put('speaker', 'A1', k, '{"role": "backbone", "display_name": "x", "trained_on": "2024-02-01", "is_active": true}') FROM unnest('{k1,k2}'::text[]) k;
SELECT pg_temp.put('speaker', 'A2', 'k3', '{"role": "lecturer", "display_name": "x", "trained_on": "2024-02-01", "is_active": true}');
CREATE FUNCTION pg_temp.spoken(p_office text, p_item text, p_on date, p_place text, p_speakers text[]) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.lecture(p_office, p_item, p_on, p_more => jsonb_build_object('place', p_place, 'speaker_item_ids', ARRAY(SELECT pg_temp.id(s) FROM unnest(p_speakers) s))) $$;
SELECT pg_temp.spoken('A1', 'e1', '2024-05-01', 'x', '{k1}'), pg_temp.spoken('A1', 'e1 again', '2024-05-01', 'x', '{k1,k2}'),
	pg_temp.spoken('A1', 'e2', '2024-05-02', 'y', '{k1}'), pg_temp.spoken('A2', 'e2 of A2', '2024-05-02', 'y', '{k3}'), pg_temp.spoken('A', 'e3', '2024-05-03', 'z', '{k2}');
SELECT pg_temp.claim('A2', 'c', 'A1', 'e2');
SELECT is(concat_ws(' ', pg_temp.fig('I-05', 'A1'), pg_temp.fig('I-05', 'A2'), pg_temp.fig('I-05', 'A')), '3/2 1/1 4/3', 'I-05: twins are one event of all who are named in them, so is a joined one');
SELECT is((SELECT string_agg(e.numerator || '/' || e.denominator, ' ' ORDER BY k.n) FROM (VALUES (1, 'A1', 'own'), (2, 'A2', 'own'), (3, 'A', 'with_subordinates')) k (n, office, scope)
	CROSS JOIN LATERAL form_evidence(k.office, k.scope, '2024-01-01', '2024-12-31', '2024-12-31', '2025-01-31') e WHERE e.sub_field = 'avg_sessions_per_person'), '3/2 1/1 4/3',
	'I-05: item 15 of the form is the same figure, of an office and with its subordinates');
SELECT is(pg_temp.mem('I-05', 'A') || ' ' || pg_temp.records('I-05', 'A2'), '4/3 lecture_event:A2 speaker:A2', 'I-05: every record that names the speaker is behind it');

ROLLBACK TO clean;
-- I-11 and item 18: the newest report of a hall, a stock. Of one day, one instant and one batch the later in the stream is the newer.
SELECT pg_temp.put('window_report', 'A1', i, jsonb_build_object('hall_id', hall, 'report_kind', 'screen', 'quantity', n, 'reported_on', day)) FROM (VALUES
	('w1', 'h1', 10, '2023-12-01'), ('w2', 'h2', 3, '2024-05-01'), ('w3', 'h2', 4, '2024-05-01'), ('w4', 'h3', 20, '2024-05-01'), ('w5', 'h3', 30, '2024-05-01')) v (i, hall, n, day);
UPDATE window_report SET batch_id = 7000, seq = CASE item_id WHEN pg_temp.id('w2') THEN 2 WHEN pg_temp.id('w3') THEN 1 WHEN pg_temp.id('w4') THEN 3 WHEN pg_temp.id('w5') THEN 4 ELSE 5 END;
SELECT is(pg_temp.fig('I-11', 'A1', '18') || ' ' || pg_temp.cell(18, 'A1'), '43 43', 'R18 item 18: one figure with I-11; a report of before the year stands, a tie is settled by the stream');
SELECT is(pg_temp.fig('I-11', 'A1', '18', '2024-04-30') || ' ' || pg_temp.cell(18, 'A1', p_upto => '2024-04-30'), '10 10', 'R18 item 18: before any of the year, the one of before');

ROLLBACK TO clean;
-- A due day on a Sunday that moves (R12): 2024-03-31 to 04-01.
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(4), '2024-04-01T10:00+08'), pg_temp.put('plan_item', 'A1', 'l2', pg_temp.line(2), '2024-04-01T23:59:59.999999+08'),
	pg_temp.put('plan_item', 'A1', 'l3', pg_temp.line(1), '2024-04-02T00:00+08'),
	pg_temp.put('publication', 'A1', 'p', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-04-01"}');
CREATE FUNCTION pg_temp.baseline() RETURNS text LANGUAGE sql AS $$
	SELECT b.is_late || ' ' || b.baseline_required || ' ' || (b.baseline_at AT TIME ZONE 'Asia/Shanghai') FROM zhibao.completion_baseline_by_office('2024-12-31', '2025-01-31', 'cities') b WHERE b.office_code = 'A1' $$;
SELECT is(pg_temp.baseline() || ' ' || pg_temp.fig('I-06', 'A1'), 'true 4 2024-04-01 10:00:00 0/1', 'R10 shift: without it the plan of 04-01 is late, and so is the arrangement');
INSERT INTO rule_switch VALUES (1, 'deadline.shift', 'workday', 'none;workday', 'R12');
SELECT is(pg_temp.baseline() || ' ' || pg_temp.fig('I-06', 'A1'), 'false 6 2024-04-01 23:59:59.999999 1/1', 'R10 shift: the baseline is the plan at the due instant that moved, and I-06 looks at that day');

ROLLBACK TO clean;
-- I-06 before its due days: 03-25 for the cities, 03-31 for the others.
SELECT pg_temp.put('publication', 'A1', 'p', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-03-10"}', '2024-03-10');
CREATE FUNCTION pg_temp.arranged(p_on date, p_as_of timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', pg_temp.fig('I-06', 'P', '', p_on, p_as_of), pg_temp.fig('I-06', 'P', 'ahead', p_on, p_as_of), pg_temp.fig('I-06', 'P', 'province', p_on, p_as_of), pg_temp.fig('I-06', 'P', 'not_due', p_on, p_as_of)) $$;
SELECT is(pg_temp.arranged('2024-03-24', '2025-01-31'), '0/0 0/0 0/0 5', 'I-06: before the due day nobody owes, as in I-01; those who will are told apart');
SELECT is(pg_temp.arranged('2024-03-25', '2024-03-25T15:59:59.999998Z') || ', ' || pg_temp.arranged('2024-03-25', '2024-03-25T15:59:59.999999Z'), '0/0 0/0 0/0 5, 0/2 0/2 0/0 3',
	'I-06: due when the day has ended, by the day and as known');
SELECT is(pg_temp.arranged('2024-03-31', '2025-01-31'), '1/4 1/4 0/1 0', 'I-06: from the last due day on all of them');
SELECT is((SELECT missing_zh FROM effect_sheet('2024-03-30', '2025-01-31') WHERE node_code = 'A1' AND indicator_id = 'I-06'), '未到公布期限', 'I-06: the effect sheet says that it is not due');
SELECT pg_temp.put('study_event', 'A1', 's', pg_temp.study('training', 'staff', '2024-01-05')), pg_temp.lecture('A2', 'e', '2024-03-05'), pg_temp.claim('A1', 'c', 'A2', 'e');
SELECT is(pg_temp.fig('I-06', 'A1', 'ahead'), '1/1', 'I-06: study of the staff and what another office hosts are no first activity');
SELECT pg_temp.lecture('A1', 'first', '2024-03-10');
SELECT is(pg_temp.fig('I-06', 'A1', 'ahead'), '0/1', 'I-06: the first lecture of its own is, and one of the same day is not after it');
SELECT * FROM finish();
ROLLBACK;
