-- For a circular: the offices late or missing for the materials of the newest due day that has passed by on.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text material, text state, bigint offices, text names with days late.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), standing AS MATERIALIZED (
	SELECT s.*, o.short_name, o.level FROM args a CROSS JOIN LATERAL zhibao.obligation_standing(a.as_of) s
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = s.office_code
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
), told AS (
	SELECT s.* FROM args a CROSS JOIN standing s
	WHERE s.due_on = (SELECT max(n.due_on) FROM standing n WHERE n.due_on <= a.on_day) AND s.is_due AND s.state IN ('late', 'missing')
)
SELECT false, t.material, CASE t.state WHEN 'late' THEN '逾期报送' ELSE '未报送' END, count(*),
	string_agg(t.short_name || CASE WHEN t.state = 'late' THEN '（逾期 ' || t.days_late || ' 天）' ELSE '' END, '、' ORDER BY t.days_late DESC, t.office_code)
FROM told t GROUP BY t.milestone_no, t.material, t.state ORDER BY t.milestone_no, t.state
