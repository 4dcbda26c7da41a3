-- A worked example per indicator and one test per edge case, on the registers of indicators_made.sql.
\ir indicators_made.sql

SAVEPOINT clean;
-- I-01
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, applies_to, judged_by, evidence) VALUES
	(1, 9, '2024-03-31', 'county', '工作方案', 'county', 'receipt', 'work_plan');
SELECT obligations_generate(1);
SELECT pg_temp.put('submission', 'A1', 'b1', '{"submission_kind": "work_plan", "title": "x", "doc_no": "1", "file_name": "a.pdf", "file_bytes": 1}', '2024-03-31T15:59:59Z'),
	pg_temp.put('submission', 'A2', 'b2', '{"submission_kind": "work_plan", "title": "x", "doc_no": "1", "file_name": "a.pdf", "file_bytes": 1}', '2024-03-31T16:00:00Z');
SELECT is(pg_temp.fig('I-01', 'A') || ' ' || pg_temp.fig('I-01', 'A', 'late') || ' ' || pg_temp.fig('I-01', 'A', 'missing') || ' ' || pg_temp.fig('I-01', 'A1', 'milestone:9'), '1/2 1 0 1/1',
	'I-01: received before 24:00 of the due day / due');
SELECT is(pg_temp.fig('I-01', 'A', '', '2024-03-30') || ' ' || pg_temp.fig('I-01', 'A', '', '2024-12-31', '2024-03-31T15:00Z'), '0/0 0/0', 'I-01: nothing due yet is not applicable, by day and by instant');
SELECT is((SELECT on_time || '/' || due FROM timeliness('2025-01-31') WHERE node_code = 'A' AND milestone_no = 9), '1/2', 'I-01: as timeliness has it');
SELECT is(pg_temp.mem('I-01', 'P') || ' ' || pg_temp.records('I-01', 'P'), '1/2 submission:A1 submission:A2', 'I-01: the submissions are behind it');
INSERT INTO review (office_code, item_id, revision_id, verdict, reviewer, reviewer_office_code, reviewed_at)
	SELECT office_code, item_id, revision_id, 'accepted', 'x', 'P', '2024-06-01' FROM submission WHERE office_code IN ('A1', 'A2');
SELECT is(pg_temp.fig('I-01', 'A', 'accepted') || ' ' || pg_temp.fig('I-01', 'A', 'final'), '2/2 1/2', 'I-01: accepted, and accepted as received in time');
ROLLBACK TO clean;

-- I-02, I-02b, I-02c, I-04
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(2)), pg_temp.put('plan_item', 'A1', 'l2', pg_temp.line(3, '2024-06-30')),
	pg_temp.put('plan_item', 'A', 'l3', pg_temp.line(NULL)), pg_temp.put('plan_item', 'A2', 'l4', pg_temp.line(NULL));
SELECT pg_temp.lecture('A1', 'e1', '2024-05-01', '{101}', p_plan => pg_temp.id('l1')::text), pg_temp.lecture('A1', 'e2', '2024-05-02', '{101}', p_plan => pg_temp.id('l1')::text),
	pg_temp.lecture('A1', 'e3', '2024-06-03', '{102}', p_plan => pg_temp.id('l1')::text), pg_temp.lecture('A1', 'e4', '2024-06-04', p_plan => pg_temp.id('l2')::text, p_category => 'site'),
	pg_temp.lecture('A', 'e5', '2024-06-05', p_category => 'general', p_plan => pg_temp.id('l3')::text);
SELECT is(pg_temp.fig('I-02', 'A'), '3/5', 'I-02: 3 sessions on a line of 2 and 1 on a line of 3 are (2 + 1) / 5');
SELECT is(pg_temp.fig('I-02', 'A', 'raw'), '4/5', 'I-02: the raw ratio beside it');
SELECT is(pg_temp.fig('I-02', 'A', 'ended'), '3/5', 'I-02: both windows have ended at the end of the year');
SELECT is(pg_temp.fig('I-02', 'A', 'ended', '2024-06-30'), '1/3', 'I-02: ended windows on 06-30');
SELECT is(pg_temp.fig('I-02', 'B'), '0/0', 'I-02: no plan is not applicable');
SELECT is(pg_temp.mem('I-02', 'P'), '3/5', 'I-02: its members add up to it');
SELECT is(pg_temp.records('I-02', 'A'), 'lecture_event:A1 plan_item:A1', 'I-02: lines and events are behind it');
SELECT is(pg_temp.fig('I-02', 'A', 'unplanned'), '0/5', 'I-02: every session names a line');
SELECT is(pg_temp.fig('I-02c', 'A'), '3/4', 'I-02c: three of four lines started');
SELECT is(pg_temp.fig('I-02c', 'A', 'none') || ' ' || pg_temp.fig('I-02c', 'A', 'started') || ' ' || pg_temp.fig('I-02c', 'A', 'met'), '1/2 1/2 0/2', 'I-02c: lines without a number: none, started, met');
SELECT is(pg_temp.fig('I-02b', 'A'), '2/5', 'I-02b: 进村居 and 进工地; 综合宣传 is none of the five');
SELECT pg_temp.put('study_event', 'A2', 's1', pg_temp.study('mini_program_study', 'staff', '2024-05-01')), pg_temp.put('study_event', 'A2', 's2', pg_temp.study('training', 'employer', '2024-05-01'));
SELECT is(pg_temp.fig('I-02b', 'A'), '2/5', 'I-02b: page views and learning by employers are not 进系统');
SELECT pg_temp.put('study_event', 'A2', 's3', pg_temp.study('online_drill', 'staff', '2024-05-01', 30));
SELECT is(pg_temp.fig('I-02b', 'A') || ' ' || pg_temp.fig('I-02b', 'A1') || ' ' || pg_temp.fig('I-02b', 'A2', 'system'), '3/5 2/5 1/1', 'I-02b: a drill of the staff holds 进系统 (R18, Q-27)');
SELECT is(pg_temp.fig('I-02b', 'U'), '0/0', 'I-02b: a provincial unit is not of the scope');
SELECT is(pg_temp.fig('I-04', 'A') || ' ' || pg_temp.fig('I-04', 'A', 'general'), '5 1', 'I-04: five categories together, 综合宣传 apart');
SELECT is(pg_temp.fig('I-04', 'A', 'village:2024-05') || ' ' || pg_temp.fig('I-04', 'A', 'village:2024-06') || ' ' || pg_temp.fig('I-04', 'A', 'system'), '2 1 1', 'I-04: by category and month, 进系统 from the drill');
SELECT is(pg_temp.fig('I-04', 'A', 'village', '2024-05-01'), '1', 'I-04: up to the day, inclusive');
SELECT is(pg_temp.mem('I-04', 'A') || ' ' || pg_temp.records('I-04', 'A', 'system'), '5 study_event:A2', 'I-04: members');
SELECT is(pg_temp.fig('I-03', 'A1') || ' ' || pg_temp.fig('I-03', 'A1', 'strict.rural') || ' ' || pg_temp.fig('I-03', 'P', 'counties'), '2/3 2/2 0/3', 'I-03: official breadth and base, the others beside it');
SELECT is(pg_temp.mem('I-03', 'A1') || ' ' || pg_temp.records('I-03', 'A1'), '2/3 lecture_event:A1', 'I-03: townships and lectures behind it');

ROLLBACK TO clean;
-- I-05: two speakers of A1, one of A2 that co-hosts; an inactive one and one trained later are in neither sum.
SELECT pg_temp.put('speaker', 'A1', 'k1', '{"role": "backbone", "display_name": "x", "trained_on": "2024-02-01", "is_active": true}'),
	pg_temp.put('speaker', 'A1', 'k2', '{"role": "lecturer", "display_name": "x", "trained_on": "2024-02-01", "is_active": true}'),
	pg_temp.put('speaker', 'A1', 'k3', '{"role": "backbone", "display_name": "x", "trained_on": "2024-02-01", "is_active": false}'),
	pg_temp.put('speaker', 'A1', 'k5', '{"role": "backbone", "display_name": "x", "trained_on": "2025-01-01", "is_active": true}'),
	pg_temp.put('speaker', 'A2', 'k4', '{"role": "backbone", "display_name": "x", "trained_on": "2024-02-01", "is_active": true}');
SELECT pg_temp.lecture('A1', 'e1', '2024-05-01', p_more => jsonb_build_object('speaker_item_ids', ARRAY[pg_temp.id('k1'), pg_temp.id('k2'), pg_temp.id('k3')])),
	pg_temp.lecture('A1', 'e2', '2024-05-02', p_more => jsonb_build_object('speaker_item_ids', ARRAY[pg_temp.id('k1'), pg_temp.id('k4')]));
SELECT is(pg_temp.fig('I-05', 'A1') || ' ' || pg_temp.fig('I-05', 'A2'), '3/2 0/1', 'I-05: pairs of own active speakers and events / speakers');
SELECT pg_temp.claim('A2', 'c', 'A1', 'e2');
SELECT is(pg_temp.fig('I-05', 'A2') || ' ' || pg_temp.fig('I-05', 'A') || ' ' || pg_temp.fig('I-05', 'A', 'backbone'), '1/1 4/3 3/2', 'I-05: co-hosted events included; a ratio of sums above');
SELECT is(pg_temp.fig('I-05', 'B'), '0/0', 'I-05: without speakers not applicable');
SELECT is(pg_temp.mem('I-05', 'A') || ' ' || pg_temp.records('I-05', 'A2'), '4/3 lecture_event:A1 speaker:A2', 'I-05: members');

