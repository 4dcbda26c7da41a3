-- One indicator at a node and, on request, at the nodes below it; sums over the subtree (rule: ratio of sums).
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 text: indicator, refused when unknown · $5 text: depth, children or node
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), shown AS (
	SELECT n.code FROM node n
	UNION
	SELECT o.code FROM args a CROSS JOIN node n JOIN zhibao.office o ON o.register_version = a.register AND o.parent_code = n.code
	WHERE $5 = 'children'
), fact AS MATERIALIZED (
	SELECT i.* FROM args a CROSS JOIN LATERAL zhibao.indicator($4, a.day, $3) i WHERE i.node_code IN (SELECT s.code FROM shown s)
), part AS MATERIALIZED (
	SELECT k.part, p.unit, p.style, zhibao.indicator_part_name(a.register, $4, k.part) AS name_zh
	FROM args a CROSS JOIN (SELECT DISTINCT f.part FROM fact f) k CROSS JOIN LATERAL zhibao.indicator_part_of($4, k.part) p
), figure AS MATERIALIZED (
	SELECT i.node_code, i.part, jsonb_build_object('part', i.part, 'name_zh', p.name_zh, 'unit', p.unit, 'style', p.style)
		|| zhibao.figure_json(p.style, i.numerator, i.denominator) AS figure
	FROM fact i JOIN part p USING (part)
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'indicator', (SELECT json_build_object('id', d.indicator_id, 'name_zh', d.name_zh, 'unit', d.unit, 'target', d.target,
		'formula_zh', d.formula_zh, 'source', d.source) FROM zhibao.indicator_definition d WHERE d.indicator_id = $4),
	'figures', (SELECT coalesce(json_agg(f.figure ORDER BY f.part), '[]') FROM figure f WHERE f.node_code = n.code),
	'children', (SELECT coalesce(json_agg(json_build_object('code', o.code, 'name_zh', o.name_zh, 'short_name', o.short_name, 'level', o.level,
		'figures', (SELECT json_agg(f.figure ORDER BY f.part) FROM figure f WHERE f.node_code = o.code)) ORDER BY o.code), '[]')
		FROM shown s JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.code WHERE s.code <> n.code)) AS answer
FROM args a CROSS JOIN node n
