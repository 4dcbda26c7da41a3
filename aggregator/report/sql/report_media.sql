-- Works and materials by part of the node (annex 1 L22, annex 3 item 5): facts of I-18, beside item 5 of the newest form.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint micro animations, bigint short videos, bigint micro films, bigint micro comics, bigint micro lenses, bigint
-- charts, bigint others, bigint handbooks, bigint poster templates, bigint works, bigint without a file, bigint bytes of works, bigint materials handed in, bigint works in
-- the period of the form, bigint declared there.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS (
	SELECT r.part_code, r.part_name, r.place, f.part, f.numerator AS n, f.denominator AS d
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.material_received(a.on_day, a.as_of) f ON f.office_code = r.office_code
)
SELECT GROUPING(f.part_code) = 1, coalesce(f.part_name, '合计'), coalesce(sum(f.n) FILTER (WHERE f.part = 'kind:micro_animation'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'kind:short_video'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'kind:micro_film'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'kind:micro_comic'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'kind:micro_lens'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'kind:chart_or_graphic'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'kind:other'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'kind:handbook'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'kind:poster_template'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = ''), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'without_file'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'bytes'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'submission'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'form'), 0)::bigint,
	coalesce(sum(f.d) FILTER (WHERE f.part = 'form'), 0)::bigint
FROM fact f GROUP BY GROUPING SETS ((f.place, f.part_code, f.part_name), ())
ORDER BY GROUPING(f.part_code), f.place, f.part_code
