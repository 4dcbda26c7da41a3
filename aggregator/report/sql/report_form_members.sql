-- Whose forms make up the consolidated one, and who sent none (ruling R19).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text role, timestamptz received, text review, bigint supported, bigint judged, bigint over or unsupported,
-- bigint under claimed.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), support AS (
	SELECT s.office_code, s.item_id, count(*) FILTER (WHERE s.support = 'supported') AS supported,
		count(*) FILTER (WHERE s.support IN ('over_claimed', 'unsupported')) AS over, count(*) FILTER (WHERE s.support = 'under_claimed') AS under,
		count(*) FILTER (WHERE s.support IN ('supported', 'over_claimed', 'unsupported', 'under_claimed', 'differs')) AS judged
	FROM args a CROSS JOIN LATERAL zhibao.form_support(CASE WHEN a.period <> '' THEN a.period WHEN extract(month FROM a.on_day) < 10 THEN 'mid_year' ELSE 'year_end' END, a.as_of) s GROUP BY s.office_code, s.item_id
)
SELECT false, o.short_name, CASE m.role WHEN 'own' THEN '本级' WHEN 'with_subordinates' THEN '含下级' WHEN 'left_out' THEN '不计入' ELSE '未报送' END,
	m.received_at, CASE WHEN m.item_id IS NOT NULL THEN CASE m.verdict WHEN 'accepted' THEN '已采纳' WHEN 'returned' THEN '已退回'
		WHEN 'rejected' THEN '不采纳' ELSE '待审' END END, s.supported, s.judged, s.over, s.under
FROM args a CROSS JOIN LATERAL zhibao.form_member(a.node, CASE WHEN a.period <> '' THEN a.period WHEN extract(month FROM a.on_day) < 10 THEN 'mid_year' ELSE 'year_end' END, a.as_of) m
JOIN zhibao.office o ON o.register_version = a.register AND o.code = m.office_code
LEFT JOIN support s ON s.office_code = m.office_code AND s.item_id = m.item_id
ORDER BY (m.role = 'none'), o.level DESC, o.code