ROLLBACK TO clean;
-- I-06
SELECT pg_temp.put('publication', 'A1', 'p1', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-03-31"}'),
	pg_temp.put('publication', 'A2', 'p2', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-03-20"}'),
	pg_temp.put('publication', 'A', 'p3', '{"object_kind": "arrangement", "channel": "wechat", "title": "x", "url": "https://x", "published_on": "2024-03-20"}'),
	pg_temp.put('publication', 'B', 'p4', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-03-26"}'),
	pg_temp.put('publication', 'P', 'p5', '{"object_kind": "province_arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-03-31", "included_office_codes": ["A"]}');
SELECT pg_temp.lecture('A2', 'e1', '2024-03-20');
SELECT is(pg_temp.fig('I-06', 'A1') || ' ' || pg_temp.fig('I-06', 'A2') || ' ' || pg_temp.fig('I-06', 'B') || ' ' || pg_temp.fig('I-06', 'A'), '1/1 0/1 0/1 1/3',
	'I-06: by the due day and before the first session, on the portal');
SELECT is(pg_temp.fig('I-06', 'A2', 'by_due') || ' ' || pg_temp.fig('I-06', 'A2', 'ahead') || ' ' || pg_temp.fig('I-06', 'B', 'ahead'), '1/1 0/1 1/1', 'I-06: the two conditions apart');
SELECT is(pg_temp.fig('I-06', 'P') || ' ' || pg_temp.fig('I-06', 'P', 'province') || ' ' || pg_temp.fig('I-06', 'P', 'cities'), '1/4 1/1 1/2', 'I-06: the arrangement of the province and the cities in it');
SELECT is(pg_temp.records('I-06', 'A1'), 'publication:A1', 'I-06: the record with the URL is behind it');
SELECT pg_temp.put('publication', 'A', 'p6', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-03-20"}', p_author => 'P');
SELECT is(pg_temp.fig('I-06', 'A'), '1/3', 'I-06: a record made by another office fulfils nothing (R3)');

INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A2', 14, 'x', 'x', 'A', '2024-03-01');
SELECT is(pg_temp.fig('I-06', 'A2') || ' ' || pg_temp.fig('I-06', 'A'), '0/0 1/2', 'I-06: an exempt office owes nothing');

ROLLBACK TO clean;
-- I-07 to I-09
CREATE FUNCTION pg_temp.doc(p_more jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT '{"document_kind": "policy", "title": "x", "issuer": "x", "issued_on": "2024-04-01", "status": "in_force", "disclosure": "public"}'::jsonb || p_more $$;
SELECT pg_temp.put('policy_document', 'A1', 'd1', pg_temp.doc('{"urls": ["https://x"], "first_published_on": "2024-04-04"}')),
	pg_temp.put('policy_document', 'A1', 'd2', pg_temp.doc('{"issued_on": "2023-04-01"}')),
	pg_temp.put('policy_document', 'A1', 'd3', pg_temp.doc('{"disclosure": "exempt", "exempt_reason": "涉密"}')),
	pg_temp.put('policy_document', 'A1', 'd4', pg_temp.doc('{"disclosure": "exempt"}')),
	pg_temp.put('policy_document', 'A1', 'd5', pg_temp.doc('{"document_kind": "answer", "urls": ["https://x"]}')),
	pg_temp.put('policy_document', 'A1', 'd6', pg_temp.doc('{"issued_on": "2020-01-01", "status": "abolished", "status_changed_on": "2024-05-01"}')),
	pg_temp.put('policy_document', 'A1', 'd7', pg_temp.doc('{"issued_on": "2020-01-01", "status": "expired", "status_changed_on": "2024-05-01", "last_reviewed_on": "2024-05-11"}')),
	pg_temp.put('policy_document', 'A1', 'd8', pg_temp.doc('{"issued_on": "2020-01-01", "effective_to": "2024-06-30", "urls": ["https://x"]}')),
	pg_temp.put('policy_document', 'A2', 'd9', pg_temp.doc('{"issued_on": "2020-01-01", "status": "modified", "status_changed_on": "2024-06-01", "last_reviewed_on": "2024-06-22"}'));
SELECT is(pg_temp.fig('I-07', 'A1') || ' ' || pg_temp.fig('I-07', 'A1', 'exempt') || ' ' || pg_temp.fig('I-07', 'A1', 'exempt_without_reason'), '2/3 2 1',
	'I-07: in force with a URL / in force and not exempt; exempt without a reason is listed');
SELECT is(pg_temp.records('I-07', 'A', 'exempt_without_reason'), 'policy_document:A1', 'I-07: and opens down to the record');
SELECT is(pg_temp.fig('I-07', 'A1', '', '2024-04-03'), '1/5', 'I-07: on a day before it was published and before two were abolished or expired');
SELECT is(pg_temp.fig('I-07', 'A2') || ' ' || pg_temp.fig('I-07', 'P', 'library'), '0/0 2/6', 'I-07: nothing in force is not applicable; offices with a library');
SELECT is(pg_temp.fig('I-08', 'A') || ' ' || pg_temp.fig('I-08', 'A', 'abolished') || ' ' || pg_temp.fig('I-08', 'A', 'overdue'), '2/3 0/1 1', 'I-08: changes handled / changes; in force past its end is flagged');
SELECT is(pg_temp.fig('I-08', 'A', 'days.median') || ' ' || pg_temp.fig('I-08', 'A', 'days.longest'), '31/2 21', 'I-08: delays of 10 and 21 days: median 15.5, longest 21');
SELECT is(pg_temp.fig('I-08', 'A', 'overdue', '2024-06-30'), '0', 'I-08: the last day in force is not past it');
SELECT pg_temp.put('policy_document', 'A1', 'd7', pg_temp.doc('{"issued_on": "2020-01-01", "status": "expired", "status_changed_on": "2024-05-01", "last_reviewed_on": "2024-11-11"}'),
	'2024-11-12', 'd7/2', 'd7/1');
SELECT is(pg_temp.fig('I-08', 'A', 'days.longest'), '21', 'I-08: a later review does not lengthen the delay');
SELECT pg_temp.put('policy_document', 'B', 'd10', pg_temp.doc('{"issued_on": "2020-01-01", "status": "modified", "status_changed_on": "2024-05-01"}'), '2024-05-02'),
	pg_temp.put('policy_document', 'B', 'd10', pg_temp.doc('{"issued_on": "2020-01-01", "status": "modified", "status_changed_on": "2024-05-01", "title": "y"}'), '2024-05-03', 'd10/a', 'd10/1'),
	pg_temp.put('policy_document', 'B', 'd10', pg_temp.doc('{"issued_on": "2020-01-01", "status": "modified", "status_changed_on": "2024-05-01", "last_reviewed_on": "2024-05-10"}'), '2024-05-11', 'd10/b', 'd10/1');
SELECT is(pg_temp.fig('I-08', 'B'), '0/1', 'I-08: a review on a branch that does not count handles nothing (R1)');
SELECT pg_temp.put('policy_document', 'B', 'd11', pg_temp.doc('{"issued_on": "2020-01-01", "status": "modified", "status_changed_on": "2024-05-01", "last_reviewed_on": "2024-05-10"}'), '2024-05-12'),
	pg_temp.put('policy_document', 'B', 'd11', pg_temp.doc('{"issued_on": "2020-01-01", "status": "modified", "status_changed_on": "2024-05-03", "last_reviewed_on": "2024-06-20"}'), '2024-06-21', 'd11/2', 'd11/1');
SELECT is(pg_temp.fig('I-08', 'B') || ' ' || pg_temp.fig('I-08', 'B', 'days.longest'), '1/2 7', 'I-08: nor does one that also puts the day of the change right');
SELECT pg_temp.put('policy_document', 'B', 'd12', pg_temp.doc('{"issued_on": "2020-01-01", "last_reviewed_on": "2024-05-10"}'), '2024-05-12'),
	pg_temp.put('policy_document', 'B', 'd12', pg_temp.doc('{"issued_on": "2020-01-01", "status": "expired", "status_changed_on": "2024-05-03", "last_reviewed_on": "2024-06-20"}'), '2024-06-21', 'd12/2', 'd12/1');
SELECT is(pg_temp.fig('I-08', 'B') || ' ' || pg_temp.fig('I-08', 'B', 'days.longest'), '2/3 48', 'I-08: a review that left it listed in force handled no change');
SELECT pg_temp.put('interpretation', 'A1', 'i1', jsonb_build_object('policy_item_id', pg_temp.id('d1'), 'form', 'policy_original', 'title', 'x', 'published_on', '2024-04-05')),
	pg_temp.put('interpretation', 'A1', 'i2', jsonb_build_object('policy_item_id', pg_temp.id('d1'), 'form', 'press_release', 'title', 'x', 'published_on', '2024-04-05')),
	pg_temp.put('interpretation', 'A1', 'i3', jsonb_build_object('policy_item_id', pg_temp.id('d1'), 'form', 'qa', 'title', 'x', 'published_on', '2024-04-05')),
	pg_temp.put('media_product', 'A1', 'v1', jsonb_build_object('media_kind', 'short_video', 'title', 'x', 'made_on', '2024-04-06', 'policy_item_ids', ARRAY[pg_temp.id('d1')]));
SELECT is(pg_temp.fig('I-09', 'A1') || ' ' || pg_temp.fig('I-09', 'A1', 'x'), '0/1 2', 'I-09: without the article incomplete; X are further forms, media included');
SELECT pg_temp.put('interpretation', 'A1', 'i4', jsonb_build_object('policy_item_id', pg_temp.id('d1'), 'form', 'article', 'title', 'x', 'published_on', '2024-04-08'));
SELECT is(pg_temp.fig('I-09', 'A1') || ' ' || pg_temp.fig('I-09', 'A1', '', '2024-04-07'), '1/1 0/1', 'I-09: complete with original, press release and article');
SELECT is(pg_temp.fig('I-09', 'A1', 'days.median') || ' ' || pg_temp.fig('I-09', 'A1', 'days.longest') || ' ' || pg_temp.fig('I-09', 'A1', 'unpublished'), '6/2 3 0', 'I-09: three days from issue to publication');
SELECT is(pg_temp.fig('I-09', 'A2') || ' ' || pg_temp.fig('I-09', 'A2', 'days.median'), '0/0 -', 'I-09: no new policy, not applicable');
SELECT is(pg_temp.mem('I-09', 'A') || ' ' || pg_temp.records('I-09', 'A', 'x'), '1/1 interpretation:A1 media_product:A1', 'I-09: members');
SELECT pg_temp.put('policy_document', 'A1', 'draft', pg_temp.doc('{"first_published_on": "2024-03-20"}'));
SELECT is(pg_temp.fig('I-09', 'A1', 'days.median') || ' ' || pg_temp.fig('I-09', 'A1', 'days.longest') || ' ' || pg_temp.fig('I-09', 'A1', 'unpublished'), '3/2 3 0', 'I-09: a draft published before it was issued took no day, never a negative number');

ROLLBACK TO clean;
-- I-10, I-11
SELECT pg_temp.put('publication', 'A1', 'p1', '{"object_kind": "column", "channel": "portal", "title": "专栏", "url": "https://x", "published_on": "2024-05-01"}'),
	pg_temp.put('publication', 'A1', 'p2', '{"object_kind": "column", "channel": "wechat", "title": "专栏", "url": "https://x", "published_on": "2024-05-02"}'),
	pg_temp.put('publication', 'A2', 'p3', '{"object_kind": "column", "channel": "wechat", "title": "专栏", "url": "https://x", "published_on": "2024-05-02"}');
SELECT is(pg_temp.fig('I-10', 'A') || ' ' || pg_temp.fig('I-10', 'A', 'portal') || ' ' || pg_temp.fig('I-10', 'A', 'wechat'), '1/3 1/3 2/3', 'I-10: offices with columns on both channels / offices');
SELECT is(pg_temp.fig('I-10', 'A1', '', '2024-05-01'), '0/1', 'I-10: not before the second channel');
SELECT pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2024-01-01", "responsible_name": "x", "halls": [{"hall_id": "h1", "name_zh": "一"}, {"hall_id": "h2", "name_zh": "二"}]}'),
	pg_temp.put('office_profile', 'A1', 'o2', '{"effective_from": "2024-09-01", "responsible_name": "x", "halls": [{"hall_id": "h1", "name_zh": "一"}]}');
SELECT pg_temp.put('window_report', 'A1', 'w' || n, r) FROM unnest(ARRAY[
	'{"hall_id": "h1", "report_kind": "board_or_poster", "quantity": 3, "reported_on": "2024-05-01"}',
	'{"hall_id": "h1", "report_kind": "board_or_poster", "quantity": 2, "reported_on": "2024-06-01"}',
	'{"hall_id": "h1", "report_kind": "screen", "quantity": 5, "reported_on": "2024-05-01"}',
	'{"hall_id": "h1", "report_kind": "screen", "quantity": 4, "reported_on": "2024-06-01"}',
	'{"hall_id": "h9", "report_kind": "screen", "quantity": 1, "reported_on": "2024-05-01"}',
	'{"hall_id": "h1", "report_kind": "video_played", "quantity": 90, "reported_on": "2024-05-01", "product_item_id": "00000000-0000-0000-0000-0000000000b1"}',
	'{"hall_id": "h1", "report_kind": "video_played", "quantity": 90, "reported_on": "2024-06-01", "product_item_id": "00000000-0000-0000-0000-0000000000b1"}',
	'{"hall_id": "h1", "report_kind": "video_played", "quantity": 90, "reported_on": "2024-06-01"}',
	'{"hall_id": "h1", "report_kind": "brochure", "quantity": 100, "reported_on": "2024-05-01"}',
	'{"hall_id": "h1", "report_kind": "staff_training", "quantity": 1, "reported_on": "2024-05-01", "staff_trained": 6, "staff_total": 12}',
	'{"hall_id": "h1", "report_kind": "staff_training", "quantity": 1, "reported_on": "2024-06-01", "staff_trained": 9, "staff_total": 12}']::jsonb[]) WITH ORDINALITY AS x (r, n);
SELECT pg_temp.put('media_product', 'A1', 'v1', '{"media_kind": "short_video", "title": "x", "made_on": "2024-04-06", "for_window": true}'),
	pg_temp.put('media_product', 'A1', 'v2', '{"media_kind": "short_video", "title": "x", "made_on": "2024-04-06"}'),
	pg_temp.put('media_product', 'A1', 'v3', '{"media_kind": "micro_comic", "title": "x", "made_on": "2024-04-06", "for_window": true}');
SELECT pg_temp.lecture('A1', 'e1', '2024-05-01', p_more => '{"brochure_count": 7, "is_window_brochure": true}'), pg_temp.lecture('A1', 'e2', '2024-05-02', p_more => '{"brochure_count": 8}');
SELECT is(array(SELECT pg_temp.fig('I-11', 'A', p) FROM unnest(ARRAY['17', '18', '19', '20', '21']) p), ARRAY['5', '5', '1', '1', '107'],
	'I-11: items 17 to 21, each by itself: flow, newest stock of each hall, works for windows, distinct works, copies');
SELECT is(pg_temp.fig('I-11', 'A1', '18', '2024-05-31'), '6', 'I-11: the stock of a hall is that of its newest report by the day');
SELECT is(pg_temp.fig('I-11', 'A1', 'halls') || ' ' || pg_temp.fig('I-11', 'A1', 'halls', '2024-08-31'), '1/1 1/2', 'I-11: halls reporting / halls of the profile in force');
SELECT is(pg_temp.fig('I-11', 'A1', 'unknown_hall') || ' ' || pg_temp.fig('I-11', 'A1', 'unnamed_video') || ' ' || pg_temp.fig('I-11', 'A1', 'staff'), '1 1 9/12', 'I-11: unknown halls, unnamed films, staff trained');
SELECT pg_temp.put('window_report', 'A1', 'wscreen', '{"hall_id": "h1", "report_kind": "screen", "quantity": 6, "reported_on": "2024-05-30", "staff_trained": 1, "staff_total": 2}');
SELECT is(pg_temp.fig('I-11', 'A1', '18', '2024-05-31'), '7', 'I-11: one stock of a hall, also where a report of screens says how many of the staff were trained');
SELECT is(pg_temp.mem('I-11', 'A', '21') || ' ' || pg_temp.records('I-11', 'A', '21'), '107 lecture_event:A1 window_report:A1', 'I-11: members');

ROLLBACK TO clean;
-- I-12, I-13
SELECT pg_temp.put('inspection', 'P', 'n1', '{"scheme": "field_visit", "inspected_office_code": "A1", "checked_on": "2024-08-01", "result": "passed"}'),
	pg_temp.put('inspection', 'P', 'n2', '{"scheme": "field_visit", "inspected_office_code": "A1", "checked_on": "2024-09-01", "result": "partly", "rectification_due_on": "2024-10-01"}'),
	pg_temp.put('inspection', 'A', 'n3', '{"scheme": "city_supervision", "inspected_office_code": "A1", "checked_on": "2024-09-01", "result": "passed"}'),
	pg_temp.put('inspection', 'P', 'n4', '{"scheme": "city_supervision", "inspected_office_code": "A2", "checked_on": "2024-09-01", "result": "passed"}'),
	pg_temp.put('inspection', 'P', 'n5', '{"scheme": "filing_spot_check", "population_office_codes": ["A1", "A2"], "seed": "7", "sample_size": 1, "drawn_at": "2024-04-02T00:00Z", "sample_office_codes": ["A2"]}'),
	pg_temp.put('inspection', 'P', 'n6', '{"scheme": "online_check", "inspected_office_code": "B", "checked_on": "2024-09-01", "channel": "portal", "result": "failed", "findings": [{"item": "政策公开", "is_found": true}, {"item": "政策解读", "is_found": false}]}'),
	pg_temp.put('exchange', 'P', 'x1', '{"form": "promotion_meeting", "held_on": "2024-08-01", "title": "x"}'),
	pg_temp.put('circular', 'P', 'x2', '{"circular_kind": "mid_year", "issued_on": "2024-07-10", "title": "x"}');
SELECT is(pg_temp.fig('I-12', 'P', 'field_visit.visited') || ' ' || pg_temp.fig('I-12', 'A', 'field_visit.visited') || ' ' || pg_temp.fig('I-12', 'A', 'field_visit.passed'), '1/5 1/3 1/2',
	'I-12: visited / population counts an office once, passed / checked counts checks');
SELECT is(pg_temp.fig('I-12', 'P', 'field_visit.open') || ' ' || pg_temp.fig('I-12', 'P', 'field_visit.overdue', '2024-10-02') || ' ' || coalesce(pg_temp.fig('I-12', 'P', 'field_visit.overdue', '2024-10-01'), 'none'), '1 1 none',
	'I-12: open rectifications, overdue from the day after');
SELECT is(pg_temp.fig('I-12', 'A', 'city_supervision.visited') || ' ' || pg_temp.fig('I-12', 'P', 'city_supervision.visited'), '1/2 1/2', 'I-12: counties supervised by their own city / counties');
SELECT is(pg_temp.fig('I-12', 'P', 'filing_spot_check.drawn') || ' ' || pg_temp.fig('I-12', 'P', 'filing_spot_check.visited'), '1/2 0/2', 'I-12: drawn / recorded population, not yet visited');
SELECT is(pg_temp.fig('I-12', 'B', 'online_check.portal.passed') || ' ' || pg_temp.fig('I-12', 'B', 'online_check.portal#政策公开') || ' ' || pg_temp.fig('I-12', 'B', 'online_check.portal#政策解读'), '0/1 1/1 0/1',
	'I-12: by channel and item');
SELECT is(pg_temp.fig('I-12', 'P', 'exchange') || ' ' || pg_temp.fig('I-12', 'P', 'circular:mid_year'), '1 1', 'I-12: exchanges and circulars are counted');
SELECT is(pg_temp.records('I-12', 'A', 'field_visit.visited'), 'inspection:P', 'I-12: the inspections are behind it');
-- n4 is another level's, these are of nobody who is to inspect: the inspected office itself, a county beside it, one made for the city.
SELECT is(pg_temp.fig('I-12', 'P', 'unentitled') || ' ' || pg_temp.records('I-12', 'P', 'unentitled'), '1 inspection:P', 'I-12: the province is not to make the check of the cities; listed, not counted');
SELECT pg_temp.put('inspection', 'A2', 'm1', '{"scheme": "work_style_check", "inspected_office_code": "A2", "checked_on": "2024-09-01", "result": "passed", "verified_item_ids": ["00000000-0000-0000-0000-0000000000b1"], "rectification_due_on": "2024-10-01"}'),
	pg_temp.put('inspection', 'A1', 'm2', '{"scheme": "work_style_check", "inspected_office_code": "A2", "checked_on": "2024-09-01", "result": "passed"}'),
	pg_temp.put('inspection', 'A', 'm3', '{"scheme": "work_style_check", "inspected_office_code": "A2", "checked_on": "2024-09-01", "result": "failed"}'),
	pg_temp.put('inspection', 'A', 'm4', '{"scheme": "city_supervision", "inspected_office_code": "A2", "checked_on": "2024-09-01", "result": "passed"}', p_author => 'P'),
	pg_temp.put('inspection', 'B', 'm5', '{"scheme": "city_supervision", "inspected_office_code": "A2", "checked_on": "2024-09-01", "result": "passed"}');
SELECT is(concat_ws(' ', pg_temp.fig('I-12', 'A2', 'work_style_check.visited'), pg_temp.fig('I-12', 'A2', 'work_style_check.passed'), pg_temp.fig('I-12', 'A2', 'work_style_check.verified'),
	pg_temp.fig('I-12', 'A2', 'work_style_check.open'), pg_temp.fig('I-12', 'A', 'city_supervision.visited'), pg_temp.fig('I-12', 'P', 'unentitled')), '0/1 1/2 6',
	'I-12: nobody inspects the own office, one beside it, or below the level that annex 1 names; nor for another office (R3)');
SELECT pg_temp.put('inspection', 'A1', 'm6', '{"scheme": "field_visit", "population_office_codes": ["A1"], "sample_office_codes": ["A1"], "drawn_at": "2024-04-02T00:00Z"}'),
	pg_temp.put('inspection', 'U', 'm7', '{"scheme": "online_check", "population_office_codes": ["U"], "drawn_at": "2024-04-02T00:00Z"}');
SELECT is(pg_temp.fig('I-12', 'P', 'field_visit.visited') || ' ' || pg_temp.fig('I-12', 'P', 'online_check.visited') || ' ' || coalesce(pg_temp.fig('I-12', 'P', 'field_visit.drawn'), 'none'), '1/5 1/4 none',
	'I-12: a list typed by an office that is not to inspect narrows no population');
SELECT pg_temp.put('inspection', 'A', 'm8', '{"scheme": "city_supervision", "population_office_codes": ["A1", "B"], "sample_office_codes": ["A1"], "drawn_at": "2024-04-02T00:00Z"}');
SELECT is(pg_temp.fig('I-12', 'P', 'city_supervision.visited') || ' ' || pg_temp.fig('I-12', 'P', 'city_supervision.drawn') || ' ' || pg_temp.records('I-12', 'P', 'city_supervision.drawn'), '1/2 1/1 inspection:A',
	'I-12: a city supervises every county, whatever it drew; its list reaches no further than its own counties');
-- The draw of the centre is the population and the sample; what was typed beside it is not.
INSERT INTO draw (scheme, commitment, population_digest, register_version, as_of, committed_by, committed_office_code, committed_at)
	VALUES ('filing_spot_check', sha256('x'), sha256('x'), 1, '2024-04-01', 'x', 'P', '2024-04-01') RETURNING draw_id AS d \gset
INSERT INTO draw_member VALUES (:d, 'A1', 'A', 100, '{}');
SELECT is(pg_temp.fig('I-12', 'P', 'filing_spot_check.drawn'), '1/2', 'I-12: a commitment is no draw yet');
INSERT INTO draw_run VALUES (:d, sha256('x'), 1, 0, 1, 'x', 'P', '2024-04-03T16:00Z');
INSERT INTO draw_sample VALUES (:d, 'A1', 1, 1);
SELECT is(pg_temp.fig('I-12', 'A1', 'filing_spot_check.drawn') || ' ' || pg_temp.fig('I-12', 'P', 'filing_spot_check.drawn') || ' ' || pg_temp.fig('I-12', 'P', 'filing_spot_check.visited'), '1/1 1/1 0/1',
	'I-12: the draw of the centre is population and sample of its scheme');
SELECT is((SELECT string_agg(kind || ' ' || office_code || ' ' || label, ',') FROM indicator_members('I-12', 'P', '2024-12-31', '2025-01-31', 'filing_spot_check.drawn')), format('office A1 第 %s 号抽查', :d),
	'I-12: and opens to its number');
SELECT is(pg_temp.fig('I-12', 'P', 'filing_spot_check.drawn', '2024-04-03') || ' ' || pg_temp.fig('I-12', 'P', 'filing_spot_check.drawn', '2024-04-04', '2024-04-03T15:59Z'), '1/2 1/2', 'I-12: not before its day and instant');
SELECT results_eq($$ SELECT office_code, stratum_code FROM draw_population('city_supervision', 1) ORDER BY 1 $$, $$ VALUES ('A1', 'A'), ('A2', 'A') $$, 'A1-47: 市州督导 draws from counties');
-- Another year: other numbers, a row for another level under the old number, a scheme left out, one that two levels are to make.
CREATE TEMP TABLE before AS SELECT * FROM indicator('I-12', '2024-12-31', '2025-01-31');
UPDATE milestone SET milestone_no = milestone_no + 100 WHERE evidence LIKE 'inspection:%';
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, applies_to) SELECT 1, n, NULL, 'hall', 'x', 'hall' FROM unnest('{16,33,37,39,40,42,44,52}'::integer[]) n;
SELECT is_empty($$ (TABLE before EXCEPT SELECT * FROM indicator('I-12', '2024-12-31', '2025-01-31')) UNION ALL (SELECT * FROM indicator('I-12', '2024-12-31', '2025-01-31') EXCEPT TABLE before) $$,
	'I-12: by the schemes that the pack names, not by the numbers of its rows');
UPDATE milestone SET evidence = NULL WHERE evidence = 'inspection:online_check';
SELECT is(coalesce(pg_temp.fig('I-12', 'P', 'online_check.visited'), 'none') || ' ' || (SELECT count(*) FROM effect_sheet('2024-12-31', '2025-01-31') WHERE part = 'online_check.visited'), 'none 0',
	'I-12: a scheme that is not of the programme has no population and no line in the effect sheet');
UPDATE milestone SET actor_level = 'province;city' WHERE evidence = 'inspection:work_style_check';
SELECT is(pg_temp.fig('I-12', 'A2', 'work_style_check.visited') || ' ' || pg_temp.fig('I-12', 'A2', 'work_style_check.passed'), '1/1 0/1', 'I-12: a check that both province and cities are to make');

ROLLBACK TO clean;
-- I-13, as the filing matrix has it.
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, submission_kind, applies_to, judged_by, evidence) VALUES
	(1, 15, '2024-03-31', 'county', '备案', 'filing', 'county', 'receipt', 'filing:work_plan+lecture_plan');
SELECT obligations_generate(1);
CREATE FUNCTION pg_temp.papers(p_county text) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('plan_item', p_county, p_county || ' line', pg_temp.line(1)),
		pg_temp.put('submission', p_county, p_county || ' plan', '{"submission_kind": "lecture_plan", "title": "x", "doc_no": "1"}'),
		pg_temp.put('submission', p_county, p_county || ' paper', '{"submission_kind": "work_plan", "title": "x", "doc_no": "1"}') $$;
CREATE FUNCTION pg_temp.receipt(p_city text, p_item text, p_county text, p_status text, p_on date DEFAULT '2024-03-30', p_about text DEFAULT 'paper', p_author text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('filing_receipt', p_city, p_item, jsonb_build_object('county_office_code', p_county, 'submission_item_ids', ARRAY[pg_temp.id(p_county || ' ' || p_about)],
		'filed_on', p_on, 'filing_status', p_status), (p_on + 1)::timestamptz, p_author => p_author) $$;
CREATE FUNCTION pg_temp.filing(p_node text, p_on date DEFAULT '2024-12-31') RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', pg_temp.fig('I-13', p_node, '', p_on), pg_temp.fig('I-13', p_node, 'received', p_on), pg_temp.fig('I-13', p_node, 'returned', p_on)) $$;
SELECT pg_temp.receipt('A', 'f1', 'A1', 'accepted');
SELECT is(pg_temp.filing('A'), '0/2 0 0', 'I-13: a receipt for a paper that is not there confirms nothing');
SELECT pg_temp.papers('A1'), pg_temp.papers('A2');
SELECT pg_temp.receipt('A', 'f2', 'A2', 'returned'), pg_temp.receipt('P', 'f3', 'A2', 'accepted'), pg_temp.receipt('A', 'f4', 'A2', 'accepted', '2024-04-01', p_author => 'P');
SELECT is(pg_temp.filing('A') || ', ' || pg_temp.filing('B'), '1/2 0 1, 0/0 0 0', 'I-13: counties accepted by their own city / counties that owe; a city without counties is not applicable');
SELECT is(pg_temp.records('I-13', 'A'), 'filing_receipt:A', 'I-13: the receipts are behind it');
SELECT pg_temp.receipt('A', 'f5', 'A1', 'returned', '2024-04-10');
SELECT is(pg_temp.filing('A1') || ', ' || pg_temp.filing('A1', '2024-04-09'), '0/1 0 1, 1/1 0 0', 'I-13: the newest answer by the day holds: accepted, then returned, is returned');
SELECT pg_temp.receipt('A', 'f6', 'A1', 'accepted', '2024-05-10', 'elsewhere');
SELECT is(pg_temp.filing('A1'), '0/1 0 0', 'I-13: an answer about other papers is none');
SELECT pg_temp.receipt('A', 'f7', 'A1', 'received', '2024-05-11');
SELECT is(pg_temp.filing('A1'), '0/1 1 0', 'I-13: received is not yet accepted');
INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A2', 15, 'x', 'x', 'A', '2024-03-01');
SELECT is(pg_temp.filing('A') || ', ' || pg_temp.filing('A2'), '0/1 1 0, 0/0 0 0', 'I-13: an exempt county is in neither');
SELECT is((SELECT string_agg(f.county_code || ' ' || f.state || ' ' || f.confirmation, ',') FROM filing_standing('2025-01-31') f WHERE f.state <> 'exempt'), 'A1 on_time received', 'I-13: as the filing matrix has it');

ROLLBACK TO clean;
-- I-14
CREATE FUNCTION pg_temp.feedback(p_from date, p_to date, p_total integer, p_more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT '{"source": "hotline_12333"}'::jsonb || jsonb_build_object('period_start', p_from, 'period_end', p_to, 'total_count', p_total, 'about_office_code', 'A1') || p_more $$;
SELECT pg_temp.put('feedback_stat', 'P', 'b1', pg_temp.feedback('2024-01-01', '2024-03-31', 100, '{"policy_related_count": 40, "closed_count": 90}')),
	pg_temp.put('feedback_stat', 'P', 'b2', pg_temp.feedback('2024-04-01', '2024-06-30', 150, '{"policy_related_count": 75}')),
	pg_temp.put('feedback_stat', 'P', 'b3', pg_temp.feedback('2024-04-01', '2024-06-30', 50, '{"topic": "社保"}')),
	pg_temp.put('feedback_stat', 'P', 'b4', pg_temp.feedback('2024-05-01', '2024-05-31', 60)),
	pg_temp.put('feedback_stat', 'P', 'b5', pg_temp.feedback('2024-07-01', '2024-12-31', 10, '{"source": "online_survey", "response_count": 20, "satisfied_count": 19}')),
	pg_temp.put('feedback_stat', 'P', 'b6', pg_temp.feedback('2024-07-01', '2024-12-31', 10, '{"source": "online_survey", "response_count": 20, "satisfied_count": 11, "about_office_code": "A2"}'));
SELECT is(pg_temp.fig('I-14', 'A', 'hotline_12333') || ' ' || pg_temp.fig('I-14', 'A', 'hotline_12333#社保'), '250 50', 'I-14: a topic and a month inside a longer period are not added again');
SELECT is(pg_temp.fig('I-14', 'A', 'hotline_12333.policy') || ' ' || pg_temp.fig('I-14', 'A', 'hotline_12333.closed'), '115/250 90/100', 'I-14: rates look only at rows that give both numbers');
SELECT is(pg_temp.fig('I-14', 'A', 'hotline_12333.change'), '50/100', 'I-14: the last period against the one right before it');
SELECT is(pg_temp.fig('I-14', 'A1', 'online_survey.satisfied') || ' ' || pg_temp.fig('I-14', 'A', 'online_survey.satisfied'), '19/20 30/40', 'I-14: satisfied / responses');
INSERT INTO rule_switch VALUES (1, 'feedback.min_responses', '30', '1..1000', 'A1-55');
SELECT is(pg_temp.fig('I-14', 'A1', 'online_survey.satisfied') || ' ' || pg_temp.fig('I-14', 'A', 'online_survey.satisfied'), '-/20 30/40', 'I-14: hidden below the minimum number of responses, shown above it');
CREATE FUNCTION pg_temp.told(p_node text, p_part text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws('/', coalesce(m.numerator::text, '-'), m.denominator) || CASE WHEN m.is_hidden THEN ' hidden' ELSE '' END, ', ' ORDER BY m.counts_for, m.denominator)
	FROM indicator_members('I-14', p_node, '2024-12-31', '2025-01-31', p_part) m $$;
SELECT is(pg_temp.told('A1', 'online_survey.satisfied') || '; ' || pg_temp.told('A', 'online_survey.satisfied'), '-/20 hidden; -/20 hidden, -/20 hidden', 'I-14: what is hidden is hidden in its members, too, also below a sum that is shown');
SELECT is(pg_temp.told('A1', 'hotline_12333.policy'), '40/100, 75/150', 'I-14: members of a part without a minimum tell what each adds');
SELECT pg_temp.put('feedback_stat', 'P', 'c1', pg_temp.feedback('2024-07-01', '2024-12-31', 10, '{"source": "online_survey", "response_count": 30, "satisfied_count": 9, "about_office_code": "B"}'));
SELECT is(pg_temp.told('B', 'online_survey.satisfied') || '; ' || pg_temp.told('P', 'online_survey.satisfied'), '9/30; -/20 hidden, -/20 hidden, -/30 hidden', 'I-14: at the minimum shown; not beside others that the sum would tell');
SELECT is(pg_temp.fig('I-14', 'A', 'hotline_12333', '2024-06-29'), '160', 'I-14: a period counts from its last day on');
SELECT pg_temp.put('public_input', 'A1', 'u1', '{"received_on": "2024-05-01", "channel": "online", "topic": "x", "handled_on": "2024-05-04"}'), pg_temp.put('public_input', 'A1', 'u2', '{"received_on": "2024-05-01", "channel": "online", "topic": "x"}');
SELECT is(pg_temp.fig('I-14', 'A', 'public_input') || ' ' || pg_temp.fig('I-14', 'A', 'public_input.days.median'), '1/2 6/2', 'I-14: supervision inputs handled / received, days to handle');
SELECT pg_temp.put('feedback_stat', 'P', 'closed', pg_temp.feedback('2024-04-01', '2024-06-30', 5, '{"source": "petition", "closed_count": 7}'));
SELECT is(pg_temp.fig('I-14', 'A', 'petition.closed') || (SELECT string_agg(' ' || (n.finding ->> 'severity') || ' ' || (n.finding ->> 'code') || ' ' || (n.finding ->> 'text'), '') FROM event_notes('P', pg_temp.id('closed'), 'infinity') n),
	'7/5 note F_CLOSED_TOTAL 办结 7 件多于总数 5 件，请核对是否含以前时期收到的', 'I-14: more closed than came in may be of earlier periods: counted, and noted');
SELECT is((SELECT count(*) FROM event_notes('P', pg_temp.id('b1'), 'infinity')), 0::bigint, 'I-14: not where fewer were closed');
SELECT pg_temp.put('feedback_stat', 'P', 'b7', pg_temp.feedback('2024-01-01', '2024-03-31', 101)), pg_temp.put('feedback_stat', 'A', 'b8', pg_temp.feedback('2024-01-01', '2024-03-31', 100)),
	pg_temp.put('feedback_stat', 'A', 'b9', pg_temp.feedback('2024-04-01', '2024-06-30', 50, '{"topic": "社保"}')), pg_temp.put('feedback_stat', 'A1', 'b10', pg_temp.feedback('2024-02-01', '2024-02-29', 30));
SELECT is(pg_temp.fig('I-14', 'A', 'hotline_12333') || ' ' || pg_temp.fig('I-14', 'A', 'hotline_12333#社保') || ' ' || pg_temp.fig('I-14', 'A', 'hotline_12333.records'), '250 50 2',
	'I-14: the same calls reported twice, by one office or by several, count once');
SELECT is((SELECT string_agg(m.office_code || ' ' || m.item_id, ',' ORDER BY m.office_code, m.item_id) FROM indicator_members('I-14', 'A', '2024-12-31', '2025-01-31', 'hotline_12333.contained') m),
	(SELECT string_agg(o || ' ' || pg_temp.id(i), ',' ORDER BY o, pg_temp.id(i)) FROM (VALUES ('P', 'b4'), ('P', 'b7'), ('A', 'b8'), ('A', 'b9'), ('A1', 'b10')) v (o, i)), 'I-14: the others are listed');
SELECT pg_temp.put('feedback_stat', 'A', 'b11', pg_temp.feedback('2024-01-01', '2024-06-30', 300));
SELECT is(pg_temp.fig('I-14', 'A', 'hotline_12333'), '300', 'I-14: a longer period holds the shorter ones, whoever reported them');
SELECT pg_temp.put('feedback_stat', 'A', 'b12', pg_temp.feedback('2024-06-01', '2024-06-30', 7, '{"about_office_code": "A"}'));
SELECT is(pg_temp.fig('I-14', 'A', 'hotline_12333') || ' ' || pg_temp.fig('I-14', 'A1', 'hotline_12333.nested'), '307 1', 'I-14: about a city is about the city itself; beside a county of its own it is pointed out');
SELECT pg_temp.put('feedback_stat', 'A', 'b11', '{}', '2024-12-02', 'b11/2', 'b11/1', 'withdraw');
SELECT is(pg_temp.mem('I-14', 'A', 'hotline_12333') || ' ' || pg_temp.records('I-14', 'A', 'public_input'), '257 public_input:A1', 'I-14: members');

ROLLBACK TO clean;
-- I-15, I-16, I-18
SELECT pg_temp.put('study_event', 'A1', 's1', pg_temp.study('daily_study', 'staff', '2024-05-01', 20)), pg_temp.put('study_event', 'A1', 's2', pg_temp.study('law_quiz', 'public', '2024-05-02', 300)),
	pg_temp.put('study_event', 'A1', 's3', pg_temp.study('mini_program_study', 'public', '2024-05-02', 9000)), pg_temp.put('study_event', 'A2', 's4', pg_temp.study('daily_study', 'staff', '2024-05-03')),
	pg_temp.put('study_event', 'A2', 's5', pg_temp.study('daily_study', 'staff', '2024-05-03', 5, '{"status": "planned"}'));
SELECT is(pg_temp.fig('I-15', 'A') || ' ' || pg_temp.fig('I-15', 'A', 'participants') || ' ' || pg_temp.fig('I-15', 'A', 'unknown_participants'), '3 320 1', 'I-15: held events and their participants; page views and plans are no events');
SELECT is(pg_temp.fig('I-15', 'A', 'form:daily_study') || ' ' || pg_temp.fig('I-15', 'A', 'target:public.participants') || ' ' || pg_temp.fig('I-15', 'A', 'form:mini_program_study.participants'), '2 300 9000', 'I-15: by form and by target');
SELECT pg_temp.put('news_item', 'A1', 'n1', '{"news_kind": "work_news", "title": "x", "happened_on": "2024-05-01", "reported_on": "2024-05-03"}'),
	pg_temp.put('news_item', 'A1', 'n2', '{"news_kind": "media_report", "title": "x", "happened_on": "2024-05-01", "reported_on": "2024-05-12", "medium": "tv"}'),
	pg_temp.put('news_item', 'A1', 'n3', '{"news_kind": "experience", "title": "x", "happened_on": "2024-05-01"}', '2024-05-04T20:00Z');
SELECT is(pg_temp.fig('I-16', 'A') || ' ' || pg_temp.fig('I-16', 'A', 'kind:media_report') || ' ' || pg_temp.fig('I-16', 'A', 'medium:tv'), '3 1 1', 'I-16: by kind and medium');
SELECT is(pg_temp.fig('I-16', 'A', 'days.median') || ' ' || pg_temp.fig('I-16', 'A', 'days.longest') || ' ' || pg_temp.fig('I-16', 'P', 'silent'), '8/2 11 4/5', 'I-16: delays of 2, 4 (day of receipt in Shanghai) and 11 days; silent offices');
SELECT pg_temp.put('media_product', 'A1', 'v1', '{"media_kind": "short_video", "title": "x", "made_on": "2024-04-06", "file_bytes": 1000}'),
	pg_temp.put('media_product', 'A', 'v2', '{"media_kind": "micro_comic", "title": "x", "made_on": "2024-05-06"}'),
	pg_temp.put('submission', 'A', 'b1', '{"submission_kind": "materials", "title": "x", "file_bytes": 500}'),
	pg_temp.put('statistics_form', 'A', 'f1', '{"period": "year_end", "period_start": "2024-01-01", "period_end": "2024-12-31", "scope": "with_subordinates", "filled_on": "2024-12-01"}'
		|| jsonb_build_object('lines', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('item_no', c.item_no, 'sub_field', nullif(c.sub_field, ''),
			'state', CASE c.item_no WHEN 5 THEN 'value' ELSE 'not_applicable' END, 'count', CASE c.item_no WHEN 5 THEN 3 END, 'reason', 'x')))
			FROM form_cell c WHERE c.is_mandatory)), '2024-12-02');
SELECT is(pg_temp.fig('I-18', 'A') || ' ' || pg_temp.fig('I-18', 'A', 'bytes') || ' ' || pg_temp.fig('I-18', 'A', 'without_file') || ' ' || pg_temp.fig('I-18', 'A', 'kind:short_video.bytes'), '2 1000 1 1000', 'I-18: pieces and bytes by kind');
SELECT is(pg_temp.fig('I-18', 'A', 'form') || ' ' || pg_temp.fig('I-18', 'A', 'submission.bytes') || ' ' || pg_temp.fig('I-18', 'B', 'form'), '2/3 500 0/0', 'I-18: pieces against item 5 of the form, over its scope; no form is not applicable');
SELECT pg_temp.put('media_product', 'A1', 'h1', '{"media_kind": "handbook", "title": "x", "made_on": "2024-05-01", "edition": "2024 版", "printed_copies": 500, "is_loose_leaf": true, "url": "https://h"}'),
	pg_temp.put('media_product', 'A1', 'h2', '{"media_kind": "poster_template", "title": "x", "made_on": "2024-05-01"}');
SELECT is(concat_ws(' ', pg_temp.fig('I-18', 'A'), pg_temp.fig('I-18', 'A', 'kind:handbook'), pg_temp.fig('I-18', 'A', 'kind:poster_template'), pg_temp.fig('I-18', 'A', 'form')), '4 1 1 2/3',
	'I-18: handbooks and poster templates are works of their own kinds, but no pieces of item 5 (R18)');
SELECT pg_temp.put('statistics_form', 'A', 'f1', '{"period": "year_end", "period_start": "2024-01-01", "period_end": "2024-12-31", "scope": "own", "filled_on": "2024-12-03",
	"lines": [{"item_no": 5, "state": "value", "count": 30}]}', '2024-12-04', 'f1/2', 'f1/1');
SELECT is(pg_temp.fig('I-18', 'A', 'form'), '2/3', 'I-18: a later incomplete form leaves the last complete one standing (R14)');
SELECT is(pg_temp.fig('I-17', 'A', 'year_end') || ' ' || pg_temp.fig('I-17', 'A', 'year_end.over_claimed') || ' ' || pg_temp.fig('I-17', 'A', 'year_end.item:5') || ' ' || pg_temp.fig('I-17', 'B', 'year_end'), '0/2 1 1 0/0',
	'I-17: 3 reported, 2 derived: one cell over-claimed, by one piece; studies left out: another short; no form is not applicable');
SELECT is(pg_temp.mem('I-17', 'P', 'year_end') || ' ' || pg_temp.records('I-17', 'P', 'year_end'), '0/2 statistics_form:A', 'I-17: the form is behind it');
SELECT pg_temp.put('media_product', 'A2', 'v3', '{"media_kind": "short_video", "title": "x", "made_on": "2024-11-06", "file_bytes": 10}', '2024-12-10');
SELECT is(concat_ws(' ', pg_temp.fig('I-17', 'A', 'year_end'), pg_temp.fig('I-17', 'A', 'year_end.item:5'), pg_temp.fig('I-17', 'A', 'year_end.live'), pg_temp.fig('I-17', 'A', 'year_end.live.item:5')),
	'0/2 1 1/2 0', 'I-17: judged at the seal, what came later stands beside it (R16)');
SELECT pg_temp.put('statistics_form', 'B', 'f2', '{"period": "year_end", "period_start": "2024-01-01", "period_end": "2024-12-31", "scope": "own", "filled_on": "2024-12-01"}'
	|| jsonb_build_object('lines', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('item_no', c.item_no, 'sub_field', nullif(c.sub_field, ''),
		'state', CASE WHEN c.item_no IN (5, 10) THEN 'value' ELSE 'not_applicable' END, 'count', CASE WHEN c.item_no IN (5, 10) THEN 3 END, 'reason', CASE c.item_no WHEN 10 THEN '　 ' WHEN 5 THEN NULL ELSE 'x' END)))
		FROM form_cell c WHERE c.is_mandatory)), '2024-12-02');
