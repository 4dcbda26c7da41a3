-- Frozen figures, differences and draws, on hand-made registers: a province P, cities A (counties A1, A2, A3) and B (a city and
-- a county at once), a unit of the province U; a second version of the registers is loaded later. Every time is minutes after
-- 2024-06-01T00:00+08:00, and 2024-06-30 is the only milestone of the first months.
BEGIN;
SET search_path TO zhibao, public;
SET LOCAL jit TO off; -- as the daemons have it
SELECT * FROM no_plan();

CREATE FUNCTION pg_temp.at(p_minute integer) RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2024-06-01T00:00+08:00'::timestamptz + make_interval(mins => p_minute) $$;
CREATE FUNCTION pg_temp.id(p text) RETURNS uuid LANGUAGE sql AS $$ SELECT md5(p)::uuid $$;

INSERT INTO programme_version VALUES (1, 'test', 1, 'test', 2024, decode(repeat('00', 32), 'hex'), '2024-01-01'),
	(2, 'test', 2, 'test', 2024, decode(repeat('00', 32), 'hex'), pg_temp.at(20000));
INSERT INTO office SELECT v, o.* FROM generate_series(1, 2) v CROSS JOIN (VALUES ('P', NULL, 'province', 'P', 'P', 'P', '省', false),
	('A', 'P', 'city', 'A', 'A', 'A', '市', false), ('A1', 'A', 'county', 'A1', 'A1', 'A1', '县', true), ('A2', 'A', 'county', 'A2', 'A2', 'A2', '区', true),
	('A3', 'A', 'county', 'A3', 'A3', 'A3', '区', true), ('B', 'P', 'city', 'B', 'B', 'B', '市', true), ('U', 'P', 'province_unit', 'U', 'U', 'U', '处', false)) o;
-- The second version moves A3 to B, takes a unit away from A1, adds one to A2 and another to B.
UPDATE office SET parent_code = 'B' WHERE register_version = 2 AND code = 'A3';
INSERT INTO office_tree WITH RECURSIVE up AS (SELECT register_version AS v, code AS a, code FROM office UNION ALL
	SELECT up.v, o.parent_code, up.code FROM up JOIN office o ON o.register_version = up.v AND o.code = up.a WHERE o.parent_code IS NOT NULL) SELECT v, a, code FROM up;
INSERT INTO township_version SELECT v, t.* FROM generate_series(1, 2) v CROSS JOIN (VALUES
	('t1', '101', '甲镇', '镇', 'A1', '-infinity'::date, 'infinity'::date), ('t2', '102', '乙镇', '镇', 'A1', '-infinity', 'infinity'),
	('s1', '103', '丙街道', '街道', 'A1', '-infinity', 'infinity'), ('s2', '201', '丁街道', '街道', 'A2', '-infinity', 'infinity'),
	('x1', '401', '戊镇', '镇', 'A3', '-infinity', 'infinity'), ('x2', '402', '己乡', '乡', 'A3', '-infinity', 'infinity'),
	('m1', '301', '旧一镇', '镇', 'B', '-infinity', '2024-06-15'), ('m2', '302', '旧二镇', '镇', 'B', '-infinity', '2024-06-15'),
	('m3', '303', '新镇', '镇', 'B', '2024-06-15', 'infinity'), ('p0', '305', '大镇', '镇', 'B', '-infinity', '2024-06-20'),
	('p1', '305', '大镇', '镇', 'B', '2024-06-20', 'infinity'), ('p2', '306', '小镇', '镇', 'B', '2024-06-20', 'infinity')) t;
DELETE FROM township_version WHERE register_version = 2 AND unit_id = 's1';
INSERT INTO township_version VALUES (2, 'n1', '202', '庚街道', '街道', 'A2', '-infinity', 'infinity'), (2, 'n2', '308', '辛镇', '镇', 'B', '-infinity', 'infinity');
INSERT INTO township_lineage SELECT v, l.* FROM generate_series(1, 2) v CROSS JOIN (VALUES ('merge', '2024-06-15'::date, 'm1', 'm3'), ('merge', '2024-06-15', 'm2', 'm3'),
	('split', '2024-06-20', 'p0', 'p1'), ('split', '2024-06-20', 'p0', 'p2')) l;
INSERT INTO plan_line SELECT v, '00000000-0000-0000-0000-0000000000a1', 11, 'enterprise', 'x', 'x', 'x', '2024-05-01'::date, '2024-06-30'::date, NULL, NULL,
	'1场', v, v, NULL, 'U' FROM generate_series(1, 2) v;
INSERT INTO milestone SELECT v, m.* FROM generate_series(1, 2) v CROSS JOIN (VALUES (35, '2024-06-30'::date, 'city', 'x', 'statistics_form', 'x', 'L14'),
	(34, '2024-06-30'::date, 'city', 'x', 'progress_report', 'x', 'L14'), (43, '2024-07-31'::date, 'county', 'x', 'coverage_check', 'x', 'L20'),
	(19, NULL, 'all', 'x', NULL, 'x', 'L11')) m;

CREATE FUNCTION pg_temp.batch(p_office text, p_minute integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := nextval('zhibao.batch_id_seq');
BEGIN
	INSERT INTO zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, body)
	VALUES (p_office, v_batch, 1, 1, v_batch, v_batch, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), pg_temp.at(p_minute), '');
	RETURN v_batch;
