-- The library of policies by part of the node (annex 1 L14): facts of I-07 (offices with a library, policies in force, due and online,
-- exempt ones) and of I-08 (changed ones cleaned up, ended ones still listed in force).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint offices with a library, bigint offices, bigint online, bigint due, bigint exempt, bigint exempt
-- without reason, three times bigint cleaned up, bigint all: modified, expired, abolished; bigint past their end but listed in force.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS (
	SELECT f.office_code, CASE f.part WHEN '' THEN 'disclosure' ELSE f.part END AS part, f.numerator AS n, f.denominator AS d
	FROM args a CROSS JOIN LATERAL zhibao.disclosure_rate(a.on_day, a.as_of) f
	UNION ALL
	SELECT f.office_code, f.part, f.numerator, f.denominator
	FROM args a CROSS JOIN LATERAL zhibao.library_cleanup(a.on_day, a.as_of) f WHERE f.part IN ('modified', 'expired', 'abolished', 'overdue')
), part AS (
	SELECT r.part_code, r.part_name, r.place, f.part, f.n, f.d
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r JOIN fact f ON f.office_code = r.office_code
), figure AS (
	SELECT GROUPING(p.part_code) = 1 AS is_total, p.place, p.part_code, coalesce(p.part_name, '合计') AS part_name,
		sum(p.n) FILTER (WHERE p.part = 'library') AS libraries, sum(p.d) FILTER (WHERE p.part = 'library') AS offices,
		sum(p.n) FILTER (WHERE p.part = 'disclosure') AS online, sum(p.d) FILTER (WHERE p.part = 'disclosure') AS due,
		sum(p.n) FILTER (WHERE p.part = 'exempt') AS exempt, sum(p.n) FILTER (WHERE p.part = 'exempt_without_reason') AS unexplained,
		sum(p.n) FILTER (WHERE p.part = 'modified') AS modified, sum(p.d) FILTER (WHERE p.part = 'modified') AS modified_of,
		sum(p.n) FILTER (WHERE p.part = 'expired') AS expired, sum(p.d) FILTER (WHERE p.part = 'expired') AS expired_of,
		sum(p.n) FILTER (WHERE p.part = 'abolished') AS abolished, sum(p.d) FILTER (WHERE p.part = 'abolished') AS abolished_of,
		sum(p.n) FILTER (WHERE p.part = 'overdue') AS stale
	FROM part p GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
)
SELECT f.is_total, f.part_name, coalesce(f.libraries, 0)::bigint, coalesce(f.offices, 0)::bigint, coalesce(f.online, 0)::bigint,
	coalesce(f.due, 0)::bigint, coalesce(f.exempt, 0)::bigint, coalesce(f.unexplained, 0)::bigint, coalesce(f.modified, 0)::bigint,
	coalesce(f.modified_of, 0)::bigint, coalesce(f.expired, 0)::bigint, coalesce(f.expired_of, 0)::bigint, coalesce(f.abolished, 0)::bigint,
	coalesce(f.abolished_of, 0)::bigint, coalesce(f.stale, 0)::bigint
FROM figure f ORDER BY f.is_total, f.place, f.part_code
