-- Items of a kind below a node with their review state, disputed ones first, then the oldest.
-- $1 text: node · $2 date: on, for the stamp only, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded · $4 text: kind
-- $5 text: state, pending, accepted, returned, rejected, disputed, flagged (with findings other than notes) or any · $6 bigint: limit · $7 bigint: offset
-- $8 text: the field that names an item of the kind (its title field in the catalogue)
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), below AS MATERIALIZED ( -- the whole province is read as one, part of it by its offices
	SELECT CASE WHEN n.level <> 'province' THEN array_agg(t.code) END AS offices
	FROM args a CROSS JOIN node n JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = n.code
	GROUP BY n.level
), item AS MATERIALIZED (
	SELECT t.*, r.correction_reason, r.received_at, r.author, r.author_office_code, coalesce(v.verdict, 'pending') AS verdict, v.reason, v.cure_on, v.reviewer,
		v.reviewed_at
	FROM args a CROSS JOIN node n CROSS JOIN below b CROSS JOIN LATERAL zhibao.revision_tip($4, a.as_of, b.offices, NULL) t
	JOIN zhibao.office_tree o ON o.register_version = a.register AND o.ancestor_code = n.code AND o.code = t.office_code
	JOIN zhibao.item_revision r ON r.kind = $4 AND r.office_code = t.office_code AND r.item_id = t.item_id AND r.revision_id = t.revision_id
	LEFT JOIN zhibao.verdicts_at(a.as_of) v ON v.office_code = t.office_code AND v.item_id = t.item_id AND v.revision_id = t.revision_id
), flag AS MATERIALIZED ( -- findings on forms cost much: of all items only where they choose the items
	SELECT f.* FROM args a CROSS JOIN below b CROSS JOIN LATERAL zhibao.open_findings($4, a.as_of, b.offices, NULL) f WHERE $5 = 'flagged' AND f.is_flagged
), chosen AS (
	SELECT i.* FROM item i WHERE $5 = 'any' OR i.verdict = $5 OR ($5 = 'disputed' AND i.is_disputed)
		OR ($5 = 'flagged' AND EXISTS (SELECT FROM flag f WHERE f.office_code = i.office_code AND f.item_id = i.item_id))
), page AS (
	SELECT c.*, row_number() OVER (ORDER BY c.is_disputed DESC, c.received_at, c.office_code, c.item_id) AS place
	FROM chosen c ORDER BY place LIMIT $6 OFFSET $7
), said AS MATERIALIZED (
	SELECT f.* FROM flag f
	UNION ALL
	SELECT f.* FROM args a CROSS JOIN (SELECT array_agg(p.office_code) AS offices, array_agg(p.item_id) AS items FROM page p) k
	CROSS JOIN LATERAL zhibao.open_findings($4, a.as_of, k.offices, k.items) f WHERE $5 <> 'flagged' AND k.items IS NOT NULL
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'kind', $4, 'total', (SELECT count(*) FROM chosen),
	'items', (SELECT coalesce(json_agg(json_build_object('office_code', p.office_code, 'office_name', o.name_zh,
		'item_id', p.item_id, 'revision_id', p.revision_id, 'title', (SELECT coalesce(
			(SELECT v.label_zh FROM zhibao.value_label v WHERE v.kind = $4 AND v.field = $8::text AND v.value = r ->> $8::text),
			(SELECT w.short_name FROM zhibao.office w WHERE w.register_version = a.register AND w.code = r ->> $8::text AND $8::text LIKE '%office_code'), r ->> $8::text)
			FROM zhibao.item_rows($4, p.office_code, p.item_id, a.as_of) r WHERE r ->> 'revision_id' = p.revision_id::text),
		'op', p.operation, 'correction_reason', p.correction_reason, 'findings', coalesce(f.findings, '[]'),
		'depth', p.depth, 'state', p.state, 'is_disputed', p.is_disputed, 'verdict', p.verdict, 'reason', p.reason, 'cure_on', p.cure_on,
		'reviewer', p.reviewer, 'reviewed_at', p.reviewed_at, 'received_at', p.received_at, 'author', p.author,
		'on_behalf', p.author_office_code <> p.office_code) ORDER BY p.place), '[]')
		FROM page p LEFT JOIN said f USING (office_code, item_id)
		LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = p.office_code),
	'next', (SELECT CASE WHEN count(*) > $6 + $7 THEN ($6 + $7)::text END FROM chosen)) AS answer
FROM args a CROSS JOIN node n
