-- Deploy draws: inspection draws (随机抽查): commitment, weights, drawing, publication. See docs/draws.md.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE draw_scheme (
	scheme text PRIMARY KEY,
	levels text[] NOT NULL,
	is_county_level boolean NOT NULL
);
COMMENT ON TABLE draw_scheme IS 'Whom an inspection draws from (抽查范围); schemes as in the record kind inspection. Written by the schema; read by the aggregator.';
COMMENT ON COLUMN draw_scheme.scheme IS 'scheme of the inspection (检查类别)';
COMMENT ON COLUMN draw_scheme.levels IS 'levels of offices in the population (层级)';
COMMENT ON COLUMN draw_scheme.is_county_level IS 'only offices with townships of their own (仅县级)';
GRANT SELECT ON draw_scheme TO zhibao_aggregator, zhibao_admin;
INSERT INTO draw_scheme VALUES ('filing_spot_check', '{county}', false), ('coverage_spot_check', '{city,county}', true),
	('online_check', '{city,county}', false), ('work_style_check', '{city,county}', false),
	('field_visit', '{city,county}', false), ('year_end_visit', '{city,county}', false),
	('mid_year_check', '{city,province_unit}', false), ('city_supervision', '{county}', false);

CREATE TABLE draw (
	draw_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	scheme text NOT NULL REFERENCES draw_scheme,
	occasion text,
	commitment bytea NOT NULL UNIQUE CHECK (octet_length(commitment) = 32),
	population_digest bytea NOT NULL CHECK (octet_length(population_digest) = 32),
	register_version integer NOT NULL REFERENCES programme_version,
	as_of timestamptz NOT NULL,
	committed_by text NOT NULL,
	committed_office_code text NOT NULL,
	committed_at timestamptz NOT NULL
);
COMMENT ON TABLE draw IS 'Commitments to draws (抽查承诺), before anything is drawn. Written through draw_commit; read by the aggregator.';
COMMENT ON COLUMN draw.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw.scheme IS 'scheme (检查类别)';
COMMENT ON COLUMN draw.occasion IS 'occasion in words (检查契机)';
COMMENT ON COLUMN draw.commitment IS 'SHA-256 of the 32 bytes of the seed (承诺值), published first';
COMMENT ON COLUMN draw.population_digest IS 'SHA-256 over the population with its weights (名单摘要)';
COMMENT ON COLUMN draw.register_version IS 'registers the population is from (名册版本)';
COMMENT ON COLUMN draw.as_of IS 'instant of the facts behind the weights (数据时点)';
COMMENT ON COLUMN draw.committed_by IS 'account (操作人)';
COMMENT ON COLUMN draw.committed_office_code IS 'its office then (所属单位)';
COMMENT ON COLUMN draw.committed_at IS 'when (承诺时间)';

CREATE TABLE draw_seed (
	draw_id bigint PRIMARY KEY REFERENCES draw,
	seed bytea NOT NULL CHECK (octet_length(seed) = 32)
);
COMMENT ON TABLE draw_seed IS 'Secret seeds (随机种子). No daemon may read them; draw_run reveals one when it draws.';
COMMENT ON COLUMN draw_seed.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw_seed.seed IS '32 random bytes (随机种子)';

CREATE TABLE draw_member (
	draw_id bigint NOT NULL REFERENCES draw,
	office_code text NOT NULL,
	stratum_code text NOT NULL,
	weight integer NOT NULL CHECK (weight BETWEEN 1 AND 1000000),
	facts jsonb NOT NULL,
	PRIMARY KEY (draw_id, office_code)
);
COMMENT ON TABLE draw_member IS 'Population of a draw with its weights (抽查名单), public from the commitment on. Written through draw_commit; read by the aggregator.';
COMMENT ON COLUMN draw_member.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw_member.office_code IS 'office (单位代码)';
COMMENT ON COLUMN draw_member.stratum_code IS 'city it belongs to, itself for cities and units (所属市州)';
COMMENT ON COLUMN draw_member.weight IS 'weight, 100 and points (权重)';
COMMENT ON COLUMN draw_member.facts IS 'what the points were given for (权重依据)';

