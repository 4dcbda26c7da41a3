-- Tables of the audit against the indicators on records where adding everything up would say otherwise. The statements are those of the
-- report, read from its files; $1 node, $2 on, $3 as_of, $4 period.
\ir indicators_made.sql
\cd :statements
\set text `cat report_feedback.sql`
CREATE FUNCTION pg_temp.told(text, date, timestamptz, text) RETURNS TABLE (is_total boolean, source text, reports bigint, total bigint, policy bigint,
	policy_of bigint, closed bigint, closed_of bigint, responses bigint, satisfied bigint, satisfied_of bigint) LANGUAGE sql AS :'text';
\set text `cat report_library.sql`
CREATE FUNCTION pg_temp.shelf(text, date, timestamptz, text) RETURNS TABLE (is_total boolean, office text, libraries bigint, offices bigint, online bigint,
	due bigint, exempt bigint, unexplained bigint, modified bigint, modified_of bigint, expired bigint, expired_of bigint, abolished bigint,
	abolished_of bigint, stale bigint) LANGUAGE sql AS :'text';
\set text `cat report_arrangements.sql`
CREATE FUNCTION pg_temp.arranged(text, date, timestamptz, text) RETURNS TABLE (is_total boolean, office text, url text, published_on date, due_on date,
	first_on date, finding text, n bigint, d bigint) LANGUAGE sql AS :'text';
INSERT INTO rule_switch VALUES (1, 'feedback.min_responses', '30', '1..1000', 'A1-55'), (1, 'disclosure.on_request', 'exempt', 'due;exempt', 'A1-29');

-- A quarter with a month inside it and one of its topics, another year, too few answers about A1.
CREATE FUNCTION pg_temp.feedback(p_from date, p_to date, p_total integer, p_more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT '{"source": "hotline_12333"}'::jsonb || jsonb_build_object('period_start', p_from, 'period_end', p_to, 'total_count', p_total, 'about_office_code', 'A1') || p_more $$;
SELECT pg_temp.put('feedback_stat', 'P', 'b1', pg_temp.feedback('2024-04-01', '2024-06-30', 150, '{"policy_related_count": 75, "closed_count": 140}')),
	pg_temp.put('feedback_stat', 'P', 'b2', pg_temp.feedback('2024-05-01', '2024-05-31', 60, '{"closed_count": 60}')),
	pg_temp.put('feedback_stat', 'P', 'b3', pg_temp.feedback('2024-04-01', '2024-06-30', 50, '{"topic": "社保"}')),
	pg_temp.put('feedback_stat', 'P', 'b4', pg_temp.feedback('2023-04-01', '2023-06-30', 900)),
	pg_temp.put('feedback_stat', 'P', 'b5', pg_temp.feedback('2024-07-01', '2024-09-30', 20, '{"closed_count": 5}')),
	pg_temp.put('feedback_stat', 'P', 'b6', pg_temp.feedback('2024-07-01', '2024-12-31', 10, '{"source": "online_survey", "response_count": 20, "satisfied_count": 19}')),
	pg_temp.put('feedback_stat', 'P', 'b7', pg_temp.feedback('2024-07-01', '2024-12-31', 10, '{"source": "online_survey", "response_count": 20, "satisfied_count": 11, "about_office_code": "A2"}'));
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
ROLLBACK;