SELECT is(pg_temp.fig('I-17', 'A', 'year_end.explained') || ' ' || pg_temp.fig('I-17', 'B', 'year_end.explained') || ' ' || pg_temp.fig('I-17', 'P', 'year_end.explained') || ' ' || pg_temp.fig('I-17', 'P', 'mid_year.explained'),
	'2/2 0/2 2/4 0/0', 'I-17: cells explained in words / cells not supported; a blank is no word');
-- The form of U names addresses: another one than that published, none published, the one published.
SELECT pg_temp.put('publication', 'U', 'p1', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://a.cn/1", "published_on": "2024-03-20"}');
CREATE FUNCTION pg_temp.addressed(p_url text, p_revision integer, p_why text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.put('statistics_form', 'U', 'f3', '{"period": "year_end", "period_start": "2024-01-01", "period_end": "2024-12-31", "scope": "own", "filled_on": "2024-12-01"}'
		|| jsonb_build_object('lines', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('item_no', c.item_no, 'sub_field', nullif(c.sub_field, ''),
			'state', CASE c.item_no WHEN 16 THEN 'value' ELSE 'not_applicable' END, 'text', CASE c.item_no WHEN 16 THEN p_url END, 'reason', CASE c.item_no WHEN 16 THEN p_why ELSE 'x' END)))
			FROM form_cell c WHERE c.is_mandatory)), '2024-12-02'::timestamptz + make_interval(days => p_revision), 'f3/' || p_revision, CASE WHEN p_revision > 1 THEN 'f3/' || p_revision - 1 END);
	RETURN concat_ws(' ', pg_temp.fig('I-17', 'U', 'year_end'), coalesce(pg_temp.fig('I-17', 'U', 'year_end.differs'), '0'), pg_temp.fig('I-17', 'U', 'year_end.explained'), pg_temp.fig('I-17', 'U', 'year_end.live'));
