-- The same by part of the node, all materials together (rulings R12 to R14).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint on time, bigint due, bigint late, bigint missing, bigint not due, bigint exempt,
-- bigint accepted, bigint due, bigint returned or rejected, bigint substance late, bigint corrected after the due instant: all of those that
-- are due and not exempt, as in the timeliness of the materials.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), part AS (
	SELECT r.part_code, r.part_name, r.place, s.*, s.is_due AND s.state <> 'exempt' AS is_judged
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.obligation_standing(a.as_of) s ON s.office_code = r.office_code
)
SELECT GROUPING(p.part_code) = 1, coalesce(p.part_name, '合计'), count(*) FILTER (WHERE p.is_due AND p.state = 'on_time'),
	count(*) FILTER (WHERE p.is_judged), count(*) FILTER (WHERE p.is_due AND p.state = 'late'),
	count(*) FILTER (WHERE p.is_due AND p.state = 'missing'), count(*) FILTER (WHERE NOT p.is_due AND p.state <> 'exempt'),
	count(*) FILTER (WHERE p.state = 'exempt'), count(*) FILTER (WHERE p.is_judged AND p.review_state = 'accepted'), count(*) FILTER (WHERE p.is_judged),
	count(*) FILTER (WHERE p.is_judged AND p.review_state IN ('returned', 'rejected')), count(*) FILTER (WHERE p.is_judged AND p.is_substance_late),
	count(*) FILTER (WHERE p.is_judged AND p.is_corrected_late)
FROM part p GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
ORDER BY GROUPING(p.part_code), p.place, p.part_code
