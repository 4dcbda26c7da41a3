-- The hand-made registers with a plan, and helpers for the tests that follow. Every time is minutes after 2024-06-01T00:00Z.
\ir registers_made.sql

-- B: a rename, and the smaller half of the split is merged later.
INSERT INTO township_version VALUES
	(1, 'r1', '304', '旧名乡', '乡', 'B', '-infinity', '2024-07-01'), (1, 'r1', '304', '新名镇', '镇', 'B', '2024-07-01', 'infinity'),
	(1, 'p2', '306', '小镇', '镇', 'B', '2024-07-01', '2024-08-01'), (1, 'p3', '307', '合镇', '镇', 'B', '2024-08-01', 'infinity');
INSERT INTO township_lineage VALUES (1, 'merge', '2024-08-01', 'p2', 'p3');
INSERT INTO plan_line VALUES (1, '00000000-0000-0000-0000-0000000000a1', 11, 'enterprise', 'x', 'x', 'x', '2024-05-01', '2024-06-30', NULL, NULL,
	'1场', 1, 1, NULL, 'U'), (1, '00000000-0000-0000-0000-0000000000a2', 1, 'general', 'x', 'x', 'x', '2024-01-01', '2024-12-31', NULL, NULL,
	'多场次', NULL, NULL, NULL, 'U');

CREATE FUNCTION pg_temp.at(p_minute integer) RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2024-06-01T00:00Z'::timestamptz + make_interval(mins => p_minute) $$;
-- A lecture revision received in the minute.
CREATE FUNCTION pg_temp.lecture(p_office text, p_item text, p_minute integer, p_on date, p_codes text[] DEFAULT NULL,
	p_category text DEFAULT 'village', p_mode text DEFAULT 'offline', p_status text DEFAULT 'held', p_why text DEFAULT NULL,
	p_revision text DEFAULT NULL, p_base text DEFAULT NULL, p_op text DEFAULT NULL, p_plan uuid DEFAULT NULL, p_place text DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('lecture_event', p_office, p_item, jsonb_build_object('category', p_category, 'theme', 'x', 'occurred_on', p_on,
		'place', coalesce(p_place, p_item), 'township_codes', p_codes, 'mode', p_mode, 'status', p_status, 'area_explanation', p_why,
		'plan_item_id', p_plan), pg_temp.at(p_minute), p_revision, p_base, p_op) $$;
CREATE FUNCTION pg_temp.plan(p_office text, p_item text, p_min integer, p_end date DEFAULT '2024-12-31') RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('plan_item', p_office, p_item, jsonb_build_object('item_no', 1, 'category', 'village', 'theme', 'x', 'window_start', '2024-01-01',
		'window_end', p_end, 'planned_min', p_min, 'quota_kind', CASE WHEN p_min IS NULL THEN 'many' ELSE 'counted' END), pg_temp.at(0)) $$;
CREATE FUNCTION pg_temp.claim(p_office text, p_item text, p_host text, p_host_item text, p_plan text) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('claim', p_office, p_item, jsonb_build_object('host_office_code', p_host, 'host_item_id', pg_temp.id(p_host_item),
		'plan_item_id', pg_temp.id(p_plan)), pg_temp.at(0)) $$;
-- What the page shows: sessions and places as known at a minute.
CREATE FUNCTION pg_temp.place(p_item text, p_minute integer) RETURNS text LANGUAGE sql AS $$
	SELECT l.place FROM zhibao.lecture_at(pg_temp.at(p_minute)) h JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
	WHERE h.item_id = pg_temp.id(p_item) $$;
CREATE FUNCTION pg_temp.broad(p_county text, p_on date) RETURNS text LANGUAGE sql AS $$
	SELECT c.broad_all || '/' || c.units_all FROM zhibao.coverage_by_county(p_on, 'infinity') c WHERE c.county_code = p_county $$;
CREATE FUNCTION pg_temp.state(p_unit text, p_on date) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN s.covered_broad THEN 'covered' WHEN s.is_inherited THEN 'inherited' ELSE 'uncovered' END
	FROM zhibao.township_standing(p_on, 'infinity') s WHERE s.unit_id = p_unit $$;
CREATE FUNCTION pg_temp.held(p_plan text) RETURNS bigint LANGUAGE sql AS $$
	SELECT held FROM zhibao.plan_line_standing('2024-12-31', 'infinity') WHERE plan_item_id = pg_temp.id(p_plan) $$;

