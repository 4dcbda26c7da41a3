-- Reminders made, newest first, with the evidence of their delivery.
-- $1 text: office, NULL for all
-- Result: text made at, text office, text name, text milestone, text step in Chinese, text by, text delivered, text words.
SELECT to_char(r.made_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'), r.office_code, coalesce(o.short_name, ''), r.milestone_no::text,
	CASE WHEN r.step = 'overdue' THEN '逾期' WHEN r.step LIKE 'due-%' THEN '前' || substr(r.step, 5) || '天' ELSE '人工' END,
	coalesce(nullif(r.made_by, ''), '自动'), CASE WHEN r.is_delivered THEN '已送达' ELSE '未送达' END, r.text
FROM zhibao.reminder_standing(statement_timestamp()) r
LEFT JOIN zhibao.office o ON o.register_version = zhibao.register_at(statement_timestamp()) AND o.code = r.office_code
WHERE $1::text IS NULL OR r.office_code = $1
ORDER BY r.made_at DESC, r.office_code, r.milestone_no, r.step
