-- For a circular: completion and coverage of the parts of the node (rulings R6, R9), official coverage.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint capped, bigint required, bigint covered, bigint units.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), rule AS (
	SELECT zhibao.rule_value(a.register, 'coverage.breadth', 'broad') AS breadth, zhibao.rule_value(a.register, 'coverage.base', 'all') AS base FROM args a
), part AS (
	SELECT r.*, c.capped, c.required FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.completion_by_office(a.on_day, a.as_of, 'cities') c ON c.office_code = r.office_code
), county AS (
	SELECT c.* FROM args a CROSS JOIN LATERAL zhibao.coverage_by_county(a.on_day, a.as_of) c
), figure AS (
	SELECT p.*, CASE WHEN u.breadth = 'broad' AND u.base = 'all' THEN k.broad_all WHEN u.breadth = 'broad' THEN k.broad_rural
			WHEN u.base = 'all' THEN k.strict_all ELSE k.strict_rural END AS covered,
		CASE WHEN u.base = 'all' THEN k.units_all ELSE k.units_rural END AS units
	FROM part p CROSS JOIN rule u LEFT JOIN county k ON k.county_code = p.office_code
)
SELECT GROUPING(f.part_code) = 1, coalesce(f.part_name, '合计'), coalesce(sum(f.capped), 0)::bigint, coalesce(sum(f.required), 0)::bigint,
	coalesce(sum(f.covered), 0)::bigint, coalesce(sum(f.units), 0)::bigint
FROM figure f GROUP BY GROUPING SETS ((f.place, f.part_code, f.part_name), ())
ORDER BY GROUPING(f.part_code), f.place, f.part_code
