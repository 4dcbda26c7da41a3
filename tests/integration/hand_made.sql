-- Hand-made registers and records for the tests that follow, inside their transaction: a province P, cities A (counties A1, A2) and B (a city and a
-- county at once), a unit of the province U. Every time is minutes after 2024-06-01T00:00Z.
BEGIN;
SET search_path TO zhibao, public;
SELECT * FROM no_plan();

INSERT INTO programme_version VALUES (1, 'test', 1, 'test', 2024, decode(repeat('00', 32), 'hex'), '2024-01-01');
INSERT INTO office VALUES (1, 'P', NULL, 'province', 'P', 'P', 'P', '省', false), (1, 'A', 'P', 'city', 'A', 'A', 'A', '市', false),
	(1, 'A1', 'A', 'county', 'A1', 'A1', 'A1', '县', true), (1, 'A2', 'A', 'county', 'A2', 'A2', 'A2', '区', true),
	(1, 'B', 'P', 'city', 'B', 'B', 'B', '市', true), (1, 'U', 'P', 'province_unit', 'U', 'U', 'U', '处', false);
INSERT INTO office_tree WITH RECURSIVE up AS (SELECT code AS a, code FROM office UNION ALL
	SELECT o.parent_code, up.code FROM up JOIN office o ON o.code = up.a WHERE o.parent_code IS NOT NULL) SELECT 1, a, code FROM up;
-- A1: two 镇 and a 街道; A2: 街道 only; B: merges, splits and renames.
INSERT INTO township_version VALUES
	(1, 't1', '101', '甲镇', '镇', 'A1', '-infinity', 'infinity'), (1, 't2', '102', '乙镇', '镇', 'A1', '-infinity', 'infinity'),
	(1, 's1', '103', '丙街道', '街道', 'A1', '-infinity', 'infinity'), (1, 's2', '201', '丁街道', '街道', 'A2', '-infinity', 'infinity'),
	(1, 'm1', '301', '旧一镇', '镇', 'B', '-infinity', '2024-07-01'), (1, 'm2', '302', '旧二镇', '镇', 'B', '-infinity', '2024-07-01'),
	(1, 'm3', '303', '新镇', '镇', 'B', '2024-07-01', 'infinity'),
	(1, 'r1', '304', '旧名乡', '乡', 'B', '-infinity', '2024-07-01'), (1, 'r1', '304', '新名镇', '镇', 'B', '2024-07-01', 'infinity'),
	(1, 'p0', '305', '大镇', '镇', 'B', '-infinity', '2024-07-01'), (1, 'p1', '305', '大镇', '镇', 'B', '2024-07-01', 'infinity'),
	(1, 'p2', '306', '小镇', '镇', 'B', '2024-07-01', '2024-08-01'), (1, 'p3', '307', '合镇', '镇', 'B', '2024-08-01', 'infinity');
INSERT INTO township_lineage VALUES (1, 'merge', '2024-07-01', 'm1', 'm3'), (1, 'merge', '2024-07-01', 'm2', 'm3'),
	(1, 'split', '2024-07-01', 'p0', 'p1'), (1, 'split', '2024-07-01', 'p0', 'p2'), (1, 'merge', '2024-08-01', 'p2', 'p3');
INSERT INTO plan_line VALUES (1, '00000000-0000-0000-0000-0000000000a1', 11, 'enterprise', 'x', 'x', 'x', '2024-05-01', '2024-06-30', NULL, NULL,
	'1场', 1, 1, NULL, 'U'), (1, '00000000-0000-0000-0000-0000000000a2', 1, 'general', 'x', 'x', 'x', '2024-01-01', '2024-12-31', NULL, NULL,
	'多场次', NULL, NULL, NULL, 'U');

CREATE FUNCTION pg_temp.at(p_minute integer) RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2024-06-01T00:00Z'::timestamptz + make_interval(mins => p_minute) $$;
CREATE FUNCTION pg_temp.id(p text) RETURNS uuid LANGUAGE sql AS $$ SELECT md5(p)::uuid $$;
-- A lecture revision; every one in a batch of its own, received in the minute.
CREATE FUNCTION pg_temp.lecture(p_office text, p_item text, p_minute integer, p_on date, p_codes text[] DEFAULT NULL,
	p_category text DEFAULT 'village', p_mode text DEFAULT 'offline', p_status text DEFAULT 'held', p_why text DEFAULT NULL,
	p_revision text DEFAULT NULL, p_base text DEFAULT NULL, p_op text DEFAULT NULL, p_plan uuid DEFAULT NULL, p_place text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := nextval('zhibao.batch_id_seq');
BEGIN
	INSERT INTO zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, body)
	VALUES (p_office, v_batch, 1, 1, v_batch, v_batch, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), pg_temp.at(p_minute), '');
	INSERT INTO zhibao.lecture_event (office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code,
		received_at, batch_id, seq, programme_version, category, theme, occurred_on, place, township_codes, mode, status, area_explanation, plan_item_id)
	SELECT p_office, pg_temp.id(p_item), pg_temp.id(coalesce(p_revision, p_item || '/1')), pg_temp.id(p_base),
		coalesce(p_op, CASE WHEN p_base IS NULL THEN 'submit' ELSE 'amend' END), pg_temp.at(p_minute), 'x', p_office, pg_temp.at(p_minute),
		v_batch, v_batch, 1, p_category, 'x', p_on, coalesce(p_place, p_item), p_codes, p_mode, p_status, p_why, p_plan;
END $$;
CREATE FUNCTION pg_temp.plan(p_office text, p_item text, p_min integer, p_end date DEFAULT '2024-12-31') RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := nextval('zhibao.batch_id_seq');
BEGIN
	INSERT INTO zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, body)
	VALUES (p_office, v_batch, 1, 1, v_batch, v_batch, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), pg_temp.at(0), '');
	INSERT INTO zhibao.plan_item (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq,
		programme_version, item_no, category, theme, window_start, window_end, planned_min, quota_kind)
	VALUES (p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/1'), 'submit', pg_temp.at(0), 'x', p_office, pg_temp.at(0), v_batch, v_batch, 1, 1,
		'village', 'x', '2024-01-01', p_end, p_min, CASE WHEN p_min IS NULL THEN 'many' ELSE 'counted' END);
END $$;
CREATE FUNCTION pg_temp.claim(p_office text, p_item text, p_host text, p_host_item text, p_plan text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := nextval('zhibao.batch_id_seq');
BEGIN
	INSERT INTO zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, body)
	VALUES (p_office, v_batch, 1, 1, v_batch, v_batch, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), pg_temp.at(0), '');
	INSERT INTO zhibao.claim (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq,
		programme_version, host_office_code, host_item_id, plan_item_id)
	VALUES (p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/1'), 'submit', pg_temp.at(0), 'x', p_office, pg_temp.at(0), v_batch, v_batch, 1,
		p_host, pg_temp.id(p_host_item), pg_temp.id(p_plan));
END $$;
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

