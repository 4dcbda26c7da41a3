-- Arrangements on portals (annex 1 L8, L10; annex 3 item 16): each city and county below the node with its newest address.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text address, date published, date first event, text finding.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), published AS (
	SELECT DISTINCT ON (p.office_code) p.office_code, p.url, p.published_on
	FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.publication, a.as_of) p
	WHERE p.object_kind IN ('arrangement', 'province_arrangement') AND p.channel = 'portal' AND p.published_on <= a.on_day
	ORDER BY p.office_code, p.published_on, p.item_id
), begun AS (
	SELECT s.office_code, min(s.occurred_on) AS first_on FROM args a CROSS JOIN LATERAL zhibao.session(a.on_day, a.as_of) s GROUP BY s.office_code
)
SELECT false, o.short_name, p.url, p.published_on, b.first_on,
	CASE WHEN p.url IS NULL THEN '未公布' WHEN p.published_on > b.first_on THEN '晚于首场活动' ELSE '已公布' END
FROM args a
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node
JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.code AND o.level IN ('province', 'city', 'county')
LEFT JOIN published p ON p.office_code = o.code LEFT JOIN begun b ON b.office_code = o.code
ORDER BY (p.url IS NOT NULL AND p.published_on <= coalesce(b.first_on, p.published_on)), o.code
