-- Sessions below the node by month and category, study events as 进系统 (rulings R8, R18).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text month, bigint general, enterprise, campus, village, site, system, all.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), counted AS (
	SELECT s.office_code, s.occurred_on, s.category FROM args a CROSS JOIN LATERAL zhibao.session(a.on_day, a.as_of) s
	UNION ALL
	SELECT s.office_code, s.occurred_on, 'system' FROM args a CROSS JOIN LATERAL zhibao.study_facts(a.as_of) s WHERE s.occurred_on <= a.on_day
), held AS (
	SELECT to_char(c.occurred_on, 'YYYY"年"MM"月"') AS month, c.category
	FROM args a CROSS JOIN counted c
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = c.office_code
)
SELECT GROUPING(h.month) = 1, coalesce(h.month, '合计'), count(*) FILTER (WHERE h.category = 'general'),
	count(*) FILTER (WHERE h.category = 'enterprise'), count(*) FILTER (WHERE h.category = 'campus'),
	count(*) FILTER (WHERE h.category = 'village'), count(*) FILTER (WHERE h.category = 'site'),
	count(*) FILTER (WHERE h.category = 'system'), count(h.category)
FROM held h GROUP BY GROUPING SETS ((h.month), ()) ORDER BY GROUPING(h.month), h.month
