-- Interpretation of new policies by part of the node (annex 1 L14, “1+2+X”): facts of I-09, with the days from issue to publication.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint complete, bigint new policies, bigint originals, bigint press releases, bigint articles, bigint
-- further forms, bigint twice the median of days, bigint 2, bigint longest, bigint not yet published.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS (
	SELECT r.part_code, r.part_name, r.place, f.part, f.numerator AS n, f.denominator AS d
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.interpretation_completeness(a.on_day, a.as_of) f ON f.office_code = r.office_code
)
SELECT GROUPING(f.part_code) = 1, coalesce(f.part_name, '合计'), coalesce(sum(f.n) FILTER (WHERE f.part = ''), 0)::bigint,
	coalesce(sum(f.d) FILTER (WHERE f.part = ''), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'policy_original'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'press_release'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'article'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'x'), 0)::bigint,
	(2 * percentile_cont(0.5) WITHIN GROUP (ORDER BY f.n) FILTER (WHERE f.part = 'days.median'))::bigint,
	CASE WHEN count(f.n) FILTER (WHERE f.part = 'days.median') > 0 THEN 2::bigint END, max(f.n) FILTER (WHERE f.part = 'days.longest'),
	coalesce(sum(f.n) FILTER (WHERE f.part = 'unpublished'), 0)::bigint
FROM fact f GROUP BY GROUPING SETS ((f.place, f.part_code, f.part_name), ())
ORDER BY GROUPING(f.part_code), f.place, f.part_code
