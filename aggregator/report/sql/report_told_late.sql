-- For a circular: the offices late or missing, or short of what a figure judges, on the newest due day that has passed by on.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text material, text state, bigint offices, text names with days late or with their figure.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), told AS (
	SELECT d.* FROM args a CROSS JOIN LATERAL zhibao.report_due(a.node, a.on_day, a.as_of) d WHERE d.state <> 'on_time'
)
SELECT false, t.material, CASE t.state WHEN 'late' THEN '逾期报送' WHEN 'short' THEN '未达标' ELSE '未报送' END, count(*),
	string_agg(t.short_name || CASE t.state WHEN 'late' THEN '（逾期 ' || t.days_late || ' 天）'
			WHEN 'short' THEN '（' || t.numerator || '/' || t.denominator || '，' || zhibao.percent_text(t.numerator, t.denominator) || '%）' ELSE '' END,
		'、' ORDER BY coalesce(t.days_late, t.denominator - t.numerator) DESC, t.office_code)
FROM told t GROUP BY t.milestone_no, t.material, t.state ORDER BY t.milestone_no, t.state
