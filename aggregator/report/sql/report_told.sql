-- For a circular: the materials of the newest due day that has passed by on, with the names of offices on time.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text material, date due, bigint on time, bigint due, text names.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), standing AS MATERIALIZED (
	SELECT s.*, o.short_name, o.level FROM args a CROSS JOIN LATERAL zhibao.obligation_standing(a.as_of) s
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = s.office_code
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
), told AS (
	SELECT s.* FROM args a CROSS JOIN standing s
	WHERE s.due_on = (SELECT max(n.due_on) FROM standing n WHERE n.due_on <= a.on_day) AND s.is_due AND s.state <> 'exempt'
)
SELECT GROUPING(t.milestone_no) = 1, coalesce(t.material, '合计'), t.due_on, count(*) FILTER (WHERE t.state = 'on_time'), count(*),
	CASE WHEN GROUPING(t.milestone_no) = 1 THEN NULL WHEN bool_and(t.state = 'on_time') THEN '全部单位'
		ELSE coalesce(string_agg(t.short_name, '、' ORDER BY t.office_code) FILTER (WHERE t.state = 'on_time'), '没有') END
FROM told t GROUP BY GROUPING SETS ((t.milestone_no, t.material, t.due_on), ()) ORDER BY GROUPING(t.milestone_no), t.milestone_no
