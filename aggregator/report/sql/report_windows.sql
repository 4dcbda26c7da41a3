-- Publicity at halls and windows by part of the node (annex 1 L24, annex 3 items 17 to 21; ruling R18): facts of I-11.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint halls reporting, bigint halls, bigint boards and posters, bigint screens, bigint films made,
-- bigint films shown, bigint copies, bigint staff trained, bigint staff.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS (
	SELECT r.part_code, r.part_name, r.place, f.part, f.numerator AS n, f.denominator AS d
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.window_publicity(a.on_day, a.as_of) f ON f.office_code = r.office_code
)
SELECT GROUPING(f.part_code) = 1, coalesce(f.part_name, '合计'),
	coalesce(sum(f.n) FILTER (WHERE f.part = 'halls'), 0)::bigint, coalesce(sum(f.d) FILTER (WHERE f.part = 'halls'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = '17'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = '18'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = '19'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = '20'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = '21'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'staff'), 0)::bigint, coalesce(sum(f.d) FILTER (WHERE f.part = 'staff'), 0)::bigint
FROM fact f GROUP BY GROUPING SETS ((f.place, f.part_code, f.part_name), ())
ORDER BY GROUPING(f.part_code), f.place, f.part_code
