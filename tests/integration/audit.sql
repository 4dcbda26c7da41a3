-- Tables of the audit against the indicators on records where adding everything up would say otherwise. The statements are those of the
-- report, read from its files; $1 node, $2 on, $3 as_of, $4 period.
\ir indicators_made.sql
\cd :statements
\set text `cat report_feedback.sql`
CREATE FUNCTION pg_temp.told(text, date, timestamptz, text) RETURNS TABLE (is_total boolean, source text, reports bigint, total bigint, policy bigint,
	policy_of bigint, closed bigint, closed_of bigint, responses bigint, satisfied bigint, satisfied_of bigint, score bigint, score_of bigint) LANGUAGE sql AS :'text';
\set text `cat report_library.sql`
CREATE FUNCTION pg_temp.shelf(text, date, timestamptz, text) RETURNS TABLE (is_total boolean, office text, libraries bigint, offices bigint, online bigint,
	due bigint, exempt bigint, unexplained bigint, modified bigint, modified_of bigint, expired bigint, expired_of bigint, abolished bigint,
	abolished_of bigint, stale bigint) LANGUAGE sql AS :'text';
\set text `cat report_arrangements.sql`
CREATE FUNCTION pg_temp.arranged(text, date, timestamptz, text) RETURNS TABLE (is_total boolean, office text, url text, published_on date, due_on date,
	first_on date, finding text, n bigint, d bigint) LANGUAGE sql AS :'text';
\set text `cat report_form_head.sql`
CREATE FUNCTION pg_temp.head(text, date, timestamptz, text, boolean) RETURNS TABLE (office text, filled_on date, note text, is_there boolean) LANGUAGE sql AS :'text';
-- The other statements as text: the columns named, of the rows that are not the total, or of the total.
\set draws `cat report_draws.sql`
\set inspections `cat report_inspections.sql`
\set circulars `cat report_circulars.sql`
\set exchanges `cat report_exchanges.sql`
\set submissions `cat report_submissions.sql`
\set timeliness `cat report_timeliness.sql`
\set reliefs `cat report_reliefs.sql`
\set reminders `cat report_reminders.sql`
\set received `cat report_received.sql`
\set filings `cat report_filings.sql`
\set reconciliation `cat report_reconciliation.sql`
\set cuts `cat report_plan_cuts.sql`
\set effect `cat report_effect.sql`
\set speakers `cat report_speakers.sql`
\set windows `cat report_windows.sql`
\set news `cat report_news.sql`
\set columns `cat report_columns.sql`
\set interpretation `cat report_interpretation.sql`
\set interpreted `cat report_interpreted.sql`
\set offline `cat report_offline.sql`
\set withheld `cat report_withheld.sql`
\set study `cat report_study.sql`
\set study_forms `cat report_study_forms.sql`
\set media `cat report_media.sql`
\set works `cat report_works.sql`
\set materials `cat report_materials.sql`
\set picks `cat report_picks.sql`
\set accounts `cat report_accounts.sql`
\set drawn `cat report_drawn.sql`
\set coverage `cat report_coverage.sql`
\set uncovered `cat report_uncovered.sql`
\set plan_totals `cat report_plan_totals.sql`
\set plan_categories `cat report_plan_categories.sql`
\set plan_line_sessions `cat report_plan_line_sessions.sql`
\set plan_audiences `cat report_plan_audiences.sql`
\set plan_works `cat report_plan_works.sql`
\set plan_events `cat report_plan_events.sql`
\set halls `cat report_halls.sql`
\set window_records `cat report_window_records.sql`
\set persons `cat report_persons.sql`
\set person_changes `cat report_person_changes.sql`
\set disputes `cat report_disputes.sql`
\set quarantine `cat report_quarantine.sql`
CREATE TEMP TABLE statement AS SELECT * FROM (VALUES ('draws', :'draws'), ('inspections', :'inspections'), ('circulars', :'circulars'), ('exchanges', :'exchanges'), ('submissions', :'submissions'), ('timeliness', :'timeliness'), ('reliefs', :'reliefs'), ('reminders', :'reminders'), ('received', :'received'), ('filings', :'filings'), ('reconciliation', :'reconciliation'), ('cuts', :'cuts'), ('effect', :'effect'),
	('speakers', :'speakers'), ('windows', :'windows'), ('news', :'news'), ('columns', :'columns'), ('interpretation', :'interpretation'), ('interpreted', :'interpreted'), ('offline', :'offline'), ('withheld', :'withheld'),
	('study', :'study'), ('study_forms', :'study_forms'), ('media', :'media'), ('works', :'works'), ('materials', :'materials'), ('picks', :'picks'),
	('coverage', :'coverage'), ('uncovered', :'uncovered'), ('plan_totals', :'plan_totals'), ('plan_categories', :'plan_categories'), ('halls', :'halls'), ('window_records', :'window_records'),
	('persons', :'persons'), ('person_changes', :'person_changes'), ('disputes', :'disputes'), ('quarantine', :'quarantine'), ('plan_line_sessions', :'plan_line_sessions'), ('plan_audiences', :'plan_audiences'), ('plan_works', :'plan_works'), ('plan_events', :'plan_events'), ('accounts', :'accounts'), ('drawn', :'drawn')) s (name, text);
CREATE FUNCTION pg_temp.rows(p_name text, p_node text, p_on date DEFAULT '2024-12-31', p_as_of timestamptz DEFAULT '2025-01-31') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE v_row record;
BEGIN
	FOR v_row IN EXECUTE (SELECT s.text FROM statement s WHERE s.name = p_name) USING p_node, p_on, p_as_of, '' LOOP
		RETURN NEXT regexp_replace(v_row::text, '["()]', '', 'g');
	END LOOP;
END $$;
INSERT INTO rule_switch VALUES (1, 'feedback.min_responses', '30', '1..1000', 'A1-55'), (1, 'disclosure.on_request', 'exempt', 'due;exempt', 'A1-29');

