-- The statistics form on hand-made registers: a province P, cities A (counties A1, A2) and B (a city and a county at once), a unit
-- of the province U. Every time of receipt is minutes after 2024-06-20T00:00+08. Forms are of 2024-01-01 to 2024-06-30, filled in
-- on 06-20, unless a test says otherwise.
BEGIN;
SET search_path TO zhibao, public;
SET jit TO off; -- as in every session of the daemons
SELECT * FROM no_plan();

INSERT INTO programme_version VALUES (1, 'test', 1, 'test', 2024, decode(repeat('00', 32), 'hex'), '2024-01-01');
INSERT INTO office VALUES (1, 'P', NULL, 'province', '省厅', '省厅', 'P', '省', false), (1, 'A', 'P', 'city', '甲市局', '甲市', 'A', '市', false),
	(1, 'A1', 'A', 'county', '甲一局', '甲一', 'A1', '县', true), (1, 'A2', 'A', 'county', '甲二局', '甲二', 'A2', '区', true),
	(1, 'B', 'P', 'city', '乙市局', '乙市', 'B', '市', true), (1, 'U', 'P', 'province_unit', '某处', '某处', 'U', '处', false);
INSERT INTO office_tree WITH RECURSIVE up AS (SELECT code AS a, code FROM office UNION ALL
	SELECT o.parent_code, up.code FROM up JOIN office o ON o.code = up.a WHERE o.parent_code IS NOT NULL) SELECT 1, a, code FROM up;
INSERT INTO township_version VALUES
	(1, 't1', '101', '甲镇', '镇', 'A1', '-infinity', 'infinity'), (1, 't2', '102', '乙镇', '镇', 'A1', '-infinity', 'infinity'),
	(1, 's1', '103', '丙街道', '街道', 'A1', '-infinity', 'infinity'), (1, 's2', '201', '丁街道', '街道', 'A2', '-infinity', 'infinity'),
	(1, 'm1', '301', '旧一镇', '镇', 'B', '-infinity', '2024-06-01'), (1, 'm2', '302', '旧二镇', '镇', 'B', '-infinity', '2024-06-01'),
	(1, 'm3', '303', '新镇', '镇', 'B', '2024-06-01', 'infinity'), (1, 'b1', '304', '又镇', '镇', 'B', '-infinity', 'infinity');
INSERT INTO township_lineage VALUES (1, 'merge', '2024-06-01', 'm1', 'm3'), (1, 'merge', '2024-06-01', 'm2', 'm3');
INSERT INTO form_item SELECT 1, n, '政策宣讲', 'code_' || n, '第' || n || '项', 'count', NULL, NULL, NULL FROM generate_series(1, 22) n;

