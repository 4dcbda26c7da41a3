-- Every office below the node that was late or is missing, material by material (rulings R12 to R14), for the material told.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text material, date due (moved or extended), text state, bigint days late or overdue, timestamptz received, text review.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), standing AS MATERIALIZED (
	SELECT s.*, o.short_name, o.level FROM args a CROSS JOIN LATERAL zhibao.obligation_standing(a.as_of) s
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = s.office_code
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
)
SELECT false, s.short_name, s.material, ((s.effective_at - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date, CASE s.state WHEN 'late' THEN '逾期' ELSE '未报' END
		|| CASE WHEN s.is_substance_late THEN '（所载日期亦晚）' ELSE '' END,
	coalesce(s.days_late, s.days_overdue)::bigint, s.received_at,
	CASE WHEN s.review_state IS NOT NULL THEN zhibao.verdict_zh(s.review_state) END
FROM standing s WHERE s.state IN ('late', 'missing')
ORDER BY s.due_on, s.milestone_no, s.state, s.office_code