-- A quarter with a month inside it and one of its topics, another year, too few answers about A1.
CREATE FUNCTION pg_temp.feedback(p_from date, p_to date, p_total integer, p_more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT '{"source": "hotline_12333"}'::jsonb || jsonb_build_object('period_start', p_from, 'period_end', p_to, 'total_count', p_total, 'about_office_code', 'A1') || p_more $$;
SELECT pg_temp.put('feedback_stat', 'P', 'b1', pg_temp.feedback('2024-04-01', '2024-06-30', 150, '{"policy_related_count": 75, "closed_count": 140}')),
	pg_temp.put('feedback_stat', 'P', 'b2', pg_temp.feedback('2024-05-01', '2024-05-31', 60, '{"closed_count": 60}')),
	pg_temp.put('feedback_stat', 'P', 'b3', pg_temp.feedback('2024-04-01', '2024-06-30', 50, '{"topic": "社保"}')),
	pg_temp.put('feedback_stat', 'P', 'b4', pg_temp.feedback('2023-04-01', '2023-06-30', 900)),
	pg_temp.put('feedback_stat', 'P', 'b5', pg_temp.feedback('2024-07-01', '2024-09-30', 20, '{"closed_count": 5}')),
	pg_temp.put('feedback_stat', 'P', 'b6', pg_temp.feedback('2024-07-01', '2024-12-31', 10, '{"source": "online_survey", "response_count": 20, "satisfied_count": 19, "average_score_hundredths": 9000}')),
	pg_temp.put('feedback_stat', 'P', 'b7', pg_temp.feedback('2024-07-01', '2024-12-31', 10, '{"source": "online_survey", "response_count": 20, "satisfied_count": 11, "average_score_hundredths": 8050, "about_office_code": "A2"}'));
CREATE TEMP TABLE told AS SELECT 'A' AS node, * FROM pg_temp.told('A', '2024-12-31', '2025-01-31', '')
	UNION ALL SELECT 'A1', * FROM pg_temp.told('A1', '2024-12-31', '2025-01-31', '');
SELECT is((SELECT concat_ws(' ', reports, total, policy || '/' || policy_of, closed || '/' || closed_of) FROM told WHERE node = 'A' AND source LIKE '12333%'),
	'2 170 75/150 145/170', 'AR-7: no month inside a quarter, no topic beside its total, no other year');
SELECT is((SELECT concat_ws(' ', reports, total, policy || '/' || policy_of, closed || '/' || closed_of) FROM told WHERE node = 'A' AND source LIKE '12333%'),
	concat_ws(' ', pg_temp.fig('I-14', 'A', 'hotline_12333.records'), pg_temp.fig('I-14', 'A', 'hotline_12333'), pg_temp.fig('I-14', 'A', 'hotline_12333.policy'),
		pg_temp.fig('I-14', 'A', 'hotline_12333.closed')), 'AR-7: as I-14 has it');
SELECT is((SELECT string_agg(concat_ws(' ', node, responses, coalesce(satisfied::text, '-') || '/' || satisfied_of), ', ' ORDER BY node) FROM told WHERE source LIKE '网上%'),
	'A 40 30/40, A1 20 -/20', 'AR-7: satisfaction is hidden below the least number of responses, as in I-14');
SELECT is(pg_temp.fig('I-14', 'A', 'online_survey.satisfied') || ' ' || pg_temp.fig('I-14', 'A1', 'online_survey.satisfied'), '30/40 -/20', 'AR-7: which hides the same');
SELECT is((SELECT string_agg(concat_ws(' ', node, coalesce(score::text, '-') || '/' || score_of), ', ' ORDER BY node) FROM told WHERE source LIKE '网上%'),
	'A 341000/4000, A1 -/2000', 'A1-55: the average score by responses, 85.25, hidden below the least number of them');

-- An answer, a modified policy, one on request, one not yet in force, one that ends later than the day, an address published later.
CREATE FUNCTION pg_temp.doc(p_more jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT '{"document_kind": "policy", "title": "x", "issuer": "x", "issued_on": "2024-04-01", "status": "in_force", "disclosure": "public"}'::jsonb || p_more $$;
SELECT pg_temp.put('policy_document', 'A1', 'd1', pg_temp.doc('{"urls": ["https://x"]}')),
	pg_temp.put('policy_document', 'A1', 'd2', pg_temp.doc('{"document_kind": "answer", "urls": ["https://x"]}')),
	pg_temp.put('policy_document', 'A1', 'd3', pg_temp.doc('{"status": "modified", "status_changed_on": "2024-05-01", "urls": ["https://x"]}')),
	pg_temp.put('policy_document', 'A1', 'd4', pg_temp.doc('{"disclosure": "on_request"}')),
	pg_temp.put('policy_document', 'A1', 'd5', pg_temp.doc('{"effective_from": "2024-12-01"}')),
	pg_temp.put('policy_document', 'A1', 'd6', pg_temp.doc('{"status": "abolished", "status_changed_on": "2024-11-01"}')),
	pg_temp.put('policy_document', 'A2', 'd7', pg_temp.doc('{"urls": ["https://x"], "first_published_on": "2024-10-02"}')),
	pg_temp.put('policy_document', 'A2', 'd8', pg_temp.doc('{"disclosure": "exempt", "effective_to": "2024-06-30"}'));
CREATE TEMP TABLE shelf AS SELECT * FROM pg_temp.shelf('A', '2024-10-01', '2025-01-31', '');
SELECT is((SELECT concat_ws(' ', libraries || '/' || offices, online || '/' || due, exempt, unexplained, modified || '/' || modified_of, expired || '/' || expired_of,
	abolished || '/' || abolished_of, stale) FROM shelf WHERE is_total), '2/3 1/3 2 2 0/1 0/0 0/0 1',
	'AR-4: answers, modified, on request and not yet in force are not due; abolished later is in force; published later is not online');
SELECT is((SELECT concat_ws(' ', libraries || '/' || offices, online || '/' || due, exempt, unexplained, modified || '/' || modified_of, expired || '/' || expired_of,
	abolished || '/' || abolished_of, stale) FROM shelf WHERE is_total), (SELECT string_agg(pg_temp.fig(id, 'A', part, '2024-10-01'), ' ' ORDER BY place) FROM
	(VALUES (1, 'I-07', 'library'), (2, 'I-07', ''), (3, 'I-07', 'exempt'), (4, 'I-07', 'exempt_without_reason'), (5, 'I-08', 'modified'), (6, 'I-08', 'expired'),
		(7, 'I-08', 'abolished'), (8, 'I-08', 'overdue')) f (place, id, part)), 'AR-4: as I-07 and I-08 have it');
SELECT is((SELECT string_agg(office || ' ' || online || '/' || due, ', ' ORDER BY office) FROM shelf WHERE NOT is_total), 'A1 1/2, A2 0/1, A（本级） 0/0', 'AR-4: by part');

-- Of these d6 has no address and d7 one from the day after; d4 on request and d8 are exempt.
SELECT is(array(SELECT pg_temp.rows('offline', 'A', '2024-10-01')), ARRAY['f,A1,,x,2024-04-01,主动公开,没有网址', 'f,A2,,x,2024-04-01,主动公开,统计截止日后公布'],
	'AR-4: policies due and not online, one by one');
SELECT is(array(SELECT pg_temp.rows('withheld', 'A', '2024-10-01')), ARRAY['f,A1,,x,2024-04-01,依申请公开,缺少理由', 'f,A2,,x,2024-04-01,不予公开,缺少理由'],
	'AR-4: exempt policies, one by one');
SELECT is((SELECT array_agg((pg_temp.fig('I-07', n, '', '2024-10-01'), (SELECT count(*) FROM pg_temp.rows('offline', n, '2024-10-01')))::text ORDER BY n) FROM unnest('{A1,A2,P}'::text[]) n),
	ARRAY['(1/2,1)', '(0/1,1)', '(1/3,2)'], 'AR-4: as many as I-07 has due and not online');

-- B: a policy complete, one with a press release only, an exempt one, one of the year before; an article by another office and one after the day
-- count nowhere; a work made for both counts once; two days of publication, the first counts.
CREATE FUNCTION pg_temp.piece(p_item text, p_document text, p_form text, p_on date, p_office text DEFAULT 'B') RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('interpretation', p_office, p_item, jsonb_build_object('policy_item_id', pg_temp.id(p_document), 'form', p_form, 'title', 'x', 'published_on', p_on)) $$;
SELECT pg_temp.put('policy_document', 'B', 'n1', pg_temp.doc('{"doc_no": "甲1号", "first_published_on": "2024-04-11", "urls": ["https://x"]}')),
	pg_temp.put('policy_document', 'B', 'n2', pg_temp.doc('{"doc_no": "甲2号", "issued_on": "2024-05-01"}')),
	pg_temp.put('policy_document', 'B', 'n3', pg_temp.doc('{"disclosure": "exempt", "exempt_reason": "涉密"}')),
	pg_temp.put('policy_document', 'B', 'n4', pg_temp.doc('{"issued_on": "2023-05-01"}')),
	pg_temp.put('publication', 'B', 'n5', jsonb_build_object('object_kind', 'policy', 'object_item_id', pg_temp.id('n1'), 'channel', 'portal', 'title', 'x', 'url', 'https://x', 'published_on', '2024-04-04')),
	pg_temp.piece('i1', 'n1', 'policy_original', '2024-04-02'), pg_temp.piece('i2', 'n1', 'press_release', '2024-04-03'), pg_temp.piece('i3', 'n1', 'article', '2024-04-05'),
	pg_temp.piece('i4', 'n1', 'qa', '2024-04-05'), pg_temp.piece('i5', 'n1', 'qa', '2024-04-06'), pg_temp.piece('i6', 'n2', 'press_release', '2024-05-02'),
	pg_temp.piece('i7', 'n2', 'reporter_qa', '2024-05-03'), pg_temp.piece('i8', 'n2', 'article', '2025-01-05'), pg_temp.piece('i9', 'n4', 'article', '2024-05-03'),
	pg_temp.piece('j1', 'n2', 'article', '2024-05-03', 'A1'),
	pg_temp.put('media_product', 'B', 'j2', jsonb_build_object('media_kind', 'other', 'title', 'x', 'made_on', '2024-05-04', 'policy_item_ids', ARRAY[pg_temp.id('n1'), pg_temp.id('n2')]));
SELECT is(array(SELECT pg_temp.rows('interpreted', 'B')), ARRAY['f,B,x（甲1号）,2024-04-01,3,1,1,1,2,0,0,0,0,1', 'f,B,x（甲2号）,2024-05-01,,0,1,0,0,0,0,1,0,1',
	't,合计,,,,1,2,1,2,0,0,1,0,1'], 'AR-4: each new policy by form of its interpretation');
SELECT is(array(SELECT pg_temp.rows('interpretation', 'B')), ARRAY['f,B（本级）,1,2,1,2,1,4,6,2,3,1', 't,合计,1,2,1,2,1,4,6,2,3,1'], 'AR-4: complete, forms and days from issue to publication');
SELECT is((SELECT string_agg(pg_temp.fig('I-09', 'B', part), ' ' ORDER BY place) FROM unnest('{"",policy_original,press_release,article,x,days.median,days.longest,unpublished}'::text[])
	WITH ORDINALITY AS p (part, place)), '1/2 1 2 1 4 6/2 3 1', 'AR-4: as I-09 has it');
SELECT pg_temp.put('publication', o, 'c' || o || c, jsonb_build_object('object_kind', 'column', 'channel', c, 'title', 'x', 'url', 'https://x', 'published_on', '2024-05-01'), p_author => w)
	FROM (VALUES ('A', 'portal', 'A'), ('A', 'wechat', 'A'), ('A1', 'portal', 'A1'), ('A2', 'portal', 'A')) p (o, c, w);
SELECT is(array(SELECT pg_temp.rows('columns', 'A')), ARRAY['f,A1,0,1,1,1,0,1', 'f,A2,0,1,0,1,0,1', 'f,A（本级）,1,1,1,1,1,1', 't,合计,1,3,2,3,1,3'], 'AR-4: columns by office; one made by another is none');
SELECT is(concat_ws(' ', pg_temp.fig('I-10', 'A'), pg_temp.fig('I-10', 'A', 'portal'), pg_temp.fig('I-10', 'A', 'wechat')), '1/3 2/3 1/3', 'AR-4: as I-10 has it');

-- A1 late, A2 on the day of its first session, A by the province in its name, B in time.
SELECT pg_temp.put('publication', office, 'p-' || office, jsonb_build_object('object_kind', 'arrangement', 'channel', 'portal', 'title', 'x', 'url', 'https://' || office,
	'published_on', day), p_author => author) FROM (VALUES ('A1', '2024-04-01', 'A1'), ('A2', '2024-03-20', 'A2'), ('A', '2024-03-20', 'P'), ('B', '2024-03-20', 'B')) p (office, day, author);
SELECT pg_temp.lecture('A2', 'e1', '2024-03-20'), pg_temp.lecture('B', 'e2', '2024-03-21');
CREATE TEMP TABLE arranged AS SELECT * FROM pg_temp.arranged('P', '2024-12-31', '2025-01-31', '');
SELECT is((SELECT string_agg(concat_ws(' ', office, url, finding), ', ' ORDER BY office) FROM arranged WHERE NOT is_total),
	'A 未公布, A1 https://A1 逾期公布, A2 https://A2 未先于首场, B https://B 按期公布, P 未公布', 'AR-4: late, on the day of the first session, by another office');
SELECT is((SELECT n || '/' || d FROM arranged WHERE is_total), '1/4', 'AR-4: one of four in time and ahead');
SELECT is((SELECT n || '/' || d FROM arranged WHERE is_total), pg_temp.fig('I-06', 'P'), 'AR-4: as I-06 has it');
INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A2', 14, 'x', 'x', 'A', '2024-03-01');
TRUNCATE arranged;
INSERT INTO arranged SELECT * FROM pg_temp.arranged('A', '2024-12-31', '2025-01-31', '');
SELECT is((SELECT string_agg(office, ' ' ORDER BY office) || ' ' || max(n || '/' || d) FROM arranged), 'A A1 合计 0/2', 'AR-4: an exempt office owes none and is not listed');

-- A1 lowered, A2 withdrawn and put back; before 10-01 is none.
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(4), '2024-03-20'), pg_temp.put('plan_item', 'A2', 'l2', pg_temp.line(2), '2024-03-20'),
	pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(3), '2024-09-30T15:59Z', 'l1/2', 'l1/1'),
	pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(1) || '{"correction_reason": "汛情"}', '2024-10-02', 'l1/3', 'l1/2'),
	pg_temp.put('plan_item', 'A2', 'l2', '{}', '2024-10-03', 'l2/2', 'l2/1', 'withdraw'), pg_temp.put('plan_item', 'A2', 'l2', pg_temp.line(2), '2024-10-04', 'l2/3', 'l2/2');
