-- The effect sheet of a city or county: the figures side by side, no combined score, missing sources in words (annex 1 L21).
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- Result: json, one row; none when there is no such city or county.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), sheet AS MATERIALIZED (
	SELECT e.* FROM args a CROSS JOIN node n CROSS JOIN LATERAL zhibao.effect_sheet(a.day, $3) e WHERE e.node_code = n.code
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'figures', (SELECT json_agg(json_build_object('id', s.indicator_id, 'indicator_zh', d.name_zh, 'part', s.part,
		'name_zh', zhibao.indicator_part_name(a.register, s.indicator_id, s.part),
		'unit', s.unit, 'style', s.style, 'numerator', s.numerator, 'denominator', s.denominator,
		'percent', CASE WHEN s.style = 'percent' THEN zhibao.percent_text(s.numerator, s.denominator) END,
		'value', CASE WHEN s.style = 'ratio' AND s.denominator > 0 THEN round(s.numerator::numeric / s.denominator, 2)::text END,
		'missing_zh', s.missing_zh) ORDER BY d.place, s.part)
		FROM sheet s JOIN zhibao.indicator_definition d USING (indicator_id))) AS answer
FROM args a CROSS JOIN node n WHERE n.level IN ('city', 'county')