END $$;
SELECT is(pg_temp.addressed('https://b.cn/1', 1), '0/1 1 0/1 0/1', 'I-17: another address than that published was judged, and does not agree');
SELECT is(pg_temp.addressed('https://b.cn/1', 2, '已改版'), '0/1 1 1/1 0/1', 'I-17: and wants words as any other');
SELECT is(pg_temp.addressed('https://a.cn/1', 3), '1/1 0 0/0 1/1', 'I-17: the one published agrees');
SELECT pg_temp.put('media_product', 'A2', 'v3', '{}', '2024-12-11', 'v3/2', 'v3/1', 'withdraw');
SELECT is(pg_temp.records('I-18', 'A') || ' ' || pg_temp.records('I-16', 'A') || ' ' || pg_temp.records('I-15', 'A'), 'media_product:A media_product:A1 news_item:A1 study_event:A1 study_event:A2', 'I-15, I-16, I-18: members');
SELECT is((SELECT count(*) FROM indicator_definition d CROSS JOIN LATERAL indicator_facts(d.function_name, '2024-12-31', '2025-01-31') f
	CROSS JOIN LATERAL indicator_part_of(d.indicator_id, f.part) p WHERE p.part IS NULL), 0::bigint, 'catalogue: every part is described');
SELECT throws_ok($$ SELECT * FROM indicator('I-99', '2024-12-31', '2025-01-31') $$, 'ZB001', 'E_INDICATOR_UNKNOWN 没有指标“I-99”', 'catalogue: an unknown indicator is refused');