SELECT is(array(SELECT regexp_replace(r, ',2024[^,]*', '') FROM pg_temp.rows('cuts', 'A') r), ARRAY['f,A1,1,x,下调,3,1,汛情,仍有效', 'f,A2,1,x,撤回,2,,,已恢复'],
	'AR-2: lines lowered or withdrawn from 10-01 on, and what is left of it (R10)');
SELECT is((SELECT count(*) FROM pg_temp.rows('cuts', 'A') r), (SELECT count(*) FROM plan_cut('2024-12-31', '2025-01-31')), 'AR-2: as plan_cut has it');
SAVEPOINT cut;
SELECT pg_temp.put('plan_item', 'A2', 'l9', pg_temp.line(5), '2024-03-20'), pg_temp.put('plan_item', 'A2', 'l9', pg_temp.line(3) || '{"theme": "y"}', '2024-09-20', 'l9/2', 'l9/1');
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	VALUES ('A2', pg_temp.id('l9'), pg_temp.id('l9/2'), 'returned', 'x', 'r', 'A', '2024-09-21');
SELECT pg_temp.put('plan_item', 'A2', 'l9', pg_temp.line(4), '2024-10-05', 'l9/3', 'l9/2');
SELECT ok('f,A2,1,x,下调,5,4,,仍有效' IN (SELECT regexp_replace(r, ',2024[^,]*', '') FROM pg_temp.rows('cuts', 'A') r), 'AR-2: beside what was in force, not what was returned (R2)');
ROLLBACK TO cut;

-- Of A1 one line of one session, of A2 one put back; a line without a number from the first; after the due instant A1 changed its line twice and A2
-- withdrew and put back; that of the unit of the province is not of the cities.
SELECT pg_temp.put('plan_item', 'A1', 'l3', pg_temp.line(NULL, p_category => 'campus'), '2024-03-20'), pg_temp.put('plan_item', 'A', 'l4', pg_temp.line(3) || '{"planned_max": 5}', '2024-06-20'),
	pg_temp.put('plan_item', 'U', 'l5', pg_temp.line(7), '2024-03-20');
SELECT is(array(SELECT pg_temp.rows('plan_totals', 'P')), ARRAY['f,A,3,3,4,3,6,1,0,3,1', 'f,B,0,1,0,0,0,0,0,0,0', 't,合计,3,4,4,3,6,1,0,3,1'],
	'A1-02: plans by part: who has one, lines, sessions, without a number, changes after the baseline');
SELECT is(array(SELECT pg_temp.rows('plan_totals', 'A', p_as_of => '2024-03-26')), ARRAY['f,A1,1,1,2,1,4,1,0,0,0', 'f,A2,1,1,1,1,2,0,0,0,0', 'f,A（本级）,0,1,0,0,0,0,0,0,0', 't,合计,2,3,3,2,6,1,0,0,0'],
	'A1-02: as known before any change');
SELECT is(array(SELECT pg_temp.rows('plan_categories', 'P')), ARRAY['f,进校园,1,1,0,0,0,1', 'f,进村居,3,3,3,6,8,0', 't,合计,3,4,3,6,8,1'], 'A1-02: plans by category, at least and at most');
SELECT is((SELECT r FROM pg_temp.rows('plan_totals', 'U') r), 't,合计,0,0,0,0,0,0,0,0,0', 'A1-02: a unit of the province has none of the cities');

-- Study: one without participants, uses of the mini-program, one only planned.
SELECT pg_temp.put('study_event', 'A1', 't1', pg_temp.study('daily_study', 'staff', '2024-05-01', 20)), pg_temp.put('study_event', 'A1', 't2', pg_temp.study('skill_contest', 'employer', '2024-05-02', 30)),
	pg_temp.put('study_event', 'A1', 't3', pg_temp.study('training', 'hr_agency', '2024-05-02')), pg_temp.put('study_event', 'A1', 't4', pg_temp.study('mini_program_study', 'public', '2024-05-02', 9000)),
	pg_temp.put('study_event', 'A2', 't5', pg_temp.study('law_quiz', 'public', '2024-05-03', 300)), pg_temp.put('study_event', 'A2', 't6', pg_temp.study('daily_study', 'staff', '2024-05-03', 5, '{"status": "planned"}'));
SELECT is(array(SELECT pg_temp.rows('study', 'A')), ARRAY['f,A1,1,20,1,30,1,0,0,0,3,50', 'f,A2,0,0,0,0,0,0,1,300,1,300', 't,合计,1,20,1,30,1,0,1,300,4,350'], 'AR-2: study by whom it is for');
SELECT is(array(SELECT pg_temp.rows('study_forms', 'A')), ARRAY['f,日常学习,1,20,0,0,0,0', 'f,在线练兵,0,0,0,0,0,0', 'f,技能比武,1,30,0,0,0,0', 'f,知识竞赛,1,300,0,0,0,0', 'f,培训,1,0,1,0,0,0', 'f,小程序学习,1,9000,0,0,0,0'],
	'AR-2: study by form');
SAVEPOINT drills;
SELECT pg_temp.put('study_event', 'A1', 'd' || n, pg_temp.study('online_drill', 'staff', '2024-05-04', 40, more::jsonb)) FROM (VALUES
	(1, '{"completions": 30, "average_score_hundredths": 8000}'), (2, '{"completions": 10}'), (3, '{"average_score_hundredths": 9000}'),
	(4, '{"completions": 99, "average_score_hundredths": 100, "status": "planned"}')) v (n, more);
