-- Whose forms make up the consolidated one, and who sent none (ruling R19); cells against the records for the office itself
-- and those right below it, the others in the reports of their cities.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text role, timestamptz received, text review, bigint supported, bigint judged, bigint over or unsupported,
-- bigint under claimed, bigint that differ.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, o.short_name, CASE m.role WHEN 'own' THEN '本级' WHEN 'with_subordinates' THEN '含下级' WHEN 'left_out' THEN '不计入' ELSE '未报送' END,
	m.received_at, CASE WHEN m.item_id IS NOT NULL THEN zhibao.verdict_zh(m.verdict) END, s.supported, s.judged, s.over, s.under, s.differs
FROM args a CROSS JOIN LATERAL zhibao.form_member(a.node, zhibao.report_period(a.on_day, a.period), a.as_of) m
JOIN zhibao.office o ON o.register_version = a.register AND o.code = m.office_code
LEFT JOIN LATERAL (
	SELECT count(*) FILTER (WHERE c.support = 'supported') AS supported,
		count(*) FILTER (WHERE c.support IN ('over_claimed', 'unsupported')) AS over, count(*) FILTER (WHERE c.support = 'under_claimed') AS under,
		count(*) FILTER (WHERE c.support = 'differs') AS differs,
		count(*) FILTER (WHERE c.support IN ('supported', 'over_claimed', 'unsupported', 'under_claimed', 'differs')) AS judged
	FROM zhibao.form_support_of(m.office_code, m.item_id, m.revision_id, a.as_of) c
	WHERE m.item_id IS NOT NULL AND a.node IN (o.code, o.parent_code)
	HAVING count(*) > 0
) s ON true
ORDER BY (m.role = 'none'), o.code
