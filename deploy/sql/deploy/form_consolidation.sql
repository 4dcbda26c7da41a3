-- Deploy form_consolidation: the statistics form of a node from those of its offices (汇总). Ruling R19.
--
-- p_as_of  instant up to which revisions had been received; NULL means what the aggregator has folded

BEGIN;

SET LOCAL search_path TO zhibao;

-- Ruling R19: whose forms a node's figures come from. Going down from the node: a form with subordinates stands for the whole
-- subtree; an own form goes with those below; an office without one is marked and those below stand alone. The province is
-- never represented by a form with subordinates.
CREATE FUNCTION form_member(p_node text, p_period text, p_as_of timestamptz)
RETURNS TABLE (office_code text, name_zh text, level text, role text, item_id uuid, revision_id uuid, received_at timestamptz, verdict text)
LANGUAGE sql STABLE ROWS 200 AS $$
	WITH RECURSIVE office AS MATERIALIZED (
		SELECT o.* FROM zhibao.office o WHERE o.register_version = zhibao.register_at(zhibao.facts_as_of(p_as_of))
	), filing AS MATERIALIZED (
		SELECT f.* FROM zhibao.form_filing(p_period, p_as_of) f WHERE f.is_current
	), walk AS (
		SELECT o.code, o.level, coalesce(f.scope = 'with_subordinates' AND o.level <> 'province', false) AS is_end
		FROM office o LEFT JOIN filing f ON f.office_code = o.code WHERE o.code = p_node
		UNION ALL
		SELECT o.code, o.level, coalesce(f.scope = 'with_subordinates', false)
		FROM walk w JOIN office o ON o.parent_code = w.code LEFT JOIN filing f ON f.office_code = o.code
		WHERE NOT w.is_end
	)
	-- A closed office is asked for no form.
	SELECT o.code, o.name_zh, o.level, CASE WHEN f.item_id IS NULL THEN 'none' WHEN o.level = 'province' AND f.scope = 'with_subordinates' THEN 'left_out'
		ELSE f.scope END, f.item_id, f.revision_id, f.received_at, f.verdict
	FROM walk w JOIN office o USING (code) LEFT JOIN filing f ON f.office_code = o.code
	WHERE f.item_id IS NOT NULL OR o.code = p_node OR o.code IN (SELECT s.code FROM zhibao.open_office(zhibao.register_at(zhibao.facts_as_of(p_as_of))) s)
$$;
COMMENT ON FUNCTION form_member(text, text, timestamptz) IS 'Offices whose forms make up a node, and those without one (汇总来源), ruling R19.';

-- Ruling R19: the consolidated form of a node: what the offices declared, added up by each item''s rule, beside what the records prove.
CREATE FUNCTION form_consolidated(p_node text, p_period text, p_as_of timestamptz)
RETURNS TABLE (item_no integer, sub_field text, section text, label_zh text, unit text, declared_count bigint, numerator bigint,
	denominator bigint, percent text, true_count bigint, reporting_count bigint, accepted_count bigint, derived_count bigint,
	derived_numerator bigint, derived_denominator bigint, note text, place integer, value_type text, derived_percent text)