SELECT is((SELECT r FROM pg_temp.rows('study_forms', 'A') r WHERE r ~ '练兵'), 'f,在线练兵,3,120,0,40,600000,7000', 'A1-23: who finished a drill and the average score, 85.71, by people');
ROLLBACK TO drills;
SELECT is((SELECT string_agg(pg_temp.fig('I-15', 'A', part), ' ' ORDER BY place) FROM unnest('{target:staff,target:staff.participants,target:employer,target:hr_agency,target:public.participants,"",
	participants,form:training,form:mini_program_study.participants}'::text[]) WITH ORDINALITY AS p (part, place)), '1 20 1 1 300 4 350 1 9000', 'AR-2: as I-15 has it');
SELECT is((SELECT count(*) FROM pg_temp.rows('study_forms', 'U')), 0::bigint, 'AR-2: no study, no rows');

-- Grants and reminders: by whom, why, until; one taken back; one granted after the point of the report is not told.
TRUNCATE exemption;
INSERT INTO extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at, withdrawn_by, withdrawer_office_code,
	withdrawn_at, withdraw_reason) VALUES
	('test', 'A1', 14, '2024-04-10T00:00Z', '汛情', '王', 'A', '2024-03-28T00:00Z', NULL, NULL, NULL, NULL),
	('test', 'A1', 14, '2024-04-20T00:00Z', '再延', '王', 'A', '2024-03-29T00:00Z', '王', 'A', '2024-03-30T00:00Z', '误批');
INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES
	('test', 'A2', 14, '撤并', '王', 'A', '2024-03-28T00:00Z'), ('test', 'B', 6, '撤并', '李', 'P', '2025-02-01T00:00Z');
SET LOCAL timezone = 'UTC';
SELECT is(array(SELECT pg_temp.rows('reliefs', 'P')), ARRAY['f,A1,14,x,延期,2024-04-10 00:00:00+00,汛情,王（A）,2024-03-28 00:00:00+00,',
	'f,A1,14,x,延期,2024-04-20 00:00:00+00,再延,王（A）,2024-03-29 00:00:00+00,2024-03-30 误批', 'f,A2,14,x,免报,,撤并,王（A）,2024-03-28 00:00:00+00,'],
	'AR-1: extensions and exemptions with reason, grantor and end');
INSERT INTO reminder (programme, office_code, milestone_no, step, due_at, step_at, made_at, made_by, text, downlink_seq) VALUES
	('test', 'A1', 14, 'due-7', '2024-03-31T16:00Z', '2024-03-24T16:00Z', '2024-03-24T16:00Z', '', 'x', 1), ('test', 'A1', 14, 'overdue', '2024-03-31T16:00Z', '2024-03-31T16:00Z', '2024-03-31T16:00Z', '', 'x', 2),
	('test', 'A2', 14, 'hand-1', '2024-03-31T16:00Z', '2024-04-02T00:00Z', '2024-04-02T00:00Z', '王', 'x', 1), ('test', 'B', 6, 'overdue', '2024-03-25T16:00Z', '2024-03-25T16:00Z', '2024-03-25T16:00Z', '', 'x', 1);
SELECT is(array(SELECT pg_temp.rows('reminders', 'A')), ARRAY['f,14,x,2024-03-31,2,1,1,1,2024-04-02 00:00:00+00', 't,,合计,,2,1,1,1,2024-04-02 00:00:00+00'], 'AR-1: reminders sent, by material');

-- A draw: two of three drawn, one confirmed, one not; before the run no seed is told.
INSERT INTO draw (scheme, occasion, commitment, population_digest, register_version, as_of, committed_by, committed_office_code, committed_at)
	VALUES ('coverage_spot_check', '年底', sha256(decode(repeat('ab', 32), 'hex')), decode(repeat('00', 32), 'hex'), 1, '2024-11-30', '王', 'P', '2024-12-01T00:00Z') RETURNING draw_id AS d \gset
INSERT INTO draw_member SELECT :d, c, s, 100, '{}' FROM (VALUES ('A1', 'A'), ('A2', 'A'), ('B', 'B')) m (c, s);
INSERT INTO draw_run VALUES (:d, decode(repeat('ab', 32), 'hex'), 2, 1, 2, '王', 'P', '2024-12-02T00:00Z');
INSERT INTO draw_sample VALUES (:d, 'B', 1, 1), (:d, 'A1', 2, 2);
CREATE FUNCTION pg_temp.visit(p_office text, p_on date, p_result text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('scheme', 'coverage_spot_check', 'seed', repeat('ab', 32), 'inspected_office_code', p_office, 'checked_on', p_on, 'result', p_result)) $$;
SELECT pg_temp.put('inspection', 'P', 'n1', jsonb_build_object('scheme', 'coverage_spot_check', 'seed', repeat('AB', 32), 'inspected_office_code', 'A1', 'checked_on', '2024-12-05',
	'result', 'passed', 'verified_item_ids', ARRAY[pg_temp.id('x'), pg_temp.id('y')])),
	pg_temp.put('inspection', 'P', 'n2', jsonb_build_object('scheme', 'coverage_spot_check', 'seed', repeat('ab', 32), 'inspected_office_code', 'B', 'checked_on', '2024-12-06', 'result', 'partly')),
	-- Of whoever read the seed: the office itself, one beside it, one for another, and by another scheme; and of the province without a day.
	pg_temp.put('inspection', 'A1', 'n3', pg_temp.visit('A1', '2024-12-09', 'failed')), pg_temp.put('inspection', 'A2', 'n4', pg_temp.visit('B', '2024-12-09', 'passed')),
	pg_temp.put('inspection', 'P', 'n5', pg_temp.visit('B', '2024-12-09', 'passed'), p_author => 'A'),
	pg_temp.put('inspection', 'P', 'n6', pg_temp.visit('B', '2024-12-09', 'passed') || '{"scheme": "field_visit"}'),
	pg_temp.put('inspection', 'P', 'n7', pg_temp.visit('B', NULL, 'passed'));
SELECT is(array(SELECT regexp_replace(r, '^f,[0-9]+,', '') FROM pg_temp.rows('draws', 'A2') r), ARRAY['覆盖抽查（年底）,2024-12-01 00:00:00+00,3,2,' || repeat('ab', 32) || ',B、A1,1,1,0,2,4'],
	'AR-6: a draw with its seed, population, sample and what was found, told to all it could have met');
SELECT is(array(SELECT regexp_replace(r, '^f,[0-9]+,', '') FROM pg_temp.rows('draws', 'P', '2024-12-05') r), ARRAY['覆盖抽查（年底）,2024-12-01 00:00:00+00,3,2,' || repeat('ab', 32) || ',B、A1,1,0,1,2,0'],
	'AR-6: checked later is not yet checked');
SELECT is(array(SELECT regexp_replace(r, '^f,[0-9]+,', '') FROM pg_temp.rows('draws', 'P', '2024-12-31', '2024-12-01T12:00Z') r), ARRAY['覆盖抽查（年底）,2024-12-01 00:00:00+00,3,0,,,0,0,0,0,0'],
	'AR-6: before the run neither seed nor sample');
SELECT is((SELECT count(*) FROM pg_temp.rows('draws', 'U')), 0::bigint, 'AR-6: not told to those it could not meet');
SELECT is((SELECT string_agg((r ->> 'inspected_office_code') || ' ' || (r ->> 'result'), ', ') FROM jsonb_array_elements(draw_entry(:d, '2025-01-31') -> 'results') r),
	'A1 passed, B partly, B passed', 'draw: the page has the results the audit has, in the order of their days');
SELECT is((SELECT string_agg(r ->> 'item_id', ' ' ORDER BY r ->> 'item_id') FROM jsonb_array_elements(draw_entry(:d, '2025-01-31') -> 'not_counted') r),
	(SELECT string_agg(pg_temp.id(i)::text, ' ' ORDER BY pg_temp.id(i)::text) FROM unnest('{n3,n4,n5,n6}'::text[]) i), 'draw: and lists whoever else named the seed');
SELECT is((SELECT string_agg(concat_ws(' ', w[2], w[3], w[4], w[6], w[10]), ', ') FROM pg_temp.rows('inspections', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w),
	'调研检查 P B 合格 计入, 覆盖抽查 P A1 合格 计入, 覆盖抽查 P B 部分合格 计入, 覆盖抽查 A1 A1 不合格 不计, 覆盖抽查 A2 B 合格 不计, 覆盖抽查 P B 合格 不计, 覆盖抽查 P B 合格 计入',
	'AR-6: inspections that do not count are marked, as I-12 has it');
SELECT is(pg_temp.fig('I-12', 'P', 'unentitled'), '3', 'AR-6: as many as I-12 lists');

-- Speakers, windows and news by part, and the effect sheet.
SELECT pg_temp.put('speaker', 'A1', 'k1', '{"role": "backbone", "display_name": "x", "trained_on": "2024-02-01", "is_active": true}'),
	pg_temp.put('speaker', 'A2', 'k2', '{"role": "lecturer", "display_name": "x", "trained_on": "2024-02-01", "is_active": true}');
SELECT pg_temp.lecture('A1', 's1', '2024-05-01', '{101}', p_more => jsonb_build_object('speaker_item_ids', ARRAY[pg_temp.id('k1')]));
SELECT is(array(SELECT pg_temp.rows('speakers', 'A')), ARRAY['f,A1,1,1,1,1,0,0,0,0', 'f,A2,0,1,0,0,0,1,0,0', 't,合计,1,2,1,1,0,1,0,0'], 'AR-5: speakers by office');
SELECT is(pg_temp.fig('I-05', 'A') || ' ' || pg_temp.fig('I-05', 'A', 'backbone') || ' ' || pg_temp.fig('I-05', 'A', 'lecturer'), '1/2 1/1 0/1', 'AR-5: as I-05 has it');
SELECT pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2024-01-01", "responsible_name": "x", "halls": [{"hall_id": "h1", "name_zh": "一"}, {"hall_id": "h2", "name_zh": "二"}]}');
SELECT pg_temp.put('window_report', 'A1', 'w' || n, r) FROM unnest(ARRAY['{"hall_id": "h1", "report_kind": "screen", "quantity": 5, "reported_on": "2024-05-01"}',
	'{"hall_id": "h1", "report_kind": "screen", "quantity": 4, "reported_on": "2024-06-01"}', '{"hall_id": "h1", "report_kind": "brochure", "quantity": 100, "reported_on": "2024-05-01"}',
	'{"hall_id": "h1", "report_kind": "staff_training", "quantity": 1, "reported_on": "2024-05-01", "staff_trained": 6, "staff_total": 12}']::jsonb[]) WITH ORDINALITY AS x (r, n);
SELECT is(array(SELECT pg_temp.rows('windows', 'A')), ARRAY['f,A1,1,2,0,4,0,0,100,6,12', 't,合计,1,2,0,4,0,0,100,6,12'], 'AR-5: windows by office, the newest number of screens');
SELECT is(pg_temp.fig('I-11', 'A', 'halls') || ' ' || pg_temp.fig('I-11', 'A', '18') || ' ' || pg_temp.fig('I-11', 'A', '21') || ' ' || pg_temp.fig('I-11', 'A', 'staff'), '1/2 4 100 6/12', 'AR-5: as I-11 has it');
SELECT pg_temp.put('window_report', 'A1', 'w9', '{"hall_id": "h9", "report_kind": "video_played", "quantity": 3, "reported_on": "2024-06-02"}'),
	pg_temp.put('media_product', 'A2', 'w8', '{"media_kind": "short_video", "title": "窗口片", "made_on": "2024-06-03", "for_window": true}');
SELECT is(array(SELECT pg_temp.rows('halls', 'A')), ARRAY['f,A1,h1,一,4,2024-06-01', 'f,A1,h2,二,0,'], 'I-11: halls one by one');
SELECT is(array(SELECT pg_temp.rows('window_records', 'A')), ARRAY['f,A1,宣传册,一,,2024-05-01,0,0,0,0,100,,,', 'f,A1,窗口人员培训,一,,2024-05-01,0,0,0,0,0,6,12,', 'f,A1,电子显示屏,一,,2024-06-01,0,4,0,0,0,,,',
	'f,A1,播放视频,h9,,2024-06-02,0,0,0,0,0,,,大厅不在名册；未注明作品，不计播放', 'f,A2,宣传作品,,窗口片,2024-06-03,0,0,1,0,0,,,', 't,合计,,,,,0,4,1,0,100,6,12,'],
	'I-11: records of windows one by one, with what each adds');
SELECT is(concat_ws(' ', pg_temp.fig('I-11', 'A', '18'), pg_temp.fig('I-11', 'A', '19'), pg_temp.fig('I-11', 'A', '21'), pg_temp.fig('I-11', 'A', 'staff')), '4 1 100 6/12',
	'I-11: which is the figure');
SELECT pg_temp.put('media_product', 'A2', 'w8', '{}', '2024-07-01', 'w8/2', 'w8/1', 'withdraw');
-- The person of A1 changes; that of A2 ends before the day.
SELECT pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2024-06-01", "responsible_name": "乙", "responsible_post": "科长", "responsible_contact": "027-1", "responsible_from": "2024-06-02",
	"correction_reason": "调任", "halls": [{"hall_id": "h1", "name_zh": "一"}, {"hall_id": "h2", "name_zh": "二"}]}', '2024-06-05', 'o1/2', 'o1/1'),
	pg_temp.put('office_profile', 'A2', 'o2', '{"effective_from": "2024-01-01", "responsible_name": "丙", "responsible_to": "2024-06-30"}');
SELECT is(array(SELECT regexp_replace(r, ' 00:00:00\+00$', '') FROM pg_temp.rows('persons', 'A') r), ARRAY['f,A,0,1,未明确,,,,,', 'f,A1,1,1,乙,科长,027-1,2024-06-02,,2024-06-05',
	'f,A2,0,1,丙,,,2024-01-01,2024-06-30,2024-03-01', 't,合计,1,3,,,,,,'], 'A1-05: the person in charge of each office, none where none is');
SELECT is(array(SELECT split_part(r, ',', 5) FROM pg_temp.rows('persons', 'A1', '2024-05-31', '2024-05-31') r), ARRAY['x', ''], 'A1-05: as known and in force then');
SELECT is(array(SELECT pg_temp.rows('person_changes', 'P')), ARRAY['f,A1,2024-06-05 00:00:00+00,x,乙,2024-06-02,调任'], 'A1-05: changes of persons, with their reasons');
SELECT pg_temp.put('news_item', 'A1', 'm1', '{"news_kind": "work_news", "title": "x", "happened_on": "2024-05-01", "reported_on": "2024-05-03"}'),
	pg_temp.put('news_item', 'A1', 'm2', '{"news_kind": "media_report", "title": "x", "happened_on": "2024-05-01", "reported_on": "2024-05-12", "medium": "tv"}');
SELECT is(array(SELECT pg_temp.rows('news', 'A')), ARRAY['f,A1,2,1,0,0,1,13,2,11,0,1', 'f,A2,0,0,0,0,0,,,,1,1', 'f,A（本级）,0,0,0,0,0,,,,1,1', 't,合计,2,1,0,0,1,13,2,11,2,3'],
	'AR-5: news by office, days to report, silent offices');
SELECT is(pg_temp.fig('I-16', 'A') || ' ' || pg_temp.fig('I-16', 'A', 'days.median') || ' ' || pg_temp.fig('I-16', 'A', 'days.longest') || ' ' || pg_temp.fig('I-16', 'A', 'silent'), '2 13/2 11 2/3', 'AR-5: as I-16 has it');
-- Works: one of the year before, one without a file, one after the day; materials with and without a day; item 5 of a form of the city and its counties.
SELECT pg_temp.put('media_product', 'A1', 'v1', '{"media_kind": "short_video", "title": "x", "made_on": "2024-04-06", "file_bytes": 1000, "url": "https://v"}'),
	pg_temp.put('media_product', 'A1', 'v2', '{"media_kind": "short_video", "title": "x", "made_on": "2023-04-06", "file_bytes": 70}'),
	pg_temp.put('media_product', 'A1', 'v3', '{"media_kind": "other", "title": "x", "made_on": "2025-01-01", "file_bytes": 70}'),
	pg_temp.put('media_product', 'A', 'v4', '{"media_kind": "micro_comic", "title": "x", "made_on": "2024-05-06"}'),
	pg_temp.put('submission', 'A', 'm3', '{"submission_kind": "materials", "title": "x", "submitted_on": "2024-12-01", "file_name": "z.zip", "file_bytes": 500}'),
	pg_temp.put('submission', 'A', 'm4', '{"submission_kind": "materials", "title": "x"}', '2024-12-05T17:00Z'), pg_temp.put('submission', 'A', 'm5', '{"submission_kind": "work_plan", "title": "x"}'),
	pg_temp.put('statistics_form', 'A', 'f1', '{"period": "year_end", "period_start": "2024-01-01", "period_end": "2024-12-31", "scope": "with_subordinates", "filled_on": "2024-12-01"}'
		|| jsonb_build_object('lines', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('item_no', c.item_no, 'sub_field', nullif(c.sub_field, ''),
			'state', CASE c.item_no WHEN 5 THEN 'value' ELSE 'not_applicable' END, 'count', CASE c.item_no WHEN 5 THEN 3 END, 'reason', 'x'))) FROM form_cell c WHERE c.is_mandatory)), '2024-12-02');
