-- Columns on portal and WeChat by part of the node (annex 1 L14, annex 3 item 4): facts of I-10.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint offices with both, bigint offices, bigint with one on the portal, bigint offices, bigint with one
-- on WeChat, bigint offices.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS (
	SELECT r.part_code, r.part_name, r.place, f.part, f.numerator AS n, f.denominator AS d
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.publicity_column(a.on_day, a.as_of) f ON f.office_code = r.office_code
)
SELECT GROUPING(f.part_code) = 1, coalesce(f.part_name, '合计'), coalesce(sum(f.n) FILTER (WHERE f.part = ''), 0)::bigint,
	coalesce(sum(f.d) FILTER (WHERE f.part = ''), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'portal'), 0)::bigint,
	coalesce(sum(f.d) FILTER (WHERE f.part = 'portal'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'wechat'), 0)::bigint,
	coalesce(sum(f.d) FILTER (WHERE f.part = 'wechat'), 0)::bigint
FROM fact f GROUP BY GROUPING SETS ((f.place, f.part_code, f.part_name), ())
ORDER BY GROUPING(f.part_code), f.place, f.part_code
