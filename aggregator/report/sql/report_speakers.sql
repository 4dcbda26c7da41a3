-- Speakers in service and the events they took part in, by part of the node (annex 3 item 15; ruling R18): facts of I-05.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, four times bigint events, bigint speakers: all, backbone, lecturer, know-all.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS (
	SELECT r.part_code, r.part_name, r.place, f.part, f.numerator AS n, f.denominator AS d
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.speaker_average(a.on_day, a.as_of) f ON f.office_code = r.office_code
)
SELECT GROUPING(f.part_code) = 1, coalesce(f.part_name, '合计'),
	coalesce(sum(f.n) FILTER (WHERE f.part = ''), 0)::bigint, coalesce(sum(f.d) FILTER (WHERE f.part = ''), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'backbone'), 0)::bigint, coalesce(sum(f.d) FILTER (WHERE f.part = 'backbone'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'lecturer'), 0)::bigint, coalesce(sum(f.d) FILTER (WHERE f.part = 'lecturer'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'know_all'), 0)::bigint, coalesce(sum(f.d) FILTER (WHERE f.part = 'know_all'), 0)::bigint
FROM fact f GROUP BY GROUPING SETS ((f.place, f.part_code, f.part_name), ())
ORDER BY GROUPING(f.part_code), f.place, f.part_code