SELECT is(array(SELECT pg_temp.rows('media', 'A')), ARRAY['f,A1,0,1,0,0,0,0,0,0,0,1,0,1000,0,0,0', 'f,A（本级）,0,0,0,1,0,0,0,0,0,1,1,0,2,2,3', 't,合计,0,1,0,1,0,0,0,0,0,2,1,1000,2,2,3'],
	'AR-5: works and materials by office, pieces against the form');
SELECT is((SELECT string_agg(pg_temp.fig('I-18', 'A', part), ' ' ORDER BY place) FROM unnest('{kind:short_video,kind:micro_comic,"",without_file,bytes,submission,form}'::text[])
	WITH ORDINALITY AS p (part, place)), '1 1 2 1 1000 2 2/3', 'AR-5: as I-18 has it');
SELECT is(array(SELECT pg_temp.rows('works', 'A')), ARRAY['f,A,微漫画,x,2024-05-06,,,', 'f,A1,短视频,x,2024-04-06,1000,https://v,'], 'A1-59: works one by one');
SELECT is(array(SELECT pg_temp.rows('materials', 'A')), ARRAY['f,A,x,2024-12-01,z.zip,500,', 'f,A,x,2024-12-06,,,'], 'A1-59: materials one by one, without a day that of receipt in Shanghai');
-- The files that they name: one arrives on 2025-01-10, one only at another office.
INSERT INTO upload (office_code, file_id, size_bytes, chunk_bytes, name, media_type, completed_at)
	SELECT v.office, decode(repeat(v.d, 32), 'hex'), 1, 4096, 'x', 'x', '2025-01-10T00:00Z' FROM (VALUES ('A1', 'c1'), ('A2', 'c2'), ('A', 'c1')) v (office, d);
SELECT pg_temp.put('media_product', 'A1', 'named ' || d, jsonb_build_object('media_kind', 'short_video', 'title', d, 'made_on', '2024-12-30', 'file_digest', '\x' || repeat(d, 32))),
	pg_temp.put('submission', 'A', 'sent ' || d, jsonb_build_object('submission_kind', 'materials', 'title', d, 'submitted_on', '2024-12-30', 'file_digest', '\x' || repeat(d, 32)))
	FROM unnest('{c1,c2}'::text[]) d;