ROLLBACK TO clean;
-- R10
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(4), '2024-03-31T15:59:59Z'), pg_temp.put('plan_item', 'A1', 'l2', pg_temp.line(2), '2024-03-31T16:00:00Z'),
	pg_temp.put('plan_item', 'A', 'l3', pg_temp.line(5), '2024-03-25T16:00:00Z'), pg_temp.put('plan_item', 'A', 'l4', pg_temp.line(1), '2024-04-10'),
	pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(1), '2024-10-02', 'l1/2', 'l1/1'), pg_temp.put('plan_item', 'A1', 'l2', '{}', '2024-10-03', 'l2/2', 'l2/1', 'withdraw'),
	pg_temp.put('plan_item', 'A', 'l3', pg_temp.line(4), '2024-09-30T15:59:59Z', 'l3/2', 'l3/1');
SELECT pg_temp.lecture('A1', 'e1', '2024-05-01', p_plan => pg_temp.id('l1')::text), pg_temp.lecture('A1', 'e2', '2024-05-02', p_plan => pg_temp.id('l1')::text);
SELECT results_eq($$ SELECT office_code, is_late, baseline_lines, baseline_capped, baseline_required, current_lines, current_capped, current_required
	FROM completion_baseline_by_office('2024-12-31', '2025-01-31', 'cities') WHERE office_code IN ('A', 'A1') ORDER BY 1 $$,
	$$ VALUES ('A'::text, true, 1::bigint, 0::bigint, 5::bigint, 2::bigint, 0::bigint, 5::bigint), ('A1', false, 1, 2, 4, 1, 1, 1) $$,
	'R10: the plan at 24:00 of the due day; a late plan as of the batch of its first line; the current plan beside it');
