-- Offices below the node that held nothing up to the day, by part; what a closed one held is of its successor.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text part, bigint silent, bigint offices, text names.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), held AS (
	SELECT s.open_code, sum(c.sessions) AS sessions FROM args a CROSS JOIN LATERAL zhibao.completion_by_office(a.on_day, a.as_of, 'all') c
	JOIN zhibao.standing_office(a.register) s ON s.code = c.office_code GROUP BY s.open_code
), part AS (
	SELECT r.part_code, r.part_name, r.place, r.office_code, o.short_name, h.sessions
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = r.office_code
	JOIN held h ON h.open_code = r.office_code
), silent AS (
	SELECT GROUPING(p.part_code) = 1 AS is_total, p.place, p.part_code, p.part_name, count(*) FILTER (WHERE p.sessions = 0) AS n, count(*) AS d,
		string_agg(p.short_name, '、' ORDER BY p.office_code) FILTER (WHERE p.sessions = 0) AS names
	FROM part p GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
)
SELECT s.is_total, CASE WHEN s.is_total THEN '合计' ELSE s.part_name END, s.n, s.d, CASE WHEN NOT s.is_total THEN s.names END
FROM silent s WHERE s.n > 0 OR s.is_total ORDER BY s.is_total, s.place, s.part_code
