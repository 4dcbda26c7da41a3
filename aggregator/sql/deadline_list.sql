-- Obligations in a table for the command line.
-- $1 text: office or node, NULL for the whole tree · $2 boolean: the node and everything below it, or the office alone
-- $3 timestamptz: as_of, NULL for now · $4 integer: milestone, NULL for all · $5 text: state, NULL for all
-- Result: text office, text office name, text milestone, text material, text deadline, text state in Chinese, text days,
-- text received at, text review state in Chinese, text remarks, text who to call.
SELECT s.office_code, o.short_name, s.milestone_no::text, s.material, zhibao.deadline_text(s.effective_at),
	CASE s.state WHEN 'exempt' THEN '免报' WHEN 'not_due' THEN '未到期' WHEN 'on_time' THEN '按时' WHEN 'late' THEN '迟报' ELSE '未报' END,
	coalesce(coalesce(s.days_late, s.days_overdue)::text, ''),
	coalesce(to_char(s.received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'), ''),
	CASE WHEN s.review_state IS NULL THEN '' ELSE zhibao.verdict_zh(s.review_state) END,
	concat_ws('、', CASE WHEN s.extended_until IS NOT NULL THEN CASE WHEN s.is_extended_after_due THEN '逾期后延期' ELSE '已延期' END END,
		CASE WHEN s.is_corrected_late THEN '逾期更正' END, CASE WHEN s.is_substance_late THEN '内容逾期' END, s.exempt_reason),
	concat_ws(' ', s.responsible_name, s.responsible_contact)
FROM zhibao.obligation_standing(coalesce($3, statement_timestamp())) s
JOIN zhibao.office o ON o.register_version = zhibao.register_at(coalesce($3, statement_timestamp())) AND o.code = s.office_code
WHERE ($1::text IS NULL OR s.office_code = $1 OR ($2 AND EXISTS (SELECT FROM zhibao.office_tree t WHERE t.register_version = o.register_version
		AND t.ancestor_code = $1 AND t.code = s.office_code)))
	AND ($4::integer IS NULL OR s.milestone_no = $4) AND ($5::text IS NULL OR s.state = $5)
ORDER BY s.effective_at, s.milestone_no, s.office_code