END $$;
CREATE FUNCTION pg_temp.lecture(p_office text, p_item text, p_minute integer, p_on date, p_codes text[] DEFAULT NULL, p_category text DEFAULT 'village',
	p_revision text DEFAULT '1', p_base text DEFAULT NULL, p_op text DEFAULT NULL, p_plan text DEFAULT NULL, p_place text DEFAULT NULL, p_mode text DEFAULT 'offline')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := pg_temp.batch(p_office, p_minute);
BEGIN
	INSERT INTO zhibao.lecture_event (office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code,
		received_at, batch_id, seq, programme_version, category, theme, occurred_on, place, township_codes, mode, status, plan_item_id)
	SELECT p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/' || p_revision), pg_temp.id(p_item || '/' || p_base),
		coalesce(p_op, CASE WHEN p_base IS NULL THEN 'submit' ELSE 'amend' END), pg_temp.at(p_minute), 'author of ' || p_revision, p_office, pg_temp.at(p_minute),
		v_batch, v_batch, 1, p_category, 'theme', p_on, coalesce(p_place, p_item), p_codes, p_mode, 'held', pg_temp.id(p_plan);
END $$;
CREATE FUNCTION pg_temp.plan(p_office text, p_item text, p_minute integer, p_min integer, p_end date, p_revision text DEFAULT '1', p_base text DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := pg_temp.batch(p_office, p_minute);
BEGIN
	INSERT INTO zhibao.plan_item (office_code, item_id, revision_id, base_revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq,
		programme_version, item_no, category, theme, window_start, window_end, planned_min, quota_kind)
	VALUES (p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/' || p_revision), pg_temp.id(p_item || '/' || p_base),
		CASE WHEN p_base IS NULL THEN 'submit' ELSE 'amend' END, pg_temp.at(p_minute), 'x', p_office, pg_temp.at(p_minute), v_batch, v_batch, 1, 1,
		'village', p_item, '2024-01-01', p_end, p_min, CASE WHEN p_min IS NULL THEN 'many' ELSE 'counted' END);
END $$;
CREATE FUNCTION pg_temp.claim(p_office text, p_item text, p_minute integer, p_host text, p_host_item text, p_plan text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := pg_temp.batch(p_office, p_minute);
BEGIN
	INSERT INTO zhibao.claim (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq,
		programme_version, host_office_code, host_item_id, plan_item_id)
	VALUES (p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/1'), 'submit', pg_temp.at(p_minute), 'x', p_office, pg_temp.at(p_minute), v_batch, v_batch, 1,
		p_host, pg_temp.id(p_host_item), pg_temp.id(p_plan));
END $$;
CREATE FUNCTION pg_temp.verdict(p_office text, p_item text, p_revision text, p_minute integer, p_verdict text) RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	VALUES (p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/' || p_revision), p_verdict, 'why', 'boss', 'P', pg_temp.at(p_minute)) $$;
-- The whole comparison as the command shows it.
CREATE FUNCTION pg_temp.diff_of(p_indicator text, p_a integer, p_b integer, p_on date, p_register integer) RETURNS jsonb LANGUAGE sql AS $$
	SELECT zhibao.figure_diff_json(to_char(pg_temp.at(p_a) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
		to_char(pg_temp.at(p_b) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'P', p_on, p_register, p_indicator) $$;
CREATE FUNCTION pg_temp.diff(p_a integer, p_b integer, p_on date DEFAULT '2024-06-30', p_register integer DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
	SELECT c || jsonb_build_object('indicators', (c -> 'indicators') || (pg_temp.diff_of('completion', p_a, p_b, p_on, p_register) -> 'indicators'))
	FROM pg_temp.diff_of('coverage', p_a, p_b, p_on, p_register) c $$;
-- Records named for the numerator of a part of the province: change, item.
CREATE FUNCTION pg_temp.named(p_diff jsonb, p_part text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT DISTINCT c ->> 'numerator' || ' ' || (r ->> 'change') || ' ' || (r ->> 'kind') || ' ' || (r ->> 'office_code')
	FROM jsonb_array_elements(p_diff -> 'indicators') i CROSS JOIN jsonb_array_elements(i -> 'contributions') c CROSS JOIN jsonb_array_elements(c -> 'records') r
	WHERE c -> 'parts' ? p_part ORDER BY 1 $$;
-- Differences that the listed contributions do not add up to, over all nodes and parts; and how many were looked at.
CREATE FUNCTION pg_temp.off(p_diff jsonb) RETURNS bigint LANGUAGE sql AS $$
	WITH figure AS (
		SELECT i ->> 'indicator' AS indicator, f ->> 'node_code' AS node, f ->> 'part' AS part,
			coalesce((f #>> '{after,numerator}')::bigint, 0) - coalesce((f #>> '{before,numerator}')::bigint, 0) AS n,
			coalesce((f #>> '{after,denominator}')::bigint, 0) - coalesce((f #>> '{before,denominator}')::bigint, 0) AS d
		FROM jsonb_array_elements(p_diff -> 'indicators') i CROSS JOIN jsonb_array_elements(i -> 'figures') f
		WHERE (f ->> 'is_additive')::boolean
	), listed AS (
		SELECT i ->> 'indicator' AS indicator, node, part, sum((c ->> 'numerator')::bigint) AS n, sum((c ->> 'denominator')::bigint) AS d
		FROM jsonb_array_elements(p_diff -> 'indicators') i CROSS JOIN jsonb_array_elements(i -> 'contributions') c
		CROSS JOIN jsonb_array_elements_text(c -> 'nodes') node CROSS JOIN jsonb_array_elements_text(c -> 'parts') part
		WHERE c ->> 'numerator' IS NOT NULL GROUP BY 1, 2, 3
	)
	SELECT count(*) FROM figure f FULL JOIN listed l USING (indicator, node, part)
	WHERE coalesce(f.n, 0) <> coalesce(l.n, 0) OR coalesce(f.d, 0) <> coalesce(l.d, 0) $$;
CREATE FUNCTION pg_temp.changed(p_diff jsonb) RETURNS bigint LANGUAGE sql AS $$
	SELECT coalesce(sum(jsonb_array_length(i -> 'figures')), 0)::bigint FROM jsonb_array_elements(p_diff -> 'indicators') i $$;
\ir explained.sql
CREATE FUNCTION pg_temp.refusal(p_sql text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE p_sql;
	RETURN 'done';
EXCEPTION WHEN SQLSTATE 'ZB001' THEN
	RETURN split_part(SQLERRM, ' ', 1);
END $$;

-- Frozen figures.
SELECT pg_temp.plan('A1', 'line', 0, 2, '2024-06-20');
SELECT pg_temp.lecture('A1', 'i', 10, '2024-06-01', '{101}', p_plan => 'line'), pg_temp.lecture('B', 'b', 11, '2024-06-02', '{301}');
-- The day of 06-30 ends 43200 minutes in.
SELECT pg_temp.lecture('A1', 'late', 43200, '2024-06-29', '{102}', p_plan => 'line');
INSERT INTO fold_state VALUES (true, '0', pg_temp.at(43199), 1, 0);
SELECT is((SELECT count(*) FROM figure_freeze_due()), 0::bigint, 'R6: nothing is due before the day has ended');
SELECT is(pg_temp.refusal($$ SELECT figure_freeze('2024-06-30', 'coverage', 2) $$), 'E_NOT_DUE', 'R6: nor can it be frozen');
DELETE FROM fold_state;
SELECT ok(fold_anew_part(pg_temp.at(43201), 0, 1) > 0 AND fold_anew_end(pg_temp.at(43201), '3', 2) > 0, 'folded');
SELECT ok((SELECT count(*) FROM figure_freeze_due() WHERE milestone_on = '2024-06-30' AND indicator IN ('coverage', 'completion')) = 2
	AND NOT EXISTS (SELECT FROM figure_freeze_due() WHERE milestone_on > '2024-06-30'), 'R6: due once the fold is beyond it, and only then');
SELECT ok((SELECT frozen >= 2 AND failed = 0 FROM figure_freeze_next(100)), 'R6: frozen');
SELECT is((SELECT frozen FROM figure_freeze_next(100)), 0::bigint, 'R6: once');
SELECT is((SELECT on_day || ' ' || (as_of = pg_temp.at(43200) - interval '1 microsecond') || ' ' || register_version || ' ' || rule_version FROM frozen_set
	WHERE indicator = 'coverage'), '2024-06-30 true 2 test@2', 'R6: on and as_of are the day, with the registers of the time');
SELECT is((SELECT string_agg(part || '=' || numerator || '/' || denominator, ' ' ORDER BY part) FROM frozen_figure WHERE indicator = 'coverage' AND node_code = 'A1'),
	'broad_all=1/2 broad_rural=1/2 strict_all=1/2 strict_rural=1/2', 'R6: what came a microsecond later is not in it');
SELECT is((SELECT string_agg(part || '=' || numerator || '/' || denominator, ' ' ORDER BY part) FROM frozen_figure WHERE indicator = 'completion' AND node_code = 'A'),
	'all_capped=1/2 all_ended=1/2 all_raw=1/2 cities_capped=1/2 cities_ended=1/2 cities_raw=1/2', 'R9: completion, three ways in each scope');
SELECT ok((SELECT bool_and(digest = figure_digest(milestone_on, indicator)) FROM frozen_set), 'the digest is that of the rows');
SELECT is((SELECT frozen_numerator || ' ' || later_numerator || ' ' || live_numerator FROM figures_beside('A1', '2024-06-30') WHERE indicator = 'coverage' AND part = 'broad_all'),
	'1 2 2', 'R6: live figures stand beside the frozen ones');
SELECT is(pg_temp.refusal('UPDATE zhibao.frozen_figure SET numerator = 9'), 'E_FROZEN', 'frozen figures do not change');
SELECT is(pg_temp.refusal('DELETE FROM zhibao.frozen_set'), 'E_FROZEN', 'nor go');
SELECT is(pg_temp.refusal('TRUNCATE zhibao.frozen_set CASCADE'), 'E_FROZEN', 'all at once neither');
SELECT is((SELECT string_agg(part || ' ' || (before_numerator || '->' || after_numerator), ' ' ORDER BY part)
	FROM figure_diff('coverage', 'A1', '2024-06-30', day_last('2024-06-30'), 2, '2024-06-30', '2024-06-30', pg_temp.at(43201), 2)),
	'broad_all 1->2 broad_rural 1->2 strict_all 1->2 strict_rural 1->2', 'frozen against live');
SELECT results_eq($$ SELECT * FROM pg_temp.named(figure_diff_json('frozen:2024-06-30', 'live', 'P', NULL, NULL, 'coverage'), 'broad_all') WHERE named LIKE '1 new%' $$,
	$$ VALUES ('1 new lecture_event A1') $$, 'and the late record is named');
-- A frozen figure that is no longer what the records say: the difference still adds up, and says so.
ALTER TABLE frozen_figure DISABLE TRIGGER frozen_figure_stays;
UPDATE frozen_figure SET numerator = numerator + 5 WHERE indicator = 'coverage' AND node_code = 'A1' AND part = 'broad_all';
SELECT is(pg_temp.off(figure_diff_json('frozen:2024-06-30', 'live', 'P', '2024-06-30', NULL, NULL)), 0::bigint, 'a tampered frozen figure is told apart');
SELECT ok((SELECT NOT digest = figure_digest(milestone_on, indicator) FROM frozen_set WHERE indicator = 'coverage'), 'and its digest tells');
SELECT is((SELECT c ->> 'numerator' FROM jsonb_array_elements(figure_diff_json('frozen:2024-06-30', 'live', 'P', NULL, NULL, 'coverage') #> '{indicators,0,contributions}') c
	WHERE c ->> 'step' = 'frozen'), '-5', 'by how much');

-- Differences, one cause each. The fold is far ahead.
UPDATE fold_state SET as_of = '2030-01-01';
SELECT is(pg_temp.refusal($$ SELECT figure_diff_json('2024-13-01', 'live', 'P', NULL, NULL, NULL) $$), 'E_POINT_BAD', 'a day that does not exist');
SELECT is(pg_temp.refusal($$ SELECT figure_diff_json('live', '2024-06-01', 'P', NULL, NULL, NULL) $$), 'E_POINT_ORDER', 'the later one first');
SELECT is(pg_temp.refusal($$ SELECT figure_diff_json('frozen:2024-07-01', 'live', 'P', NULL, NULL, NULL) $$), 'E_NOT_FROZEN', 'nothing frozen on that day');
SELECT is(pg_temp.refusal($$ SELECT figure_diff_json('2023-01-01', 'live', 'P', NULL, NULL, NULL) $$), 'E_REGISTER', 'before any register');
SELECT is(pg_temp.refusal($$ SELECT figure_diff_json('2024-06-01', 'live', 'Q', NULL, NULL, NULL) $$), 'E_NODE_UNKNOWN', 'an unknown node');
SAVEPOINT clean;
SELECT pg_temp.lecture('A1', 'new', 100, '2024-06-03', '{102}', p_category => 'campus');
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(99, 100), 'broad_all') $$, $$ VALUES ('1 new lecture_event A1') $$, 'diff: a new lecture');
SELECT is((SELECT count(*) FROM pg_temp.named(pg_temp.diff(99, 100), 'strict_all')), 0::bigint, 'diff: which is of another category than 进村居');
SELECT pg_temp.lecture('A1', 'new', 101, '2024-06-03', '{102}', p_revision => '2', p_base => '1');
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(100, 101), 'strict_all') $$, $$ VALUES ('1 corrected lecture_event A1') $$, 'diff: a correction');
SELECT is((SELECT r -> 'fields' -> 'category' || jsonb_build_array(r -> 'author', r -> 'depth') FROM jsonb_array_elements(pg_temp.diff(100, 101) #> '{indicators,0,contributions}') c
	CROSS JOIN jsonb_array_elements(c -> 'records') r LIMIT 1), '["campus", "village", "author of 2", 2]', 'diff: what was corrected, by whom');
SELECT is(pg_temp.changed(pg_temp.diff(101, 101)), 0::bigint, 'diff: nothing between an instant and itself');
SELECT pg_temp.lecture('A1', 'new', 102, NULL, p_revision => '3', p_base => '2', p_op => 'withdraw', p_category => NULL, p_mode => NULL);
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(101, 102), 'broad_all') $$, $$ VALUES ('-1 withdrawn lecture_event A1') $$, 'diff: a withdrawal');
SELECT pg_temp.lecture('A1', 'new', 103, '2024-06-03', '{102}', p_revision => '4', p_base => '3');
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(102, 103), 'broad_all') $$, $$ VALUES ('1 reinstated lecture_event A1') $$, 'diff: reinstated');
SELECT pg_temp.plan('A1', 'line', 104, 3, '2024-06-20', '2', '1');
SELECT results_eq($$ SELECT DISTINCT r ->> 'change' || ' ' || (c ->> 'denominator') FROM jsonb_array_elements(pg_temp.diff(103, 104) #> '{indicators,1,contributions}') c
	CROSS JOIN jsonb_array_elements(c -> 'records') r $$, $$ VALUES ('corrected 1') $$, 'diff: a plan item moves the denominator');
SELECT pg_temp.claim('A', 'c', 106, 'A1', 'new', 'city'), pg_temp.plan('A', 'city', 105, 1, '2024-12-31');
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(105, 106), 'cities_capped') $$, $$ VALUES ('1 new claim A') $$, 'diff: a claim credits a line');
SELECT pg_temp.lecture('A1', 'twin1', 110, '2024-06-05', p_place => 'hall'), pg_temp.lecture('A1', 'twin2', 111, '2024-06-05', p_place => 'hall', p_plan => 'line');
SELECT pg_temp.lecture('A1', 'twin1', 112, NULL, p_revision => '2', p_base => '1', p_op => 'withdraw', p_category => NULL, p_mode => NULL);
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(111, 112), 'cities_capped') $$, $$ VALUES ('1 twin_withdrawn lecture_event A1') $$, 'diff: a twin made room');
SELECT pg_temp.verdict('A1', 'twin2', '1', 113, 'rejected');
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(112, 113), 'cities_capped') $$, $$ VALUES ('-1 rejected lecture_event A1') $$, 'diff: a verdict');
SELECT is((SELECT r #>> '{review,reviewer}' FROM jsonb_array_elements(pg_temp.diff(112, 113) #> '{indicators,1,contributions}') c
	CROSS JOIN jsonb_array_elements(c -> 'records') r LIMIT 1), 'boss', 'diff: and who gave it');
SELECT pg_temp.verdict('A1', 'twin2', '1', 114, 'pending');
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(113, 114), 'cities_capped') $$, $$ VALUES ('1 reopened lecture_event A1') $$, 'diff: taken back');
SELECT pg_temp.claim('A1', 'join', 116, 'A2', 'same', NULL), pg_temp.lecture('A2', 'same', 115, '2024-06-05', p_place => 'hall');
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(115, 116), 'cities_capped') $$, $$ VALUES ('-1 joined claim A1') $$, 'diff: joined to the lecture of another');
INSERT INTO study_event (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version,
	form, target, occurred_on, status, topic, plan_item_id) SELECT 'A1', pg_temp.id('study'), pg_temp.id('study/1'), 'submit', pg_temp.at(117), 'x', 'A1', pg_temp.at(117),
	pg_temp.batch('A1', 117), 1, 1, 'training', 'staff', '2024-06-05', 'held', 'x', pg_temp.id('line');
