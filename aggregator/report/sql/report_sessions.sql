-- Sessions per part of the node by category (ruling R8), every office as host.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint general, enterprise, campus, village, site, system, all, unplanned,
-- attendance, bigint categories held of the five.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), part AS (
	SELECT r.part_code, r.part_name, r.place, c.*
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.completion_by_office(a.on_day, a.as_of, 'all') c ON c.office_code = r.office_code
)
SELECT GROUPING(p.part_code) = 1, coalesce(p.part_name, '合计'), coalesce(sum(p.general), 0)::bigint, coalesce(sum(p.enterprise), 0)::bigint,
	coalesce(sum(p.campus), 0)::bigint, coalesce(sum(p.village), 0)::bigint, coalesce(sum(p.site), 0)::bigint,
	coalesce(sum(p.system), 0)::bigint, coalesce(sum(p.sessions), 0)::bigint, coalesce(sum(p.unplanned), 0)::bigint,
	coalesce(sum(p.attendance), 0)::bigint,
	((sum(p.enterprise) > 0)::integer + (sum(p.campus) > 0)::integer + (sum(p.village) > 0)::integer + (sum(p.site) > 0)::integer
		+ (sum(p.system) > 0)::integer)::bigint
FROM part p GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
ORDER BY GROUPING(p.part_code), p.place, p.part_code