SELECT is(pg_temp.fig('I-02', 'A1') || ' ' || pg_temp.fig('I-02', 'A1', 'baseline') || ' ' || pg_temp.fig('I-02', 'P', 'baseline'), '1/1 2/4 2/9', 'R10: both are shown');
SELECT is(pg_temp.mem('I-02', 'P', 'baseline'), '2/9', 'R10: members of the baseline');
SELECT is(pg_temp.fig('I-02', 'A1', 'baseline', '2024-12-31', '2024-03-31T15:59:58Z') || ' ' || pg_temp.fig('I-02', 'A1', 'baseline', '2024-12-31', '2024-03-31T15:59:59Z'), '0/0 0/4', 'R10: asked earlier, the plan of the time');
SELECT results_eq($$ SELECT plan_item_id, change, planned_before, planned_after, is_in_force FROM plan_cut('2024-12-31', '2025-01-31') ORDER BY received_at $$,
	$$ VALUES (pg_temp.id('l1'), 'lowered'::text, 4, 1, true), (pg_temp.id('l2'), 'withdrawn', 2, NULL, true) $$, 'R10: lowered and withdrawn from 10-01 on are flagged, earlier edits are not');
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(4), '2024-10-05', 'l1/3', 'l1/2');
SELECT is((SELECT is_in_force FROM plan_cut('2024-12-31', '2025-01-31') WHERE change = 'lowered'), false, 'R10: a cut that was taken back is no longer in force');
SELECT pg_temp.put('plan_item', 'A1', 'l1', '{}', '2024-10-06', 'l1/4', 'l1/3', 'withdraw');
SELECT is(pg_temp.fig('I-02', 'A1', 'baseline'), '2/4', 'R10: a withdrawn line stays in the baseline with its sessions');

