-- Supervision by the public (annex 1 L24): received and handled, by part.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint handled, bigint received, bigint days to handle, bigint handled again, date oldest open.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), part AS (
	SELECT r.part_code, r.part_name, r.place, i.received_on, CASE WHEN i.handled_on <= a.on_day THEN i.handled_on END AS handled_on
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.counting(NULL::zhibao.public_input, a.as_of) i ON i.office_code = r.office_code
		AND i.received_on BETWEEN zhibao.year_start(a.register) AND a.on_day
)
SELECT GROUPING(p.part_code) = 1, coalesce(p.part_name, '合计'), count(p.handled_on), count(p.received_on),
	coalesce(sum(p.handled_on - p.received_on), 0)::bigint, count(p.handled_on), min(p.received_on) FILTER (WHERE p.handled_on IS NULL)
FROM part p GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
ORDER BY GROUPING(p.part_code), p.place, p.part_code
