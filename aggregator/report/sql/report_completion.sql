-- Completion per part of the node (rulings R8, R9, R11), scope cities.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint lines, bigint capped, bigint required, bigint ended capped, bigint ended
-- required, bigint held, bigint required, bigint unquantified none, started, met.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), part AS (
	SELECT r.part_code, r.part_name, r.place, c.*
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.completion_by_office(a.on_day, a.as_of, 'cities') c ON c.office_code = r.office_code
)
SELECT GROUPING(p.part_code) = 1, coalesce(p.part_name, '合计'), coalesce(sum(p.lines), 0)::bigint, coalesce(sum(p.capped), 0)::bigint,
	coalesce(sum(p.required), 0)::bigint, coalesce(sum(p.ended_capped), 0)::bigint, coalesce(sum(p.ended_required), 0)::bigint,
	coalesce(sum(p.held), 0)::bigint, coalesce(sum(p.required), 0)::bigint, coalesce(sum(p.unquantified_none), 0)::bigint,
	coalesce(sum(p.unquantified_started), 0)::bigint, coalesce(sum(p.unquantified_met), 0)::bigint
FROM part p GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
ORDER BY GROUPING(p.part_code), p.place, p.part_code