CREATE FUNCTION pg_temp.at(p_minute integer) RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2024-06-20T00:00+08'::timestamptz + make_interval(mins => p_minute) $$;
CREATE FUNCTION pg_temp.id(p text) RETURNS uuid LANGUAGE sql AS $$ SELECT md5(p)::uuid $$;
CREATE SEQUENCE pg_temp.place;
-- A revision of any kind: fields as JSON, received in the minute.
CREATE FUNCTION pg_temp.put(p_kind text, p_office text, p_item text, p_fields text, p_minute integer DEFAULT 0, p_base text DEFAULT NULL,
	p_revision text DEFAULT NULL, p_op text DEFAULT NULL, p_author_office text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE n bigint := nextval('pg_temp.place');
BEGIN
	EXECUTE format('INSERT INTO zhibao.%1$I SELECT (jsonb_populate_record(NULL::zhibao.%1$I, $1)).*', p_kind) USING
		jsonb_build_object('office_code', p_office, 'item_id', pg_temp.id(p_item), 'revision_id', pg_temp.id(coalesce(p_revision, p_item || '/1')),
			'base_revision_id', pg_temp.id(p_base), 'operation', coalesce(p_op, CASE WHEN p_base IS NULL THEN 'submit' ELSE 'amend' END),
			'recorded_at', pg_temp.at(p_minute), 'author', 'x', 'author_office_code', coalesce(p_author_office, p_office),
			'received_at', pg_temp.at(p_minute), 'batch_id', n, 'seq', n, 'programme_version', 1) || p_fields::jsonb;
END $$;
CREATE FUNCTION pg_temp.lecture(p_office text, p_item text, p_category text, p_on date, p_more text DEFAULT '{}', p_minute integer DEFAULT 0,
	p_base text DEFAULT NULL, p_revision text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('lecture_event', p_office, p_item, (jsonb_build_object('category', p_category, 'theme', 'x', 'occurred_on', p_on, 'place', p_item,
		'mode', 'offline', 'status', 'held') || p_more::jsonb)::text, p_minute, p_base, p_revision) $$;
-- One cell of the evidence, as words.
CREATE FUNCTION pg_temp.ev(p_item integer, p_sub text DEFAULT '', p_office text DEFAULT 'A1', p_scope text DEFAULT 'own',
	p_filled date DEFAULT '2024-06-20', p_end date DEFAULT '2024-06-30', p_as_of timestamptz DEFAULT 'infinity') RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(e.evidence_count::text, e.evidence_yes::text, e.evidence_text)
	FROM zhibao.form_evidence(p_office, p_scope, '2024-01-01', p_end, p_filled, p_as_of) e WHERE e.item_no = p_item AND e.sub_field = p_sub $$;
-- Lines of a form: every cell answered with nothing, and those named otherwise: '12.sessions': 3, '3': true, '16': null for not
-- answered, {"reason": …} for not applicable, or a line in full.
CREATE FUNCTION pg_temp.lines(p_cells text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_agg(jsonb_build_object('item_no', c.item_no, 'sub_field', c.sub_field) ||
		CASE WHEN jsonb_typeof(v.v) = 'null' THEN '{"state": "not_answered"}'
			WHEN v.v ? 'state' THEN v.v
			WHEN jsonb_typeof(v.v) = 'object' THEN v.v || '{"state": "not_applicable"}'
			ELSE jsonb_build_object('state', 'value', CASE c.value_type WHEN 'count' THEN 'count' WHEN 'boolean' THEN 'is_yes'
				WHEN 'percent' THEN 'rate_text' WHEN 'ratio' THEN 'rate_text' ELSE 'text' END, v.v) END)
	FROM zhibao.form_cell c CROSS JOIN LATERAL (SELECT coalesce(p_cells::jsonb -> (c.item_no || CASE c.sub_field WHEN '' THEN '' ELSE '.' || c.sub_field END),
		CASE c.value_type WHEN 'count' THEN '0' WHEN 'boolean' THEN 'false' ELSE '{"reason": "无"}' END::jsonb) AS v) v
	WHERE c.is_mandatory OR p_cells::jsonb ? (c.item_no || CASE c.sub_field WHEN '' THEN '' ELSE '.' || c.sub_field END) $$;
CREATE FUNCTION pg_temp.form(p_office text, p_item text, p_cells text DEFAULT '{}', p_minute integer DEFAULT 10, p_more text DEFAULT '{}',
	p_base text DEFAULT NULL, p_revision text DEFAULT NULL, p_author_office text DEFAULT NULL, p_op text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('statistics_form', p_office, p_item, (jsonb_build_object('period', 'mid_year', 'period_start', '2024-01-01',
		'period_end', '2024-06-30', 'scope', 'own', 'filled_on', '2024-06-20', 'is_stamped', false, 'approved_by', 'y',
		'lines', pg_temp.lines(p_cells)) || p_more::jsonb)::text, p_minute, p_base, p_revision, p_op, p_author_office) $$;
CREATE FUNCTION pg_temp.support(p_item integer, p_sub text DEFAULT '', p_office text DEFAULT 'A1', p_as_of timestamptz DEFAULT 'infinity')
RETURNS text LANGUAGE sql AS $$
	SELECT s.support FROM zhibao.form_support('mid_year', p_as_of) s WHERE s.office_code = p_office AND s.item_no = p_item AND s.sub_field = p_sub $$;
CREATE FUNCTION pg_temp.findings(p_item text, p_office text DEFAULT 'A1', p_revision text DEFAULT NULL, p_as_of timestamptz DEFAULT 'infinity')
RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(f.code || ':' || f.severity || coalesce(':' || f.item_no, '') || CASE f.sub_field WHEN '' THEN '' ELSE '.' || f.sub_field END, ' ')
	FROM zhibao.form_findings(p_office, pg_temp.id(p_item), pg_temp.id(coalesce(p_revision, p_item || '/1')), p_as_of) f
	WHERE f.code NOT IN ('F_UNSTAMPED', 'F_UNAPPROVED') $$;
CREATE FUNCTION pg_temp.says(p_item text, p_code text, p_office text DEFAULT 'A1') RETURNS text LANGUAGE sql AS $$
	SELECT f.text_zh FROM zhibao.form_findings(p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/1'), 'infinity') f WHERE f.code = p_code LIMIT 1 $$;
-- A row of the consolidated form: declared, n/m=percent, yes/reporting, derived.
CREATE FUNCTION pg_temp.total(p_node text, p_item integer, p_sub text DEFAULT '', p_as_of timestamptz DEFAULT 'infinity', p_period text DEFAULT 'mid_year')
RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', 'F=' || c.declared_count, c.numerator || '/' || c.denominator || coalesce('=' || c.percent, ''), 'yes=' || c.true_count,
		'of=' || c.reporting_count, 'E=' || coalesce(c.derived_count::text, c.derived_numerator || '/' || c.derived_denominator || '=' || c.derived_percent))
	FROM zhibao.form_consolidated(p_node, p_period, p_as_of) c WHERE c.item_no = p_item AND c.sub_field = p_sub $$;
CREATE FUNCTION pg_temp.members(p_node text, p_as_of timestamptz DEFAULT 'infinity') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(m.office_code || '=' || m.role, ' ' ORDER BY m.office_code) FROM zhibao.form_member(p_node, 'mid_year', p_as_of) m $$;

-- Evidence, item by item.
SAVEPOINT clean;
SELECT pg_temp.put('policy_document', 'A1', 'd' || n, format('{"document_kind": %s, "title": "x", "issuer": "x", "issued_on": "2023-12-01",
	"status": "in_force", "disclosure": %s, "first_published_on": %s}', kind, disclosure, day)) FROM (VALUES
	(1, '"policy"', '"public"', '"2024-02-01"'), (2, '"policy"', '"public"', '"2024-06-20"'), (3, '"policy"', '"on_request"', '"2024-02-01"'),
	(4, '"answer"', '"public"', '"2024-02-01"'), (5, '"policy"', '"public"', '"2023-12-31"'), (6, '"policy"', '"public"', 'null'),
	(7, '"answer"', '"exempt"', '"2024-02-01"')) v (n, kind, disclosure, day);
SELECT is(pg_temp.ev(1), '2', 'R18 item 1: policies first published to the public in the period, answers excluded');
SELECT is(pg_temp.ev(2), '1', 'R18 item 2: answers, public only');
SELECT is(pg_temp.ev(1, p_filled => '2024-06-19'), '1', 'R16: what is dated after the form was filled in does not count');

ROLLBACK TO clean;
SELECT pg_temp.put('publication', 'A1', 'p' || n, format('{"object_kind": "%s", "channel": "%s", "title": "%s", "url": "https://%s.cn/%s", "published_on": "%s"}',
	kind, channel, title, channel, n, day)) FROM (VALUES (1, 'policy', 'portal', 'x', '2024-02-01'), (2, 'policy', 'wechat', 'x', '2023-12-31'),
	(3, 'column', 'portal', '政策直通车', '2023-05-01'), (4, 'column', 'wechat', '人社课堂', '2024-05-01'), (5, 'arrangement', 'portal', 'x', '2024-03-01'),
	(6, 'arrangement', 'portal', 'x', '2024-04-01'), (7, 'arrangement', 'wechat', 'x', '2024-05-01')) v (n, kind, channel, title, day);
SELECT is(pg_temp.ev(3, 'portal_published') || pg_temp.ev(3, 'wechat_published') || pg_temp.ev(3), 'truefalsefalse',
	'item 3: a policy published on the channel in the period; yes means portal and wechat');
SELECT is(pg_temp.ev(4, 'portal_has_column') || pg_temp.ev(4, 'wechat_has_column') || pg_temp.ev(4), 'truetruetrue',
	'item 4: a column exists, also one opened before the period');
SELECT is(pg_temp.ev(4, 'column_names'), '人社课堂；政策直通车', 'item 4: names of the columns');
SELECT is(pg_temp.ev(4, 'wechat_has_column', p_filled => '2024-04-30'), 'false', 'item 4: not before it is opened');
SELECT is(pg_temp.ev(16), 'https://portal.cn/6', 'item 16: newest arrangement on the portal');
SELECT is(pg_temp.ev(16, p_office => 'A', p_scope => 'with_subordinates'), NULL, 'items 3, 4 and 16 speak for the office alone, whatever the scope');

ROLLBACK TO clean;
SELECT pg_temp.put('media_product', 'A1', 'w' || n, format('{"media_kind": "%s", "title": "x", "made_on": "2024-03-01", "for_window": %s}', kind, for_window))
	FROM (VALUES (1, 'micro_animation', 'true'), (2, 'short_video', 'true'), (3, 'micro_film', 'true'), (4, 'micro_comic', 'true'), (5, 'micro_lens', 'true'),
	(6, 'chart_or_graphic', 'true'), (7, 'other', 'false'), (8, 'short_video', 'false'), (9, 'handbook', 'true'), (10, 'poster_template', 'true')) v (n, kind, for_window);
SELECT is(pg_temp.ev(5), '8', 'R18 item 5: works of its seven kinds, no handbook and no poster template');
SELECT is(pg_temp.ev(19), '4', 'R18 item 19: short video, micro animation, micro film and micro lens made for windows');

ROLLBACK TO clean;
SELECT pg_temp.put('interpretation', 'A1', 'i' || n, format('{"form": "%s", "title": "x", "published_on": "2024-03-01"}', form))
	FROM unnest('{policy_original,press_release,article,qa,other,expert_interview,expert_interview,press_conference,reporter_qa,reporter_qa,reporter_qa}'::text[])
	WITH ORDINALITY AS v (form, n);
SELECT is(pg_temp.ev(6), '5', 'item 6: originals, press releases, articles, answers and others, pieces and not sets');
SELECT is(pg_temp.ev(7), '2', 'item 7: expert interviews');
SELECT is(pg_temp.ev(8), '1', 'item 8: press conferences');
SELECT is(pg_temp.ev(9), '3', 'item 9: answers to reporters');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'e' || n, category, day::date, more) FROM (VALUES (1, 'enterprise', '2024-03-01', '{}'), (2, 'enterprise', '2024-06-20', '{}'),
	(3, 'enterprise', '2024-06-21', '{}'), (4, 'enterprise', '2023-12-31', '{}'), (5, 'campus', '2024-03-01', '{}'), (6, 'site', '2024-03-01', '{}'),
	(7, 'system', '2024-03-01', '{}'), (8, 'general', '2024-03-01', '{}'), (9, 'site', '2024-03-02', '{"status": "planned"}'),
	(10, 'campus', '2024-03-01', '{"place": "e5"}')) v (n, category, day, more);
SELECT is(pg_temp.ev(10), '2', 'item 10: held enterprise lectures up to the day of filling in, inside the period');
SELECT is(pg_temp.ev(10, p_filled => '2024-12-20', p_end => '2024-06-30'), '3', 'R16: a later filling day is bounded by the end of the period');
SELECT is(pg_temp.ev(11), '1', 'R8 item 11: twins of one office count once');
SELECT is(pg_temp.ev(13), '1', 'item 13: planned events do not count');
SELECT is((SELECT count(*) FROM form_session(ARRAY['A1', 'B'], form_held(ARRAY['A1', 'B'], 'infinity'), 'infinity') WHERE occurred_on <= '2024-06-20'),
	(SELECT count(*) FROM session('2024-06-20', 'infinity')), 'R8: sessions of the form are those of every other figure');
SELECT pg_temp.lecture('B', 'e11', 'site', '2024-03-01', '{"place": "e6"}');
SELECT pg_temp.put('claim', 'A1', 'c', format('{"host_office_code": "B", "host_item_id": "%s"}', pg_temp.id('e11')));
SELECT is(pg_temp.ev(13), '0', 'R8 item 13: a record joined to the one its office claims is no session of its own');
SELECT is(pg_temp.ev(13, p_office => 'B'), '1', 'R8 item 13: its host counts it');
SELECT is((SELECT count(*) FROM form_session(ARRAY['A1', 'B'], form_held(ARRAY['A1', 'B'], 'infinity'), 'infinity') WHERE occurred_on <= '2024-06-20'),
	(SELECT count(*) FROM session('2024-06-20', 'infinity')), 'R8: with joined ones, too');
SELECT pg_temp.put('study_event', 'A1', 's' || n, format('{"form": "%s", "target": "%s", "occurred_on": "2024-04-01", "topic": "x", "status": "held"}', form, target))
	FROM (VALUES (1, 'daily_study', 'staff'), (2, 'online_drill', 'staff'), (3, 'skill_contest', 'staff'), (4, 'law_quiz', 'staff'), (5, 'training', 'staff'),
	(6, 'mini_program_study', 'staff'), (7, 'training', 'employer')) v (n, form, target);
SELECT is(pg_temp.ev(14), '6', 'R18 item 14: study, drills, contests, trainings of the staff and system lectures; mini-program page views not');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'v1', 'village', '2024-03-01', '{"township_codes": ["101", "102"]}');
SELECT pg_temp.lecture('A1', 'v2', 'enterprise', '2024-03-01', '{"township_codes": ["103"]}');
SELECT pg_temp.lecture('A1', 'v3', 'village', '2024-03-02', '{"township_codes": ["201"], "area_explanation": "x"}');
SELECT is(pg_temp.ev(12, 'sessions'), '2', 'item 12: village sessions');
SELECT is(pg_temp.ev(12, 'townships_covered'), '2', 'R15 item 12: distinct townships of its own area, village lectures only');
SELECT is(pg_temp.ev(12, 'coverage_rate'), '66.67', 'item 12: rate over the townships of the register');
SELECT pg_temp.lecture('A1', 'v4', 'village', '2024-03-03', '{"township_codes": ["103"], "mode": "online"}');
SELECT is(pg_temp.ev(12, 'townships_covered'), '2', 'R7 item 12: online alone covers nothing');
SELECT is(pg_temp.ev(12, 'coverage_rate', 'A', 'own'), '0.00', 'R15: own scope counts what the office hosted itself');
SELECT is(pg_temp.ev(12, 'coverage_rate', 'A', 'with_subordinates'), '75.00', 'R15: with subordinates counts what was hosted anywhere in the subtree');
SELECT is(pg_temp.ev(12, 'coverage_rate', 'U'), NULL, 'R17: no townships, no rate');
SELECT pg_temp.lecture('B', 'm', 'village', '2024-05-01', '{"township_codes": ["301"]}');
SELECT is(pg_temp.ev(12, 'coverage_rate', 'B', p_filled => '2024-05-31'), '33.33', 'R5: before the merger one of three');
SELECT is(pg_temp.ev(12, 'coverage_rate', 'B'), '50.00', 'R5: the merged township is covered, of two that are left');
INSERT INTO rule_switch VALUES (1, 'coverage.base', 'rural', 'all;rural', 'R6');
SELECT is(pg_temp.ev(12, 'coverage_rate'), '100.00', 'R6: the base is the official one of the pack');

ROLLBACK TO clean;
SELECT pg_temp.put('speaker', 'A1', 'k' || n, format('{"role": "%s", "display_name": "x", "trained_on": "%s", "is_active": %s}', role, day, active))
	FROM (VALUES (1, 'backbone', '2023-03-01', 'true'), (2, 'lecturer', '2024-03-01', 'true'), (3, 'backbone', '2024-03-01', 'false'),
	(4, 'backbone', '2024-06-21', 'true')) v (n, role, day, active);
SELECT pg_temp.lecture('A1', 'q1', 'village', '2024-03-02', format('{"speaker_item_ids": ["%s", "%s", "%s"]}', pg_temp.id('k1'), pg_temp.id('k2'), pg_temp.id('k3')));
SELECT pg_temp.lecture('A1', 'q2', 'campus', '2024-03-02', format('{"speaker_item_ids": ["%s"]}', pg_temp.id('k1')));
SELECT pg_temp.lecture('B', 'q3', 'campus', '2024-03-02', format('{"speaker_item_ids": ["%s"]}', pg_temp.id('k2')));
SELECT is(pg_temp.ev(15, 'people'), '2', 'item 15: active speakers trained by the day');
SELECT is(pg_temp.ev(15, 'avg_sessions_per_person'), '1.50', 'R18 item 15: pairs of own active speaker and held event');
SELECT pg_temp.put('claim', 'A1', 'c', format('{"host_office_code": "B", "host_item_id": "%s"}', pg_temp.id('q3')));
SELECT is(pg_temp.ev(15, 'avg_sessions_per_person'), '2.00', 'R18 item 15: co-hosted events included');
SELECT is(pg_temp.ev(15, 'avg_sessions_per_person', 'A2'), NULL, 'R17: no people, no average');

ROLLBACK TO clean;
SELECT pg_temp.put('window_report', 'A1', 'w' || n, format('{"hall_id": "%s", "report_kind": "%s", "quantity": %s, "reported_on": "%s", "product_item_id": %s}',
	hall, kind, quantity, day, coalesce('"' || pg_temp.id(product) || '"', 'null'))) FROM (VALUES
	(1, 'h1', 'board_or_poster', 3, '2024-03-01', NULL), (2, 'h2', 'board_or_poster', 4, '2024-04-01', NULL), (3, 'h1', 'board_or_poster', 9, '2023-04-01', NULL),
	(4, 'h1', 'screen', 10, '2023-12-01', NULL), (5, 'h2', 'screen', 6, '2024-02-01', NULL), (6, 'h2', 'screen', 5, '2024-05-01', NULL),
	(7, 'h1', 'video_played', 30, '2024-03-01', 'a'), (8, 'h2', 'video_played', 50, '2024-03-01', 'a'), (9, 'h2', 'video_played', 20, '2024-03-02', 'b'),
	(10, 'h2', 'video_played', 20, '2024-03-02', NULL), (11, 'h1', 'brochure', 100, '2024-03-01', NULL)) v (n, hall, kind, quantity, day, product);
SELECT is(pg_temp.ev(17), '7', 'item 17: boards and posters put up in the period');
SELECT is(pg_temp.ev(18), '15', 'R18 item 18: latest snapshot per hall, a stock that may fall');
SELECT is(pg_temp.ev(18, p_filled => '2024-04-30'), '16', 'R18 item 18: as of the day');
SELECT is(pg_temp.ev(20), '2', 'item 20: distinct works and not plays');
SELECT is(pg_temp.ev(21), '100', 'item 21: copies at windows');
SELECT pg_temp.lecture('A1', 'l1', 'general', '2024-03-01', '{"brochure_count": 40, "is_window_brochure": true}');
SELECT pg_temp.lecture('A1', 'l2', 'general', '2024-03-02', '{"brochure_count": 70, "is_window_brochure": false}');
SELECT is(pg_temp.ev(21), '140', 'item 21: and copies of the window handed out at lectures');
SELECT is((SELECT count(*) FROM form_evidence('A1', 'own', '2024-01-01', '2024-06-30', '2024-06-20', 'infinity') WHERE item_no = 22), 0::bigint, 'R18 item 22 is never derived');
SELECT is((SELECT count(*) FROM form_proposal('A1', 'mid_year', 'own', '2024-06-20')), 29::bigint, 'a proposal has every cell');
SELECT is((SELECT first_on || ' ' || last_on FROM form_proposal('A1', 'year_end', 'own', '2024-06-20') LIMIT 1), '2024-01-01 2024-12-31', 'Q-13: cumulative from the first of January');

-- Support: four states of a cell and what the records say to it.
ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'e' || n, 'enterprise', '2024-03-01') FROM generate_series(1, 3) n;
SELECT pg_temp.lecture('A1', 'v' || n, 'village', '2024-03-01', '{"township_codes": ["101"]}') FROM generate_series(1, 1) n;
SELECT pg_temp.put('window_report', 'A1', 'b', '{"hall_id": "h", "report_kind": "brochure", "quantity": 95, "reported_on": "2024-03-01"}');
SELECT pg_temp.put('publication', 'A1', 'a', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://a.cn/1", "published_on": "2024-03-01"}');
SELECT pg_temp.put('publication', 'A1', 'o', '{"object_kind": "column", "channel": "portal", "title": "甲栏", "url": "https://a.cn/2", "published_on": "2024-03-01"}');
SELECT pg_temp.form('A1', 'f', '{"10": 3, "11": 2, "13": {"reason": "没有工地"}, "14": null, "12.sessions": 2, "12.townships_covered": 1, "12.coverage_rate": "33.33",
	"21": 100, "16": "https://a.cn/1", "3": true, "4.portal_has_column": false, "4.column_names": "甲栏"}', p_more => '{"entries": [{"label": "义诊", "count": 2, "unit": "场"}]}');
SELECT is(pg_temp.support(10), NULL, 'R14: an incomplete form is not received, so it has no support');
SELECT pg_temp.form('A1', 'f', '{"10": 3, "11": 2, "13": {"reason": "没有工地"}, "14": 0, "12.sessions": 2, "12.townships_covered": 1, "12.coverage_rate": "33.33",
	"21": 100, "16": "https://a.cn/1", "3": true, "4.portal_has_column": false, "4.column_names": "甲栏"}', 20, '{"entries": [{"label": "义诊", "count": 2, "unit": "场"}]}', 'f/1', 'f/2');
SELECT results_eq($$ SELECT item_no, state, filled, evidence, support, verification_factor FROM form_support('mid_year', 'infinity')
	WHERE office_code = 'A1' AND (item_no IN (10, 11, 13, 14, 21, 22) OR sub_field IN ('sessions', 'coverage_rate', 'column_names', 'portal_has_column') OR item_no = 3 AND sub_field = '' OR item_no = 16) $$,
	$$ VALUES (3, 'value', '是', '否', 'unsupported', NULL::numeric), (4, 'value', '否', '是', 'under_claimed', NULL), (4, 'value', '甲栏', '甲栏', 'supported', NULL),
	(10, 'value', '3', '3', 'supported', 1.0000), (11, 'value', '2', '0', 'unsupported', 0.0000), (12, 'value', '2', '1', 'over_claimed', 0.5000),
	(12, 'value', '33.33', '33.33', 'supported', 1.0000), (13, 'not_applicable', NULL, '0', 'not_applicable', NULL), (14, 'zero', '0', '0', 'supported', 1),
	(16, 'value', 'https://a.cn/1', 'https://a.cn/1', 'supported', NULL),
	(21, 'value', '100', '95', 'supported', 0.9500), (22, 'value', '2', NULL, 'not_derivable', NULL) $$, 'R16: states, support and verification factor of every kind of cell');
SELECT pg_temp.form('A2', 'g', '{"12.coverage_rate": "0.00"}');
SELECT is((SELECT verification_factor FROM form_support('mid_year', 'infinity') WHERE office_code = 'A2' AND sub_field = 'coverage_rate'), 1::numeric,
	'R16: a rate of 0 against 0 has the factor 1, as a count has');
SELECT pg_temp.form('A2', 'g', '{"10": 5}', 20, p_base => 'g/1', p_revision => 'g/2');
SELECT cmp_ok((SELECT support_percent FROM draw_support('infinity') WHERE office_code = 'A2'), '<', 100, 'draws: a form with an unsupported cell');
SELECT pg_temp.form('A2', 'y', p_more => '{"period": "year_end", "period_end": "2024-12-31"}');
SELECT is((SELECT support_percent FROM draw_support('infinity') WHERE office_code = 'A2'), 100, 'draws: the newest form is asked, the year-end one where there is one');
SELECT is((SELECT form_judge('count', '份', 5, 'value', 100, NULL, NULL, NULL, 94, NULL, NULL, NULL, NULL)), 'over_claimed', 'R16: copies beyond 5 % of the larger figure');
SELECT is((SELECT form_judge('count', '份', 6, 'value', 100, NULL, NULL, NULL, 94, NULL, NULL, NULL, NULL)), 'supported', 'R16: the tolerance is a switch');
SELECT is((SELECT form_judge('count', '场', 5, 'value', 100, NULL, NULL, NULL, 99, NULL, NULL, NULL, NULL)), 'over_claimed', 'R16: tolerance 0 for all others');
SELECT is((SELECT form_judge('count', '场', 5, 'value', 0, NULL, NULL, NULL, 2, NULL, NULL, NULL, NULL)), 'under_claimed', 'R16: zero against records is under-claimed');
SELECT is((SELECT form_judge('count', '场', 5, 'not_applicable', NULL, NULL, NULL, NULL, 2, NULL, NULL, NULL, NULL)), 'under_claimed', 'R16: not applicable against records is under-claimed');
SELECT is((SELECT form_judge('percent', '%', 5, 'value', NULL, NULL, NULL, '33.34', NULL, NULL, NULL, 1, 3)), 'supported', 'R17: a rate agrees within 0.01');
SELECT is((SELECT form_judge('percent', '%', 5, 'value', NULL, NULL, NULL, '33.35', NULL, NULL, NULL, 1, 3)), 'over_claimed', 'R17: and not beyond');
SELECT is((SELECT form_judge('percent', '%', 5, 'value', NULL, NULL, NULL, '33', NULL, NULL, NULL, 1, 3)), 'supported', 'R17: within 0.5 when entered without a decimal point');
SELECT is((SELECT form_judge('url', NULL, 5, 'value', NULL, NULL, 'https://b.cn', NULL, NULL, NULL, 'https://a.cn', NULL, NULL)), 'differs', 'R16: another address differs');
-- A late correction reopens the gap.
SELECT pg_temp.lecture('A1', 'e1', 'campus', '2024-03-01', '{}', 60, 'e1/1', 'e1/2');
SELECT results_eq($$ SELECT support, live_support, live_evidence FROM form_support('mid_year', pg_temp.at(59)) WHERE office_code = 'A1' AND item_no = 10 $$,
	$$ VALUES ('supported', 'supported', '3') $$, 'R16: before the correction there is no gap');
SELECT results_eq($$ SELECT support, live_support, live_evidence FROM form_support('mid_year', 'infinity') WHERE office_code = 'A1' AND item_no = 10 $$,
	$$ VALUES ('supported', 'over_claimed', '2') $$, 'R16: supported at the seal, the live gap reopens with a late correction');
SELECT matches(pg_temp.findings('f', p_revision => 'f/2'), 'F_GAP_REOPENED:note:10', 'R16: and is named among the findings');
SELECT pg_temp.lecture('A1', 'e9', 'enterprise', '2024-06-21', '{}', 5);
SELECT is((SELECT live_evidence FROM form_support('mid_year', 'infinity') WHERE office_code = 'A1' AND item_no = 10), '2', 'R16: events after the filling day never count against it');

-- Findings. The rules that need the form alone are those of the catalogue (check_test.c, form_test.c); these need other records.
ROLLBACK TO clean;
SELECT pg_temp.form('A1', 'f', '{"14": null}');
SELECT is(pg_temp.findings('f'), 'E_FORM_INCOMPLETE:reject:14', 'R14: an unanswered mandatory cell makes the form incomplete');
SELECT is(pg_temp.says('f', 'E_FORM_INCOMPLETE'), '“进系统学习活动”未填，统计表不完整，不作为已报送', 'the sentence names the cell');
ROLLBACK TO clean;
SELECT pg_temp.form('A1', 'f', '{"10": 4, "11": {"state": "value", "count": 2, "reason": "记录未补录"}}', p_more => '{"participation_total": 9}');
SELECT is(pg_temp.findings('f'), 'F_GAP:explain:10 F_GAP:note:11', 'an override without words wants them; with words it is a note');
SELECT is(pg_temp.says('f', 'F_GAP'), '“进企业活动”填报 4，记录佐证 0，须填写说明', 'the sentence says both figures');
ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'v', 'village', '2024-03-01', '{"township_codes": ["101", "102"]}');
SELECT pg_temp.form('A1', 'f', '{"12.sessions": 1, "12.townships_covered": 2, "12.coverage_rate": "66.6"}', p_more => '{"participation_total": 1}');
SELECT is(pg_temp.findings('f'), 'F_GAP:explain:12.coverage_rate F_RATE:explain:12.coverage_rate', 'R17: a rate that is not covered over total');
SELECT is(pg_temp.says('f', 'F_RATE'), '覆盖率填报 66.6%，按覆盖乡镇 2、名册乡镇 3 应为 66.67%', 'the sentence computes it');
SELECT pg_temp.form('A1', 'g', '{"12.sessions": 1, "12.townships_covered": 2, "12.coverage_rate": "67"}', p_more => '{"participation_total": 1}');
SELECT is(pg_temp.findings('g'), NULL, 'R15, R17: covered above sessions is legal, a whole rate within 0.5 agrees');
SELECT pg_temp.form('A1', 'h', '{"12.sessions": 1, "12.townships_covered": {"state": "value", "count": 4, "reason": "x"}, "12.coverage_rate": "100.00"}', p_more => '{"participation_total": 1}');
SELECT matches(pg_temp.findings('h'), 'F_COVERED_TOTAL:note:12.townships_covered', 'covered above the townships of the register');
SELECT pg_temp.form('A1', 'i', '{"12.sessions": 1, "12.townships_covered": 4, "12.coverage_rate": "100.00"}', p_more => '{"participation_total": 1}');
SELECT is(pg_temp.findings('i') ~ 'F_COVERED_TOTAL:explain:12.townships_covered' AND pg_temp.says('i', 'F_COVERED_TOTAL') = '覆盖乡镇 4 个，多于名册中辖区乡镇 3 个', true,
	'covered above total without words wants them, the sentence says both');
SELECT pg_temp.form('U', 'u', '{"12.sessions": 1, "12.townships_covered": 0, "12.coverage_rate": "0"}');
SELECT is(pg_temp.says('u', 'F_RATE', 'U'), '辖区内没有乡镇，覆盖率应填不适用', 'no townships, no rate');
ROLLBACK TO clean;
SELECT pg_temp.form('A1', 'f', '{"17": 5, "18": 5}');
SELECT pg_temp.form('A1', 'y', '{"17": 4, "18": 4}', 20, '{"period": "year_end", "period_end": "2024-12-31", "filled_on": "2024-12-20"}');
SELECT is(pg_temp.findings('y'), 'F_BELOW_MID_YEAR:explain:17 F_GAP:explain:17 F_GAP:explain:18', 'year-end below mid-year in a cumulative cell; a stock may fall');
SELECT is(pg_temp.says('y', 'F_BELOW_MID_YEAR'), '“宣传栏、宣传牌、宣传海报等”年终填报 4，少于上半年的 5', 'the sentence says both');
ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'e' || n, 'enterprise', '2024-03-01') FROM generate_series(1, 3) n;
SELECT pg_temp.form('A1', 'f', '{"10": 3, "15.people": {"state": "value", "count": 1, "reason": "x"}, "15.avg_sessions_per_person": {"state": "value", "rate_text": "2", "reason": "x"}}');
SELECT matches(pg_temp.findings('f'), 'F_AVERAGE_PEOPLE:note:15', 'people by average below the sessions');
SELECT matches(pg_temp.findings('f'), 'F_PARTICIPATION:note:15', 'R19: an average without its participations falls out of the ratio of sums');
SELECT pg_temp.form('A1', 'g', '{"10": 3, "15.people": {"state": "value", "count": 1, "reason": "x"}, "15.avg_sessions_per_person": {"state": "value", "rate_text": "4", "reason": "x"}}', 20);
SELECT matches(pg_temp.findings('g'), 'F_AVERAGE_EVENTS:note:15', 'an average above all events');
SELECT is(pg_temp.findings('g') ~ 'F_AVERAGE_PEOPLE', false, 'with four participations three sessions have their speakers');
SELECT pg_temp.lecture('B', 'later', 'enterprise', '2024-06-25');
SELECT pg_temp.put('claim', 'A1', 'c', format('{"host_office_code": "B", "host_item_id": "%s"}', pg_temp.id('later')));
SELECT matches(pg_temp.findings('g'), 'F_AVERAGE_EVENTS:note:15', 'an average above all events: a claimed one of after the filling day is none of them');
SELECT pg_temp.lecture('B', 'joint', 'enterprise', '2024-03-05');
SELECT pg_temp.put('claim', 'A1', 'd', format('{"host_office_code": "B", "host_item_id": "%s"}', pg_temp.id('joint')));
SELECT is(pg_temp.findings('g') ~ 'F_AVERAGE_EVENTS', false, 'an average above all events: a claimed one of the period is');
ROLLBACK TO clean;
SELECT pg_temp.form('A1', 'f', '{"3": true, "3.portal_published": true, "3.wechat_published": true}');
SELECT matches(pg_temp.findings('f'), 'F_POLICY_YES:note:3', 'published, but nothing to publish');
SELECT pg_temp.form('A1', 'g', '{"1": 2}', 20);
SELECT matches(pg_temp.findings('g'), 'F_POLICY_NO:note:3', 'documents, but not on both channels');
SELECT pg_temp.form('A1', 'h', '{"5": 1, "19": 2}', 30, '{"period": "year_end", "period_end": "2024-12-31", "filled_on": "2024-12-20"}');
SELECT matches(pg_temp.findings('h'), 'F_WINDOW_WORKS:note:19', 'more works for windows than works');
SELECT matches(pg_temp.findings('h'), 'F_MATERIALS:note:5', 'works at the end of the year, but no materials handed in');
SELECT pg_temp.put('submission', 'A1', 's', '{"submission_kind": "materials", "title": "x"}');
SELECT is(pg_temp.findings('h') ~ 'F_MATERIALS', false, 'gone when they are');
ROLLBACK TO clean;
SELECT pg_temp.put('publication', 'A1', 'a', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://a.cn/1", "published_on": "2024-03-01"}');
SELECT pg_temp.form('A1', 'f');
SELECT is(pg_temp.findings('f'), 'F_URL_REQUIRED:explain:16', 'item 16 is required when an arrangement is published');
SELECT pg_temp.put('office_profile', 'A1', 'o', '{"effective_from": "2024-01-01", "responsible_name": "x", "portal_host": "rsj.a.cn"}');
SELECT pg_temp.form('A1', 'g', '{"16": "https://a.cn/1"}', 20);
SELECT is(pg_temp.findings('g'), 'F_URL_HOST:note:16', 'an address that is not on the portal of the office');
SELECT pg_temp.form('A1', 'h', '{"16": "https://rsj.a.cn/1"}', 30);
SELECT is(pg_temp.findings('h'), 'F_GAP:explain:16', 'an address that is not the published one');
SELECT pg_temp.put('office_profile', 'A1', 'p' || n, format('{"effective_from": "2024-02-01", "responsible_name": "x", "portal_host": "%s.cn"}', n)) FROM generate_series(1, 6) n;
SELECT pg_temp.form('A1', 'i' || n, format('{"16": "https://%s.cn/1"}', n), 40) FROM (VALUES (1), (6)) v (n);
SELECT is(pg_temp.findings('i' || n) ~ 'F_URL_HOST', n = 1, 'of profiles of one instant the last in the order of receipt names the portal: ' || n) FROM (VALUES (1), (6)) v (n);
ROLLBACK TO clean;
SELECT pg_temp.form('A1', 'f', p_more => '{"is_stamped": true}');
SELECT is(pg_temp.findings('f'), 'F_SCAN_MISSING:explain', 'stamped, but no scan');
SELECT pg_temp.form('A1', 'g', p_minute => 20, p_more => format('{"is_stamped": true, "scan_digest": "\\x%s"}', repeat('ab', 32)));
SELECT is(pg_temp.findings('g'), 'F_SCAN_UNKNOWN:explain', 'the scan is not among the stored files');
INSERT INTO upload (office_code, file_id, size_bytes, chunk_bytes, name, media_type, completed_at) VALUES
	('B', decode(repeat('ab', 32), 'hex'), 1, 4096, 'x', 'x', pg_temp.at(30)), ('A1', decode(repeat('ab', 32), 'hex'), 1, 4096, 'x', 'x', pg_temp.at(40));
SELECT is(pg_temp.findings('g', p_as_of => pg_temp.at(35)), 'F_SCAN_UNKNOWN:explain', 'that of another office does not do');
SELECT is(pg_temp.findings('g', p_as_of => pg_temp.at(40)), NULL, 'gone when it arrives');
SELECT pg_temp.form('A1', 'h', p_minute => 50, p_more => '{"approved_by": null}');
SELECT results_eq($$ SELECT code, severity FROM form_findings('A1', pg_temp.id('h'), pg_temp.id('h/1'), 'infinity') $$,
	$$ VALUES ('F_UNAPPROVED', 'explain'), ('F_UNSTAMPED', 'note') $$, 'neither approved nor stamped: the first wants an answer');
SELECT pg_temp.form('A1', 'i', p_minute => 60, p_more => '{"period_start": "2024-03-01"}');
SELECT is(pg_temp.findings('i'), 'F_PERIOD:note', 'other days than those of the period');
INSERT INTO quarantine SELECT 'A1', 1, 900, 1, pg_temp.at(1), 'A1', pg_temp.id('q'), pg_temp.id('q/1'), NULL, 'statistics_form', 'E_FORM_YES', 'lines', '不符', '';
SELECT is(pg_temp.findings('q'), 'E_FORM_YES:reject.lines', 'a form refused on receipt is found with the code of the catalogue');

-- Words excuse the cell they stand in.
ROLLBACK TO clean;
SELECT pg_temp.form('A1', 'f', '{"12.sessions": {"state": "value", "count": 0, "reason": "未录入"}, "12.townships_covered": 4, "12.coverage_rate": "100.00"}');
SELECT is(array(SELECT severity FROM form_findings('A1', pg_temp.id('f'), pg_temp.id('f/1'), 'infinity') WHERE code IN ('F_RATE', 'F_COVERED_TOTAL')), '{explain,explain}',
	'words at the sessions of item 12 excuse neither its townships nor its rate');
SELECT pg_temp.form('A1', 'g', '{"12.townships_covered": {"state": "value", "count": 4, "reason": "含并入的乡"}, "12.coverage_rate": "100.00"}', 20);
SELECT results_eq($$ SELECT code, severity FROM form_findings('A1', pg_temp.id('g'), pg_temp.id('g/1'), 'infinity') WHERE code IN ('F_RATE', 'F_COVERED_TOTAL') $$,
	$$ VALUES ('F_RATE', 'explain'), ('F_COVERED_TOTAL', 'note') $$, 'words at the townships excuse them, not the rate');

-- A blank is no words, whatever stored it.
ROLLBACK TO clean;
SELECT pg_temp.form('A1', 'f', '{"10": {"state": "value", "count": 4, "reason": " \u3000"}, "17": 5, "12.townships_covered": {"state": "value", "count": 4, "reason": "\u00a0"}}');
SELECT is(pg_temp.findings('f') ~ 'F_GAP:explain:10 ' AND pg_temp.findings('f') ~ 'F_COVERED_TOTAL:explain', true, 'a blank explains neither a gap nor covered above total');
SELECT pg_temp.form('A1', 'y', '{"17": {"state": "value", "count": 4, "reason": "\u3000"}}', 20, '{"period": "year_end", "period_end": "2024-12-31", "filled_on": "2024-12-20"}');
SELECT matches(pg_temp.findings('y'), 'F_BELOW_MID_YEAR:explain:17', 'nor a year-end below mid-year');
SELECT pg_temp.form('A1', 'n', p_minute => 50, p_more => '{"approved_by": "\u3000"}');
SELECT results_eq($$ SELECT code, severity FROM form_findings('A1', pg_temp.id('n'), pg_temp.id('n/1'), 'infinity') WHERE code = 'F_UNAPPROVED' $$,
	$$ VALUES ('F_UNAPPROVED', 'explain') $$, 'nor is it an approver');

-- Which form stands.
ROLLBACK TO clean;
SELECT pg_temp.form('A1', 'f', '{"10": 1}');
SELECT pg_temp.form('A1', 'f', '{"10": null}', 20, p_base => 'f/1', p_revision => 'f/2');
SELECT results_eq($$ SELECT revision_id, newest_revision_id, state, is_current FROM form_filing('mid_year', 'infinity') $$,
	$$ VALUES (pg_temp.id('f/1'), pg_temp.id('f/2'), 'incomplete', true) $$, 'R14: an incomplete amendment leaves the last complete revision standing');
SELECT pg_temp.form('A1', 'f', '{"10": 3}', 30, p_base => 'f/2', p_revision => 'f/3');
SELECT is((SELECT revision_id FROM form_filing('mid_year', 'infinity')), pg_temp.id('f/3'), 'R14: the next complete one stands');
SELECT is((SELECT revision_id FROM form_filing('mid_year', pg_temp.at(29))), pg_temp.id('f/1'), 'R2: asked as of before, the one before stands');
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	VALUES ('A1', pg_temp.id('f'), pg_temp.id('f/3'), 'accepted', NULL, 'z', 'A', pg_temp.at(40));
SELECT is((SELECT verdict FROM form_filing('mid_year', 'infinity')), 'accepted', 'R14: the review state is that of the standing revision');
SELECT results_eq($$ SELECT first_count, accepted_count, revision_rate FROM form_revision('A1', pg_temp.id('f'), 'infinity') WHERE item_no = 10 $$,
	$$ VALUES (1::bigint, 3::bigint, 2.0000) $$, 'what was accepted beside what came first, and by how much it moved');
SELECT is((SELECT count(*) FROM form_revision('A1', pg_temp.id('f'), pg_temp.at(39))), 0::bigint, 'nothing is accepted before the verdict');
SELECT pg_temp.put('statistics_form', 'A1', 'f', '{}', 50, 'f/3', 'f/4', 'withdraw');
SELECT results_eq($$ SELECT revision_id, state, is_current FROM form_filing('mid_year', 'infinity') $$, $$ VALUES (NULL::uuid, 'withdrawn', false) $$,
	'R14: a withdrawn form is missing from then on');
SELECT pg_temp.form('A1', 'g', '{"10": 7}', 60);
SELECT pg_temp.form('A1', 'h', '{"10": 8}', 70);
SELECT is((SELECT item_id FROM form_filing('mid_year', 'infinity') WHERE is_current), pg_temp.id('h'), 'R3: the newest filing of the office stands');
SELECT pg_temp.form('A1', 'i', '{"10": 9}', 80, p_author_office => 'A');
SELECT results_eq($$ SELECT item_id, state FROM form_filing('mid_year', 'infinity') ORDER BY newest_received_at DESC LIMIT 2 $$,
	$$ VALUES (pg_temp.id('i'), 'proxy'), (pg_temp.id('h'), 'current') $$, 'R3: a form by proxy is not that of the office');
SELECT is(pg_temp.findings('i') ~ 'F_PROXY:note', true, 'R3: and is marked');
SELECT pg_temp.put('statistics_form', 'A1', 'h', '{}', 90, 'h/1', 'h/2', 'withdraw');
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	VALUES ('A1', pg_temp.id('h'), pg_temp.id('h/2'), 'returned', 'x', 'z', 'A', pg_temp.at(95));
SELECT results_eq($$ SELECT revision_id, state, is_current FROM form_filing('mid_year', 'infinity') WHERE item_id = pg_temp.id('h') $$,
	$$ VALUES (pg_temp.id('h/1'), 'returned', true) $$, 'R2: a returned withdrawal leaves the form in force and is not shown as withdrawn');
SELECT pg_temp.form('A2', 'j', '{}', 100);
SELECT pg_temp.put('statistics_form', 'A2', 'j', '{}', 110, 'j/1', 'j/2', 'withdraw');
SELECT pg_temp.form('A2', 'j', '{}', 120, '{"period": "year_end", "period_end": "2024-12-31"}', 'j/2', 'j/3');
SELECT is((SELECT state FROM form_filing('mid_year', pg_temp.at(115)) WHERE office_code = 'A2'), 'withdrawn', 'R2: the period of a withdrawn form as known then');
SELECT pg_temp.form('B', n, '{}', 130) FROM unnest('{k,l,m,n,o,p}'::text[]) WITH ORDINALITY AS v (n, place) ORDER BY place;
SELECT is((SELECT item_id FROM form_filing('mid_year', 'infinity') WHERE office_code = 'B' AND is_current), pg_temp.id('p'), 'R3: of forms received at one instant the last in the order of receipt');
SELECT pg_temp.form('A', 'q', '{}', 140);
SELECT pg_temp.form('A', 'q', '{}', 141, p_base => 'q/1', p_revision => 'q/2');
SELECT pg_temp.put('statistics_form', 'A', 'q', '{}', 142, 'q/2', 'q/3', 'withdraw');
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	SELECT 'A', pg_temp.id('q'), pg_temp.id(r), 'returned', 'x', 'z', 'P', pg_temp.at(143) FROM unnest('{q/3,q/2}'::text[]) r;
SELECT pg_temp.form('A', 'q', '{"10": null}', 144, p_base => 'q/3', p_revision => 'q/4');
SELECT results_eq($$ SELECT revision_id, state, is_current FROM form_filing('mid_year', 'infinity') WHERE office_code = 'A' $$,
	$$ VALUES (pg_temp.id('q/1'), 'incomplete', true) $$, 'R2: what is built on returned revisions, incomplete, leaves standing what was before them');

-- The page of one form, by the statement of the page: a revision that does not stand names another period.
ROLLBACK TO clean;
\cd :statements
\set one_form `cat one_form.sql`
CREATE FUNCTION pg_temp.one_form(text, date, timestamptz, uuid) RETURNS json LANGUAGE sql AS :'one_form';
CREATE FUNCTION pg_temp.page(p_item text, p_minute integer) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', j ->> 'period', j ->> 'state', j ->> 'is_current', (j ->> 'revision_id')::uuid = pg_temp.id(p_item || '/1'), (j ->> 'newest_revision_id')::uuid = pg_temp.id(p_item || '/2'))
	FROM pg_temp.one_form('A1', NULL, pg_temp.at(p_minute), pg_temp.id(p_item)) j $$;
SELECT pg_temp.form('A1', i, c, 20, '{"period": "year_end", "period_end": "2024-12-31"}', i || '/1', i || '/2') FROM (VALUES ('f', '{"10": null}'), ('g', '{"10": 2}')) v (i, c), pg_temp.form('A1', i, '{"10": 1}');
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	VALUES ('A1', pg_temp.id('g'), pg_temp.id('g/2'), 'returned', 'x', 'z', 'A', pg_temp.at(30));
SELECT is(pg_temp.page('f', 40), 'mid_year incomplete false t t', 'the page of a form whose incomplete amendment names another period shows what stands');
SELECT is(pg_temp.page('g', 40), 'mid_year returned true t t', 'that of one whose amendment of another period was returned, too');
SELECT is(pg_temp.page('g', 25), 'year_end current true f t', 'before it was returned it was a form of that period');

-- The state is that of the branch that counts, whatever was heard last.
ROLLBACK TO clean;
SELECT pg_temp.form('A1', 'f', '{"10": 1}'), pg_temp.put('statistics_form', 'A1', 'f', '{}', 20, 'f/1', 'f/2', 'withdraw'), pg_temp.form('A1', 'f', '{"10": 3}', 30, p_base => 'f/1', p_revision => 'f/3');
SELECT pg_temp.put('statistics_form', 'A2', 'g', '{}', 20, 'g/1', 'g/2', 'withdraw'), pg_temp.form('A2', 'g', '{"10": 1}', 30);
SELECT pg_temp.form('B', 'h', '{"10": 2}', 20, p_base => 'h/1', p_revision => 'h/2'), pg_temp.form('B', 'h', '{"10": null}', 30);
SELECT pg_temp.form('A', 'i', '{"10": 1}'), pg_temp.form('A', 'i', '{"10": 2}', 20, p_base => 'i/1', p_revision => 'i/2'), pg_temp.form('A', 'i', '{"10": null}', 30, p_base => 'i/1', p_revision => 'i/3');
SELECT pg_temp.form('U', 'k', '{"10": 1}'), pg_temp.form('U', 'k', '{"10": null}', 20, p_base => 'k/1', p_revision => 'k/2');
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	VALUES ('U', pg_temp.id('k'), pg_temp.id('k/1'), 'rejected', 'x', 'z', 'P', pg_temp.at(40)), ('A1', pg_temp.id('f'), pg_temp.id('f/3'), 'returned', 'x', 'z', 'A', pg_temp.at(50));
CREATE FUNCTION pg_temp.filed(p_office text, p_minute integer) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', r, f.state, f.is_current) FROM zhibao.form_filing('mid_year', pg_temp.at(p_minute)) f
	LEFT JOIN unnest('{f/1,f/3,g/1,h/1,h/2,i/1,i/2,i/3,k/1,k/2}'::text[]) r ON f.revision_id = pg_temp.id(r) WHERE f.office_code = p_office $$;
SELECT is(pg_temp.filed('A1', 45), 'withdrawn f', 'R1: withdrawn stays withdrawn where another machine amends what was before');
SELECT is(pg_temp.filed('A1', 50), 'returned f', 'R2: but a newest revision returned is shown as that');
SELECT is(pg_temp.filed('A2', 45), 'withdrawn f', 'R2: a withdrawal heard before its base withdraws it');
SELECT is(pg_temp.filed('B', 45), 'h/2 current t', 'R14: an incomplete base heard after what was built on it changes nothing');
SELECT is(pg_temp.filed('A', 45), 'i/2 current t', 'R1: nor does an incomplete one on a branch that does not count');
SELECT is(pg_temp.filed('U', 35) || ', ' || pg_temp.filed('U', 45), 'k/1 incomplete t, rejected f', 'R2: a form that has ended is shown as rejected');

-- First and accepted counts along the branch that counts.
ROLLBACK TO clean;
CREATE FUNCTION pg_temp.moved(p_item text, p_minute integer) RETURNS text LANGUAGE sql AS $$
	SELECT r.first_count || ' ' || r.accepted_count FROM zhibao.form_revision('A1', pg_temp.id(p_item), pg_temp.at(p_minute)) r WHERE r.item_no = 10 $$;
SELECT pg_temp.form('A1', 'f', '{"10": 1}'), pg_temp.form('A1', 'f', '{"10": 2}', 20, p_base => 'f/1', p_revision => 'f/2'), pg_temp.form('A1', 'f', '{"10": 3}', 21, p_base => 'f/1', p_revision => 'f/3');
SELECT pg_temp.form('A1', 'g', '{"10": 4}'), pg_temp.form('A1', 'g', '{"10": 5}', 20, p_revision => 'g/2');
SELECT pg_temp.form('A1', 'h', '{"10": 7}', 20, p_base => 'h/1', p_revision => 'h/2'), pg_temp.form('A1', 'h', '{"10": 6}', 30);
INSERT INTO review (office_code, item_id, revision_id, verdict, reviewer, reviewer_office_code, reviewed_at)
	SELECT 'A1', pg_temp.id(i), pg_temp.id(i || '/' || n), 'accepted', 'z', 'A', pg_temp.at(at) FROM (VALUES ('f', 3, 40), ('f', 2, 50), ('g', 2, 40), ('h', 2, 40)) v (i, n, at);
INSERT INTO branch_pick (office_code, item_id, revision_id, reason, picked_by, picked_at) VALUES ('A1', pg_temp.id('g'), pg_temp.id('g/2'), 'x', 'z', pg_temp.at(50));
SELECT is(pg_temp.moved('f', 45), NULL, 'R1: what is accepted on a branch that does not count is not the accepted count of the form');
SELECT is(pg_temp.moved('f', 50), '1 2', 'R1: that of its own branch is');
SELECT is(coalesce(pg_temp.moved('g', 45), '-') || ', ' || pg_temp.moved('g', 50), '-, 5 5', 'R1: nor is the first count that of a branch that does not count');
SELECT is(pg_temp.moved('h', 45), '6 7', 'R1: the base is first, also when it was heard later');

-- Acceptance: no gap without words.
ROLLBACK TO clean;
SELECT account_set('city', '市审核', 'A', '{city_operator}', true);
CREATE FUNCTION pg_temp.accept(p_item text, p_no integer DEFAULT 1) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM zhibao.review_post('city', 'A1', pg_temp.id(p_item), pg_temp.id(p_item || '/' || p_no), 'accepted', NULL, NULL, NULL);
	RETURN 'ok';
EXCEPTION WHEN SQLSTATE 'ZB001' THEN
	RETURN SQLERRM;
END $$;
CREATE FUNCTION pg_temp.flagged(p_minute integer DEFAULT NULL, p_offices text[] DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT f.finding ->> 'code' FROM zhibao.open_findings('statistics_form', coalesce(pg_temp.at(p_minute), 'infinity'), p_offices, NULL) o
	CROSS JOIN LATERAL json_array_elements(o.findings) AS f (finding) $$;
SAVEPOINT acceptance;
SELECT pg_temp.form('A1', 'c', '{"12.sessions": 1, "12.townships_covered": 4, "12.coverage_rate": "100.00", "17": 5}'),
	pg_temp.form('A1', 'y', '{"17": 4}', 20, '{"period": "year_end", "period_end": "2024-12-31", "filled_on": "2024-12-20"}');
SELECT is(array(SELECT split_part(pg_temp.accept(i), ' ', 1) FROM unnest('{c,y}'::text[]) i) || (SELECT count(*) FROM review)::text, '{E_FINDINGS_OPEN,E_FINDINGS_OPEN,0}',
	'acceptance: refused for covered above total and a year-end below mid-year, no verdict is left behind');
SELECT is((SELECT count(*) FROM unnest('{c,y}'::text[]) i WHERE pg_temp.findings(i) ~ 'F_COVERED_TOTAL:explain|F_BELOW_MID_YEAR:explain'), 2::bigint, 'acceptance: each for its finding');
SELECT pg_temp.form('A1', 'z', '{"10": 1, "17": 4}', 30, '{"period": "year_end", "period_end": "2024-12-31", "filled_on": "2024-12-20", "scope": "with_subordinates"}');
SELECT ok(pg_temp.findings('z') ~ 'F_BELOW_MID_YEAR:explain:17', 'a year-end with subordinates is not below the mid-year of the office alone');
SELECT pg_temp.form('A1', 'm', '{"17": 5}', 40, '{"scope": "with_subordinates"}');
SELECT ok(pg_temp.findings('z') ~ 'F_BELOW_MID_YEAR:explain:17', 'nor below one with subordinates');
SELECT ok(pg_temp.findings('y') !~ 'F_BELOW_MID_YEAR', 'a year-end of the office alone may be below a mid-year with subordinates');
ROLLBACK TO acceptance;
SELECT pg_temp.form('A1', 'f', '{"10": 2, "11": 1}', 10, '{"approved_by": null}');
SELECT is(pg_temp.accept('f'), 'E_FINDINGS_OPEN 统计表有 3 处核对问题没有更正或说明，不能通过，首处为 F_GAP “进企业活动”填报 2，记录佐证 0，须填写说明',
	'acceptance: refused while a gap has no words, the first one named');
SELECT set_eq($$ SELECT pg_temp.flagged() $$, ARRAY['F_GAP', 'F_UNAPPROVED'], 'acceptance: what stands in the way is shown in the list');
SELECT is_empty($$ SELECT pg_temp.flagged(9) $$, 'acceptance: not before the form was received');
SELECT is_empty($$ SELECT pg_temp.flagged(p_offices => '{A2}') $$, 'acceptance: nor at another office');
SELECT pg_temp.form('A1', 'f', '{"10": {"state": "value", "count": 2, "reason": "未录入"}, "11": null}', 20, p_base => 'f/1', p_revision => 'f/2');
SELECT is(split_part(pg_temp.accept('f', 2), '首处为 ', 2), 'E_FORM_INCOMPLETE “进校园活动”未填，统计表不完整，不作为已报送', 'acceptance: refused while a form is incomplete');
SELECT pg_temp.form('A1', 'f', '{"10": {"state": "value", "count": 2, "reason": "未录入"}, "11": {"state": "value", "count": 1, "reason": "未录入"}}', 30, p_base => 'f/2', p_revision => 'f/3');
SELECT is_empty($$ SELECT pg_temp.flagged() $$, 'acceptance: with words, nothing is left to say');
SELECT is(pg_temp.accept('f', 3), 'ok', 'acceptance: and it is given');
SELECT pg_temp.form('A1', 'g', '{"10": 5}', 40);
SELECT review_post('city', 'A1', pg_temp.id('g'), pg_temp.id('g/1'), 'returned', '请说明', NULL, NULL);
SELECT is_empty($$ SELECT pg_temp.flagged() $$, 'acceptance: a returned form waits no more; a return asks for no words in the form');
SELECT pg_temp.form('A1', 'h', '{"10": 0}', 50);
SELECT pg_temp.lecture('A1', 'late', 'enterprise', '2024-03-01', p_minute => 60);
SELECT is(pg_temp.accept('h'), 'ok', 'acceptance: records that came after the seal reopen the gap as a note, which does not bind');
ROLLBACK TO acceptance;
SELECT pg_temp.form('A1', 'f'), pg_temp.form('A1', 'f', '{"4.column_names": null}', 20, p_base => 'f/1', p_revision => 'f/2');
SELECT is(split_part(pg_temp.accept('f'), ' ', 1), 'E_REVIEW_OUTDATED', 'R14: a newer form with only an optional cell open is complete and outdates the one before');
SELECT is(pg_temp.accept('f', 2), 'ok', 'R14: and is the one to judge');
SELECT pg_temp.form('A1', 'g', '{}', 30), pg_temp.form('A1', 'g', '{}', 40, '{"lines": []}', 'g/1', 'g/2');
SELECT is(pg_temp.accept('g'), 'ok', 'R14: a newer form with mandatory cells left out leaves the one before to be judged');
SELECT pg_temp.put('statistics_form', 'A1', 'g', '{}', 50, 'g/2', 'g/3', 'withdraw');
SELECT is(split_part(pg_temp.accept('g'), ' ', 1), 'E_REVIEW_OUTDATED', 'R2: a withdrawal outdates it');

-- Consolidation.
ROLLBACK TO clean;
SELECT pg_temp.lecture('A', 'la', 'village', '2024-03-01', '{"township_codes": ["101"]}');
SELECT pg_temp.lecture('A1', 'l1', 'village', '2024-03-01', '{"township_codes": ["101"]}');
SELECT pg_temp.lecture('A2', 'l2', 'village', '2024-06-25', '{"township_codes": ["201"]}');
SELECT pg_temp.lecture('B', 'lb', 'village', '2024-05-01', '{"township_codes": ["301"]}');
SELECT pg_temp.form('A', 'fa', '{"12.sessions": 1, "12.townships_covered": 1, "12.coverage_rate": "25.00", "10": 2, "15.people": 2, "15.avg_sessions_per_person": "1.50", "18": 3,
	"16": "https://a.cn", "3": true, "3.portal_published": true, "3.wechat_published": true}', p_more => '{"participation_total": 3}');
SELECT pg_temp.form('A1', 'f1', '{"12.sessions": 1, "12.townships_covered": 1, "12.coverage_rate": "33.33", "10": 5, "15.people": 4, "15.avg_sessions_per_person": "0.25", "18": 4, "16": "https://a.cn/1"}',
	p_more => '{"participation_total": 1, "entries": [{"label": "送戏下乡", "count": 2, "unit": "场", "note": "两村"}]}');
SELECT pg_temp.form('A2', 'f2', '{"10": {"reason": "x"}, "12.sessions": 0}');
SELECT pg_temp.form('B', 'fb', '{"12.sessions": 1, "12.townships_covered": 1, "12.coverage_rate": "50.00", "10": 1}', p_more => '{"scope": "with_subordinates"}');
SELECT pg_temp.form('U', 'fu', '{"10": 10, "12.coverage_rate": {"reason": "无乡镇"}}');
SELECT is(pg_temp.members('A'), 'A=own A1=own A2=own', 'R19: a city''s own form plus its counties'' own forms');
SELECT is(pg_temp.total('A', 10), 'F=7 of=2 E=0', 'R19: sums, not applicable does not report');
SELECT is(pg_temp.total('A', 12, 'sessions'), 'F=2 of=3 E=3', 'R19: sessions add up, derived beside');
SELECT is(pg_temp.total('A', 12, 'townships_covered'), 'F=2 of=3 E=2', 'R19: derived townships are distinct, on the last day of the period');
SELECT is(pg_temp.total('A', 12, 'coverage_rate'), '2/4=50.00 of=2 E=2/4=50.00', 'R15, R19: the total is that of the register, never added up');
SELECT is(pg_temp.total('A', 15, 'avg_sessions_per_person'), '4/6=0.67 of=2', 'R19: ratio of sums, never a mean of averages');
SELECT is(pg_temp.total('A', 3), '1/3=33.33 yes=1 of=3 E=0', 'R19: yes over reporting, never one yes for the area');
SELECT is((SELECT note FROM form_consolidated('A', 'mid_year', 'infinity') WHERE item_no = 3 AND sub_field = ''), '甲市局：是；甲一局：否；甲二局：否', 'R19: and a list with the offices');
SELECT is(pg_temp.total('A', 16), '1/1=100.00 of=2 E=0', 'R19: offices due with an address over offices due; a county is not due at its city');
SELECT is(pg_temp.total('P', 16), '1/3=33.33 of=2 E=0', 'R19: cities and units are due');
SELECT is(pg_temp.total('A', 18), 'F=7 of=3 E=0', 'R19: stocks add up over offices');
SELECT results_eq($$ SELECT label_zh, declared_count, unit, note FROM form_consolidated('A', 'mid_year', 'infinity') WHERE item_no = 22 $$,
	$$ VALUES ('送戏下乡', 2::bigint, '场', '甲一局：两村') $$, 'R19: free lines are listed with the office, not summed');
SELECT is(pg_temp.total('P', 10), 'F=18 of=4 E=0', 'R19: units of the province add');
SELECT is(pg_temp.members('P'), 'A=own A1=own A2=own B=with_subordinates P=none U=own', 'R19: own and with subordinates mixed');
SELECT is(pg_temp.total('P', 12, 'townships_covered'), 'F=3 of=5 E=3', 'R5, R19: the merged township is derived once');
SELECT is(pg_temp.total('A1', 10), 'F=5 of=1 E=0', 'R19: a county is its own form');
INSERT INTO review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at) VALUES
	('A', pg_temp.id('fa'), pg_temp.id('fa/1'), 'accepted', NULL, 'z', 'P', pg_temp.at(20)), ('A1', pg_temp.id('f1'), pg_temp.id('f1/1'), 'returned', 'x', 'z', 'A', pg_temp.at(30));
SELECT is((SELECT accepted_count || '/' || reporting_count FROM form_consolidated('P', 'mid_year', pg_temp.at(25)) WHERE item_no = 10), '1/4', 'R19: the accepted share stands beside');
SELECT is(pg_temp.total('A', 10), 'F=2 of=1 E=0', 'R19: a returned form does not count');
SELECT is((SELECT state FROM form_filing('mid_year', 'infinity') WHERE office_code = 'A1'), 'returned', 'R19: and is shown as returned');
SELECT pg_temp.form('A1', 'f1', '{"10": 6}', 40, p_base => 'f1/1', p_revision => 'f1/2');
SELECT is(pg_temp.total('A', 10), 'F=8 of=2 E=0', 'R2: the correction counts at once');
SELECT pg_temp.form('A', 'fa2', '{"10": 9}', 50, '{"scope": "with_subordinates"}');
SELECT is(pg_temp.members('A'), 'A=with_subordinates', 'R19: a form with subordinates stands for the whole city');
SELECT is(pg_temp.total('A', 10), 'F=9 of=1 E=0', 'R19: so nothing is counted twice');
SELECT pg_temp.put('statistics_form', 'A', 'fa2', '{}', 60, 'fa2/1', 'fa2/2', 'withdraw');
SELECT pg_temp.put('statistics_form', 'A', 'fa', '{}', 60, 'fa/1', 'fa/2', 'withdraw');
SELECT is(pg_temp.members('A'), 'A=none A1=own A2=own', 'R19: a city without a form is marked');
SELECT is(pg_temp.total('A', 10), 'F=6 of=1 E=0', 'R19: its counties'' forms stand alone');
SELECT pg_temp.form('B', 'fp', '{"10": 99}', 70, p_author_office => 'P');
SELECT is(pg_temp.total('P', 10), 'F=17 of=3 E=0', 'R3, R19: a form by proxy is not counted');
SELECT is((SELECT count(*) FROM form_consolidated('P', 'year_end', 'infinity') WHERE reporting_count > 0), 0::bigint, 'the year-end form is another one');
SELECT pg_temp.form('B', 'fy', '{"10": 4}', 80, '{"period": "year_end", "period_end": "2024-12-31", "filled_on": "2024-12-20"}');
SELECT is(pg_temp.total('P', 10, p_period => 'year_end'), 'F=4 of=1 E=0', 'year-end');
SELECT * FROM finish();
ROLLBACK;
