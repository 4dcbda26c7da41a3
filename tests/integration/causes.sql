-- What moved each figure: records, acts of the offices above, or the passing of a day alone. On the registers of
-- indicators_made.sql; every time is hours after 2024-06-01T00:00+08:00, and the day of the figures is the last of the year.
\ir indicators_made.sql
\ir explained.sql

CREATE FUNCTION pg_temp.at(p_hour numeric) RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2024-06-01T00:00+08:00'::timestamptz + p_hour * interval '1 hour' $$;
CREATE FUNCTION pg_temp.diff(p_indicator text, p_a numeric, p_b numeric, p_on date DEFAULT '2024-12-31') RETURNS jsonb LANGUAGE sql AS $$
	SELECT zhibao.figure_diff_json(to_char(pg_temp.at(p_a) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		to_char(pg_temp.at(p_b) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'P', p_on, NULL, p_indicator) $$;
-- Who contributed what to a part, and why: the records, then the reasons.
CREATE FUNCTION pg_temp.why(p_indicator text, p_part text, p_a numeric, p_b numeric, p_on date DEFAULT '2024-12-31') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(c.text, '; ' ORDER BY c.text) FROM (
		SELECT concat_ws(' ', c ->> 'member', c ->> 'numerator', c ->> 'denominator',
			(SELECT string_agg(concat_ws(' ', r ->> 'change', r ->> 'kind', r ->> 'office_code'), ', ' ORDER BY r::text) FROM jsonb_array_elements(c -> 'records') r),
			(SELECT string_agg(r ->> 'code', ', ' ORDER BY r::text) FROM jsonb_array_elements(c -> 'reasons') r)) AS text
		FROM jsonb_array_elements(pg_temp.diff(p_indicator, p_a, p_b, p_on) #> '{indicators,0,contributions}') c WHERE c -> 'parts' ? p_part) c $$;
CREATE FUNCTION pg_temp.act(p_kind text, p_office text, p_item text, p_hour numeric, p_body jsonb) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put(p_kind, p_office, p_item, p_body, pg_temp.at(p_hour)) $$;
CREATE FUNCTION pg_temp.feedback(p_office text, p_item text, p_hour numeric, p_from date, p_to date, p_count integer, p_about text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.act('feedback_stat', p_office, p_item, p_hour, jsonb_strip_nulls(jsonb_build_object('source', 'petition', 'period_start', p_from,
		'period_end', p_to, 'total_count', p_count, 'about_office_code', p_about))) $$;
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, applies_to, judged_by, evidence) VALUES
	(1, 9, '2024-06-03', 'county', '工作方案', 'county', 'receipt', 'work_plan'), (1, 11, '2024-06-30', 'county', '备案', 'county', 'receipt', 'filing:work_plan');
SELECT obligations_generate(1);
INSERT INTO fold_state VALUES (true, '0', pg_temp.at(5000), 1, 0);

-- Facts of an office, which have no record of their own.
SELECT pg_temp.act('news_item', 'A2', 'news', 1, '{"news_kind": "work_news", "title": "x", "happened_on": "2024-05-01", "reported_on": "2024-05-02"}');
SELECT is(pg_temp.why('I-16', 'silent', 0, 1), 'A2 -1 0 new news_item A2', 'I-16: an office that is silent no more by its report');
SELECT pg_temp.act('publication', 'A1', 'plan', 2, '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "http://x", "published_on": "2024-03-01"}');
SELECT is(pg_temp.why('I-06', '', 1, 2), 'A1 1 0 new publication A1', 'I-06: an arrangement');
SELECT pg_temp.lecture('A1', 'early', '2024-02-01', p_at => pg_temp.at(3));
SELECT is(pg_temp.why('I-06', '', 2, 3), 'A1 -1 0 new lecture_event A1', 'I-06: undone by a lecture before it');
SELECT is(pg_temp.why('I-06', 'ahead', 2, 3), 'A1 -1 0 new lecture_event A1', 'I-06: as its condition');
SELECT pg_temp.act('publication', 'P', 'all', 4, '{"object_kind": "province_arrangement", "channel": "portal", "title": "x", "url": "http://x", "published_on": "2024-03-01", "included_office_codes": ["A"]}');
SELECT is(pg_temp.why('I-06', 'cities', 3, 4), 'A 1 0 new publication P', 'I-06: a city in the arrangement of the province');
SELECT pg_temp.act('policy_document', 'A1', 'law', 5, '{"document_kind": "policy", "title": "x", "issuer": "x", "issued_on": "2024-05-01", "status": "in_force", "disclosure": "public"}');
SELECT is(pg_temp.why('I-07', 'library', 4, 5), 'A1 1 0 new policy_document A1', 'I-07: a library begun');
SELECT pg_temp.act('publication', 'A1', 'shown', 6, jsonb_build_object('object_kind', 'policy', 'object_item_id', pg_temp.id('law'), 'channel', 'portal', 'title', 'x', 'url', 'http://x', 'published_on', '2024-05-09'));
SELECT is(pg_temp.why('I-09', 'unpublished', 5, 6) || '; ' || pg_temp.why('I-09', 'days.median', 5, 6), 'A1 -1 0 new publication A1; A1 new publication A1',
	'I-09: a policy published by another record');
SELECT pg_temp.lecture('A2', 'covers', '2024-05-05', '{201}', p_at => pg_temp.at(7));
SELECT is(pg_temp.why('I-03', 'counties', 6, 7), 'A2 1 0 new lecture_event A2', 'I-03: a county whole');
SELECT pg_temp.lecture('B', 'split', '2024-05-06', '{305}', p_at => pg_temp.at(8));
SELECT is(pg_temp.why('I-03', 'inherited', 7, 8), 'B 2 0 new lecture_event B', 'I-03: halves of a split township, unproven, by a lecture in the whole');
SELECT pg_temp.lecture('B', 'merged', '2024-05-07', '{301}', p_at => pg_temp.at(8.5));
SELECT is(pg_temp.why('I-03', 'broad.all', 8, 8.5), 'B 1 0 new lecture_event B', 'I-03: a merged township by a lecture in one that is gone');

-- Kinds that only one part looks at.
SELECT pg_temp.act('exchange', 'A', 'meet', 9, '{"form": "online", "held_on": "2024-05-05", "title": "x"}');
SELECT is(pg_temp.why('I-12', 'exchange', 8.5, 9), 'A 1 0 new exchange A', 'I-12: an exchange');
SELECT pg_temp.act('circular', 'P', 'told', 10, '{"title": "x", "issued_on": "2024-05-05", "circular_kind": "mid_year"}');
SELECT is(pg_temp.why('I-12', 'circular:mid_year', 9, 10), 'P 1 0 new circular P', 'I-12: a circular');
SELECT pg_temp.act('inspection', 'P', 'visit', 11, '{"scheme": "coverage_spot_check", "inspected_office_code": "A1", "checked_on": "2024-05-05", "result": "passed"}');
SELECT is(pg_temp.why('I-12', 'coverage_spot_check.visited', 10, 11), 'A1 1 0 new inspection P', 'I-12: an office visited by another');
SELECT pg_temp.act('inspection', 'P', 'list', 12, '{"scheme": "coverage_spot_check", "population_office_codes": ["A1"], "sample_office_codes": ["A1"], "drawn_at": "2024-05-01T00:00Z"}');
SELECT is(pg_temp.why('I-12', 'coverage_spot_check.visited', 11, 12), 'A2 0 -1 new inspection P', 'I-12: an office that a list left out');
INSERT INTO draw (scheme, commitment, population_digest, register_version, as_of, committed_by, committed_office_code, committed_at)
	VALUES ('coverage_spot_check', sha256('x'), sha256('y'), 1, pg_temp.at(12), 'boss', 'P', pg_temp.at(12.5)) RETURNING draw_id AS d \gset
INSERT INTO draw_member VALUES (:d, 'A1', 'A', 100, '{}'), (:d, 'A2', 'A', 100, '{}');
INSERT INTO draw_run VALUES (:d, sha256('x'), 1, 0, 1, 'boss', 'P', pg_temp.at(13));
INSERT INTO draw_sample VALUES (:d, 'A2', 1, 1);
SELECT is(pg_temp.why('I-12', 'coverage_spot_check.drawn', 12, 13), 'A1 -1 0 drawn draw P; A2 1 1 drawn draw P', 'I-12: a draw, which ends what inspections had listed');

-- Counts that are held against each other.
SELECT pg_temp.feedback('A1', 'may', 20, '2024-05-01', '2024-05-31', 10), pg_temp.feedback('A1', 'june', 21, '2024-06-01', '2024-06-30', 25);
SELECT is(pg_temp.why('I-14', 'petition.change', 20, 21), 'A1 15 10 new feedback_stat A1', 'I-14: a change by the newer period');
SELECT is(pg_temp.fig('I-14', 'A1', 'petition.change') || ' ' || pg_temp.mem('I-14', 'A1', 'petition.change') || ' ' || (SELECT string_agg(m.item_id::text, ' ' ORDER BY m.numerator)
	= pg_temp.id('may') || ' ' || pg_temp.id('june') FROM indicator_members('I-14', 'A1', '2024-12-31', '2025-01-31', 'petition.change') m), '15/10 15/10 true', 'I-14: whose members are the rows of both periods');
SELECT pg_temp.feedback('A', 'half', 22, '2024-05-01', '2024-06-30', 40, 'A1');
SELECT is(pg_temp.why('I-14', 'petition.contained', 21, 22) || '; ' || pg_temp.why('I-14', 'petition', 21, 22), 'A1 2 0 new feedback_stat A; A1 5 0 new feedback_stat A',
	'I-14: rows that are part of one that came');
SELECT pg_temp.feedback('P', 'above', 23, '2024-05-01', '2024-06-30', 90, 'A');
SELECT is(pg_temp.why('I-14', 'petition.nested', 22, 23), 'A1 1 0 new feedback_stat P', 'I-14: a row beside one about an office above');

-- Deadlines: the end of 06-03 is at 72. What passes by itself is said in words; acts are named.
SELECT pg_temp.act('submission', 'A1', 'paper', 30, '{"submission_kind": "work_plan", "title": "x", "doc_no": "1"}');
SELECT is(pg_temp.why('I-01', '', 29, 31), NULL, 'I-01: nothing is due yet');
SELECT is(pg_temp.why('I-01', '', 71, 73), 'A1 1 1 due; A2 0 1 due', 'I-01: a day that came');
SELECT is((SELECT DISTINCT r ->> 'text_zh' FROM jsonb_array_elements(pg_temp.diff('I-01', 71, 73) #> '{indicators,0,contributions}') c CROSS JOIN jsonb_array_elements(c -> 'reasons') r),
	'第 9 项“工作方案”于 2024-06-03 24:00 到期', 'I-01: which, in words');
INSERT INTO extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A2', 9, pg_temp.at(90), 'flood', 'boss', 'A', pg_temp.at(80));
SELECT is(pg_temp.why('I-01', 'missing', 79, 81), 'A2 -1 0 granted extension A2', 'I-01: an extension');
SELECT is((SELECT DISTINCT concat_ws(' ', r ->> 'author', r ->> 'title') FROM jsonb_array_elements(pg_temp.diff('I-01', 79, 81) #> '{indicators,0,contributions}') c CROSS JOIN jsonb_array_elements(c -> 'records') r),
	'boss 第 9 项任务，至 2024-06-04 18:00：flood', 'I-01: by whom, until when and why');
SELECT is(pg_temp.why('I-01', 'missing', 89, 91), 'A2 1 0 due', 'I-01: the extended day came, too');
SELECT pg_temp.act('submission', 'A2', 'late', 95, '{"submission_kind": "work_plan", "title": "x", "doc_no": "1"}');
SELECT is(pg_temp.why('I-01', 'missing', 94, 95) || '; ' || pg_temp.why('I-01', 'late', 94, 95), 'A2 -1 0 new submission A2; A2 1 0 new submission A2', 'I-01: late is no longer missing, by the paper');
INSERT INTO review (office_code, item_id, revision_id, verdict, reviewer, reviewer_office_code, reviewed_at) VALUES ('A1', pg_temp.id('paper'), pg_temp.id('paper/1'), 'accepted', 'boss', 'P', pg_temp.at(96));
SELECT is(pg_temp.why('I-01', 'accepted', 95, 96), 'A1 1 0 accepted submission A1', 'I-01: a verdict that changes no counting revision');
INSERT INTO exemption (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A2', 9, pg_temp.at(99), 'new', 'boss', 'A', pg_temp.at(98));
SELECT is(pg_temp.why('I-01', '', 97, 98) || '; ' || pg_temp.why('I-01', '', 98, 99), 'A2 0 -1 granted exemption A2; A2 0 1 exemption_ended', 'I-01: an exemption and its end');
SELECT pg_temp.act('filing_receipt', 'A', 'answer', 100, jsonb_build_object('county_office_code', 'A1', 'submission_item_ids', jsonb_build_array(pg_temp.id('paper')), 'filed_on', '2024-06-05', 'filing_status', 'accepted'));
SELECT is(pg_temp.why('I-13', '', 99, 100), 'A1 1 0 new filing_receipt A', 'I-13: the answer of the city');
SELECT pg_temp.put('submission', 'A1', 'paper', '{}', pg_temp.at(101), 'paper/2', 'paper/1', 'withdraw');
SELECT is(pg_temp.why('I-13', '', 100, 101), 'A1 -1 0 withdrawn submission A1', 'I-13: and a paper taken back');

-- The day and the registers alone.
SELECT is((SELECT DISTINCT c ->> 'step' || ' ' || (r ->> 'code') || ' ' || (r ->> 'text_zh') FROM jsonb_array_elements(zhibao.figure_diff_json('2024-06-29', '2024-06-30', 'P', NULL, NULL, 'I-14') #> '{indicators,0,contributions}') c
	CROSS JOIN jsonb_array_elements(c -> 'reasons') r), 'on day 统计日由 2024-06-29 移到 2024-06-30，记录与名册不变', 'a period that ended with the day');

-- One pair of instants has one answer, whatever comes later.
SELECT pg_temp.act('claim', 'A1', 'joins', 102, jsonb_build_object('host_office_code', 'A2', 'host_item_id', pg_temp.id('covers')));
CREATE TEMPORARY TABLE told AS SELECT pg_temp.diff(NULL, 0, 110) AS diff;
SELECT cmp_ok((SELECT count(*) FROM told CROSS JOIN jsonb_array_elements(diff -> 'indicators') i WHERE jsonb_array_length(i -> 'contributions') > 0), '>', 10::bigint, 'most figures moved');
SELECT is((SELECT concat_ws(' ', pg_temp.nameless(diff), pg_temp.silent(diff), pg_temp.untouched(diff)) FROM told), '0 0 0', 'every contribution is explained, by what was done between the two instants');
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	SELECT r.office_code, r.item_id, r.revision_id, 'returned', 'why', 'boss', 'P', pg_temp.at(200) FROM item_revision r;
SELECT pg_temp.put('lecture_event', 'A2', 'covers', zhibao.record_body(to_jsonb(l)) || '{"theme": "later"}', pg_temp.at(201), 'covers/2', 'covers/1')
	FROM lecture_event l WHERE l.item_id = pg_temp.id('covers');
SELECT pg_temp.put('lecture_event', 'A2', 'covers', '{}', pg_temp.at(202), 'covers/3', 'covers/2', 'withdraw');
UPDATE extension SET withdrawn_by = 'boss', withdrawer_office_code = 'A', withdrawn_at = pg_temp.at(203), withdraw_reason = 'error';
SELECT is(pg_temp.diff(NULL, 0, 110), (SELECT diff FROM told), 'verdicts, corrections and withdrawals after the second instant change nothing');
SELECT is((SELECT concat_ws(' ', pg_temp.nameless(d), pg_temp.silent(d), pg_temp.untouched(d)) FROM pg_temp.diff(NULL, 110, 300) d), '0 0 0', 'and are named after it');
ROLLBACK;
