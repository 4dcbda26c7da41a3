-- One item: every revision with the batch that brought it, in the order of receipt, with every verdict and pick, and with what is
-- to be said of it at as_of (findings), whatever the verdict; the findings of a form stand with the form.
-- $1 text: office · $2 date: on, shown only · $3 timestamptz: as_of, NULL for what is folded · $4 uuid: item
-- Result: json, one row; none when there is no such item.
WITH RECURSIVE args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), kind AS (
	SELECT r.kind FROM zhibao.item_revision r WHERE r.office_code = $1 AND r.item_id = $4 LIMIT 1
), tip AS (
	SELECT c.* FROM args a CROSS JOIN kind k, LATERAL zhibao.revision_tip(k.kind, a.as_of, ARRAY[$1], ARRAY[$4]) c
), correction AS (
	SELECT c.revision_id, zhibao.correction_finding(c.operation, c.correction_reason) AS finding
	FROM args a CROSS JOIN kind k, LATERAL zhibao.accepted_correction(k.kind, a.as_of, ARRAY[$1], ARRAY[$4]) c
), revision AS (
	SELECT r, row_number() OVER () AS place FROM args a CROSS JOIN kind k, LATERAL zhibao.item_rows(k.kind, $1, $4, a.as_of) r
), named AS (
	SELECT (v.r ->> 'revision_id')::uuid AS revision_id, decode(substr(d.value, 3), 'hex') AS file_id, v.r ->> 'author_office_code' AS author_office_code
	FROM revision v CROSS JOIN LATERAL jsonb_each_text(v.r) d WHERE d.key LIKE '%\_digest' AND d.value IS NOT NULL
), finding AS MATERIALIZED (
	SELECT c.revision_id, c.finding FROM correction c WHERE c.finding IS NOT NULL
	UNION ALL
	SELECT n.revision_id, n.finding FROM args a CROSS JOIN LATERAL zhibao.event_notes($1, $4, a.as_of) n
	UNION ALL
	SELECT n.revision_id, f.finding FROM args a CROSS JOIN kind k CROSS JOIN named n
	CROSS JOIN LATERAL zhibao.file_finding(n.file_id, $1, n.author_office_code, CASE k.kind WHEN 'submission' THEN 'explain' ELSE 'note' END, a.as_of) AS f (finding)
	WHERE k.kind <> 'statistics_form' AND f.finding IS NOT NULL
	UNION ALL
	SELECT (v.r ->> 'revision_id')::uuid, f.finding FROM kind k CROSS JOIN revision v CROSS JOIN LATERAL zhibao.approval_finding(v.r ->> 'approved_by') AS f (finding)
	WHERE k.kind = 'submission' AND v.r ->> 'operation' <> 'withdraw' AND f.finding IS NOT NULL
), chain AS (
	SELECT (v.r ->> 'revision_id')::uuid AS revision_id, zhibao.stored_base(k.kind, $1, $4, (v.r ->> 'base_revision_id')::uuid, a.as_of) AS base
	FROM args a CROSS JOIN revision v CROSS JOIN kind k
), numbered AS ( -- R1: the number of a revision is its depth, as in lists and exports; two branches of a conflict have the same
	SELECT c.revision_id, 1 AS depth FROM chain c WHERE c.base IS NULL
	UNION ALL
	SELECT c.revision_id, n.depth + 1 FROM numbered n JOIN chain c ON c.base = n.revision_id
), verdict AS (
	SELECT v.revision_id, v.review_no, json_build_object('verdict', v.verdict, 'reason', v.reason, 'remarks', v.remarks, 'cure_on', v.cure_on,
		'reviewer', v.reviewer, 'reviewed_at', v.reviewed_at) AS said
	FROM args a JOIN zhibao.review v ON v.office_code = $1 AND v.item_id = $4 AND v.reviewed_at <= a.as_of
), file AS ( -- those the revisions name, and those sent for the item
	SELECT u.* FROM args a JOIN zhibao.upload u ON u.completed_at <= a.as_of
		AND (u.item_id = $4 OR u.file_id IN (SELECT n.file_id FROM named n))
		AND u.office_code IN (SELECT $1 UNION ALL SELECT v.r ->> 'author_office_code' FROM revision v)
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'kind', k.kind, 'office_code', $1, 'item_id', $4,
	'state', CASE WHEN t.is_disputed THEN 'disputed' ELSE t.state END,
	'files', (SELECT coalesce(json_agg(json_build_object('digest', encode(f.file_id, 'hex'), 'office_code', f.office_code, 'name', f.name,
		'size_bytes', f.size_bytes, 'arrived_at', f.completed_at) ORDER BY f.completed_at, f.office_code, f.file_id), '[]') FROM file f),
	'picks', (SELECT coalesce(json_agg(json_build_object('revision_id', p.revision_id, 'reason', p.reason, 'picked_by', p.picked_by,
		'picked_at', p.picked_at) ORDER BY p.pick_no), '[]') FROM zhibao.branch_pick p
		WHERE p.office_code = $1 AND p.item_id = $4 AND p.picked_at <= a.as_of),
	'revisions', (SELECT json_agg(json_build_object('revision_id', r ->> 'revision_id',
		'base_revision_id', r ->> 'base_revision_id', 'op', r ->> 'operation', 'depth', coalesce(n.depth, 1),
		'is_counting', (r ->> 'revision_id')::uuid = t.revision_id AND t.state = 'counting',
		'recorded_at', r ->> 'recorded_at', 'received_at', r ->> 'received_at', 'author', r ->> 'author',
		'author_office_code', r ->> 'author_office_code',
		'correction_reason', r ->> 'correction_reason', 'is_after_acceptance', c.revision_id IS NOT NULL,
		'findings', (SELECT coalesce(json_agg(f.finding ORDER BY f.finding ->> 'code'), '[]') FROM finding f
			WHERE f.revision_id = (r ->> 'revision_id')::uuid),
		'on_behalf', r ->> 'author_office_code' <> r ->> 'office_code',
		'stream', json_build_object('outbox_uuid', encode(s.outbox_uuid, 'hex'), 'seq', r -> 'seq', 'batch_id', b.batch_id,
			'chain', encode(b.chain, 'hex')),
		'review', (SELECT d.said FROM verdict d WHERE d.revision_id = (r ->> 'revision_id')::uuid ORDER BY d.review_no DESC LIMIT 1),
		'verdicts', (SELECT coalesce(json_agg(d.said ORDER BY d.review_no), '[]') FROM verdict d WHERE d.revision_id = (r ->> 'revision_id')::uuid),
		'body', zhibao.record_body(r)) ORDER BY v.place)
		FROM revision v
		LEFT JOIN numbered n ON n.revision_id = (r ->> 'revision_id')::uuid
		LEFT JOIN correction c ON c.revision_id = (r ->> 'revision_id')::uuid
		LEFT JOIN zhibao.batch b ON b.office_code = r ->> 'author_office_code' AND b.batch_id = (r ->> 'batch_id')::bigint
		LEFT JOIN zhibao.stream s ON s.office_code = b.office_code AND s.stream_id = b.stream_id)) AS answer
FROM args a CROSS JOIN kind k JOIN tip t ON true
