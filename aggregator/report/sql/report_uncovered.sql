-- Every county-level office below the node with its official coverage (R6: breadth and base as the rules say) and the names of the units
-- that no event covers (rulings R5 to R7); one without townships is listed as such.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text city, text county, bigint covered, bigint units, bigint uncovered, bigint inherited and unproven, text names.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), rule AS (
	SELECT zhibao.rule_value(a.register, 'coverage.breadth', 'broad') AS breadth, zhibao.rule_value(a.register, 'coverage.base', 'all') AS base FROM args a
), unit AS MATERIALIZED (
	SELECT s.code, s.name_zh, s.county_code, CASE u.breadth WHEN 'broad' THEN s.covered_broad ELSE s.covered_strict END AS is_covered, s.is_inherited
	FROM args a CROSS JOIN rule u CROSS JOIN LATERAL zhibao.township_standing(a.on_day, a.as_of) s
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = s.county_code
	WHERE u.base = 'all' OR s.is_rural
), area AS (
	SELECT o.code FROM args a JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.code
	WHERE o.level = 'county' OR o.level = 'city' AND NOT EXISTS (SELECT FROM zhibao.office b WHERE b.register_version = a.register AND b.parent_code = o.code)
	UNION
	SELECT u.county_code FROM unit u
), county AS (
	SELECT e.code AS county_code, count(*) FILTER (WHERE u.is_covered) AS covered, count(u.code) AS units,
		count(*) FILTER (WHERE NOT u.is_covered) AS uncovered, count(*) FILTER (WHERE u.is_inherited) AS inherited,
		CASE WHEN count(u.code) = 0 THEN '没有乡镇（街道）' ELSE string_agg(u.name_zh || CASE WHEN u.is_inherited THEN '（继承未证）' ELSE '' END, '、'
			ORDER BY u.code) FILTER (WHERE NOT u.is_covered) END AS names
	FROM area e LEFT JOIN unit u ON u.county_code = e.code GROUP BY e.code
)
SELECT GROUPING(o.code) = 1, CASE WHEN GROUPING(o.code) = 1 THEN '合计' ELSE p.short_name END,
	CASE WHEN o.level <> 'city' THEN o.short_name END, sum(c.covered)::bigint, sum(c.units)::bigint,
	sum(c.uncovered)::bigint, sum(c.inherited)::bigint, CASE WHEN GROUPING(o.code) = 0 THEN max(c.names) END
FROM args a JOIN county c ON true
JOIN zhibao.office o ON o.register_version = a.register AND o.code = c.county_code
LEFT JOIN LATERAL (SELECT n.short_name FROM zhibao.office_tree t JOIN zhibao.office n ON n.register_version = t.register_version AND n.code = t.ancestor_code
	WHERE t.register_version = a.register AND t.code = o.code AND n.level = 'city') p ON true -- a closed county stands below its successor
GROUP BY GROUPING SETS ((o.code, o.short_name, o.level, p.short_name), ())
ORDER BY GROUPING(o.code), o.code
