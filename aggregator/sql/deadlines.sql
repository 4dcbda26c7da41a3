-- Obligations of a node and everything below it, the rates per milestone, and who to call (rulings R12 to R14).
-- $1 text: node · $2 date: on, for the stamp only, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 integer: milestone, NULL for all · $5 text: state, NULL for all; narrows the obligations listed, not the rates
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.register_at(coalesce($3, f.as_of)) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), standing AS MATERIALIZED (
	SELECT s.* FROM args a CROSS JOIN zhibao.obligation_standing(a.as_of) s
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = $1 AND t.code = s.office_code
	WHERE $4::integer IS NULL OR s.milestone_no = $4
), tally AS (
	SELECT s.milestone_no, count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt') AS due,
		count(*) FILTER (WHERE s.is_due AND s.state = 'on_time') AS on_time, count(*) FILTER (WHERE s.is_due AND s.state = 'late') AS late,
		count(*) FILTER (WHERE s.is_due AND s.state = 'missing') AS missing,
		count(*) FILTER (WHERE NOT s.is_due AND s.state <> 'exempt') AS not_due, count(*) FILTER (WHERE s.state = 'exempt') AS exempt,
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt' AND s.is_extended_after_due) AS extended_after_due,
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt' AND s.review_state = 'accepted') AS accepted,
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt' AND s.review_state IN ('returned', 'rejected')) AS returned,
		count(*) FILTER (WHERE NOT s.is_due AND s.state = 'on_time') AS received_early
	FROM standing s GROUP BY GROUPING SETS ((s.milestone_no), ())
), figure AS (
	SELECT t.milestone_no, json_build_object('milestone_no', t.milestone_no, 'material', m.obligation_zh, 'due_on', m.due_on,
		'source_line', m.source_line, 'due', t.due, 'on_time', t.on_time, 'late', t.late, 'missing', t.missing, 'not_due', t.not_due,
		'exempt', t.exempt, 'extended_after_due', t.extended_after_due, 'accepted', t.accepted, 'returned', t.returned,
		'received_early', t.received_early, 'timeliness', zhibao.rate_json(t.on_time, t.due),
		'completeness', zhibao.rate_json(t.on_time + t.late, t.due), 'accepted_rate', zhibao.rate_json(t.accepted, t.due)) AS figures
	FROM args a CROSS JOIN tally t
	LEFT JOIN zhibao.milestone m ON m.register_version = a.register AND m.milestone_no = t.milestone_no
), reminded AS (
	SELECT DISTINCT ON (r.office_code, r.milestone_no) r.office_code, r.milestone_no, r.step, r.made_at, r.is_delivered
	FROM args a CROSS JOIN zhibao.reminder_standing(a.as_of) r
	ORDER BY r.office_code, r.milestone_no, r.made_at DESC
), listed AS (
	SELECT s.milestone_no, s.office_code, json_build_object('office_code', s.office_code, 'office_name', o.name_zh,
		'short_name', o.short_name, 'level', o.level, 'milestone_no', s.milestone_no, 'material', s.material,
		'to_office_code', s.to_office_code, 'due_on', s.due_on, 'due_at', s.due_at, 'effective_at', s.effective_at,
		'deadline', zhibao.deadline_text(s.effective_at), 'state', s.state, 'is_due', s.is_due, 'days_late', s.days_late,
		'days_overdue', s.days_overdue, 'received_at', s.received_at, 'item_id', s.item_id, 'revision_id', s.revision_id,
		'received_item_id', s.received_item_id, 'received_revision_id', s.received_revision_id, 'review_state', s.review_state,
		'substance_on', s.substance_on, 'is_substance_late', s.is_substance_late, 'extended_until', s.extended_until,
		'is_extended_after_due', s.is_extended_after_due, 'is_corrected_late', s.is_corrected_late, 'exempt_reason', s.exempt_reason,
		'call', json_build_object('name', s.responsible_name, 'contact', s.responsible_contact),
		'reminder', CASE WHEN r.step IS NOT NULL THEN
			json_build_object('step', r.step, 'made_at', r.made_at, 'is_delivered', r.is_delivered) END) AS line
	FROM args a CROSS JOIN standing s JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
	LEFT JOIN reminded r ON r.office_code = s.office_code AND r.milestone_no = s.milestone_no
	WHERE $5::text IS NULL OR s.state = $5
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'rules', json_build_object('shift', zhibao.rule_value(a.register, 'deadline.shift', 'none')),
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level,
		'is_county_level', n.is_county_level),
	'total', (SELECT f.figures FROM figure f WHERE f.milestone_no IS NULL),
	'milestones', (SELECT coalesce(json_agg(f.figures ORDER BY f.milestone_no), '[]') FROM figure f WHERE f.milestone_no IS NOT NULL),
	'obligations', (SELECT coalesce(json_agg(l.line ORDER BY l.milestone_no, l.office_code), '[]') FROM listed l)) AS answer
FROM args a CROSS JOIN node n