SELECT results_eq($$ SELECT * FROM pg_temp.named(pg_temp.diff(116, 117), 'cities_raw') $$, $$ VALUES ('1 new study_event A1') $$, 'diff: a study event credits a line');
-- The boundary alone.
SELECT results_eq($$ SELECT DISTINCT c ->> 'step' FROM jsonb_array_elements(zhibao.figure_diff_json('2024-06-10', '2024-06-15', 'P', NULL, NULL, 'coverage') #> '{indicators,0,contributions}') c ORDER BY 1 $$,
	$$ VALUES ('on'), ('register') $$, 'diff: a merger of townships and new registers are boundaries, not records');
SELECT is(pg_temp.off(figure_diff_json('2024-06-10', '2024-06-15', 'P', NULL, NULL, NULL)), 0::bigint, 'diff: which add up, too, for every indicator');
SELECT is((SELECT concat_ws(' ', pg_temp.nameless(d), pg_temp.silent(d), pg_temp.untouched(d)) FROM figure_diff_json('2024-06-10', '2024-06-15', 'P', NULL, NULL, NULL) d), '0 0 0',
	'diff: and are explained');
SELECT is((SELECT string_agg(DISTINCT r ->> 'text_zh', ' ' ORDER BY r ->> 'text_zh') FROM jsonb_array_elements(figure_diff_json('2024-06-10', '2024-06-15', 'P', NULL, NULL, 'coverage') #> '{indicators,0,contributions}') c
	CROSS JOIN jsonb_array_elements(c -> 'reasons') r), '名册由 test@1 换为 test@2，记录不变 统计日由 2024-06-10 移到 2024-06-15，记录与名册不变', 'diff: in words');
SELECT is((figure_diff_json('2024-06-20', '2024-06-20', 'P', '2024-06-20', 1, 'coverage') #>> '{a,register_version}')::integer, 1, 'diff: any version of the registers can be asked');
SELECT ok(figures_at.numerator = 3 AND figures_at.denominator = 9 , 'a past day under another boundary') FROM figures_at('coverage', '2024-06-20', day_last('2024-06-20'), 1) WHERE node_code = 'P' AND part = 'broad_all';
ROLLBACK TO clean;

-- Shapes of figures: what is no percentage, what does not add up, and that no indicator is left out.
SELECT is((SELECT string_agg(d.indicator_id, ' ') FROM indicator_definition d WHERE NOT EXISTS (SELECT FROM figure_source s
	WHERE s.indicator = d.indicator_id AND s.named_by = d.indicator_id AND figure_exists(s))), NULL, 'every indicator of the catalogue is frozen, compared and exported');
SELECT is((SELECT string_agg(s.indicator, ' ' ORDER BY s.indicator) FROM figure_source s WHERE figure_name(s.indicator) = '完成率'), 'I-02 completion', 'a figure bears the name of the catalogue');
CREATE FUNCTION pg_temp.news(p_office text, p_item text, p_minute integer, p_days integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.news_item (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version,
		news_kind, title, happened_on, reported_on) SELECT p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/1'), 'submit', pg_temp.at(p_minute), 'x', p_office,
		pg_temp.at(p_minute), b, b, 1, 'work_news', p_item, '2024-05-01', date '2024-05-01' + p_days FROM pg_temp.batch(p_office, p_minute) b $$;
CREATE FUNCTION pg_temp.speaker(p_office text, p_item text, p_minute integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.speaker (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version,
		role, display_name, trained_on, is_active) SELECT p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/1'), 'submit', pg_temp.at(p_minute), 'x', p_office,
		pg_temp.at(p_minute), b, b, 1, 'backbone', p_item, '2024-04-01', true FROM pg_temp.batch(p_office, p_minute) b $$;
CREATE FUNCTION pg_temp.feedback(p_office text, p_item text, p_minute integer, p_topic text, p_count integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.feedback_stat (office_code, item_id, revision_id, operation, recorded_at, author, author_office_code, received_at, batch_id, seq, programme_version,
		source, period_start, period_end, topic, total_count) SELECT p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/1'), 'submit', pg_temp.at(p_minute), 'x', p_office,
		pg_temp.at(p_minute), b, b, 1, 'petition', '2024-05-01', '2024-05-31', p_topic, p_count FROM pg_temp.batch(p_office, p_minute) b $$;
CREATE FUNCTION pg_temp.exported(p_node text, p_indicator text, p_part text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', e.numerator || coalesce('/' || e.denominator, ''), e.value, e.style, e.unit, e.indicator_zh, e.part_zh)
	FROM zhibao.export_figures('P', '2024-06-30', pg_temp.at(300), false) e WHERE (e.node_code, e.indicator, e.part) = (p_node, p_indicator, p_part) $$;
INSERT INTO lecture_category VALUES (1, 'village', '进村居', true);
SELECT pg_temp.speaker('A1', 'one', 200), pg_temp.speaker('A1', 'two', 201), pg_temp.lecture('A1', 'both', 202, '2024-06-03'), pg_temp.lecture('A1', 'alone', 203, '2024-06-04');
UPDATE lecture_event SET speaker_item_ids = ARRAY[pg_temp.id('one'), pg_temp.id('two')] WHERE item_id = pg_temp.id('both');
UPDATE lecture_event SET speaker_item_ids = ARRAY[pg_temp.id('one')] WHERE item_id = pg_temp.id('alone');
SELECT pg_temp.news('A1', 'n1', 210, 15), pg_temp.news('A1', 'n2', 211, 16), pg_temp.feedback('A1', 'f1', 220, '社保', 3), pg_temp.feedback('A1', 'f2', 221, '就业', 4);
SELECT is(pg_temp.exported('A1', 'I-05', ''), '3/2 1.50 ratio 场/人 骨干人均场次 在岗宣讲人员', 'export: sessions per person are no percentage');
SELECT is(pg_temp.exported('A1', 'I-16', 'days.median'), '31/2 15.50 ratio 天 信息报送 报送天数中位数', 'export: nor is a median of days');
SELECT is(pg_temp.exported('A1', 'coverage', 'broad_all'), '1/3 33.33 percent 个 乡镇覆盖率 宽口径·乡镇+街道', 'export: a rate is');
SELECT is(pg_temp.exported('A1', 'I-14', 'petition#社保'), '3 3 count 件 反馈统计 分主题：信访诉求 社保', 'export: a count has its unit');
SELECT is(pg_temp.exported('P', 'I-08', 'days.median'), 'ratio 天 文件清理率 清理天数中位数', 'export: a median of nothing has no value');
SELECT is((SELECT count(*) FROM export_figures('P', '2024-06-30', pg_temp.at(300), false) e WHERE e.style IS NULL OR e.unit IS NULL OR e.part_zh IS NULL OR e.part_zh = e.part), 0::bigint,
	'export: every figure has a style, a unit and a name');
-- What another system adds up over its tree is the figure.
CREATE TEMPORARY TABLE share AS SELECT * FROM export_figures('P', '2024-06-30', pg_temp.at(300), true);
SELECT results_eq($$ SELECT f.node_code, f.indicator, f.part, f.numerator, f.denominator FROM zhibao.export_figures('P', '2024-06-30', pg_temp.at(300), false) f
	WHERE (f.indicator, f.part) IN (SELECT s.indicator, s.part FROM share s) AND (f.numerator <> 0 OR f.denominator <> 0) ORDER BY 1, 2, 3 $$,
	$$ SELECT t.ancestor_code, s.indicator, s.part, sum(s.numerator)::bigint, sum(s.denominator)::bigint
	FROM share s JOIN zhibao.office_tree t ON t.register_version = 1 AND t.code = s.node_code GROUP BY 1, 2, 3
	HAVING sum(s.numerator) <> 0 OR sum(s.denominator) <> 0 ORDER BY 1, 2, 3 $$, 'shares: over the tree they add up to every figure');
SELECT is((SELECT string_agg(DISTINCT k.indicator || ' ' || k.part, ', ') FROM (SELECT f.indicator, f.part FROM export_figures('P', '2024-06-30', pg_temp.at(300), false) f
	WHERE f.numerator <> 0 EXCEPT SELECT s.indicator, s.part FROM share s) k), 'I-02b , I-02b all, I-02b village, I-16 days.longest, I-16 days.median', 'shares: medians, longest days and distinct counts have none');
-- And a difference of such a part names records and no numbers.
SELECT pg_temp.news('A2', 'n3', 301, 40);
SELECT results_eq($$ SELECT p, c ->> 'numerator', c ->> 'denominator', c -> 'nodes', r ->> 'change' || ' ' || (r ->> 'title') FROM jsonb_array_elements(pg_temp.diff_of('I-16', 300, 301, '2024-06-30', NULL)
	#> '{indicators,0,contributions}') c CROSS JOIN jsonb_array_elements_text(c -> 'parts') p CROSS JOIN jsonb_array_elements(c -> 'records') r
	WHERE p LIKE 'days.%' OR p = 'kind:work_news' ORDER BY 1, 4 $$,
	$$ VALUES ('days.longest', NULL, NULL, '["A", "A2", "P"]'::jsonb, 'new n3'), ('days.median', NULL, NULL, '["A", "A2", "P"]', 'new n3'),
		('kind:work_news', '1', '0', '["A", "A2", "P"]', 'new n3') $$, 'diff: nobody has a share of a median or a longest; the record is named');
SELECT is((SELECT f || '{}' FROM jsonb_array_elements(pg_temp.diff_of('I-16', 300, 301, '2024-06-30', NULL) #> '{indicators,0,figures}') f WHERE f ->> 'node_code' = 'A' AND f ->> 'part' = 'days.median'),
	'{"node_code": "A", "name_zh": "A", "part": "days.median", "part_zh": "报送天数中位数", "unit": "天", "style": "ratio", "is_additive": false,
	"before": {"numerator": 31, "denominator": 2, "percent": null, "value": "15.50"}, "after": {"numerator": 32, "denominator": 2, "percent": null, "value": "16.00"}}'::jsonb, 'diff: a median in days');
ROLLBACK TO clean;

-- Random years: lectures, corrections, withdrawals, verdicts, plan items, claims, over both registers and random boundaries.
CREATE FUNCTION pg_temp.random_year(p_seed integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v_offices text[] := '{A,A1,A2,A3,B,U}';
	v_codes text[] := '{101,102,103,201,401,402,303,305,306}';
	v_office text;
	v_item text;
	v_revisions integer;
	v_minute integer;
BEGIN
	PERFORM setseed(p_seed / 1000.0);
	FOR i IN 1..6 LOOP
		PERFORM pg_temp.plan(v_offices[i], 'plan' || i, floor(random() * 3000)::integer, 1 + floor(random() * 3)::integer, date '2024-06-10' + floor(random() * 30)::integer);
		PERFORM pg_temp.plan(v_offices[i], 'plan' || i, 3000 + floor(random() * 30000)::integer, 1 + floor(random() * 3)::integer, date '2024-06-10' + floor(random() * 30)::integer, '2', '1');
	END LOOP;
	FOR i IN 1..50 LOOP
		v_office := v_offices[1 + floor(random() * 6)::integer];
		v_item := 'r' || i;
		v_minute := floor(random() * 20000)::integer;
		v_revisions := 1 + floor(random() * 4)::integer;
		FOR r IN 1..v_revisions LOOP
			IF r > 1 AND random() < 0.25 THEN
				PERFORM pg_temp.lecture(v_office, v_item, v_minute, NULL, p_revision => r::text, p_base => (r - 1)::text, p_op => 'withdraw', p_category => NULL, p_mode => NULL);
			ELSE
				PERFORM pg_temp.lecture(v_office, v_item, v_minute, date '2024-06-01' + floor(random() * 35)::integer,
					ARRAY(SELECT v_codes[1 + floor(random() * 9)::integer] FROM generate_series(0, floor(random() * 2)::integer)),
					(ARRAY['village', 'campus', 'general'])[1 + floor(random() * 3)::integer], r::text, CASE WHEN r > 1 THEN (r - 1)::text END,
					p_plan => CASE WHEN random() < 0.6 THEN 'plan' || array_position(v_offices, v_office) END,
					p_place => CASE WHEN random() < 0.2 THEN 'same hall' END, p_mode => CASE WHEN random() < 0.1 THEN 'online' ELSE 'mixed' END);
			END IF;
			IF random() < 0.3 THEN
				PERFORM pg_temp.verdict(v_office, v_item, r::text, v_minute + floor(random() * 9000)::integer,
					(ARRAY['accepted', 'returned', 'rejected', 'pending'])[1 + floor(random() * 4)::integer]);
			END IF;
			v_minute := v_minute + 1 + floor(random() * 9000)::integer;
		END LOOP;
		IF random() < 0.3 THEN
			PERFORM pg_temp.claim('A', 'claim' || i, floor(random() * 40000)::integer, v_office, v_item, 'plan1') WHERE v_office <> 'A';
		END IF;
	END LOOP;
END $$;
CREATE TEMPORARY TABLE random_diff (seed integer, place integer, diff jsonb);
DO $$
BEGIN
	FOR s IN 1..3 LOOP
		BEGIN
			PERFORM pg_temp.random_year(s);
			ANALYZE zhibao.lecture_event, zhibao.plan_item, zhibao.claim, zhibao.township_version, zhibao.office, zhibao.office_tree;
			FOR i IN 1..4 LOOP
				INSERT INTO random_diff SELECT s, i, pg_temp.diff(least(a, b), greatest(a, b), CASE WHEN i % 2 = 0 THEN date '2024-06-30' END)
				FROM (SELECT floor(random() * 45000)::integer AS a, floor(random() * 45000)::integer AS b) m;
				INSERT INTO random_diff SELECT s, 5, pg_temp.diff_of(NULL, 5000, 40000, NULL, NULL) WHERE i = 1;
			END LOOP;
			RAISE EXCEPTION SQLSTATE 'ZB999' USING DETAIL = (SELECT jsonb_agg(to_jsonb(r)) FROM random_diff r);
		EXCEPTION WHEN SQLSTATE 'ZB999' THEN
			DECLARE v_detail text;
			BEGIN
				GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;
				INSERT INTO random_diff SELECT r.* FROM jsonb_populate_recordset(NULL::random_diff, v_detail::jsonb) r WHERE r.seed = s;
			END;
		END;
	END LOOP;
END $$;
SELECT is((SELECT count(*) FROM random_diff), 15::bigint, 'random years were compared');
SELECT cmp_ok((SELECT sum(pg_temp.changed(diff)) FROM random_diff), '>', 150::numeric, 'and many figures changed');
SELECT is((SELECT sum(pg_temp.off(diff)) FROM random_diff), 0::numeric, 'diff: the contributions add up to every difference');
SELECT is((SELECT sum(pg_temp.nameless(diff)) FROM random_diff), 0::numeric, 'diff: and every contribution names its records or its reason');
SELECT is((SELECT sum(pg_temp.silent(diff)) FROM random_diff), 0::numeric, 'diff: and every figure that changed has contributions');

-- Draws.
INSERT INTO account VALUES ('boss', '省', 'P', '{provincial_operator}', now(), NULL), ('city', '市', 'A', '{city_operator}', now(), NULL);
UPDATE fold_state SET as_of = pg_temp.at(43200) + interval '1 minute';
SELECT is(pg_temp.refusal($$ SELECT draw_commit('city', 'filing_spot_check', NULL) $$), 'E_ROLE', 'draw: only the province commits');
SELECT is(pg_temp.refusal($$ SELECT draw_commit('boss', 'lottery', NULL) $$), 'E_SCHEME_UNKNOWN', 'draw: a scheme that exists');
SELECT is(pg_temp.refusal($$ SELECT draw_run_post('boss', 1, 1, 1, NULL) $$), 'E_DRAW_UNKNOWN', 'draw: nothing is drawn before the commitment');
SELECT draw_commit('boss', 'coverage_spot_check', 'test') AS d \gset
SELECT is((SELECT string_agg(office_code || ' ' || stratum_code, ', ' ORDER BY office_code) FROM draw_member), 'A1 A, A2 A, A3 B, B B', 'draw: the population is that of the registers');
SELECT is((SELECT weight || ' ' || (facts ->> 'uncovered') || '/' || (facts ->> 'units') FROM draw_member WHERE office_code = 'A3'), '200 2/2', 'draw: nothing covered is 100 points');
SELECT ok((SELECT d.commitment = sha256(s.seed) FROM draw d JOIN draw_seed s USING (draw_id)), 'draw: the commitment is the hash of the seed');
SELECT ok(draw_json(:d, NULL) ->> 'seed' IS NULL, 'draw: the seed is not told before');
SELECT is(pg_temp.refusal(format($$ SELECT draw_run_post('city', %s, 1, 1, NULL) $$, :d)), 'E_ROLE', 'draw: only the province draws');
SELECT is(pg_temp.refusal(format($$ SELECT draw_run_post('boss', %s, 5, 1, NULL) $$, :d)), 'E_DRAW_SIZE', 'draw: not more than there are');
SELECT is(pg_temp.refusal(format($$ SELECT draw_run_post('boss', %s, 3, 1, 3) $$, :d)), 'E_DRAW_CITIES', 'draw: not more cities than there are');
INSERT INTO programme_version VALUES (3, 'test', 3, 'test', 2024, decode(repeat('00', 32), 'hex'), now());
SELECT is(pg_temp.refusal(format($$ SELECT draw_run_post('boss', %s, 2, 1, NULL) $$, :d)), 'E_DRAW_POPULATION', 'draw: not from a population that changed since');
INSERT INTO office SELECT 3, o.code, CASE o.code WHEN 'A2' THEN 'A1' ELSE o.parent_code END, o.level, o.name_zh, o.short_name, o.division_zh, o.division_kind, o.is_county_level
	FROM office o WHERE o.register_version = 2;
SELECT is((SELECT string_agg(p.office_code, ' ' ORDER BY p.office_code) FROM draw_population('filing_spot_check', 3) p), 'A1 A3', 'draw: a closed office is in no list');
DELETE FROM office WHERE register_version = 3;
DELETE FROM programme_version WHERE register_version = 3;
SELECT is(pg_temp.refusal(format($$ SELECT draw_run_post('boss', %s, 2, 1, NULL) $$, :d)), 'done', 'draw: drawn');
SELECT is(pg_temp.refusal(format($$ SELECT draw_run_post('boss', %s, 2, 1, NULL) $$, :d)), 'E_DRAW_DONE', 'draw: once');
SELECT is((SELECT count(DISTINCT stratum_code) || ' ' || count(*) FROM draw_sample JOIN draw_member USING (draw_id, office_code)), '2 2', 'draw: one of each city');
SELECT is((SELECT draw_entry(d.draw_id, d.committed_at - interval '1 microsecond') FROM draw d WHERE d.draw_id = :d), NULL, 'draw: before the commitment there was none');
SELECT results_eq(format($$ SELECT key, value FROM draw_run r CROSS JOIN jsonb_each_text(draw_json(r.draw_id, r.run_at - interval '1 microsecond') - 'population') j
	WHERE r.draw_id = %s AND key IN ('seed', 'sample_size', 'per_city', 'cities', 'run_by', 'run_at', 'sample', 'results') AND value IS NOT NULL $$, :d),
	$$ VALUES ('results', '[]') $$, 'draw: before it was run nothing of its outcome is told');
SELECT is((SELECT draw_json(r.draw_id, r.run_at) FROM draw_run r WHERE r.draw_id = :d), draw_json(:d, NULL), 'draw: from then on all');
SELECT is(draw_entry(:d, NULL), draw_json(:d, NULL) - 'population', 'draw: an entry of the list is the file without the population');
SELECT is((draw_entry(:d, NULL) ->> 'population_count')::bigint, (SELECT count(*) FROM draw_member WHERE draw_id = :d), 'draw: and tells how many there are');
SELECT is(pg_temp.refusal('UPDATE zhibao.draw_run SET sample_size = 1'), 'E_FROZEN', 'draw: what was drawn stays');
SELECT is(draw_key('\x00', 'A1', 200), div(draw_key('\x00', 'A1', 100), 2), 'draw: twice the weight, half the key');
-- One office in three has three times the weight of the others: drawn first in about 3 of 5 draws.
SELECT cmp_ok((SELECT abs(count(*) - 1200) FROM generate_series(1, 2000) s
	WHERE draw_key(int4send(s), 'a', 300) < least(draw_key(int4send(s), 'b', 100), draw_key(int4send(s), 'c', 100))), '<', 90::bigint, 'draw: in proportion to the weight');
ROLLBACK;