ROLLBACK TO clean;
-- R10 and R2: what is lowered is what was in force. All from 5: a to 3, returned, and on it to 4; b to 8, returned, and on it to 6; c withdrawn,
-- returned, and on it 3; d withdrawn and put back with 3; e the same, but withdrawn before 10-01; f withdrawn, returned, and withdrawn again on it.
SELECT pg_temp.put('plan_item', 'A1', l, pg_temp.line(5), '2024-03-20') FROM unnest('{a,b,c,d,e,f}'::text[]) l;
SELECT pg_temp.put('plan_item', 'A1', l, CASE WHEN n IS NULL THEN '{}' ELSE pg_temp.line(n) END, on_day, l || '/2', l || '/1', CASE WHEN n IS NULL THEN 'withdraw' END)
	FROM (VALUES ('a', 3, '2024-09-20'::date), ('b', 8, '2024-09-20'), ('c', NULL, '2024-10-02'), ('d', NULL, '2024-10-02'), ('e', NULL, '2024-09-20'), ('f', NULL, '2024-10-02')) v (l, n, on_day);
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	SELECT 'A1', pg_temp.id(l), pg_temp.id(l || '/2'), 'returned', 'x', 'r', 'A', '2024-10-03' FROM unnest('{a,b,c,f}'::text[]) l;
SELECT pg_temp.put('plan_item', 'A1', l, CASE WHEN n IS NULL THEN '{}' ELSE pg_temp.line(n) END, '2024-10-05', l || '/3', l || '/2', CASE WHEN n IS NULL THEN 'withdraw' END)
	FROM (VALUES ('a', 4), ('b', 6), ('c', 3), ('d', 3), ('e', 3), ('f', NULL)) v (l, n);
SELECT is((SELECT string_agg(concat_ws(' ', l, c.change, c.planned_before, c.planned_after, c.is_in_force), ', ' ORDER BY l, c.received_at)
	FROM plan_cut('2024-12-31', '2025-01-31') c JOIN unnest('{a,b,c,d,e,f}'::text[]) l ON pg_temp.id(l) = c.plan_item_id),
	'a lowered 5 4 t, c withdrawn 5 f, c lowered 5 3 t, d withdrawn 5 f, d lowered 5 3 t, f withdrawn 5 t, f withdrawn 5 t', 'R10: against what was in force, not against what was returned or withdrawn since 10-01');

ROLLBACK TO clean;
-- Edge cases of townships
SELECT pg_temp.lecture('B', 'm', '2024-05-01', '{301}'), pg_temp.lecture('B', 'p', '2024-05-01', '{305}'), pg_temp.lecture('B', 'r', '2024-05-01', '{304}');
SELECT is(pg_temp.fig('I-03', 'B', '', '2024-06-30') || ' ' || pg_temp.fig('I-03', 'B', '', '2024-07-01'), '3/4 2/4', 'edge: base and covered are those of the day, before and after merge and split');
SELECT is((SELECT string_agg(label, ' ' ORDER BY label) FROM indicator_members('I-03', 'B', '2024-07-01', '2025-01-31', '') WHERE numerator = 1), 'm3 r1', 'edge: merged, covered by a predecessor');
SELECT is((SELECT string_agg(label, ' ' ORDER BY label) FROM indicator_members('I-03', 'B', '2024-07-01', '2025-01-31', 'inherited')), 'p1 p2', 'edge: split, inherited and unproven, listed apart');
SELECT is(pg_temp.fig('I-03', 'B', 'broad.rural', '2024-06-30') || ' ' || pg_temp.fig('I-03', 'B', 'broad.rural', '2024-07-01') || ' ' || pg_temp.fig('I-03', 'B', 'broad.all', '2024-07-01'), '3/4 1/3 2/4',
	'edge: a 乡 turned 街道 leaves the rural base on its day and stays covered in the other');
SELECT is(pg_temp.records('I-03', 'B', '', '2024-07-01'), 'lecture_event:B', 'edge: the lectures of before open under the figure');
SELECT is((SELECT string_agg(p || ' ' || coalesce((SELECT string_agg(m.label || ' ' || i, ' ' ORDER BY m.label, i) FROM indicator_members('I-03', 'B', '2024-07-01', '2025-01-31', p) m
	JOIN unnest('{m,p,r}'::text[]) i ON pg_temp.id(i) = m.item_id), '-'), ', ' ORDER BY p) FROM unnest('{broad.all,broad.rural,strict.rural}'::text[]) p), 'broad.all m3 m r1 r, broad.rural m3 m, strict.rural m3 m',
	'edge: a merged unit opens to the lecture of its predecessor, one that left the base to none, a half of a split to none of the whole');
SELECT is(pg_temp.fig('I-03', 'U') || ' ' || pg_temp.fig('I-03', 'A2', 'broad.rural'), '0/0 0/0', 'edge: no township is not applicable, and adds nothing above');

ROLLBACK TO clean;
-- An office closed mid-year: from the second version of the registers on it hangs below its successor, with its townships.
SELECT pg_temp.lecture('A2', 'e1', '2024-05-01', '{201}'), pg_temp.lecture('A1', 'e2', '2024-05-01', '{101}');
SELECT pg_temp.put('publication', 'A2', 'p1', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-03-20"}');
INSERT INTO programme_version SELECT 2, programme, 2, name_zh, year, digest, '2024-08-01' FROM programme_version;
INSERT INTO office SELECT 2, code, CASE code WHEN 'A2' THEN 'A1' ELSE parent_code END, level, name_zh, short_name, division_zh, division_kind, is_county_level FROM office;
INSERT INTO office_tree WITH RECURSIVE up AS (SELECT code AS a, code FROM office WHERE register_version = 2 UNION ALL
	SELECT o.parent_code, up.code FROM up JOIN office o ON o.register_version = 2 AND o.code = up.a WHERE o.parent_code IS NOT NULL) SELECT 2, a, code FROM up;
INSERT INTO township_version SELECT 2, unit_id, code, name_zh, kind, county_code, valid_from, valid_to FROM township_version;
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, submission_kind, applies_to, judged_by, evidence)
	SELECT 1, 15, '2024-03-31'::date, 'county', '备案', 'filing', 'county', 'receipt', 'filing:work_plan+lecture_plan'
	UNION ALL SELECT 1, 115, '2024-09-30', 'county', '备案', 'filing', 'county', 'receipt', 'filing:work_plan+lecture_plan';
INSERT INTO milestone SELECT 2, milestone_no, due_on, actor_level, obligation_zh, submission_kind, applies_to, source_line FROM milestone;
UPDATE milestone n SET judged_by = m.judged_by, evidence = m.evidence FROM milestone m WHERE n.register_version = 2 AND m.register_version = 1 AND m.milestone_no = n.milestone_no;
SELECT obligations_generate(1), obligations_generate(2);
INSERT INTO lecture_category SELECT 2, name, label_zh, is_five FROM lecture_category;
SELECT is(pg_temp.fig('I-04', 'A1') || ' ' || pg_temp.fig('I-04', 'A2') || ' ' || pg_temp.fig('I-04', 'A1', '', '2024-12-31', '2024-07-01'), '2 1 1', 'edge: sessions of a closed office move to its successor and keep their author');
SELECT is(pg_temp.fig('I-03', 'A1') || ' ' || pg_temp.fig('I-03', 'A1', '', '2024-12-31', '2024-07-01'), '2/4 1/3', 'edge: its townships are those of the successor');
SELECT is(pg_temp.fig('I-03', 'P', 'counties') || ' ' || pg_temp.fig('I-03', 'P', 'counties', '2024-12-31', '2024-07-01'), '0/2 1/3', 'edge: it is no county of its own any more');
SELECT is(pg_temp.fig('I-06', 'A') || ' ' || pg_temp.fig('I-13', 'A') || ' ' || pg_temp.fig('I-06', 'A', '', '2024-12-31', '2024-07-01'), '0/2 0/3 1/3', 'edge: it owes nothing any more, and did before');

