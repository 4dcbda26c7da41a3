-- Hand-made registers for the tests that follow, inside their transaction: a province P, cities A (counties A1, A2) and B (a
-- city and a county at once), a unit of the province U. What a file of tests needs beyond this it adds itself.
BEGIN;
SET search_path TO zhibao, public;
SELECT * FROM no_plan();

INSERT INTO programme_version VALUES (1, 'test', 1, 'test', 2024, decode(repeat('00', 32), 'hex'), '2024-01-01');
INSERT INTO office VALUES (1, 'P', NULL, 'province', 'P', 'P', 'P', '省', false), (1, 'A', 'P', 'city', 'A', 'A', 'A', '市', false),
	(1, 'A1', 'A', 'county', 'A1', 'A1', 'A1', '县', true), (1, 'A2', 'A', 'county', 'A2', 'A2', 'A2', '区', true),
	(1, 'B', 'P', 'city', 'B', 'B', 'B', '市', true), (1, 'U', 'P', 'province_unit', 'U', 'U', 'U', '处', false);
INSERT INTO office_tree WITH RECURSIVE up AS (SELECT code AS a, code FROM office UNION ALL
	SELECT o.parent_code, up.code FROM up JOIN office o ON o.code = up.a WHERE o.parent_code IS NOT NULL) SELECT 1, a, code FROM up;
-- A1: two 镇 and a 街道; A2: 街道 only; B: a merge and a split.
INSERT INTO township_version VALUES
	(1, 't1', '101', '甲镇', '镇', 'A1', '-infinity', 'infinity'), (1, 't2', '102', '乙镇', '镇', 'A1', '-infinity', 'infinity'),
	(1, 's1', '103', '丙街道', '街道', 'A1', '-infinity', 'infinity'), (1, 's2', '201', '丁街道', '街道', 'A2', '-infinity', 'infinity'),
	(1, 'm1', '301', '旧一镇', '镇', 'B', '-infinity', '2024-07-01'), (1, 'm2', '302', '旧二镇', '镇', 'B', '-infinity', '2024-07-01'),
	(1, 'm3', '303', '新镇', '镇', 'B', '2024-07-01', 'infinity'),
	(1, 'p0', '305', '大镇', '镇', 'B', '-infinity', '2024-07-01'), (1, 'p1', '305', '大镇', '镇', 'B', '2024-07-01', 'infinity');
INSERT INTO township_lineage VALUES (1, 'merge', '2024-07-01', 'm1', 'm3'), (1, 'merge', '2024-07-01', 'm2', 'm3'),
	(1, 'split', '2024-07-01', 'p0', 'p1'), (1, 'split', '2024-07-01', 'p0', 'p2');

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
