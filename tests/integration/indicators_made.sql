-- Hand-made registers and helpers for the tests that follow, inside their transaction: a province P, cities A (counties A1,
-- A2) and B (a city and a county at once), a unit of the province U. A figure is written numerator/denominator.
BEGIN;
SET search_path TO zhibao, public;
SELECT * FROM no_plan();

INSERT INTO programme_version VALUES (1, 'test', 1, 'test', 2024, decode(repeat('00', 32), 'hex'), '2024-01-01');
INSERT INTO office VALUES (1, 'P', NULL, 'province', 'P', 'P', 'P', '省', false), (1, 'A', 'P', 'city', 'A', 'A', 'A', '市', false),
	(1, 'A1', 'A', 'county', 'A1', 'A1', 'A1', '县', true), (1, 'A2', 'A', 'county', 'A2', 'A2', 'A2', '区', true),
	(1, 'B', 'P', 'city', 'B', 'B', 'B', '市', true), (1, 'U', 'P', 'province_unit', 'U', 'U', 'U', '处', false);
INSERT INTO office_tree WITH RECURSIVE up AS (SELECT code AS a, code FROM office UNION ALL
	SELECT o.parent_code, up.code FROM up JOIN office o ON o.code = up.a WHERE o.parent_code IS NOT NULL) SELECT 1, a, code FROM up;
-- A1: two 镇 and a 街道; A2: 街道 only; B: a merge, a split and a 乡 that becomes a 街道.
INSERT INTO township_version VALUES
	(1, 't1', '101', '甲镇', '镇', 'A1', '-infinity', 'infinity'), (1, 't2', '102', '乙镇', '镇', 'A1', '-infinity', 'infinity'),
	(1, 's1', '103', '丙街道', '街道', 'A1', '-infinity', 'infinity'), (1, 's2', '201', '丁街道', '街道', 'A2', '-infinity', 'infinity'),
	(1, 'm1', '301', '旧一镇', '镇', 'B', '-infinity', '2024-07-01'), (1, 'm2', '302', '旧二镇', '镇', 'B', '-infinity', '2024-07-01'),
	(1, 'm3', '303', '新镇', '镇', 'B', '2024-07-01', 'infinity'),
	(1, 'r1', '304', '旧乡', '乡', 'B', '-infinity', '2024-07-01'), (1, 'r1', '304', '新街道', '街道', 'B', '2024-07-01', 'infinity'),
	(1, 'p0', '305', '大镇', '镇', 'B', '-infinity', '2024-07-01'), (1, 'p1', '305', '大镇', '镇', 'B', '2024-07-01', 'infinity'),
	(1, 'p2', '306', '小镇', '镇', 'B', '2024-07-01', 'infinity');
INSERT INTO township_lineage VALUES (1, 'merge', '2024-07-01', 'm1', 'm3'), (1, 'merge', '2024-07-01', 'm2', 'm3'),
	(1, 'split', '2024-07-01', 'p0', 'p1'), (1, 'split', '2024-07-01', 'p0', 'p2'), (1, 'reclassify', '2024-07-01', 'r1', 'r1');
INSERT INTO lecture_category VALUES (1, 'general', '综合宣传', false), (1, 'enterprise', '进企业', true), (1, 'campus', '进校园', true),
	(1, 'village', '进村居', true), (1, 'site', '进工地', true), (1, 'system', '进系统', true);
INSERT INTO plan_line VALUES (1, '00000000-0000-0000-0000-0000000000a1', 29, 'system', 'x', 'x', 'x', '2024-09-01', '2024-09-30', NULL, NULL,
	'1场', 1, 1, NULL, 'U'), (1, '00000000-0000-0000-0000-0000000000a2', 18, 'campus', 'x', 'x', '3-11月', '2024-03-01', '2024-11-30', NULL, NULL,
	'25场', 25, 25, NULL, 'U');
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, submission_kind, applies_to) VALUES
	(1, 2, '2024-03-25', 'city', 'x', 'lecture_plan', 'city'), (1, 10, '2024-03-31', 'county', 'x', 'lecture_plan', 'county'),
	(1, 6, '2024-03-25', 'city', 'x', 'schedule_publication', 'city'), (1, 8, '2024-03-31', 'province', 'x', 'schedule_publication', 'province'),
	(1, 14, '2024-03-31', 'county', 'x', 'schedule_publication', 'county'), (1, 16, NULL, 'province', 'x', 'inspection', 'county'),
	(1, 33, '2024-06-30', 'province', 'x', 'inspection', 'city;province_unit'), (1, 37, NULL, 'province', 'x', 'inspection', 'all'),
	(1, 39, '2024-09-30', 'province', 'x', 'inspection', 'city;county'), (1, 40, '2024-09-30', 'province', 'x', 'inspection', 'city;county'),
	(1, 42, '2024-11-30', 'city', 'x', 'supervision', 'county'), (1, 44, '2024-11-30', 'province', 'x', 'inspection', 'county'),
	(1, 52, '2024-12-31', 'province', 'x', 'inspection', 'city;county');

