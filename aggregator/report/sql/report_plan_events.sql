-- Each session credited to a line of annex 2 (A2-09, A2-11, A2-12): the records behind the figures of the lines.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, bigint row, date day, text office, text theme, text place, text mode, text audiences, text flag.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), line AS (
	SELECT p.* FROM args a CROSS JOIN LATERAL zhibao.led_line(a.register, a.node) p
)
SELECT false, l.row_no::bigint, s.occurred_on, o.short_name, coalesce(h.theme, e.topic), coalesce(h.place, e.place), m.label_zh,
	(SELECT string_agg(v.label_zh, '、' ORDER BY v.value) FROM zhibao.value_label v
		WHERE v.kind = 'lecture_event' AND v.field = 'audiences' AND v.value = ANY (s.audiences)),
	concat_ws('、', CASE WHEN s.is_before_start THEN '3 月前' END, CASE WHEN s.is_outside_window THEN '窗口期外' END)
FROM args a CROSS JOIN LATERAL zhibao.plan_line_session(a.on_day, a.as_of) s JOIN line l USING (plan_item_id)
JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
LEFT JOIN zhibao.lecture_event h ON s.kind = 'lecture_event' AND (h.office_code, h.item_id, h.revision_id) = (s.office_code, s.item_id, s.revision_id)
LEFT JOIN zhibao.study_event e ON s.kind = 'study_event' AND (e.office_code, e.item_id, e.revision_id) = (s.office_code, s.item_id, s.revision_id)
LEFT JOIN zhibao.value_label m ON m.kind = 'lecture_event' AND m.field = 'mode' AND m.value = s.mode
ORDER BY l.row_no, s.occurred_on, s.office_code, s.item_id