LANGUAGE sql STABLE ROWS 40 AS $$
	WITH base AS MATERIALIZED (
		SELECT f.as_of, r.register, d.first_on, d.last_on FROM (SELECT zhibao.facts_as_of(p_as_of) AS as_of) f
		CROSS JOIN LATERAL (SELECT zhibao.register_at(f.as_of) AS register) r
		CROSS JOIN LATERAL zhibao.form_period(p_period, r.register) d
	), member AS MATERIALIZED (
		SELECT m.*, m.level IN ('city', 'province_unit') OR m.office_code = p_node AND m.level <> 'province' AS is_due
		FROM zhibao.form_member(p_node, p_period, p_as_of) m
	), form AS MATERIALIZED (
		SELECT m.name_zh, m.verdict, m.is_due, f.* FROM member m JOIN zhibao.statistics_form f USING (office_code, item_id, revision_id)
		WHERE m.role IN ('own', 'with_subordinates')
	), line AS MATERIALIZED (
		SELECT f.office_code, f.name_zh, f.verdict, f.is_due, f.participation_total, l.*
		FROM form f CROSS JOIN LATERAL zhibao.form_line(f.lines) l
	), derived AS MATERIALIZED (
		SELECT e.* FROM base b CROSS JOIN LATERAL
			zhibao.form_evidence(p_node, 'with_subordinates', b.first_on, b.last_on, b.last_on, b.as_of) e
	), flag AS MATERIALIZED (
		SELECT g.* FROM base b CROSS JOIN LATERAL zhibao.form_flag(ARRAY(SELECT f.office_code FROM form f), b.first_on, b.last_on, b.as_of) g
	), declared AS (
		SELECT c.item_no, c.sub_field, count(*) FILTER (WHERE l.state = 'value') AS reporting,
			count(*) FILTER (WHERE l.state = 'value' AND l.is_due) AS due_reporting,
			count(*) FILTER (WHERE l.state = 'value' AND l.verdict = 'accepted') AS accepted,
			sum(l.count) FILTER (WHERE l.state = 'value') AS total, count(*) FILTER (WHERE l.state = 'value' AND l.is_yes) AS yes,
			string_agg(l.name_zh || '：' || coalesce(l.text, CASE l.is_yes WHEN true THEN '是' ELSE '否' END), '；' ORDER BY l.office_code)
				FILTER (WHERE l.state = 'value' AND c.value_type IN ('boolean', 'text', 'url')) AS list
		FROM zhibao.form_cell c LEFT JOIN line l USING (item_no, sub_field) GROUP BY c.item_no, c.sub_field
	), ratio AS (
		SELECT sum(p.participation_total) AS participations, sum(p.count) AS people
		FROM line p WHERE p.item_no = 15 AND p.sub_field = 'people' AND p.state = 'value' AND p.participation_total IS NOT NULL
	), due AS (
		SELECT count(*) AS offices FROM member m WHERE m.is_due
	), cell AS (
		SELECT c.*, i.section, CASE WHEN c.sub_field = '' THEN i.label_zh ELSE c.label_zh END AS label, d.reporting, d.accepted, d.list,
			CASE WHEN c.value_type = 'count' AND d.reporting > 0 THEN d.total END AS total,
			CASE WHEN c.value_type = 'boolean' THEN d.yes END AS yes,
			CASE WHEN c.value_type = 'percent' THEN (SELECT k.total FROM declared k WHERE k.item_no = 12 AND k.sub_field = 'townships_covered')
				WHEN c.value_type = 'ratio' THEN r.participations
				WHEN c.value_type = 'boolean' THEN d.yes WHEN c.value_type = 'url' THEN d.due_reporting END AS n,
			CASE WHEN c.value_type = 'percent' THEN e.denominator WHEN c.value_type = 'ratio' THEN r.people
				WHEN c.value_type = 'boolean' THEN d.reporting WHEN c.value_type = 'url' THEN due.offices END AS m,
			CASE WHEN c.value_type = 'count' THEN e.evidence_count
				WHEN c.value_type = 'boolean' THEN (SELECT count(*) FROM flag g WHERE (g.item_no, g.sub_field) = (c.item_no, c.sub_field) AND g.is_yes)
				WHEN c.value_type IN ('text', 'url') THEN (SELECT count(*) FROM flag g WHERE (g.item_no, g.sub_field) = (c.item_no, c.sub_field) AND g.text <> '')
			END AS proven, e.numerator AS proven_n, e.denominator AS proven_m
		FROM zhibao.form_cell c CROSS JOIN base b CROSS JOIN ratio r CROSS JOIN due
		JOIN declared d USING (item_no, sub_field) JOIN derived e USING (item_no, sub_field)
		LEFT JOIN zhibao.form_item i ON i.register_version = b.register AND i.item_no = c.item_no
	)
	SELECT c.item_no, c.sub_field, c.section, c.label, c.unit, c.total::bigint, c.n::bigint, c.m::bigint,
		CASE c.value_type WHEN 'ratio' THEN CASE WHEN c.m > 0 THEN round(c.n::numeric / c.m, 2)::text END
			ELSE zhibao.percent_text(c.n::bigint, c.m::bigint) END,
		c.yes, c.reporting, c.accepted, c.proven, c.proven_n, c.proven_m, c.list, c.place, c.value_type,
		CASE c.value_type WHEN 'ratio' THEN CASE WHEN c.proven_m > 0 THEN round(c.proven_n::numeric / c.proven_m, 2)::text END
			ELSE zhibao.percent_text(c.proven_n, c.proven_m) END
	FROM cell c
	UNION ALL
	SELECT 22, e.label, i.section, e.label, e.unit, e.count, NULL, NULL, NULL, NULL, 1, (f.verdict = 'accepted')::integer, NULL, NULL, NULL,
		f.name_zh || coalesce('：' || e.note, ''), 100 + row_number() OVER (ORDER BY f.office_code, e.ordinal)::integer, 'text', NULL
	FROM base b CROSS JOIN form f LEFT JOIN zhibao.form_item i ON i.register_version = b.register AND i.item_no = 22
	CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(coalesce(f.entries, '[]')) AS (label text, count bigint, unit text, note text))
		WITH ORDINALITY AS e (label, count, unit, note, ordinal)
	ORDER BY place
$$;
COMMENT ON FUNCTION form_consolidated(text, text, timestamptz) IS 'Consolidated statistics form of a node (统计表汇总): declared and derived, ruling R19; annex 3.';

GRANT EXECUTE ON FUNCTION form_member(text, text, timestamptz), form_consolidated(text, text, timestamptz) TO zhibao_aggregator;

COMMIT;