CREATE FUNCTION pg_temp.id(p text) RETURNS uuid LANGUAGE sql AS $$ SELECT md5(p)::uuid $$;
-- A revision of any kind in a batch of its own: the first of the item, or p_revision built on p_base.
CREATE FUNCTION pg_temp.put(p_kind text, p_office text, p_item text, p_body jsonb DEFAULT '{}', p_at timestamptz DEFAULT '2024-03-01T00:00Z',
	p_revision text DEFAULT NULL, p_base text DEFAULT NULL, p_op text DEFAULT NULL, p_author text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := nextval('zhibao.batch_id_seq'); v_author text := coalesce(p_author, p_office);
BEGIN
	INSERT INTO zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, body)
	VALUES (v_author, v_batch, 1, 1, v_batch, v_batch, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), p_at, '');
	EXECUTE format('INSERT INTO zhibao.%1$I SELECT * FROM jsonb_populate_record(NULL::zhibao.%1$I, $1)', p_kind) USING p_body || jsonb_build_object(
		'office_code', p_office, 'item_id', pg_temp.id(p_item), 'revision_id', pg_temp.id(coalesce(p_revision, p_item || '/1')),
		'base_revision_id', pg_temp.id(p_base), 'operation', coalesce(p_op, CASE WHEN p_base IS NULL THEN 'submit' ELSE 'amend' END),
		'recorded_at', p_at, 'author', 'x', 'author_office_code', v_author, 'received_at', p_at, 'batch_id', v_batch, 'seq', v_batch,
		'programme_version', 1);
END $$;
CREATE FUNCTION pg_temp.lecture(p_office text, p_item text, p_on date, p_codes text[] DEFAULT NULL, p_category text DEFAULT 'village', p_plan text DEFAULT NULL,
	p_more jsonb DEFAULT '{}', p_at timestamptz DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('lecture_event', p_office, p_item, jsonb_strip_nulls(jsonb_build_object('category', p_category, 'theme', 'x', 'occurred_on', p_on,
		'place', p_item, 'mode', 'offline', 'status', 'held', 'township_codes', p_codes, 'plan_item_id', coalesce(p_plan::uuid)) || p_more),
		coalesce(p_at, (p_on + 1)::timestamp AT TIME ZONE 'UTC')) $$;
CREATE FUNCTION pg_temp.line(p_min integer, p_end date DEFAULT '2024-12-31', p_category text DEFAULT 'village') RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('item_no', 1, 'category', p_category, 'theme', 'x', 'window_start', '2024-01-01', 'window_end', p_end,
		'planned_min', p_min, 'quota_kind', CASE WHEN p_min IS NULL THEN 'many' ELSE 'counted' END)) $$;
CREATE FUNCTION pg_temp.study(p_form text, p_target text, p_on date, p_people integer DEFAULT NULL, p_more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('form', p_form, 'target', p_target, 'occurred_on', p_on, 'topic', 'x', 'status', 'held', 'participants', p_people) || p_more) $$;
CREATE FUNCTION pg_temp.claim(p_office text, p_item text, p_host text, p_host_item text, p_plan text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('claim', p_office, p_item, jsonb_strip_nulls(jsonb_build_object('host_office_code', p_host, 'host_item_id', pg_temp.id(p_host_item), 'plan_item_id', pg_temp.id(p_plan)))) $$;
CREATE FUNCTION pg_temp.fig(p_id text, p_node text, p_part text DEFAULT '', p_on date DEFAULT '2024-12-31', p_as_of timestamptz DEFAULT '2025-01-31') RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(i.numerator::text, '-') || coalesce('/' || i.denominator, '') FROM zhibao.indicator(p_id, p_on, p_as_of) i WHERE i.node_code = p_node AND i.part = p_part $$;
-- What the members of a figure add up to: must be the figure.
CREATE FUNCTION pg_temp.mem(p_id text, p_node text, p_part text DEFAULT '', p_on date DEFAULT '2024-12-31', p_as_of timestamptz DEFAULT '2025-01-31') RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(sum(m.numerator), 0) || coalesce('/' || sum(m.denominator), '') FROM zhibao.indicator_members(p_id, p_node, p_on, p_as_of, p_part) m $$;
CREATE FUNCTION pg_temp.records(p_id text, p_node text, p_part text DEFAULT '', p_on date DEFAULT '2024-12-31') RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT m.kind || ':' || m.office_code, ' ' ORDER BY m.kind || ':' || m.office_code) FROM zhibao.indicator_members(p_id, p_node, p_on, '2025-01-31', p_part) m WHERE m.item_id IS NOT NULL $$;