CREATE TABLE draw_run (
	draw_id bigint PRIMARY KEY REFERENCES draw,
	seed bytea NOT NULL CHECK (octet_length(seed) = 32),
	sample_size integer NOT NULL CHECK (sample_size BETWEEN 1 AND 200),
	per_city integer NOT NULL CHECK (per_city BETWEEN 0 AND 200),
	cities integer NOT NULL CHECK (cities > 0),
	run_by text NOT NULL,
	run_office_code text NOT NULL,
	run_at timestamptz NOT NULL
);
COMMENT ON TABLE draw_run IS 'Draws made (抽查结果), once for each commitment. Written through draw_run_post; read by the aggregator.';
COMMENT ON COLUMN draw_run.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw_run.seed IS 'the seed, revealed (随机种子)';
COMMENT ON COLUMN draw_run.sample_size IS 'offices drawn, unit 个 (抽查数量)';
COMMENT ON COLUMN draw_run.per_city IS 'at least so many of each drawn city, unit 个 (每市州至少)';
COMMENT ON COLUMN draw_run.cities IS 'cities drawn, unit 个 (抽中市州数)';
COMMENT ON COLUMN draw_run.run_by IS 'account (操作人)';
COMMENT ON COLUMN draw_run.run_office_code IS 'its office then (所属单位)';
COMMENT ON COLUMN draw_run.run_at IS 'when (抽取时间)';

CREATE TABLE draw_sample (
	draw_id bigint NOT NULL REFERENCES draw_run,
	office_code text NOT NULL,
	place integer NOT NULL,
	draw_key numeric NOT NULL,
	PRIMARY KEY (draw_id, office_code),
	UNIQUE (draw_id, place)
);
COMMENT ON TABLE draw_sample IS 'Offices drawn (抽中单位). Written through draw_run_post; read by the aggregator.';
COMMENT ON COLUMN draw_sample.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw_sample.office_code IS 'office drawn (单位代码)';
COMMENT ON COLUMN draw_sample.place IS 'order in which it was drawn (抽中次序)';
COMMENT ON COLUMN draw_sample.draw_key IS 'its key, small ones first (抽取键)';

GRANT SELECT ON draw, draw_member, draw_run, draw_sample TO zhibao_aggregator, zhibao_admin;
CREATE TRIGGER draw_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draw_seed_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw_seed EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draw_member_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw_member EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draw_run_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw_run EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draw_sample_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw_sample EXECUTE FUNCTION refuse_change();

-- Weighted drawing without replacement (Efraimidis and Spirakis 2006) in integers, so that everybody gets the same:
-- u = the first eight bytes of SHA-256(seed || label) as an unsigned number, plus 1; L = -log2(u / 2^64) in units of
-- 2^-48, by squaring (docs/draws.md); key = floor(L * 10^9 / weight). The smallest keys are drawn.
CREATE FUNCTION draw_key(p_seed bytea, p_label text, p_weight bigint) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_digest bytea := sha256(p_seed || convert_to(p_label, 'UTF8'));
	v_x numeric := 0;
	v_whole integer := 1;
	v_part numeric := 0;
BEGIN
	FOR i IN 0..7 LOOP
		v_x := v_x * 256 + get_byte(v_digest, i);
	END LOOP;
	v_x := v_x + 1;
	IF v_x = 18446744073709551616 THEN
		RETURN 0;
	END IF;
	WHILE v_x < 9223372036854775808 LOOP
		v_x := v_x * 2;
		v_whole := v_whole + 1;
	END LOOP;
	FOR i IN 1..48 LOOP
		v_x := div(v_x * v_x, 9223372036854775808);
		v_part := v_part * 2;
		IF v_x >= 18446744073709551616 THEN
			v_x := div(v_x, 2);
			v_part := v_part + 1;
		END IF;
	END LOOP;
	RETURN div((v_whole * 281474976710656 - v_part) * 1000000000, p_weight);
