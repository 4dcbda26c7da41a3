-- Every county-level office below the node with its coverage and the names of the units that no event covers (rulings R5 to R7); one
-- without townships is listed as such.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text city, text county, bigint covered, bigint units, bigint uncovered, bigint inherited and unproven, text names.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), unit AS MATERIALIZED (
	SELECT s.* FROM args a CROSS JOIN LATERAL zhibao.township_standing(a.on_day, a.as_of) s
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = s.county_code
), area AS (
	SELECT o.code FROM args a JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.code
	WHERE o.level = 'county' OR o.level = 'city' AND NOT EXISTS (SELECT FROM zhibao.office b WHERE b.register_version = a.register AND b.parent_code = o.code)
	UNION
	SELECT u.county_code FROM unit u
), county AS (
	SELECT e.code AS county_code, count(*) FILTER (WHERE u.covered_broad) AS covered, count(u.code) AS units,
		count(*) FILTER (WHERE NOT u.covered_broad) AS uncovered, count(*) FILTER (WHERE u.is_inherited) AS inherited,
		CASE WHEN count(u.code) = 0 THEN '没有乡镇（街道）' ELSE string_agg(u.name_zh || CASE WHEN u.is_inherited THEN '（继承未证）' ELSE '' END, '、'
			ORDER BY u.code) FILTER (WHERE NOT u.covered_broad) END AS names
	FROM area e LEFT JOIN unit u ON u.county_code = e.code GROUP BY e.code
)
SELECT GROUPING(o.code) = 1, CASE WHEN GROUPING(o.code) = 1 THEN '合计' WHEN p.level = 'province' THEN o.short_name ELSE p.short_name END,
	CASE WHEN p.level <> 'province' THEN o.short_name END, sum(c.covered)::bigint, sum(c.units)::bigint,
	sum(c.uncovered)::bigint, sum(c.inherited)::bigint, CASE WHEN GROUPING(o.code) = 0 THEN max(c.names) END
FROM args a JOIN county c ON true
JOIN zhibao.office o ON o.register_version = a.register AND o.code = c.county_code
LEFT JOIN zhibao.office p ON p.register_version = a.register AND p.code = o.parent_code
GROUP BY GROUPING SETS ((o.code, o.short_name, p.level, p.short_name), ())
ORDER BY GROUPING(o.code), o.code
