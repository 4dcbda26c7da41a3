-- One obligation with its logs: extensions, exemptions and reminders, as they were known at as_of (ruling R12).
-- $1 text: office · $2 date: on, for the stamp only, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 integer: milestone
-- Result: json, one row; none when the office owes nothing under this number.
WITH args AS (
	SELECT zhibao.register_at(coalesce($3, f.as_of)) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), programme AS (
	SELECT p.* FROM args a JOIN zhibao.programme_version p ON p.register_version = a.register
), owed AS MATERIALIZED (
	SELECT s.* FROM args a CROSS JOIN zhibao.obligation_standing(a.as_of) s WHERE s.office_code = $1 AND s.milestone_no = $4
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', p.programme || '@' || p.version, 'register_version', a.register,
	'office_code', s.office_code, 'office_name', o.name_zh, 'milestone_no', s.milestone_no, 'material', s.material,
	'source_line', m.source_line, 'to_office_code', s.to_office_code, 'due_on', s.due_on,
	'deadline', zhibao.deadline_text(s.effective_at), 'state', s.state, 'days_late', s.days_late, 'days_overdue', s.days_overdue,
	'received_at', s.received_at, 'review_state', s.review_state, 'substance_on', s.substance_on,
	'is_substance_late', s.is_substance_late, 'is_extended_after_due', s.is_extended_after_due,
	'is_corrected_late', s.is_corrected_late, 'exempt_reason', s.exempt_reason,
	'call', json_build_object('name', s.responsible_name, 'contact', s.responsible_contact),
	'received', CASE WHEN s.received_item_id IS NOT NULL THEN
		json_build_object('item_id', s.received_item_id, 'revision_id', s.received_revision_id) END,
	'newest', CASE WHEN s.item_id IS NOT NULL THEN json_build_object('item_id', s.item_id, 'revision_id', s.revision_id) END,
	'extensions', (SELECT coalesce(json_agg(json_build_object('until', zhibao.deadline_text(e.until_at), 'until_at', e.until_at, 'reason', e.reason,
			'granted_by', e.granted_by, 'granter_office_code', e.granter_office_code, 'granted_at', e.granted_at,
			'withdrawn_by', CASE WHEN e.withdrawn_at <= a.as_of THEN e.withdrawn_by END,
			'withdrawn_at', CASE WHEN e.withdrawn_at <= a.as_of THEN e.withdrawn_at END,
			'withdraw_reason', CASE WHEN e.withdrawn_at <= a.as_of THEN e.withdraw_reason END) ORDER BY e.extension_no), '[]')
		FROM zhibao.extension e WHERE e.programme = p.programme AND e.office_code = $1 AND e.milestone_no = $4
			AND e.granted_at BETWEEN zhibao.year_opened(a.register) AND a.as_of),
	'exemptions', (SELECT coalesce(json_agg(json_build_object('until', zhibao.deadline_text(x.until_at), 'until_at', x.until_at, 'reason', x.reason, 'granted_by', x.granted_by,
			'granter_office_code', x.granter_office_code, 'granted_at', x.granted_at,
			'withdrawn_by', CASE WHEN x.withdrawn_at <= a.as_of THEN x.withdrawn_by END,
			'withdrawn_at', CASE WHEN x.withdrawn_at <= a.as_of THEN x.withdrawn_at END,
			'withdraw_reason', CASE WHEN x.withdrawn_at <= a.as_of THEN x.withdraw_reason END) ORDER BY x.exemption_no), '[]')
		FROM zhibao.exemption x WHERE x.programme = p.programme AND x.office_code = $1 AND x.milestone_no = $4
			AND x.granted_at BETWEEN zhibao.year_opened(a.register) AND a.as_of),
	'reminders', (SELECT coalesce(json_agg(json_build_object('step', r.step, 'due_at', r.due_at, 'made_at', r.made_at, 'made_by', r.made_by,
			'responsible_name', r.responsible_name, 'text', r.text, 'is_delivered', r.is_delivered) ORDER BY r.made_at), '[]')
		FROM zhibao.reminder_standing(a.as_of) r WHERE r.office_code = $1 AND r.milestone_no = $4)) AS answer
FROM args a CROSS JOIN programme p CROSS JOIN owed s
JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
JOIN zhibao.milestone m ON m.register_version = a.register AND m.milestone_no = s.milestone_no
