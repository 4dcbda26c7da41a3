-- The lines of annex 2 with the sessions credited to them by the province and its lead units (rulings R8, R9, R11). A session credited to
-- several lines is held for each of them and once in the total.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, bigint row, text category, text theme, text activity, text time, text place, text audience, text
-- sessions in words, text lead unit, bigint counted, bigint planned, bigint held, text state.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), line AS (
	SELECT p.row_no, coalesce(k.label_zh, p.category) AS category, p.theme, p.activity, o.short_name AS lead, p.time_text,
		p.place, p.audience, p.sessions_text,
		CASE WHEN l.planned_min IS NOT NULL THEN least(l.held, l.planned_min) END AS counted, l.planned_min::bigint AS planned, l.held,
		CASE WHEN l.held = 0 THEN '未开展' WHEN l.held >= coalesce(l.planned_min, 2) THEN '达标' ELSE '已启动' END
			|| CASE WHEN l.held < coalesce(l.planned_min, 2) AND l.window_end <= a.on_day THEN '（已过期）' ELSE '' END AS state
	FROM args a CROSS JOIN LATERAL zhibao.plan_line_standing(a.on_day, a.as_of) l
	JOIN LATERAL zhibao.led_line(a.register, a.node) p ON p.plan_item_id = l.plan_item_id
	LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = p.lead_office_code
	LEFT JOIN zhibao.lecture_category k ON k.register_version = a.register AND k.name = p.category
	WHERE l.is_provincial
), held AS (
	SELECT count(DISTINCT (s.kind, s.office_code, s.item_id)) AS sessions
	FROM args a CROSS JOIN LATERAL zhibao.plan_line_session(a.on_day, a.as_of) s JOIN zhibao.led_line(a.register, a.node) p USING (plan_item_id)
)
SELECT GROUPING(l.row_no) = 1, l.row_no::bigint, l.category, CASE WHEN GROUPING(l.row_no) = 1 THEN '合计（定量项）' ELSE l.theme END, l.activity,
	l.time_text, l.place, l.audience, l.sessions_text, l.lead, sum(l.counted)::bigint, sum(l.planned)::bigint,
	CASE WHEN GROUPING(l.row_no) = 1 THEN (SELECT h.sessions FROM held h) ELSE sum(l.held)::bigint END, l.state
FROM line l GROUP BY GROUPING SETS ((l.row_no, l.category, l.theme, l.activity, l.lead, l.time_text, l.place, l.audience,
	l.sessions_text, l.state), ())
ORDER BY GROUPING(l.row_no), l.row_no
