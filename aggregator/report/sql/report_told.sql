-- For a circular: what was due on the newest due day that has passed by on, with the names of offices that were on time, or had all of it
-- done where a figure judges.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text material, date due, bigint on time, bigint due, text names.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), told AS (
	SELECT d.* FROM args a CROSS JOIN LATERAL zhibao.report_due(a.node, a.on_day, a.as_of) d
)
SELECT GROUPING(t.milestone_no) = 1, coalesce(t.material, '合计'), t.due_on, count(*) FILTER (WHERE t.state = 'on_time'), count(*),
	CASE WHEN GROUPING(t.milestone_no) = 1 THEN NULL WHEN bool_and(t.state = 'on_time') THEN '全部单位'
		ELSE coalesce(string_agg(t.short_name, '、' ORDER BY t.office_code) FILTER (WHERE t.state = 'on_time'), '没有') END
FROM told t GROUP BY GROUPING SETS ((t.milestone_no, t.material, t.due_on), ()) ORDER BY GROUPING(t.milestone_no), t.milestone_no