CREATE FUNCTION pg_temp.arrival(p_as_of timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', l.name, substring(r FROM ',(c[12]),'), substring(r FROM '[^,]*$')), ', ' ORDER BY place, r) FROM unnest('{works,materials}'::text[]) WITH ORDINALITY l (name, place)
	CROSS JOIN LATERAL pg_temp.rows(l.name, 'A', '2024-12-31', p_as_of) r WHERE r LIKE '%,2024-12-30,%' $$;
SELECT is(pg_temp.arrival('2025-01-10T00:00Z'), 'works c1 已收到, works c2 未收到, materials c1 已收到, materials c2 未收到', 'A1-59: whether the file that is named has arrived, from the office itself');
SELECT is(pg_temp.arrival('2025-01-09T23:59:59Z'), replace(pg_temp.arrival('2025-01-10T00:00Z'), '已', '未'), 'A1-59: as known then, before its arrival none has');
SELECT is((SELECT r FROM pg_temp.rows('effect', 'A', '2024-10-01') r WHERE r LIKE 'f,A1,%'),
	(SELECT concat_ws(',', 'f', 'A1', replace(concat_ws(',', pg_temp.fig('I-02', 'A1', '', '2024-10-01'), split_part(pg_temp.fig('I-02b', 'A1', '', '2024-10-01'), '/', 1), pg_temp.fig('I-03', 'A1', '', '2024-10-01'),
		pg_temp.fig('I-06', 'A1', '', '2024-10-01')), '/', ','), '0,7', '12333咨询 170 件', '仲裁案件、信访诉求、网上调查评价、行政复议、行政应诉：没有这个来源的统计数据；各类检查均未开展')),
	'AR-7, A1-56: the effect sheet of a county, missing sources by name');
SELECT pg_temp.put('news_item', 'A1', 'pk', b, '2024-12-01T00:00Z', 'pk1'), pg_temp.put('news_item', 'A1', 'pk', b, '2024-12-02T00:00Z', 'pk2', 'pk1', 'amend'),
	pg_temp.put('news_item', 'A1', 'pk', b, '2024-12-03T00:00Z', 'pk3', 'pk1', 'amend') FROM (VALUES ('{"news_kind": "work_news", "title": "x", "happened_on": "2023-05-01", "reported_on": "2023-05-03"}'::jsonb)) v (b);
INSERT INTO branch_pick (office_code, item_id, revision_id, reason, picked_by, picked_at) VALUES ('A1', pg_temp.id('pk'), pg_temp.id('pk3'), '以签到表为准', 'city', '2024-12-04T00:00Z');
SELECT is(array(SELECT pg_temp.rows('picks', 'A')), ARRAY['f,动态信息,A1,' || pg_temp.id('pk') || ',2024-12-03 00:00:00+00,以签到表为准,city,2024-12-04 00:00:00+00'],
	'R1: who picked which branch, when and why');
SELECT is(array(SELECT pg_temp.rows('disputes', 'A', p_as_of => '2024-12-03T12:00Z')), ARRAY['f,动态信息,A1,' || pg_temp.id('pk') || ',2,2024-12-03 00:00:00+00'],
	'R1: a conflict of any kind is listed until it is settled');
SELECT is((SELECT count(*) FROM pg_temp.rows('disputes', 'A')), 0::bigint, 'R1: and not after the pick');
SELECT is((SELECT count(*) FROM pg_temp.rows('picks', 'A', '2024-12-31', '2024-12-03T12:00Z')) + (SELECT count(*) FROM pg_temp.rows('picks', 'B')), 0::bigint,
	'R1: not before the pick, and not to others');
SELECT account_set('wang', '王五', 'A1', '{filler,city_operator}', true, 'admin');
UPDATE account SET display_name = '赵六', office_code = 'B' WHERE login = 'wang';
SELECT changed_at AS t1, database_role AS dbrole, lead(changed_at) OVER (ORDER BY change_no) AS t2 FROM account_change WHERE login = 'wang' ORDER BY change_no LIMIT 1 \gset
SELECT is(array(SELECT pg_temp.rows('accounts', 'A', '2999-12-31', 'infinity')), ARRAY['f,' || :'t1'::timestamptz || ',wang,A1,开通,姓名 王五；单位 A1；角色 填报人、市州操作员,admin（数据库用户 ' || :'dbrole' || '）',
	'f,' || :'t2'::timestamptz || ',wang,B,改名、调整单位,姓名 王五 → 赵六；单位 A1 → B,' || :'dbrole'], 'accounts: what changed and by whom, with who it was before; the office that he left is told too');
SELECT is((SELECT count(*) FROM pg_temp.rows('accounts', 'B', '2999-12-31', 'infinity')), 1::bigint, 'accounts: and the one he came to, of that change alone');
SELECT is((SELECT count(*) FROM pg_temp.rows('accounts', 'A', '2999-12-31', :'t1')), 1::bigint, 'accounts: by the instant');
-- Restricted copies: about A1, drawn by an auditor of the province; about the province; and refused to a city of others.
INSERT INTO report_job (report, node_code, parameters, as_of, origin, state, not_before, rendered_at, verified_at, delivered_at)
	SELECT 'persons', n, '{}', '2024-06-01', 'command', 'delivered', '2024-06-01', '2024-06-01', '2024-06-01', '2024-06-01' FROM unnest('{A1,P}'::text[]) n;
INSERT INTO report_artifact SELECT j.job_id, f, decode('00', 'hex'), sha256('another'), sha256('x') FROM report_job j CROSS JOIN unnest('{csv,pdf}'::text[]) f WHERE j.report = 'persons';
SELECT max(job_id) FILTER (WHERE node_code = 'A1') AS job_a1, max(job_id) FILTER (WHERE node_code = 'P') AS job_p FROM report_job WHERE report = 'persons' \gset
SELECT account_set('aud', '审计', 'P', '{auditor}', true), account_set('cityb', '乙', 'B', '{city_operator}', true), account_set('clerk', '丁', 'P', '{filler}', true);
SELECT is((SELECT string_agg(format, ' ' ORDER BY format) FROM report_disclose('aud', :job_a1, '{pdf,csv}', 'root')), 'csv pdf', 'A1-05: the files come with the record');
SELECT is((SELECT count(*) FROM report_disclose('aud', :job_p, '{csv}', NULL)), 1::bigint, 'A1-05: and those that were asked for');
SELECT throws_like(format('SELECT report_disclose(%L, %s, %L, %L)', login, job, formats, by), code || '%', 'A1-05: refused, ' || code || ' ' || login)
	FROM (VALUES ('cityb', :job_a1, '{csv}', 'x', 'E_ROLE'), ('clerk', :job_a1, '{csv}', 'x', 'E_ROLE'), ('nobody', :job_a1, '{csv}', 'x', 'E_ACCOUNT_UNKNOWN'),
		('aud', 0, '{csv}', 'x', 'E_ROLE'), ('aud', :job_a1, '{csv}', e'x\ny', 'E_CONTROL_CHARACTER')) v (login, job, formats, by, code);
SELECT throws_ok(format('SELECT report_disclose(%L, %s, %L, %L)', 'aud', :job_a1, '{doc}', 'x'), '23514', NULL, 'A1-05: no record of no file');
SELECT is((SELECT count(*) FROM report_disclosure), 2::bigint, 'A1-05: what was refused is no disclosure');
SELECT is((SELECT array_agg(DISTINCT sha256) FROM report_disclosures('infinity')), ARRAY[sha256(decode('00', 'hex'))], 'A1-05: the digest is of what was handed out');
UPDATE account SET display_name = '改名' WHERE login = 'aud';
SELECT drawn_at AS d1, (SELECT drawn_at FROM report_disclosure ORDER BY disclosure_no DESC LIMIT 1) AS d2 FROM report_disclosure ORDER BY disclosure_no LIMIT 1 \gset
SELECT format('f,%s,aud,审计,P,A1,2024-06-01 00:00:00+00,第 %s 号 CSV、PDF,root（数据库用户 %s）', :'d1'::timestamptz, :job_a1, :'dbrole') AS of_a1,
	format('f,%s,aud,审计,P,P,2024-06-01 00:00:00+00,第 %s 号 CSV,%s', :'d2'::timestamptz, :job_p, :'dbrole') AS of_p \gset
SELECT is((SELECT array_agg(r) FROM pg_temp.rows('drawn', n, '2999-12-31', 'infinity') r), wanted, 'A1-05: in the audit of every node whose names were in it: ' || n)
	FROM (VALUES ('P', ARRAY[:'of_a1', :'of_p']), ('A', ARRAY[:'of_a1', :'of_p']), ('A1', ARRAY[:'of_a1', :'of_p']), ('A2', ARRAY[:'of_p']), ('B', ARRAY[:'of_p'])) v (n, wanted);
SELECT is((SELECT array_agg(r) FROM pg_temp.rows('drawn', 'P', '2999-12-31', :'d1') r), ARRAY[:'of_a1'], 'A1-05: by the instant');
SELECT throws_ok(s, 'ZB001', NULL, 'A1-05: the record stays: ' || s) FROM unnest(ARRAY['UPDATE report_disclosure SET login = login', 'DELETE FROM report_disclosure', 'TRUNCATE report_disclosure']) s;
SELECT is((SELECT count(*) FROM pg_temp.rows('effect', 'P')), 4::bigint, 'AR-7: a line for every city and county');
-- What was received, one by one: late and corrected, in time; the filing with the city, answered on the 20th; the county that did not file.
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, applies_to, judged_by, evidence) VALUES
	(1, 71, '2024-06-10', 'city;county', '方案', 'city;county', 'receipt', 'work_plan'), (1, 72, '2024-06-10', 'county', '备案', 'county', 'receipt', 'filing:work_plan');
SELECT obligations_generate(1);
SELECT pg_temp.put('submission', o, 'wp' || o, '{"submission_kind": "work_plan", "title": "x", "doc_no": "1号"}', at)
	FROM (VALUES ('A', '2024-06-10T15:59:59Z'::timestamptz), ('A1', '2024-06-12T02:00Z')) w (o, at);
SELECT pg_temp.put('submission', 'A1', 'wpA1', '{"submission_kind": "work_plan", "title": "x", "doc_no": "2号"}', '2024-06-14', 'wpA1/2', 'wpA1/1'),
	pg_temp.put('filing_receipt', 'A', 'fr', jsonb_build_object('county_office_code', 'A1', 'submission_item_ids', ARRAY[pg_temp.id('wpA1')], 'filed_on', '2024-06-20',
		'filing_status', 'accepted', 'filing_no', '备1'), '2024-06-20');
SELECT is(array(SELECT regexp_replace(r, ' [^,]*', '') FROM pg_temp.rows('received', 'A') r WHERE r ~ '方案|备案'), ARRAY['f,A,方案,2024-06-10,2024-06-10,0,1,待审',
	'f,A1,方案,2024-06-10,2024-06-12,2,2,待审', 'f,A1,备案,2024-06-10,2024-06-12,2,2,审核通过'], 'A1-01: what was received with its day, lateness and revision');
SELECT is((SELECT r FROM pg_temp.rows('received', 'A1', p_as_of => '2024-06-13') r WHERE r ~ '方案') ~ ',2,1,待审$', true, 'A1-01: the revision that stood then');
SAVEPOINT quarantined;
INSERT INTO quarantine (office_code, stream_id, seq, batch_id, received_at, item_office_code, item_id, revision_id, base_revision_id, kind, code, field, text, body)
	SELECT 'A1', 1, b.seq, b.batch_id, b.received_at, 'A1', b.item_id, pg_temp.id('wpA1/3'), b.revision_id, 'submission', 'E_X', '', 'x', '' FROM submission b WHERE b.revision_id = pg_temp.id('wpA1/2');