ROLLBACK TO clean;
-- Joint events, several townships, over-delivery, late entry, future, windows past 10-31
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(1)), pg_temp.put('plan_item', 'A', 'l2', pg_temp.line(1)), pg_temp.put('plan_item', 'A2', 'l3', pg_temp.line(2, '2024-11-30'));
SELECT pg_temp.lecture('A1', 'j', '2024-05-01', '{101}', p_plan => pg_temp.id('l1')::text);
SELECT pg_temp.claim('A', 'c1', 'A1', 'j', 'l2'), pg_temp.claim('A2', 'c2', 'A1', 'j', 'l3');
SELECT is(pg_temp.fig('I-04', 'A') || ' ' || pg_temp.fig('I-02', 'A') || ' ' || pg_temp.fig('I-04', 'A2'), '1 3/4 0', 'edge: claimed by county and city, one session, each line for itself');
SELECT is(pg_temp.records('I-02', 'A2'), 'lecture_event:A1 plan_item:A2', 'edge: the joint event opens under the co-host with its host');
SELECT pg_temp.lecture('A', 'city', '2024-05-02', '{102}');
SELECT is(pg_temp.fig('I-03', 'A1') || ' ' || pg_temp.fig('I-04', 'A1'), '2/3 1', 'edge: a city team covers the place, its session stays its own');
SELECT pg_temp.lecture('A1', 'three', '2024-05-03', '{101,102,103}');
SELECT is(pg_temp.fig('I-03', 'A1') || ' ' || pg_temp.fig('I-04', 'A1'), '3/3 2', 'edge: over three townships one session, three covered');
SELECT pg_temp.lecture('B', 'four', '2024-05-03', '{301,302,304,305}'), pg_temp.lecture('B', 'all', '2024-05-04', p_more => '{"note": "全县"}');
SELECT is(pg_temp.fig('I-03', 'B', '', '2024-06-30') || ' ' || pg_temp.fig('I-04', 'B'), '0/4 2', 'edge: more than three without words, and 全县 in text, count as sessions and cover nothing');
SELECT pg_temp.lecture('B', 'four2', '2024-05-05', '{301,302,304,305}', p_more => '{"area_explanation": "x"}');
SELECT is(pg_temp.fig('I-03', 'B', '', '2024-06-30'), '4/4', 'edge: with words they cover');
SELECT pg_temp.lecture('A1', 'o' || n, '2024-06-01', p_plan => pg_temp.id('l1')::text) FROM generate_series(1, 40) n;
SELECT is(pg_temp.fig('I-02', 'A') || ' ' || pg_temp.fig('I-02', 'A', 'raw'), '3/4 43/4', 'edge: over-delivery never hides a line that is short, the raw ratio tells');
SELECT is(pg_temp.fig('I-02', 'A', '', '2024-10-31') || ' ' || pg_temp.fig('I-02', 'A', 'ended', '2024-10-31'), '3/4 0/0', 'edge: at 10-31 the whole plan counts, windows that reach past it stand apart');
SELECT is(pg_temp.fig('I-02', 'P', 'provincial', '2024-10-31') || ' ' || pg_temp.fig('I-02', 'P', 'provincial.ended', '2024-10-31'), '0/26 0/1', 'edge: so do the 25 sessions of row 18');
SELECT pg_temp.lecture('A2', 'late', '2024-05-01', p_at => '2024-05-31T16:00Z'), pg_temp.lecture('A2', 'not late', '2024-05-01', p_at => '2024-05-31T15:59Z');
SELECT pg_temp.put('lecture_event', 'A2', 'not late', (SELECT to_jsonb(l) FROM lecture_event l WHERE item_id = pg_temp.id('not late')) || '{"attendance": 7}', '2024-09-01', 'nl/2', 'not late/1');
SELECT is(pg_temp.fig('I-04b', 'A2'), '1/2', 'edge: entered more than 30 days after the day; a late amendment is no late entry');
SELECT pg_temp.lecture('A2', 'future', '2024-12-30', p_at => '2024-12-01');
SELECT is(pg_temp.fig('I-04', 'A2', '', '2024-12-29') || ' ' || pg_temp.fig('I-04', 'A2', '', '2024-12-30'), '2 3', 'edge: a date to come does not count before its day');

ROLLBACK TO clean;
-- Silent offices
SELECT pg_temp.lecture('A1', 'e1', '2024-11-01', '{101}', p_at => '2024-11-30T02:00Z'), pg_temp.lecture('B', 'e2', '2024-11-01', '{303}', p_at => '2024-11-28T00:00Z');
SELECT results_eq($$ SELECT node_code, low, high, denominator, unheard FROM coverage_interval('2024-11-30', '2024-11-30T15:59:59.999999Z') WHERE node_code IN ('A', 'A1', 'B', 'P') ORDER BY 1 $$,
	$$ VALUES ('A'::text, 1::bigint, 2::bigint, 4::bigint, '{A2}'::text[]), ('A1', 1, 1, 3, '{}'), ('B', 1, 4, 4, '{B}'), ('P', 2, 6, 8, '{A2,B}') $$,
	'edge: silent offices, low is proven, high adds the uncovered townships of the unheard');
SELECT results_eq($$ SELECT low, high FROM coverage_interval('2024-11-30', '2024-12-01T02:00Z') WHERE node_code = 'A1' $$, $$ VALUES (1::bigint, 1::bigint) $$, 'edge: heard 24 hours ago is heard');
SELECT results_eq($$ SELECT low, high FROM coverage_interval('2024-11-30', '2024-12-01T02:00:00.000001Z') WHERE node_code = 'A1' $$, $$ VALUES (1::bigint, 3::bigint) $$, 'edge: and a moment later silent');
SELECT pg_temp.lecture('A1', 'e3', '2024-11-01', '{102}', p_at => '2024-12-05T00:00Z');
SELECT is((SELECT high FROM coverage_interval('2024-11-30', '2024-11-30T15:59:59.999999Z') WHERE node_code = 'A1'), 1::bigint, 'edge: what came later changes nothing at the old instant');
SELECT is(pg_temp.fig('I-03', 'A1', '', '2024-11-30', '2024-11-30T15:59:59.999999Z') || ' ' || pg_temp.fig('I-03', 'A1', '', '2024-11-30'), '1/3 2/3', 'edge: corrected after the check day, the figure of the day stands, the live one moves');

ROLLBACK TO clean;
-- Effect sheet
SELECT pg_temp.lecture('A1', 'e1', '2024-05-01', '{101}');
SELECT pg_temp.put('inspection', 'P', 'n1', '{"scheme": "field_visit", "inspected_office_code": "A1", "checked_on": "2024-08-01", "result": "passed"}'),
	pg_temp.put('feedback_stat', 'P', 'b1', '{"source": "petition", "period_start": "2024-01-01", "period_end": "2024-06-30", "total_count": 0, "about_office_code": "A1"}');
SELECT is((SELECT string_agg(indicator_id || part || ' ' || coalesce(missing_zh, numerator || coalesce('/' || denominator, '')), '; ' ORDER BY indicator_id, part)
	FROM effect_sheet('2024-12-10', '2025-01-31') WHERE node_code = 'A1' AND part IN ('', 'field_visit.visited', 'online_check.visited', 'petition', 'hotline_12333')),
	'I-02 没有带数量的计划项; I-02b 1/5; I-03 1/3; I-06 0/1; I-12field_visit.visited 1/1; I-12online_check.visited 尚未检查; I-14hotline_12333 没有这个来源的统计数据; I-14petition 0',
	'A1-56: the effect sheet joins the figures and names missing sources; nothing reported is not zero');
SELECT is((SELECT count(DISTINCT node_code) FROM effect_sheet('2024-12-10', '2025-01-31')), 4::bigint, 'A1-56: a sheet for every city and county');

-- The roll-ups give what the records give, over a year with something of everything.
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(2)), pg_temp.put('study_event', 'A2', 's1', pg_temp.study('training', 'staff', '2024-05-01')),
	pg_temp.put('speaker', 'A1', 'k1', '{"role": "backbone", "display_name": "x", "trained_on": "2024-02-01", "is_active": true}');
SELECT pg_temp.lecture('A1', 'e2', '2024-10-01', '{102}', p_plan => pg_temp.id('l1')::text, p_at => '2024-12-01'), pg_temp.lecture('B', 'e3', '2024-12-30', '{303}', 'site',
	p_more => jsonb_build_object('speaker_item_ids', ARRAY[pg_temp.id('k1')], 'brochure_count', 9, 'is_window_brochure', true));
SELECT pg_temp.claim('A1', 'c1', 'B', 'e3', 'l1');
SELECT fold_anew_part('2025-01-31', 0, 1) > 0, fold_anew_end('2025-01-31', '3', 1) > 0;
SELECT is((SELECT string_agg(d.indicator_id || ' ' || o, ', ') FROM indicator_definition d CROSS JOIN unnest(ARRAY['2024-12-30', '2024-12-31', '2024-10-15']::date[]) o
	WHERE EXISTS (SELECT * FROM indicator(d.indicator_id, o, NULL) EXCEPT SELECT * FROM indicator(d.indicator_id, o, '2025-01-31'))
		OR EXISTS (SELECT * FROM indicator(d.indicator_id, o, '2025-01-31') EXCEPT SELECT * FROM indicator(d.indicator_id, o, NULL))), NULL,
	'as_of NULL: every indicator from the roll-ups as from the records');
SELECT is((SELECT string_agg(f.part || ' ' || f.numerator, ', ') FROM indicator('I-05', '2024-12-31', NULL) f WHERE f.node_code = 'P' AND f.part = ''), ' 1', 'as_of NULL: and there is something to compare');

SELECT is((SELECT string_agg(indicator_part_name(1, k.id, k.part), '; ' ORDER BY k.place) FROM (VALUES (1, 'I-01', 'milestone:10'), (2, 'I-04', 'village:2024-03'),
	(3, 'I-12', 'circular:mid_year'), (4, 'I-15', 'target:public'), (5, 'I-17', 'mid_year.over_claimed'), (6, 'I-02', 'raw'), (7, 'I-14', 'petition#社保')) k (place, id, part)),
	'按任务：10 x; 分类分月：进村居 2024-03; 通报：年中通报; 按对象：社会公众; 多报：上半年; 不封顶; 分主题：信访诉求 社保', 'parts are named for people, stars and all');
ROLLBACK;
