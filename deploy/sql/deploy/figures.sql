-- Deploy figures: the figures (指标) of every node, the records behind them, the effect sheet.
--
-- The figure of a node is the sum over its subtree, never a mean of rates; indicator() adds up, indicator_members() shows
-- the rows. The indicators themselves stand in indicator_catalogue and the changes after it.

BEGIN;

SET LOCAL search_path TO zhibao;

-- The description of a part: the one of that name, else the longest pattern it matches; NULL when there is none.
CREATE FUNCTION indicator_part_of(p_id text, p_part text) RETURNS indicator_part
LANGUAGE sql STABLE AS $$
	SELECT p FROM zhibao.indicator_part p WHERE p.indicator_id = p_id
		AND (p.part = p_part OR (p.part LIKE '%*%' AND p_part LIKE replace(replace(p.part, '_', '\_'), '*', '%')))
	ORDER BY p.part = p_part DESC, length(p.part) DESC LIMIT 1
$$;
COMMENT ON FUNCTION indicator_part_of(text, text) IS 'Description of a sub-figure (分项说明).';

-- What a part is called: its own name, or that of its pattern with words for what the stars stand for.
CREATE FUNCTION indicator_part_name(p_register integer, p_id text, p_part text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT p.name_zh || coalesce('：' || (
		SELECT string_agg(CASE WHEN p.part = 'milestone:*' THEN (SELECT m.milestone_no || ' ' || m.obligation_zh FROM zhibao.milestone m
				WHERE m.register_version = p_register AND m.milestone_no::text = w.word)
			WHEN p.part LIKE '%.item:*' AND w.place > 1 THEN coalesce((SELECT c.label_zh FROM zhibao.form_item c
				WHERE c.register_version = p_register AND c.item_no::text = w.word), (SELECT c.label_zh FROM zhibao.form_cell c
				WHERE concat_ws('.', c.item_no, c.sub_field) = w.word), w.word)
			ELSE coalesce((SELECT v.label_zh FROM zhibao.value_label v WHERE v.value = w.word
				ORDER BY split_part(p_part, ':', 1) IN (v.kind, v.field) DESC, v.kind DESC LIMIT 1), w.word) END, ' ' ORDER BY w.place)
		FROM unnest(regexp_match(p_part, '^' || replace(replace(p.part, '.', '\.'), '*', '(.+)') || '$')) WITH ORDINALITY AS w (word, place)
		WHERE p.part LIKE '%*%'), '')
	FROM zhibao.indicator_part_of(p_id, p_part) p
$$;
COMMENT ON FUNCTION indicator_part_name(integer, text, text) IS 'Name of a sub-figure (分项名称).';

-- A figure as it is written, by its style: percent and quotient with two decimals, half up; NULL is not applicable (不适用). Ruling R17.
CREATE FUNCTION figure_text(p_style text, p_numerator bigint, p_denominator bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE p_style WHEN 'percent' THEN zhibao.percent_text(p_numerator, p_denominator)
		WHEN 'ratio' THEN CASE WHEN p_denominator > 0 THEN round(p_numerator::numeric / p_denominator, 2)::text END
		ELSE p_numerator::text END
$$;
COMMENT ON FUNCTION figure_text(text, bigint, bigint) IS 'A figure as it is written, without its unit (数据写法); ruling R17.';

-- For pages: a figure with its parts; its percent or its value (场/人, 天), as its style has it.
CREATE FUNCTION figure_json(p_style text, p_numerator bigint, p_denominator bigint) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_build_object('numerator', p_numerator, 'denominator', p_denominator,
		'percent', CASE WHEN p_style = 'percent' THEN zhibao.figure_text(p_style, p_numerator, p_denominator) END,
		'value', CASE WHEN p_style = 'ratio' THEN zhibao.figure_text(p_style, p_numerator, p_denominator) END)
$$;
COMMENT ON FUNCTION figure_json(text, bigint, bigint) IS 'A figure for pages: numerator, denominator, percent or value (数据).';

-- The day asked for, or the day of the instant of the facts.
CREATE FUNCTION facts_on(p_on date, p_as_of timestamptz) RETURNS date
LANGUAGE sql STABLE AS $$
	SELECT coalesce(p_on, (zhibao.facts_as_of(p_as_of) AT TIME ZONE 'Asia/Shanghai')::date)
$$;
COMMENT ON FUNCTION facts_on(date, timestamptz) IS 'The day asked for, or that of the facts (截至日期).';

CREATE FUNCTION indicator_facts(p_name name, p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE plpgsql STABLE ROWS 5000 AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT * FROM zhibao.%I($1, $2)', p_name) USING p_on, p_as_of;
END $$;
COMMENT ON FUNCTION indicator_facts(name, date, timestamptz) IS 'Facts of a function of the catalogue (指标明细).';

CREATE FUNCTION known_indicator(p_id text) RETURNS indicator_definition
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_definition zhibao.indicator_definition;
BEGIN
	SELECT * INTO v_definition FROM zhibao.indicator_definition d WHERE d.indicator_id = p_id;
	IF NOT FOUND THEN
		PERFORM zhibao.refuse('E_INDICATOR_UNKNOWN', format('没有指标“%s”', p_id));
	END IF;
	RETURN v_definition;
END $$;
COMMENT ON FUNCTION known_indicator(text) IS 'An indicator of the catalogue (指标定义), or a refusal.';

-- The figures of one indicator at every node of the tree. Every part without a pattern is there for every node: 0 when
-- nothing counts, 0/0 (不适用) for a rate without a denominator. A sum below its minimum is hidden: numerator NULL.
CREATE FUNCTION indicator(p_id text, p_on date, p_as_of timestamptz)
RETURNS TABLE (node_code text, part text, numerator bigint, denominator bigint)
LANGUAGE sql STABLE ROWS 2000 SET jit = off AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version, d.function_name FROM zhibao.known_indicator(p_id) d
	), fact AS MATERIALIZED (
		SELECT f.* FROM register r CROSS JOIN LATERAL zhibao.indicator_facts(r.function_name, zhibao.facts_on(p_on, p_as_of), p_as_of) f
	), total AS MATERIALIZED (
		SELECT t.ancestor_code, f.part, sum(f.numerator) AS n, sum(f.denominator) AS d, max(f.numerator) AS longest, max(f.denominator) AS largest,
			count(DISTINCT f.label) FILTER (WHERE f.numerator > 0) AS labels,
			(2 * percentile_cont(0.5) WITHIN GROUP (ORDER BY f.numerator))::bigint AS twice_median
		FROM register r JOIN zhibao.office_tree t ON t.register_version = r.version JOIN fact f ON f.office_code = t.code
		GROUP BY t.ancestor_code, f.part
	), described AS MATERIALIZED (
		SELECT k.part, p.style, p.rollup, zhibao.rule_value(r.version, p.minimum_rule, NULL)::bigint AS minimum
		FROM register r CROSS JOIN (SELECT f.part FROM fact f UNION SELECT i.part FROM zhibao.indicator_part i
			WHERE i.indicator_id = p_id AND i.part NOT LIKE '%*%') k
		CROSS JOIN LATERAL zhibao.indicator_part_of(p_id, k.part) p
	), figure AS (
		SELECT o.code, k.part, k.minimum,
			CASE k.rollup WHEN 'distinct' THEN coalesce(t.labels, 0) WHEN 'median' THEN t.twice_median WHEN 'longest' THEN t.longest
				ELSE coalesce(t.n, 0) END::bigint AS n,
			CASE WHEN k.style = 'count' THEN NULL WHEN k.rollup = 'distinct' THEN coalesce(t.largest, 0)
				WHEN k.rollup = 'median' THEN CASE WHEN t.twice_median IS NOT NULL THEN 2 END ELSE coalesce(t.d, 0) END::bigint AS d
		FROM register r JOIN zhibao.office o ON o.register_version = r.version CROSS JOIN described k
		LEFT JOIN total t ON t.ancestor_code = o.code AND t.part = k.part
		WHERE t.part IS NOT NULL OR EXISTS (SELECT FROM zhibao.indicator_part i WHERE i.indicator_id = p_id AND i.part = k.part)
	)
	SELECT f.code, f.part, CASE WHEN f.d < f.minimum THEN NULL ELSE f.n END, f.d FROM figure f
$$;
COMMENT ON FUNCTION indicator(text, date, timestamptz) IS 'Figures of an indicator at every node (指标), sums over the subtree; interface of pages, reports and frozen figures.';

-- The records behind a figure of a node: what each adds, and records without a part in the sum that it rests on (NULLs).
-- Records shows as item of an office; offices, halls and townships have no item but a label. Of a part with a minimum no row tells
-- its numerator as soon as one of them is below it (is_hidden): a sum less the rows that are shown would tell the others.
CREATE FUNCTION indicator_members(p_id text, p_node text, p_on date, p_as_of timestamptz, p_part text)
RETURNS TABLE (kind text, office_code text, item_id uuid, label text, numerator bigint, denominator bigint, counts_for text, is_hidden boolean)
LANGUAGE sql STABLE ROWS 1000 SET jit = off AS $$
	WITH part AS MATERIALIZED (
		SELECT d.members_name, zhibao.rule_value(zhibao.facts_register(p_as_of), k.minimum_rule, NULL)::bigint AS minimum
		FROM zhibao.known_indicator(p_id) d LEFT JOIN LATERAL zhibao.indicator_part_of(p_id, p_part) k ON true
	), member AS (
		SELECT f.*, coalesce(bool_or(f.denominator < p.minimum) OVER (), false) AS is_hidden
		FROM part p CROSS JOIN LATERAL zhibao.indicator_facts(p.members_name, zhibao.facts_on(p_on, p_as_of), p_as_of) f
		JOIN zhibao.office_tree t ON t.register_version = zhibao.facts_register(p_as_of) AND t.ancestor_code = p_node AND t.code = f.office_code
		WHERE f.part = p_part
	)
	SELECT m.kind, m.record_office_code, m.item_id, m.label, CASE WHEN NOT m.is_hidden THEN m.numerator END, m.denominator, m.office_code, m.is_hidden
	FROM member m
$$;
COMMENT ON FUNCTION indicator_members(text, text, date, timestamptz, text) IS 'Records behind a figure (指标构成记录).';

-- Silent offices as an interval: low = townships proven covered, high = low plus the uncovered ones of county-level offices
-- that were not heard in the 24 hours before as_of (no batch received, ends included); official breadth and base.
CREATE FUNCTION coverage_interval(p_on date, p_as_of timestamptz)
RETURNS TABLE (node_code text, low bigint, high bigint, denominator bigint, unheard text[])
LANGUAGE sql STABLE ROWS 150 SET jit = off AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version, zhibao.facts_as_of(p_as_of) AS known_at
	), heard AS MATERIALIZED (
		SELECT DISTINCT b.office_code FROM register r JOIN zhibao.batch b
			ON b.received_at >= r.known_at - interval '24 hours' AND b.received_at <= r.known_at
	), county AS MATERIALIZED (
		SELECT s.open_code AS office_code, sum(f.numerator) AS covered, sum(f.denominator) AS units,
			s.open_code NOT IN (SELECT h.office_code FROM heard h) AS is_silent
		FROM register r CROSS JOIN zhibao.township_coverage(zhibao.facts_on(p_on, p_as_of), p_as_of) f
		JOIN zhibao.standing_office(r.version) s ON s.code = f.office_code
		WHERE f.part = '' GROUP BY s.open_code
	)
	SELECT o.code, coalesce(sum(c.covered), 0)::bigint, coalesce(sum(CASE WHEN c.is_silent THEN c.units ELSE c.covered END), 0)::bigint,
		coalesce(sum(c.units), 0)::bigint, coalesce(array_agg(c.office_code ORDER BY c.office_code) FILTER (WHERE c.is_silent), '{}')
	FROM register r JOIN zhibao.office o ON o.register_version = r.version
	LEFT JOIN zhibao.office_tree t ON t.register_version = r.version AND t.ancestor_code = o.code
	LEFT JOIN county c ON c.office_code = t.code
	GROUP BY o.code
$$;
COMMENT ON FUNCTION coverage_interval(date, timestamptz) IS 'Coverage as an interval while offices are silent (覆盖率区间), annex 1 L20.';

-- A1-56: the effect sheet of every city and county: I-02, I-03, I-06, I-12 and I-14 side by side, no combined score. A figure
-- without anything behind it is named as missing, in words.
CREATE FUNCTION effect_sheet(p_on date, p_as_of timestamptz)
RETURNS TABLE (node_code text, indicator_id text, part text, name_zh text, unit text, style text, numerator bigint, denominator bigint, missing_zh text)
LANGUAGE sql STABLE ROWS 5000 SET jit = off AS $$
	WITH figure AS MATERIALIZED (
		SELECT d.id, f.* FROM unnest(ARRAY['I-02', 'I-02b', 'I-03', 'I-06', 'I-12', 'I-14']) AS d (id)
		CROSS JOIN LATERAL zhibao.indicator(d.id, p_on, p_as_of) f
	), source (id, part, records_part) AS (
		VALUES ('I-02', '', NULL), ('I-02', 'baseline', NULL), ('I-02b', '', NULL), ('I-03', '', NULL), ('I-06', '', NULL)
		UNION ALL SELECT DISTINCT 'I-12', s.scheme || '.visited', NULL FROM zhibao.inspection_scheme(zhibao.facts_register(p_as_of)) s
		UNION ALL SELECT 'I-14', s || p, s || '.records' FROM unnest(ARRAY['hotline_12333', 'reconsideration', 'litigation', 'arbitration',
			'petition', 'online_survey']) AS s CROSS JOIN unnest(ARRAY['', '.policy', '.closed', '.satisfied', '.change']) AS p
	)
	SELECT o.code, s.id, s.part, k.name_zh, k.unit, k.style, f.n, f.d,
		CASE WHEN s.id = 'I-02' AND coalesce(f.d, 0) = 0 THEN '没有带数量的计划项'
			WHEN s.id = 'I-03' AND coalesce(f.d, 0) = 0 THEN '名册中没有乡镇'
			WHEN s.id = 'I-06' AND coalesce(f.d, 0) = 0 THEN CASE WHEN EXISTS (SELECT FROM figure r
				WHERE r.id = 'I-06' AND r.part = 'not_due' AND r.numerator > 0 AND r.node_code = o.code) THEN '未到公布期限' ELSE '不属于应公布单位' END
			WHEN s.id = 'I-12' AND coalesce(f.d, 0) = 0 THEN '不在检查范围'
			WHEN s.id = 'I-12' AND f.n = 0 THEN '尚未检查'
			WHEN s.id = 'I-14' AND NOT EXISTS (SELECT FROM figure r WHERE r.id = 'I-14' AND r.part = s.records_part AND r.node_code = o.code)
				THEN '没有这个来源的统计数据' END
	FROM zhibao.office o CROSS JOIN source s
	CROSS JOIN LATERAL zhibao.indicator_part_of(s.id, s.part) k
	LEFT JOIN LATERAL (SELECT g.numerator AS n, g.denominator AS d FROM figure g WHERE g.id = s.id AND g.part = s.part AND g.node_code = o.code) f ON true
	WHERE o.register_version = zhibao.facts_register(p_as_of) AND o.level IN ('city', 'county')
$$;
COMMENT ON FUNCTION effect_sheet(date, timestamptz) IS 'Effect sheets of cities and counties (落实效果检验表), annex 1 L21; missing sources are named.';

COMMIT;