END $$;
COMMENT ON FUNCTION draw_key(bytea, text, bigint) IS 'Key of an office in a draw (抽取键), small ones are drawn first.';

-- Offices a scheme draws from, by the registers in force, with the city each belongs to. Nobody visits a closed one.
CREATE FUNCTION draw_population(p_scheme text, p_register integer) RETURNS TABLE (office_code text, stratum_code text)
LANGUAGE sql STABLE AS $$
	SELECT o.code, CASE WHEN o.level = 'county' THEN o.parent_code ELSE o.code END
	FROM zhibao.draw_scheme s JOIN zhibao.open_office(p_register) o ON o.level = ANY (s.levels)
		AND (o.is_county_level OR NOT s.is_county_level)
	WHERE s.scheme = p_scheme
$$;
COMMENT ON FUNCTION draw_population(text, integer) IS 'Offices a scheme draws from (抽查范围名单).';

-- Late and missing obligations per office, where deadlines are kept.
CREATE FUNCTION draw_lateness(p_as_of timestamptz) RETURNS TABLE (office_code text, missing bigint, late bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF to_regprocedure('zhibao.obligation_standing(timestamptz,date)') IS NOT NULL THEN
		RETURN QUERY EXECUTE 'SELECT o.office_code, count(*) FILTER (WHERE o.state = ''missing''), count(*) FILTER (WHERE o.state = ''late'')
			FROM zhibao.obligation_standing($1) o GROUP BY o.office_code' USING p_as_of;
	END IF;
END $$;
COMMENT ON FUNCTION draw_lateness(timestamptz) IS 'Late and missing obligations per office (逾期和缺报), for weights.';

-- Mean verification factor of the newest form, in percent, where forms are judged.
CREATE FUNCTION draw_support(p_as_of timestamptz) RETURNS TABLE (office_code text, support_percent integer)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF to_regprocedure('zhibao.form_support(text,timestamptz)') IS NOT NULL THEN
		RETURN QUERY EXECUTE 'SELECT n.office_code, least(100, greatest(0, floor(100 * avg(s.verification_factor))))::integer
			FROM (SELECT DISTINCT ON (g.office_code) g.* FROM (VALUES (1, ''mid_year''), (2, ''year_end'')) p (place, period)
				CROSS JOIN LATERAL zhibao.form_filing(p.period, $1) g WHERE g.is_current ORDER BY g.office_code, p.place DESC) n
			CROSS JOIN LATERAL zhibao.form_support_of(n.office_code, n.item_id, n.revision_id, $1) s
			WHERE s.verification_factor IS NOT NULL GROUP BY n.office_code' USING p_as_of;
	END IF;
END $$;
COMMENT ON FUNCTION draw_support(timestamptz) IS 'Mean verification factor per office (佐证程度), for weights.';

-- Weights from public facts, as known at p_as_of: 100, and points for each of: obligations missing (20 each, up to 100) and
-- late (10 each, up to 50); townships not covered (percent of them, broad, official base); sessions in the last seven days up
-- to a completion or coverage check (percent of all); suspected duplicates (ruling R8; 10 each, up to 100); a verification factor
-- below one (percent missing).
CREATE FUNCTION draw_weight(p_scheme text, p_as_of timestamptz) RETURNS TABLE (office_code text, stratum_code text, weight integer, facts jsonb)
LANGUAGE sql STABLE AS $$
	WITH point AS MATERIALIZED (
		SELECT zhibao.register_at(p_as_of) AS register, (p_as_of AT TIME ZONE 'Asia/Shanghai')::date AS day
	), county AS MATERIALIZED (
		SELECT c.* FROM point p CROSS JOIN LATERAL zhibao.coverage_by_county(p.day, p_as_of) c
	), coverage AS (
		SELECT t.ancestor_code AS office_code, sum(c.units_all) AS units, sum(c.units_all - c.broad_all) AS uncovered
		FROM point p JOIN zhibao.office_tree t ON t.register_version = p.register JOIN county c ON c.county_code = t.code
		GROUP BY t.ancestor_code
	), held AS MATERIALIZED (
		SELECT s.office_code, s.occurred_on FROM point p CROSS JOIN LATERAL zhibao.session(p.day, p_as_of) s
	), twin AS (
		SELECT t.office_code, count(*) AS twins FROM point p CROSS JOIN LATERAL zhibao.suspected_twin(p.day, p_as_of) t GROUP BY t.office_code
	), check_day AS MATERIALIZED (
		SELECT DISTINCT m.due_on FROM point p JOIN zhibao.milestone m ON m.register_version = p.register AND m.due_on <= p.day
			AND m.submission_kind IN ('completion_check', 'coverage_check')
	), session AS (
		SELECT h.office_code, count(*) AS sessions,
			count(*) FILTER (WHERE EXISTS (SELECT FROM check_day d WHERE h.occurred_on BETWEEN d.due_on - 6 AND d.due_on)) AS burst
		FROM held h GROUP BY h.office_code
	), fact AS (
		SELECT o.office_code, o.stratum_code, coalesce(l.missing, 0) AS missing, coalesce(l.late, 0) AS late,
			coalesce(c.units, 0) AS units, coalesce(c.uncovered, 0) AS uncovered, coalesce(s.sessions, 0) AS sessions,
			coalesce(s.burst, 0) AS burst, coalesce(w.twins, 0) AS twins, f.support_percent
		FROM point p CROSS JOIN LATERAL zhibao.draw_population(p_scheme, p.register) o
		LEFT JOIN zhibao.draw_lateness(p_as_of) l USING (office_code)
		LEFT JOIN coverage c USING (office_code)
		LEFT JOIN session s USING (office_code)
		LEFT JOIN twin w USING (office_code)
		LEFT JOIN zhibao.draw_support(p_as_of) f USING (office_code)
	)
	SELECT f.office_code, f.stratum_code, (100 + least(100, 20 * f.missing) + least(50, 10 * f.late)
			+ CASE WHEN f.units > 0 THEN div(100 * f.uncovered, f.units) ELSE 0 END
			+ CASE WHEN f.sessions > 0 THEN 100 * f.burst / f.sessions ELSE 0 END
			+ least(100, 10 * f.twins) + coalesce(100 - f.support_percent, 0))::integer,
		jsonb_build_object('missing', f.missing, 'late', f.late, 'units', f.units, 'uncovered', f.uncovered, 'sessions', f.sessions,
			'burst', f.burst, 'twins', f.twins, 'support_percent', f.support_percent)
	FROM fact f
$$;
COMMENT ON FUNCTION draw_weight(text, timestamptz) IS 'Weights of a draw from public facts (抽查权重).';

-- A line of the published population; the digest is over all lines in the order of the codes.
CREATE FUNCTION draw_line(p_office text, p_stratum text, p_weight integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT p_office || ',' || p_stratum || ',' || p_weight || E'\n'
$$;
COMMENT ON FUNCTION draw_line(text, text, integer) IS 'A line of the published population (名单规范行).';

CREATE FUNCTION draw_commit(p_login text, p_scheme text, p_occasion text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_account zhibao.account := zhibao.acting_account(p_login, ARRAY['provincial_operator']);
	v_as_of timestamptz := (SELECT f.as_of FROM zhibao.fold_state f);
	-- 244 bits of the server's strong random numbers.
	v_seed bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
	v_members zhibao.draw_member[];
	v_draw bigint;
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.draw_scheme s WHERE s.scheme = p_scheme) THEN
		PERFORM zhibao.refuse('E_SCHEME_UNKNOWN', format('没有检查类别“%s”', p_scheme));
	END IF;
	IF v_as_of IS NULL OR zhibao.register_at(v_as_of) IS NULL THEN
		PERFORM zhibao.refuse('E_NOT_READY', '尚未汇总，请稍后重试');
	END IF;
	-- Weighed before anything is locked: the fold waits for whoever holds this table.
	v_members := ARRAY(SELECT (0, m.office_code, m.stratum_code, m.weight, m.facts)::zhibao.draw_member FROM zhibao.draw_weight(p_scheme, v_as_of) m);
	INSERT INTO zhibao.draw (scheme, occasion, commitment, population_digest, register_version, as_of, committed_by, committed_office_code, committed_at)
	SELECT p_scheme, nullif(p_occasion, ''), sha256(v_seed), (SELECT sha256(convert_to(coalesce(string_agg(
			zhibao.draw_line(m.office_code, m.stratum_code, m.weight), '' ORDER BY m.office_code COLLATE "C"), ''), 'UTF8')) FROM unnest(v_members) m),
		zhibao.register_at(v_as_of), v_as_of, p_login, v_account.office_code, clock_timestamp()
	RETURNING draw_id INTO v_draw;
	INSERT INTO zhibao.draw_member SELECT v_draw, m.office_code, m.stratum_code, m.weight, m.facts FROM unnest(v_members) m;
	INSERT INTO zhibao.draw_seed VALUES (v_draw, v_seed);
	RETURN v_draw;
END $$;
COMMENT ON FUNCTION draw_commit(text, text, text) IS 'Commits to a draw (抽查承诺): publishes the population and the hash of a seed nobody knows.';
REVOKE ALL ON FUNCTION draw_commit(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION draw_commit(text, text, text) TO zhibao_aggregator;

-- The drawing itself. Cities first, by the key of 'city:' || code and the sum of their weights; of each drawn city the p_per_city
-- smallest keys; then the smallest keys of what is left of the drawn cities.
CREATE FUNCTION draw_select(p_draw bigint, p_seed bytea, p_size integer, p_per_city integer, p_cities integer)
RETURNS TABLE (office_code text, place integer, draw_key numeric)
LANGUAGE sql STABLE AS $$
	WITH member AS MATERIALIZED (
		SELECT m.office_code, m.stratum_code, m.weight, zhibao.draw_key(p_seed, m.office_code, m.weight) AS key
		FROM zhibao.draw_member m WHERE m.draw_id = p_draw
	), city AS (
		SELECT s.stratum_code, row_number() OVER (ORDER BY zhibao.draw_key(p_seed, 'city:' || s.stratum_code, s.weight), s.stratum_code COLLATE "C") AS place
		FROM (SELECT m.stratum_code, sum(m.weight)::bigint AS weight FROM member m GROUP BY m.stratum_code) s
	), ranked AS (
		SELECT m.*, row_number() OVER (PARTITION BY m.stratum_code ORDER BY m.key, m.office_code COLLATE "C") <= p_per_city AS is_first
		FROM member m JOIN city c USING (stratum_code) WHERE c.place <= p_cities
	)
	SELECT r.office_code, (row_number() OVER (ORDER BY r.is_first DESC, r.key, r.office_code COLLATE "C"))::integer, r.key
	FROM ranked r ORDER BY r.is_first DESC, r.key, r.office_code COLLATE "C" LIMIT p_size
$$;
COMMENT ON FUNCTION draw_select(bigint, bytea, integer, integer, integer) IS 'Offices drawn by a seed (抽取), see docs/draws.md.';

-- Draws, once. p_cities NULL: as many cities as the size allows with p_per_city of each.
CREATE FUNCTION draw_run_post(p_login text, p_draw bigint, p_size integer, p_per_city integer, p_cities integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_account zhibao.account := zhibao.acting_account(p_login, ARRAY['provincial_operator']);
	v_draw zhibao.draw;
	v_seed bytea;
	v_members bigint;
	v_strata bigint;
	v_cities integer;
BEGIN
	SELECT * INTO v_draw FROM zhibao.draw d WHERE d.draw_id = p_draw;
	IF NOT FOUND THEN
		PERFORM zhibao.refuse('E_DRAW_UNKNOWN', format('没有第 %s 号抽查承诺，应先承诺再抽取', p_draw));
	END IF;
	IF EXISTS (SELECT FROM zhibao.draw_run r WHERE r.draw_id = p_draw) THEN
		PERFORM zhibao.refuse('E_DRAW_DONE', format('第 %s 号抽查已经抽取，不能再抽', p_draw));
	END IF;
	IF EXISTS ((SELECT m.office_code, m.stratum_code FROM zhibao.draw_member m WHERE m.draw_id = p_draw
			EXCEPT SELECT * FROM zhibao.draw_population(v_draw.scheme, zhibao.register_at(clock_timestamp())))
		UNION ALL (SELECT * FROM zhibao.draw_population(v_draw.scheme, zhibao.register_at(clock_timestamp()))
			EXCEPT SELECT m.office_code, m.stratum_code FROM zhibao.draw_member m WHERE m.draw_id = p_draw)) THEN
		PERFORM zhibao.refuse('E_DRAW_POPULATION', '承诺以后名册有变化，请重新承诺');
	END IF;
	SELECT count(*), count(DISTINCT m.stratum_code) INTO v_members, v_strata FROM zhibao.draw_member m WHERE m.draw_id = p_draw;
	IF p_size < 1 OR p_size > least(200, v_members) THEN
		PERFORM zhibao.refuse('E_DRAW_SIZE', format('抽查数量应为 1 至 %s', least(200, v_members)));
	END IF;
	IF p_per_city < 0 OR p_per_city > p_size THEN
		PERFORM zhibao.refuse('E_DRAW_PER_CITY', format('每市州至少抽取数应为 0 至 %s', p_size));
	END IF;
	v_cities := coalesce(p_cities, least(v_strata, p_size / greatest(p_per_city, 1)));
	IF v_cities < 1 OR v_cities > v_strata OR v_cities * p_per_city > p_size THEN
		PERFORM zhibao.refuse('E_DRAW_CITIES', format('市州数应为 1 至 %s', least(v_strata, p_size / greatest(p_per_city, 1))));
	END IF;
	SELECT s.seed INTO STRICT v_seed FROM zhibao.draw_seed s WHERE s.draw_id = p_draw;
	INSERT INTO zhibao.draw_run VALUES (p_draw, v_seed, p_size, p_per_city, v_cities, p_login, v_account.office_code, clock_timestamp());
	INSERT INTO zhibao.draw_sample SELECT p_draw, s.* FROM zhibao.draw_select(p_draw, v_seed, p_size, p_per_city, v_cities) s;
	IF (SELECT count(*) FROM zhibao.draw_sample s WHERE s.draw_id = p_draw) <> p_size THEN
		PERFORM zhibao.refuse('E_DRAW_CITIES', '抽中市州的单位不足，请增加市州数');
	END IF;
EXCEPTION WHEN unique_violation THEN
	PERFORM zhibao.refuse('E_DRAW_DONE', format('第 %s 号抽查已经抽取，不能再抽', p_draw));
END $$;
COMMENT ON FUNCTION draw_run_post(text, bigint, integer, integer, integer) IS 'Draws once from a commitment and reveals its seed (抽取).';
REVOKE ALL ON FUNCTION draw_run_post(text, bigint, integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION draw_run_post(text, bigint, integer, integer, integer) TO zhibao_aggregator;

-- What was public about a draw by an instant, without the population; NULL when it was not committed to yet. Until it was run there
-- is no seed, so no sample and no result either. Results are the inspection records (MK13) of its scheme that name the seed, by who
-- was to make them, as I-12 has it: the seed is public, so anybody can name it; other records stand under not_counted. No instant: all there is.
CREATE FUNCTION draw_entry(p_draw bigint, p_as_of timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('format', 'zhibao-draw-1', 'draw_id', d.draw_id, 'scheme', d.scheme,
		'scheme_zh', zhibao.value_zh('inspection', 'scheme', d.scheme), 'occasion', d.occasion,
		'commitment', encode(d.commitment, 'hex'), 'population_digest', encode(d.population_digest, 'hex'),
		'register_version', d.register_version, 'rule_version', zhibao.rule_version(d.register_version), 'as_of', d.as_of,
		'committed_by', d.committed_by, 'committed_at', d.committed_at,
		'population_count', (SELECT count(*) FROM zhibao.draw_member m WHERE m.draw_id = d.draw_id),
		'seed', encode(r.seed, 'hex'), 'sample_size', r.sample_size, 'per_city', r.per_city, 'cities', r.cities,
		'run_by', r.run_by, 'run_at', r.run_at,
		'sample', (SELECT jsonb_agg(jsonb_build_object('code', s.office_code, 'name_zh', o.short_name, 'place', s.place, 'key', s.draw_key::text) ORDER BY s.place)
			FROM zhibao.draw_sample s JOIN zhibao.office o ON o.register_version = d.register_version AND o.code = s.office_code
			WHERE s.draw_id = r.draw_id),
		'results', coalesce(i.counted, '[]'), 'not_counted', coalesce(i.others, '[]'))
	FROM zhibao.draw d LEFT JOIN zhibao.draw_run r ON r.draw_id = d.draw_id AND (p_as_of IS NULL OR r.run_at <= p_as_of)
	LEFT JOIN LATERAL (
		SELECT jsonb_agg(w.entry ORDER BY n.checked_on, n.inspected_office_code, n.item_id) FILTER (WHERE w.is_counted) AS counted,
			jsonb_agg(w.entry ORDER BY n.checked_on, n.inspected_office_code, n.item_id) FILTER (WHERE NOT w.is_counted) AS others
		FROM zhibao.inspection_standing(p_as_of) s CROSS JOIN LATERAL (SELECT (s.record).*) n CROSS JOIN LATERAL (
			SELECT s.is_entitled AND n.scheme = d.scheme AS is_counted, jsonb_build_object('office_code', n.office_code, 'item_id', n.item_id,
				'inspected_office_code', n.inspected_office_code, 'checked_on', n.checked_on, 'result', n.result,
				'rectification_due_on', n.rectification_due_on, 'rectification_closed_on', n.rectification_closed_on) AS entry) w
		WHERE lower(n.seed) = encode(r.seed, 'hex')
	) i ON r.seed IS NOT NULL
	WHERE d.draw_id = p_draw AND (p_as_of IS NULL OR d.committed_at <= p_as_of)
$$;
COMMENT ON FUNCTION draw_entry(bigint, timestamptz) IS 'What was public about a draw, without its population (抽查公开内容，不含名单).';

-- The whole, as published and as checked by `draw verify`.
CREATE FUNCTION draw_json(p_draw bigint, p_as_of timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT zhibao.draw_entry(p_draw, p_as_of) || jsonb_build_object('population', (
		SELECT jsonb_agg(jsonb_build_object('code', m.office_code, 'name_zh', o.short_name, 'stratum', m.stratum_code,
			'weight', m.weight, 'facts', m.facts) ORDER BY m.office_code COLLATE "C")
		FROM zhibao.draw d JOIN zhibao.draw_member m USING (draw_id)
		JOIN zhibao.office o ON o.register_version = d.register_version AND o.code = m.office_code
		WHERE d.draw_id = p_draw))
$$;
COMMENT ON FUNCTION draw_json(bigint, timestamptz) IS 'What was public about a draw (抽查公开内容).';

COMMIT;
