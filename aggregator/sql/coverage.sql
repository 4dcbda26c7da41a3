-- Township coverage of a node, of what is below it, and of its townships (rulings R5 to R7).
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 text: depth, children or counties
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), official AS MATERIALIZED (
	SELECT zhibao.rule_value(a.register, 'coverage.breadth', 'broad') AS breadth, zhibao.rule_value(a.register, 'coverage.base', 'all') AS base FROM args a
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), county AS MATERIALIZED (
	SELECT c.* FROM args a, LATERAL zhibao.coverage_by_county(a.day, $3) c
), shown AS (
	SELECT n.code, n.code AS node_code FROM node n
	UNION
	SELECT o.code, n.code FROM args a CROSS JOIN node n
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = n.code AND t.code <> n.code
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.code
	WHERE CASE $4 WHEN 'counties' THEN o.is_county_level
		ELSE o.parent_code = n.code AND o.level IN ('city', 'county') END
), figure AS (
	SELECT s.code, o.name_zh, o.short_name, o.level, o.is_county_level, s.code = s.node_code AS is_node,
		zhibao.coverage_json(a.register, sum(c.broad_all)::bigint, sum(c.broad_rural)::bigint, sum(c.strict_all)::bigint,
			sum(c.strict_rural)::bigint, sum(c.units_all)::bigint, sum(c.units_rural)::bigint) AS figures
	FROM args a CROSS JOIN shown s
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.code
	LEFT JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = s.code
	LEFT JOIN county c ON c.county_code = t.code
	GROUP BY a.register, s.code, s.node_code, o.name_zh, o.short_name, o.level, o.is_county_level
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level,
		'is_county_level', n.is_county_level),
	'official', json_build_object('breadth', o.breadth, 'base', o.base),
	'figures', (SELECT f.figures FROM figure f WHERE f.is_node),
	'children', (SELECT coalesce(json_agg(json_build_object('code', f.code, 'name_zh', f.name_zh, 'short_name', f.short_name,
		'level', f.level, 'is_county_level', f.is_county_level, 'figures', f.figures) ORDER BY f.code), '[]')
		FROM figure f WHERE NOT f.is_node),
	'townships', (SELECT coalesce(json_agg(json_build_object('unit_id', s.unit_id, 'code', s.code, 'name_zh', s.name_zh,
		'kind', s.kind,
		'state', CASE WHEN CASE o.breadth WHEN 'broad' THEN s.covered_broad ELSE s.covered_strict END THEN 'covered' WHEN s.is_inherited THEN 'inherited_unproven' ELSE 'uncovered' END,
		'sessions_broad', s.sessions_broad, 'sessions_strict', s.sessions_strict, 'covered_broad', s.covered_broad,
		'covered_strict', s.covered_strict, 'first_on', s.first_on, 'last_on', s.last_on) ORDER BY s.code), '[]')
		FROM zhibao.township_standing(a.day, $3) s WHERE n.is_county_level AND s.county_code = n.code)) AS answer
FROM args a CROSS JOIN official o CROSS JOIN node n
