-- Items of a kind below a node with their review state, disputed ones first, then the oldest.
-- $1 text: node · $2 date: unused, NULL · $3 timestamptz: as_of, NULL for what is folded · $4 text: kind
-- $5 text: state, pending, accepted, returned, rejected, disputed, flagged (with findings) or any · $6 bigint: limit
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of, $2::date AS unused FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), item AS (
	SELECT t.*, r.correction_reason, f.findings, r.received_at, r.author, coalesce(v.verdict, 'pending') AS verdict, v.reason, v.cure_on, v.reviewer, v.reviewed_at
	FROM args a CROSS JOIN node n CROSS JOIN LATERAL zhibao.revision_tip($4, a.as_of, NULL, NULL) t
	JOIN zhibao.office_tree o ON o.register_version = a.register AND o.ancestor_code = n.code AND o.code = t.office_code
	JOIN zhibao.item_revision r ON r.kind = $4 AND r.office_code = t.office_code AND r.item_id = t.item_id AND r.revision_id = t.revision_id
	LEFT JOIN zhibao.verdicts_at(a.as_of) v ON v.office_code = t.office_code AND v.item_id = t.item_id AND v.revision_id = t.revision_id
	LEFT JOIN zhibao.open_findings($4, a.as_of, NULL, NULL) f ON f.office_code = t.office_code AND f.item_id = t.item_id
), chosen AS (
	SELECT i.* FROM item i WHERE $5 = 'any' OR i.verdict = $5 OR ($5 = 'disputed' AND i.is_disputed) OR ($5 = 'flagged' AND i.findings IS NOT NULL)
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	'kind', $4, 'total', (SELECT count(*) FROM chosen),
	'items', (SELECT coalesce(json_agg(json_build_object('office_code', c.office_code, 'item_id', c.item_id, 'revision_id', c.revision_id,
		'op', c.operation, 'correction_reason', c.correction_reason, 'findings', coalesce(c.findings, '[]'),
		'depth', c.depth, 'state', c.state, 'is_disputed', c.is_disputed, 'verdict', c.verdict, 'reason', c.reason, 'cure_on', c.cure_on,
		'reviewer', c.reviewer, 'reviewed_at', c.reviewed_at, 'received_at', c.received_at, 'author', c.author)), '[]')
		FROM (SELECT * FROM chosen ORDER BY is_disputed DESC, received_at LIMIT $6) c)) AS answer
FROM args a CROSS JOIN node n
