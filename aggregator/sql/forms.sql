-- Statistics forms received from the offices of a node, with their findings and, cell by cell, their support (rulings R14, R16).
-- $1 text: node · $2 text: period, mid_year or year_end · $3 timestamptz: as_of, NULL for what is folded
-- $4 text: all, or list for the forms alone
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, zhibao.facts_as_of($3) AS as_of
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), below AS MATERIALIZED (
	SELECT o.*, w.code IS NOT NULL AS is_open FROM args a JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = $1
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.code
	LEFT JOIN zhibao.open_office(a.register) w ON w.code = o.code
), filing AS MATERIALIZED (
	SELECT f.*, b.name_zh, b.level, coalesce(f.revision_id, f.newest_revision_id) AS judged_revision_id
	FROM args a CROSS JOIN LATERAL zhibao.form_filing($2, a.as_of) f JOIN below b ON b.code = f.office_code
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'period', $2::text,
	'forms', (SELECT coalesce(json_agg(json_build_object('office_code', f.office_code, 'office_name', f.name_zh, 'level', f.level,
		'item_id', f.item_id, 'revision_id', f.revision_id, 'received_at', f.received_at,
		'newest_revision_id', f.newest_revision_id, 'newest_received_at', f.newest_received_at,
		'state', f.state, 'verdict', f.verdict, 'is_current', f.is_current, 'is_proxy', f.is_proxy,
		'scope', s.scope, 'period_start', s.period_start, 'period_end', s.period_end, 'filled_on', s.filled_on,
		'filled_by', s.filled_by, 'approved_by', s.approved_by, 'is_stamped', s.is_stamped,
		'scan_digest', encode(s.scan_digest, 'hex'), 'participation_total', s.participation_total,
		'findings', CASE WHEN $4 = 'all' THEN (SELECT coalesce(json_agg(json_build_object('code', d.code, 'severity', d.severity,
			'item_no', d.item_no, 'sub_field', d.sub_field, 'text_zh', d.text_zh)), '[]')
			FROM zhibao.form_findings(f.office_code, f.item_id, f.newest_revision_id, a.as_of) d) END,
		'support', CASE WHEN $4 = 'all' THEN (SELECT coalesce(json_agg(json_build_object('item_no', c.item_no, 'sub_field', c.sub_field,
			'label_zh', c.label_zh, 'unit', c.unit, 'state', c.state, 'filled', c.filled, 'evidence', c.evidence,
			'support', c.support, 'verification_factor', c.verification_factor, 'live_evidence', c.live_evidence,
			'live_support', c.live_support, 'proposed_count', c.proposed_count, 'reason', c.reason) ORDER BY c.place), '[]')
			FROM zhibao.form_support_of(f.office_code, f.item_id, f.judged_revision_id, a.as_of) c) END)
		ORDER BY f.office_code, f.newest_received_at DESC, f.item_id), '[]')
		FROM filing f JOIN zhibao.statistics_form s ON s.office_code = f.office_code AND s.item_id = f.item_id
			AND s.revision_id = f.judged_revision_id),
	'missing', (SELECT coalesce(json_agg(json_build_object('code', b.code, 'name_zh', b.name_zh, 'level', b.level) ORDER BY b.code), '[]')
		FROM below b WHERE b.level <> 'province' AND b.is_open AND NOT EXISTS (SELECT FROM filing f WHERE f.office_code = b.code AND f.is_current)),
	'refused', (SELECT coalesce(json_agg(json_build_object('office_code', q.office_code, 'item_id', q.item_id,
		'revision_id', q.revision_id, 'received_at', q.received_at, 'code', q.code, 'field', q.field, 'text_zh', q.text)
		ORDER BY q.received_at DESC, q.office_code, q.batch_id DESC, q.seq DESC), '[]') FROM zhibao.quarantine q JOIN below b ON b.code = q.office_code
		WHERE q.kind = 'statistics_form' AND q.received_at BETWEEN zhibao.year_opened(a.register) AND a.as_of)) AS answer
FROM args a CROSS JOIN node n
