-- The hand-made registers with figures: categories, plan lines, milestones, and helpers for the tests that follow. A figure is
-- written numerator/denominator.
\ir registers_made.sql

-- B: a 乡 that becomes a 街道 and the smaller half of the split.
INSERT INTO township_version VALUES
	(1, 'r1', '304', '旧乡', '乡', 'B', '-infinity', '2024-07-01'), (1, 'r1', '304', '新街道', '街道', 'B', '2024-07-01', 'infinity'),
	(1, 'p2', '306', '小镇', '镇', 'B', '2024-07-01', 'infinity');
INSERT INTO township_lineage VALUES (1, 'reclassify', '2024-07-01', 'r1', 'r1');
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
UPDATE milestone m SET evidence = 'inspection:' || s.scheme FROM (VALUES (16, 'filing_spot_check'), (33, 'mid_year_check'), (37, 'field_visit'), (39, 'online_check'),
	(40, 'work_style_check'), (42, 'city_supervision'), (44, 'coverage_spot_check'), (52, 'year_end_visit')) s (milestone_no, scheme) WHERE m.milestone_no = s.milestone_no;

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
-- The registers again, as a second version of a year.
CREATE FUNCTION pg_temp.registers_again(p_year integer, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_table text;
BEGIN
	INSERT INTO programme_version SELECT 2, programme, 2, name_zh, p_year, digest, p_at FROM programme_version;
	FOREACH v_table IN ARRAY ARRAY['office', 'office_tree', 'township_version', 'township_lineage', 'milestone', 'lecture_category', 'plan_line'] LOOP
		EXECUTE format('INSERT INTO %1$I SELECT (jsonb_populate_record(t, ''{"register_version": 2}'')).* FROM %1$I t', v_table);
	END LOOP;
END $$;