SELECT pg_temp.put('submission', 'A1', 'wpA1', '{"submission_kind": "work_plan", "title": "x", "doc_no": "4号"}', '2024-06-16', 'wpA1/4', 'wpA1/3');
SELECT is((SELECT depth FROM revision_tip('submission', '2024-06-17', ARRAY['A1'], ARRAY[pg_temp.id('wpA1')])), 3, 'R1: what was put aside is no version');
SELECT is((SELECT r FROM pg_temp.rows('received', 'A1', p_as_of => '2024-06-17') r WHERE r ~ '方案') ~ ',2,3,待审$', true, 'A1-01: the version is that of every list, also above one put aside');
-- Of one batch: what was put aside before the correction is cured, what was put aside after it is not.
INSERT INTO quarantine (office_code, stream_id, seq, batch_id, received_at, item_office_code, item_id, revision_id, kind, code, field, text, body)
	SELECT 'A1', 2, s.seq + d, s.batch_id, s.received_at, 'A1', s.item_id, pg_temp.id('wpA1/q' || d), 'submission', 'E_Y', '', 'x', '' FROM submission s, unnest('{-1,1}'::integer[]) d
	WHERE s.revision_id = pg_temp.id('wpA1/4');
SELECT is(array(SELECT substring(r FROM '^(.*),') FROM pg_temp.rows('quarantine', 'A1', p_as_of => '2024-06-17') r), ARRAY['f,E_X,x,1,1,1', 'f,E_Y,x,1,2,1', 't,合计,x,1,3,2'],
	'quarantine: a correction in the same batch cures what was put aside before it');
ROLLBACK TO quarantined;
SELECT is(array(SELECT pg_temp.rows('filings', 'A')), ARRAY['f,A,1,2,0,2,0,0,A1 备1,A2', 't,合计,1,2,0,2,0,0,,'], 'A1-16: filings with their numbers');
SELECT is(array(SELECT pg_temp.rows('filings', 'A', p_as_of => '2024-06-19')), ARRAY['f,A,0,2,0,2,0,1,,A2', 't,合计,0,2,0,2,0,1,,'], 'A1-16: the city that did not answer yet');
SELECT is(array(SELECT pg_temp.rows('filings', 'A', '2024-06-19')), ARRAY['f,A,0,2,0,2,0,1,,A2', 't,合计,0,2,0,2,0,1,,'], 'A1-16: an answer dated after the day is none');
SELECT is(pg_temp.fig('I-13', 'A') || ' ' || pg_temp.fig('I-13', 'A', '', '2024-06-19'), '1/2 0/2', 'A1-16: one rate in one audit, I-13');
SAVEPOINT words;
SELECT pg_temp.put('circular', 'P', 'q1', '{"circular_kind": "mid_year", "issued_on": "2024-07-10", "title": "x"}'), pg_temp.put('exchange', 'P', 'q2', '{"form": "online", "held_on": "2024-08-01", "title": "x"}');
SELECT is((SELECT concat_ws(' ', (string_to_array(c, ','))[5], (string_to_array(e, ','))[3]) FROM pg_temp.rows('circulars', 'P') c CROSS JOIN pg_temp.rows('exchanges', 'P') e), '年中通报 线上交流',
	'AR-6: kinds of circulars and exchanges are called as on the page');
-- Accepted: A due; A1 exempt, and another one before its day. Only the first is of the figure.
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, applies_to, judged_by, evidence) VALUES (1, 73, '2025-06-10', 'city;county', '方案二', 'city;county', 'receipt', 'work_plan');
SELECT obligations_generate(1);
INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A1', 71, 'x', 'x', 'A', '2024-06-02');
INSERT INTO review (office_code, item_id, revision_id, verdict, reviewer, reviewer_office_code, reviewed_at)
	VALUES ('A', pg_temp.id('wpA'), pg_temp.id('wpA/1'), 'accepted', 'x', 'P', '2024-06-20'), ('A1', pg_temp.id('wpA1'), pg_temp.id('wpA1/2'), 'accepted', 'x', 'P', '2024-06-20');
CREATE FUNCTION pg_temp.total(p_name text, p_column integer) RETURNS text LANGUAGE sql AS $$
	SELECT w[p_column] || '/' || w[p_column + 1] FROM pg_temp.rows(p_name, 'A') r CROSS JOIN LATERAL string_to_array(r, ',') w WHERE w[1] = 't' $$;
SELECT is(pg_temp.total('submissions', 9), pg_temp.total('timeliness', 13), 'AR-1: accepted is one number in one audit');
SELECT is(pg_temp.total('submissions', 9), pg_temp.fig('I-01', 'A', 'accepted'), 'AR-1: that of I-01, of what is due and not exempt');
SELECT is((SELECT w[9] || '/' || w[10] FROM pg_temp.rows('submissions', 'A1') r CROSS JOIN LATERAL string_to_array(r, ',') w WHERE w[1] = 't'), pg_temp.fig('I-01', 'A1', 'accepted'), 'AR-1: an exempt paper that was accepted is in neither');
SELECT is(array(SELECT pg_temp.fig('I-01', n, 'accepted') FROM unnest('{A,A1}'::text[]) n), ARRAY['2/4', '1/1'], 'AR-1: worked by hand');
ROLLBACK TO words;
-- The first half beside the whole year; not beside itself, and not before it is known.
INSERT INTO form_item SELECT 1, n, 'x', 'code_' || n, '第' || n || '项', 'count', NULL, NULL, NULL FROM generate_series(1, 22) n;
SELECT pg_temp.put('statistics_form', 'A', 'f0', '{"period": "mid_year", "period_start": "2024-01-01", "period_end": "2024-06-30", "scope": "with_subordinates", "filled_on": "2024-06-29"}'
	|| jsonb_build_object('lines', (SELECT replace(f.lines::text, '"count": 3', '"count": 2')::jsonb FROM statistics_form f WHERE f.item_id = pg_temp.id('f1'))), '2024-06-30');
