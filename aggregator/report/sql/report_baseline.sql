-- Completion against the plan in force when plans were due, beside the current plan (ruling R10).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint baseline capped, bigint baseline required, bigint current capped, bigint current required,
-- bigint offices whose plan came late.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), part AS (
	SELECT r.part_code, r.part_name, r.place, c.* FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.completion_baseline_by_office(a.on_day, a.as_of, 'cities') c ON c.office_code = r.office_code
)
SELECT GROUPING(p.part_code) = 1, coalesce(p.part_name, '合计'), coalesce(sum(p.baseline_capped), 0)::bigint,
	coalesce(sum(p.baseline_required), 0)::bigint, coalesce(sum(p.current_capped), 0)::bigint, coalesce(sum(p.current_required), 0)::bigint,
	count(*) FILTER (WHERE p.is_late)
FROM part p GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
ORDER BY GROUPING(p.part_code), p.place, p.part_code
