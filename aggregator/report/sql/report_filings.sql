-- Filings of counties with their cities (annex 1 L10), by city: confirmed among those that were due.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text city, bigint accepted, bigint counties, bigint on time, bigint counties, bigint returned,
-- bigint filed and neither accepted nor returned by the city, text filing numbers, text not filed.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), standing AS MATERIALIZED (
	SELECT s.*, o.short_name, o.level FROM args a CROSS JOIN LATERAL zhibao.obligation_standing(a.as_of, a.on_day) s
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = s.office_code
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
), filing AS (
	SELECT s.*, c.code AS city_code, c.short_name AS city_name, n.filing_no FROM args a CROSS JOIN standing s
	JOIN zhibao.office c ON c.register_version = a.register AND c.code = s.to_office_code
	LEFT JOIN zhibao.filing_answer(a.as_of, a.on_day) n ON n.county_code = s.office_code
	WHERE s.evidence LIKE 'filing:%' AND s.state <> 'exempt'
)
SELECT GROUPING(f.city_code) = 1, coalesce(f.city_name, '合计'), count(*) FILTER (WHERE f.review_state = 'accepted'), count(*),
	count(*) FILTER (WHERE f.state = 'on_time'), count(*), count(*) FILTER (WHERE f.review_state IN ('returned', 'rejected')),
	count(*) FILTER (WHERE f.received_at IS NOT NULL AND f.review_state NOT IN ('accepted', 'returned')),
	CASE WHEN GROUPING(f.city_code) = 0 THEN string_agg(f.short_name || ' ' || f.filing_no, '；' ORDER BY f.office_code) FILTER (WHERE f.review_state = 'accepted') END,
	CASE WHEN GROUPING(f.city_code) = 0 THEN string_agg(f.short_name, '、' ORDER BY f.office_code) FILTER (WHERE f.state IN ('missing', 'not_due')) END
FROM filing f GROUP BY GROUPING SETS ((f.city_code, f.city_name), ()) ORDER BY GROUPING(f.city_code), f.city_code
