-- Township coverage per part of the node, two breadths by two bases (rulings R5 to R7).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, four times bigint covered, bigint units: broad all, broad rural, strict all, strict rural.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), county AS (
	SELECT c.* FROM args a, LATERAL zhibao.coverage_by_county(a.on_day, a.as_of) c
)
SELECT GROUPING(r.part_code) = 1, coalesce(r.part_name, '合计'), sum(c.broad_all)::bigint, sum(c.units_all)::bigint,
	sum(c.broad_rural)::bigint, sum(c.units_rural)::bigint, sum(c.strict_all)::bigint, sum(c.units_all)::bigint,
	sum(c.strict_rural)::bigint, sum(c.units_rural)::bigint
FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
JOIN county c ON c.county_code = r.office_code
GROUP BY GROUPING SETS ((r.place, r.part_code, r.part_name), ())
ORDER BY GROUPING(r.part_code), r.place, r.part_code
