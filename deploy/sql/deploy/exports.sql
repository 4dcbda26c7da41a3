-- Deploy exports: figures and records for other systems (导出).

BEGIN;

SET LOCAL search_path TO zhibao;

-- Every figure of a node and of what is below it, by node and indicator; or, with p_is_share, what each office has of its own where
-- shares add up (figure_part), so that a system that adds up its tree comes to the same figures. p_as_of NULL means what is folded.
CREATE FUNCTION export_figures(p_node text, p_on date, p_as_of timestamptz, p_is_share boolean)
RETURNS TABLE (node_code text, indicator text, part text, numerator bigint, denominator bigint, value text,
	on_day date, as_of timestamptz, rule_version text, style text, unit text, indicator_zh text, part_zh text)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	v_register integer := zhibao.facts_register(p_as_of);
	v_as_of timestamptz := zhibao.facts_as_of(p_as_of);
	v_on date := coalesce(p_on, (v_as_of AT TIME ZONE 'Asia/Shanghai')::date);
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.office o WHERE o.register_version = v_register AND o.code = p_node) THEN
		PERFORM zhibao.refuse('E_NODE_UNKNOWN', format('没有单位 %s', p_node));
	END IF;
	RETURN QUERY WITH figure AS MATERIALIZED (
		SELECT s.indicator, f.node_code, f.part, f.numerator, f.denominator
		FROM zhibao.figure_source s CROSS JOIN LATERAL zhibao.figures_at(s.indicator, v_on, p_as_of, NULL) f
		WHERE NOT p_is_share AND zhibao.figure_exists(s)
		UNION ALL
		SELECT s.indicator, m.owner_code, m.part, sum(m.numerator)::bigint, sum(m.denominator)::bigint
		FROM zhibao.figure_source s CROSS JOIN LATERAL zhibao.figure_members(s.indicator, v_on, p_as_of, NULL) m
		WHERE p_is_share AND zhibao.figure_exists(s)
		GROUP BY s.indicator, m.owner_code, m.part
	), described AS MATERIALIZED (
		SELECT k.indicator, k.part, zhibao.figure_name(k.indicator) AS indicator_zh, p.*
		FROM (SELECT DISTINCT f.indicator, f.part FROM figure f) k
		LEFT JOIN LATERAL zhibao.figure_part(v_register, k.indicator, k.part) p ON true
	)
	SELECT f.node_code, f.indicator, f.part, f.numerator, CASE WHEN d.style <> 'count' THEN f.denominator END,
		zhibao.figure_text(d.style, f.numerator, f.denominator), v_on, v_as_of, zhibao.rule_version(v_register),
		d.style, d.unit, d.indicator_zh, d.name_zh
	FROM figure f JOIN described d USING (indicator, part)
	JOIN zhibao.figure_source s ON s.indicator = f.indicator
	JOIN zhibao.office_tree t ON t.register_version = v_register AND t.ancestor_code = p_node AND t.code = f.node_code
	ORDER BY f.node_code, s.order_no, f.part;
END $$;
COMMENT ON FUNCTION export_figures(text, date, timestamptz, boolean) IS 'Figures of a node and below, or the shares of its offices, for other systems (指标导出).';

-- Counting records of a kind below a node, withdrawn ones left out, each as JSON with its name, depth and dispute.
CREATE FUNCTION export_records(p_kind text, p_node text, p_as_of timestamptz)
RETURNS TABLE (office_name text, depth integer, is_disputed boolean, record json)
LANGUAGE plpgsql STABLE ROWS 100000 AS $$
DECLARE
	v_register integer := zhibao.facts_register(p_as_of);
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.office o WHERE o.register_version = v_register AND o.code = p_node) THEN
		PERFORM zhibao.refuse('E_NODE_UNKNOWN', format('没有单位 %s', p_node));
	END IF;
	RETURN QUERY EXECUTE format($q$
		SELECT o.short_name, c.depth, c.is_disputed, row_to_json(r)
		FROM zhibao.counting_revision(%1$L, $1, NULL, NULL) c
		JOIN zhibao.%1$I r USING (office_code, item_id, revision_id)
		JOIN zhibao.office_tree t ON t.register_version = $2 AND t.ancestor_code = $3 AND t.code = c.office_code
		JOIN zhibao.office o ON o.register_version = $2 AND o.code = c.office_code
		WHERE c.operation <> 'withdraw'
		ORDER BY c.office_code, c.item_id
	$q$, p_kind) USING zhibao.facts_as_of(p_as_of), v_register, p_node;
END $$;
COMMENT ON FUNCTION export_records(text, text, timestamptz) IS 'Counting records of a kind for other systems (记录导出).';

COMMIT;
