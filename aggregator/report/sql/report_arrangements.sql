-- Arrangements on portals (annex 1 L8 to L10; annex 3 item 16) by the facts of I-06: each office below the node that owes one, with its
-- first address made by itself (ruling R3), the due day and its first session; in time and ahead of it counted in the total. What is not due
-- yet stands there without a verdict.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text address, date published, date due, date first session, text finding, bigint in time and ahead,
-- bigint cities and counties that owe (both in the total only).
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS MATERIALIZED (
	SELECT f.* FROM args a CROSS JOIN LATERAL zhibao.arrangement_publication(a.on_day, a.as_of) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = f.office_code
), owing AS (
	SELECT f.office_code, CASE o.level WHEN 'province' THEN 'province' ELSE '' END AS part, bool_or(f.part = 'not_due') AS is_early,
		bool_or(f.part IN ('by_due', 'province') AND f.numerator = 1) AS is_by_due,
		bool_or(f.part IN ('ahead', 'province') AND (f.numerator = 1 OR f.part = 'province')) AS is_ahead
	FROM args a CROSS JOIN fact f JOIN zhibao.office o ON o.register_version = a.register AND o.code = f.office_code
	WHERE f.kind = 'office' AND f.part IN ('by_due', 'ahead', 'province', 'not_due') GROUP BY f.office_code, o.level
), page AS (
	SELECT DISTINCT ON (p.office_code) p.office_code, p.url, p.published_on
	FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.publication, a.as_of) p
	JOIN owing w ON w.office_code = p.office_code
	WHERE EXISTS (SELECT FROM fact f WHERE f.kind = 'publication' AND f.part = w.part AND f.office_code = p.office_code AND f.item_id = p.item_id)
	ORDER BY p.office_code, p.published_on, p.item_id
), line AS (
	SELECT false AS is_total, o.code, o.short_name, p.url, p.published_on, (SELECT min(zhibao.deadline_day(a.register, m.due_on)) FROM zhibao.milestone m
			WHERE m.register_version = a.register AND m.submission_kind = 'schedule_publication' AND m.actor_level = o.level) AS due_on,
		b.occurred_on AS first_on, CASE WHEN w.is_early THEN CASE WHEN p.url IS NULL THEN '未到期' ELSE '已公布' END
			WHEN p.url IS NULL THEN '未公布' WHEN NOT w.is_by_due THEN '逾期公布' WHEN NOT w.is_ahead THEN '未先于首场'
			ELSE '按期公布' END AS finding, NULL::bigint AS n, NULL::bigint AS d
	FROM args a CROSS JOIN owing w JOIN zhibao.office o ON o.register_version = a.register AND o.code = w.office_code
	LEFT JOIN page p ON p.office_code = w.office_code LEFT JOIN zhibao.first_session(a.on_day, a.as_of) b ON b.office_code = w.office_code
)
SELECT l.is_total, l.short_name, l.url, l.published_on, l.due_on, l.first_on, l.finding, l.n, l.d
FROM (SELECT * FROM line
	UNION ALL
	SELECT true, NULL, '合计', NULL, NULL, NULL, NULL, NULL, coalesce(sum(f.numerator), 0)::bigint, coalesce(sum(f.denominator), 0)::bigint
	FROM fact f WHERE f.part = '') l
ORDER BY l.is_total, l.finding = '按期公布', l.code
