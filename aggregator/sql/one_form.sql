-- One statistics form: head, its cells in the order of annex 3 with what the records prove, and its findings (rulings R14, R16).
-- $1 text: office · $2 date: on, for the stamp only, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 uuid: item
-- Result: json, one row; none when no such form was received.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, zhibao.facts_as_of($3) AS as_of
), named AS ( -- a revision may name another period than the one that stands
	SELECT DISTINCT f.period, extract(year FROM f.period_end)::integer AS year FROM args a
	JOIN zhibao.statistics_form f ON f.office_code = $1 AND f.item_id = $4 AND f.received_at <= a.as_of WHERE f.operation <> 'withdraw'
), filing AS MATERIALIZED (
	SELECT x.* FROM args a CROSS JOIN named n CROSS JOIN LATERAL zhibao.form_filing(n.period, a.as_of, n.year) x
	WHERE x.office_code = $1 AND x.item_id = $4
), form AS MATERIALIZED (
	SELECT s.*, x.state, x.verdict, x.is_current, x.is_proxy, x.newest_revision_id, x.newest_received_at
	FROM filing x JOIN zhibao.statistics_form s ON s.office_code = $1 AND s.item_id = $4
		AND s.revision_id = coalesce(x.revision_id, x.newest_revision_id)
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	'on', coalesce($2, (a.as_of AT TIME ZONE 'Asia/Shanghai')::date),
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'office_code', s.office_code, 'office_name', o.name_zh, 'item_id', s.item_id, 'revision_id', s.revision_id,
	'newest_revision_id', s.newest_revision_id, 'received_at', s.received_at, 'newest_received_at', s.newest_received_at,
	'state', s.state, 'verdict', s.verdict, 'is_current', s.is_current, 'is_proxy', s.is_proxy, 'period', s.period, 'scope', s.scope,
	'period_start', s.period_start, 'period_end', s.period_end, 'filled_on', s.filled_on, 'filled_by', s.filled_by,
	'approved_by', s.approved_by, 'is_stamped', s.is_stamped, 'participation_total', s.participation_total,
	'cells', (SELECT coalesce(json_agg(json_build_object('item_no', c.item_no, 'sub_field', c.sub_field, 'section', i.section,
		'item_zh', i.label_zh, 'label_zh', c.label_zh, 'unit', c.unit, 'state', c.state, 'filled', c.filled, 'evidence', c.evidence,
		'support', c.support, 'verification_factor', c.verification_factor, 'live_evidence', c.live_evidence,
		'live_support', c.live_support, 'proposed_count', c.proposed_count, 'reason', c.reason,
		'first_count', r.first_count, 'accepted_count', r.accepted_count, 'revision_rate', r.revision_rate) ORDER BY c.place), '[]')
		FROM zhibao.form_support_of(s.office_code, s.item_id, s.revision_id, a.as_of) c
		LEFT JOIN zhibao.form_revision(s.office_code, s.item_id, a.as_of) r USING (item_no, sub_field)
		LEFT JOIN zhibao.form_item i ON i.register_version = a.register AND i.item_no = c.item_no),
	'findings', (SELECT coalesce(json_agg(json_build_object('code', d.code, 'severity', d.severity, 'item_no', d.item_no,
		'sub_field', d.sub_field, 'text_zh', d.text_zh)), '[]')
		FROM zhibao.form_findings(s.office_code, s.item_id, s.newest_revision_id, a.as_of) d)) AS answer
FROM args a CROSS JOIN form s LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