CREATE FUNCTION pg_temp.halves(p_on date, p_as_of timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(w[5] || ' ' || w[12], ' ') FROM pg_temp.rows('reconciliation', 'A', p_on, p_as_of) r CROSS JOIN LATERAL string_to_array(r, ',') w WHERE w[3] = '第5项' $$;
SELECT is(concat_ws('; ', pg_temp.halves('2024-12-31', '2025-01-31'), pg_temp.halves('2024-06-30', '2025-01-31'), pg_temp.halves('2024-12-31', '2024-06-29')),
	'3 2; 2 ;  ', 'A1-58: the first half beside the whole year');

-- A county and a city without townships are listed, their rates not applicable; the city's own office is no area beside its counties.
INSERT INTO office VALUES (1, 'A3', 'A', 'county', 'A3', 'A3', 'A3', '区', true), (1, 'C', 'P', 'city', 'C', 'C', 'C', '市', true);
INSERT INTO office_tree VALUES (1, 'P', 'A3'), (1, 'A', 'A3'), (1, 'A3', 'A3'), (1, 'P', 'C'), (1, 'C', 'C');
SELECT is(array(SELECT concat_ws(',', w[1], w[2], w[4], w[6]) FROM pg_temp.rows('coverage', 'A') r CROSS JOIN LATERAL string_to_array(r, ',') w),
	ARRAY['f,A1,3,2', 'f,A2,1,0', 'f,A3,0,0', 't,合计,4,2'], 'AR-3: a county without townships is listed: 0 of 0, not applicable');
SELECT is(array(SELECT concat_ws(',', w[1], w[2], w[4]) FROM pg_temp.rows('coverage', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w), ARRAY['f,A,4', 'f,B,4', 'f,C,0', 't,合计,8'],
	'AR-3: so is a city; units of the province are no areas');
SELECT is(array(SELECT pg_temp.rows('coverage', n) FROM unnest('{A3,U}'::text[]) n), ARRAY['f,A3（本级）,0,0,0,0,0,0,0,0', 't,合计,0,0,0,0,0,0,0,0', 't,合计,0,0,0,0,0,0,0,0'],
	'AR-3: asked for alone, it stands alone');
SELECT is(array(SELECT concat_ws(',', w[3], w[5], w[8]) FROM pg_temp.rows('uncovered', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w WHERE w[5] = '0'),
	ARRAY['A3,0,没有乡镇（街道）', ',0,没有乡镇（街道）'], 'AR-3: and in the list by county');
SELECT is((SELECT w[4] || '/' || w[5] FROM pg_temp.rows('uncovered', 'P') r CROSS JOIN LATERAL string_to_array(r, ',') w WHERE w[1] = 't'), pg_temp.fig('I-03', 'P'), 'AR-3: totals as I-03 has it');

-- The seal on the form of A: not said, without a scan, with one that another office sent, that arrives on the 10th.
CREATE FUNCTION pg_temp.sealed(p_as_of timestamptz DEFAULT '2025-01-31') RETURNS text LANGUAGE sql AS $$
	SELECT split_part(h.note, '；盖章：', 2) FROM pg_temp.head('A', NULL, p_as_of, 'year_end', false) h $$;
CREATE TEMP TABLE seal AS SELECT 1 AS place, pg_temp.sealed() AS told;
UPDATE statistics_form SET is_stamped = true WHERE item_id = pg_temp.id('f1');
INSERT INTO seal SELECT 2, pg_temp.sealed();
UPDATE statistics_form SET scan_digest = decode(repeat('ab', 32), 'hex') WHERE item_id = pg_temp.id('f1');
INSERT INTO upload (office_code, file_id, size_bytes, chunk_bytes, name, media_type, completed_at)
	SELECT o, decode(repeat('ab', 32), 'hex'), 1, 4096, 'x', 'x', at FROM (VALUES ('B', '2024-12-03'::timestamptz), ('A', '2024-12-10')) u (o, at);
INSERT INTO seal SELECT 3, pg_temp.sealed('2024-12-09') UNION ALL SELECT 4, pg_temp.sealed('2024-12-10');
SELECT is((SELECT string_agg(told, ' ' ORDER BY place) FROM seal), '未注明 已盖章，扫描件未附 已盖章，扫描件尚未收到 已盖章，扫描件已收到',
	'A3-H2: a form says whether the scan of its seal has arrived');

-- The lines of annex 2: row 18 is asked for in both modes. One before the lectures begin and one after the window, one that the province
-- claims beside its host, one that an office credits which has no part in the plan; of row 29 two classes, one after its month.
UPDATE plan_line SET mode = 'mixed' WHERE row_no = 18;
CREATE FUNCTION pg_temp.plan18() RETURNS text LANGUAGE sql AS $$ SELECT '00000000-0000-0000-0000-0000000000a2' $$;
SELECT pg_temp.lecture('U', 'p1', '2024-02-20', NULL, 'campus', pg_temp.plan18(), '{"audiences": ["graduate", "student"]}'),
	pg_temp.lecture('U', 'p3', '2024-12-05', NULL, 'campus', pg_temp.plan18()), pg_temp.lecture('A1', 'p4', '2024-05-11', NULL, 'campus', pg_temp.plan18());
CREATE TEMP TABLE lone AS SELECT pg_temp.rows('plan_line_sessions', 'U') AS r;
SELECT pg_temp.lecture('U', 'p2', '2024-05-10', NULL, 'campus', pg_temp.plan18(), '{"audiences": ["graduate"], "mode": "online"}'),
	pg_temp.put('claim', 'P', 'k2', jsonb_build_object('host_office_code', 'U', 'host_item_id', pg_temp.id('p2'), 'plan_item_id', pg_temp.plan18()), '2024-06-01');
SELECT pg_temp.put('study_event', 'U', 'p5' || d, pg_temp.study('training', 'staff', d::date, 9, '{"plan_item_id": "00000000-0000-0000-0000-0000000000a1"}'), '2024-10-02')
	FROM unnest('{2024-09-05,2024-10-01}'::text[]) d;
SELECT is(array(SELECT r FROM lone), ARRAY['f,18,x,3-11月,2,1,2,2,0,0,0,否', 'f,29,x,x,0,0,0,0,0,0,0,未要求', 't,,合计,,2,1,2,2,0,0,0,'], 'A2-11: held in one mode alone, both were asked for');
SELECT is(array(SELECT pg_temp.rows('plan_line_sessions', 'P')), ARRAY['f,18,x,3-11月,3,1,2,2,1,0,0,是', 'f,29,x,x,2,0,1,0,0,0,2,未要求', 't,,合计,,5,1,3,2,1,0,2,'],
	'A2-09, A2-11: lines of annex 2 with what was held before March, outside the window and in which mode');
SELECT is((SELECT count(*) FROM plan_line_session('2024-12-31', '2025-01-31')), (SELECT sum(held)::bigint FROM plan_line_standing('2024-12-31', '2025-01-31')),
	'A2-09: one by one as many as the lines count, those of counties included');
SELECT is((SELECT count(*) FROM pg_temp.rows('plan_line_sessions', 'A')), 0::bigint, 'A2-09: none for who leads no line');
SELECT is(array(SELECT pg_temp.rows('plan_audiences', 'P')), ARRAY['f,高校毕业生,1,2', 'f,系统干部职工,1,2', 'f,在校学生,1,1', 'f,企业职工,0,0', 'f,企事业单位,0,0', 'f,人力资源服务机构,0,0',
	'f,农民工,0,0', 'f,其他,0,0', 'f,社会公众,0,0', 'f,村居居民,0,0', 'f,未填,1,1'], 'A2-12: for whom, a session for two counted with each');
SELECT is(array(SELECT pg_temp.rows('plan_events', 'U')), ARRAY['f,18,2024-02-20,U,x,p1,线下,高校毕业生、在校学生,3 月前、窗口期外', 'f,18,2024-05-10,U,x,p2,线上,高校毕业生,',
	'f,18,2024-12-05,U,x,p3,线下,,窗口期外', 'f,29,2024-09-05,U,x,,,系统干部职工,', 'f,29,2024-10-01,U,x,,,系统干部职工,窗口期外'], 'A2-09, A2-12: the sessions one by one');
SELECT is(array(SELECT concat_ws(' ', l.row_no, s.held, s.before_start, s.outside_window, s.is_mode_met,
		(SELECT string_agg(concat_ws('/', m ->> 'month', m ->> 'held', m ->> 'outside_window'), ',' ORDER BY m ->> 'month') FROM jsonb_array_elements(s.months) m),
		(SELECT string_agg(concat_ws('/', w ->> 'label_zh', w ->> 'sessions'), ',' ORDER BY place) FROM jsonb_array_elements(s.audiences) WITH ORDINALITY AS a (w, place)))
	FROM led_line(1, 'U') l JOIN annex_line_standing('2024-12-31', '2025-01-31') s USING (plan_item_id) ORDER BY l.row_no),
	ARRAY['18 3 1 2 t 2024-02/1/1,2024-05/1/0,2024-12/1/1 高校毕业生/2,在校学生/1,未填/1', '29 2 0 1 2024-09/1/0,2024-10/1/1 系统干部职工/2'],
	'A2-09, A2-11, A2-12: each line of annex 2 by month, mode and audience');
SELECT is(array(SELECT concat_ws(' ', l.row_no, s.held, s.is_mode_met, s.months, s.audiences) FROM led_line(1, 'P') l JOIN annex_line_standing('2024-09-30', '2024-10-01') s
	USING (plan_item_id) WHERE l.row_no = 29), ARRAY['29 0 [] []'], 'A2-09: as known at an instant, what came later is not there');
SELECT is(array(SELECT (SELECT count(*) FROM led_line(1, n)) FROM unnest('{P,U,A}'::text[]) n), ARRAY[2, 2, 0]::bigint[], 'A2-01: the province leads every line, a lead unit its own');

-- What was made and published for row 18: the mini-program launched and updated, a booklet, one of the year before, one of an office that has no part in
-- the plan; a poster template whose file a message brings to A and A1, and the agent of A1 has it.
SELECT pg_temp.put('publication', 'U', 'q' || d, jsonb_build_object('object_kind', 'column', 'channel', 'mini_program', 'title', d, 'url', 'https://x', 'published_on', d, 'plan_item_id', pg_temp.plan18()))
	FROM unnest('{2024-03-05,2024-08-01}'::text[]) d;
SELECT pg_temp.put('media_product', o, 'r' || o || d, jsonb_build_object('media_kind', 'handbook', 'title', 'x', 'made_on', d, 'printed_copies', 300, 'plan_item_id', pg_temp.plan18()))
	FROM (VALUES ('P', '2024-04-01'), ('P', '2023-12-31'), ('A1', '2024-04-01')) v (o, d);
SELECT pg_temp.put('media_product', 'U', 'r9', jsonb_build_object('media_kind', 'poster_template', 'title', 'x', 'made_on', '2024-10-08', 'file_digest', '\x' || repeat('d7', 32), 'plan_item_id', pg_temp.plan18()));
CREATE FUNCTION pg_temp.works(p_as_of timestamptz) RETURNS text[] LANGUAGE sql AS $$
	SELECT array(SELECT concat_ws(' ', w.kind, w.office_code, w.done_on, w.word_zh, w.printed_copies, w.received || '/' || w.offices)
		FROM annex_line_work('2024-12-31', p_as_of) w WHERE w.plan_item_id::text = pg_temp.plan18() ORDER BY w.done_on) $$;
SELECT downlink_post(o, 1, 'x', 'x', 'x', p_file_id => decode(repeat('d7', 32), 'hex')) FROM unnest('{A,A1,U}'::text[]) o;
SELECT is(pg_temp.works('2025-01-31'), ARRAY['publication U 2024-03-05 小程序', 'media_product P 2024-04-01 宣传手册 300', 'publication U 2024-08-01 小程序', 'media_product U 2024-10-08 海报模版 0/6'],
	'A2-R01, A2-R08, A2-R23: what was made and published for a line');
SELECT is(array(SELECT pg_temp.rows('plan_works', 'P')), ARRAY['f,18,2024-03-05,U,小程序,2024-03-05,,,', 'f,18,2024-04-01,P,宣传手册,x,300,,', 'f,18,2024-08-01,U,小程序,2024-08-01,,,',
	'f,18,2024-10-08,U,海报模版,x,,0,6'], 'A2-R01, A2-R23: the same in the audit');
SELECT is((pg_temp.works(clock_timestamp()))[4], 'media_product U 2024-10-08 海报模版 0/6', 'A2-R23: sent is not received');
INSERT INTO stream (office_code, outbox_uuid, key_id, session_gen, acked_seq, chain, downlink_acked_seq)
	SELECT o, decode(repeat('0e', 16), 'hex'), 1, 1, 0, decode(repeat('00', 32), 'hex'), (SELECT max(seq) FROM downlink WHERE office_code = o) FROM unnest('{A1,U}'::text[]) o;
SELECT is((pg_temp.works(clock_timestamp()))[4], 'media_product U 2024-10-08 海报模版 1/6', 'A2-R23: received where the agent of a city or county has the message with its file');
SELECT is((pg_temp.works((SELECT max(created_at) FROM downlink)))[4], 'media_product U 2024-10-08 海报模版 0/6', 'A2-R23: not as of an instant before that was known');
ROLLBACK;
