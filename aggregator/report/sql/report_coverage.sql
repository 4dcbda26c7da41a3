-- Township coverage per part of the node, two breadths by two bases (rulings R5 to R7). An area without townships is listed, its rates
-- not applicable; the office of the node itself is an area only where townships are its own or nothing is below it.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, four times bigint covered, bigint units: broad all, broad rural, strict all, strict rural.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), county AS (
	SELECT c.* FROM args a, LATERAL zhibao.coverage_by_county(a.on_day, a.as_of) c
), part AS (
	SELECT r.part_code, r.part_name, r.place, c.*
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = r.office_code AND o.level IN ('city', 'county')
	LEFT JOIN county c ON c.county_code = r.office_code
	WHERE r.part_code <> a.node OR c.county_code IS NOT NULL
		OR NOT EXISTS (SELECT FROM zhibao.office b WHERE b.register_version = a.register AND b.parent_code = a.node)
)
SELECT GROUPING(p.part_code) = 1, coalesce(p.part_name, '合计'), coalesce(sum(p.broad_all), 0)::bigint, coalesce(sum(p.units_all), 0)::bigint,
	coalesce(sum(p.broad_rural), 0)::bigint, coalesce(sum(p.units_rural), 0)::bigint, coalesce(sum(p.strict_all), 0)::bigint,
	coalesce(sum(p.units_all), 0)::bigint, coalesce(sum(p.strict_rural), 0)::bigint, coalesce(sum(p.units_rural), 0)::bigint
FROM part p GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
ORDER BY GROUPING(p.part_code), p.place, p.part_code
