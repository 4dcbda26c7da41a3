-- Items of any kind below a node, newest revision of each.
-- $1 text: node · $2 date: on, shown only · $3 timestamptz: as_of, NULL for what is folded
-- $4 text: kind, checked against the catalogue · $5 bigint: limit · $6 bigint: offset
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), page AS MATERIALIZED (
	SELECT r FROM args a CROSS JOIN node n,
		LATERAL zhibao.item_list($4, a.register, n.code, a.as_of, ($5 + 1)::integer, $6) r
), numbered AS (
	SELECT r, row_number() OVER () AS place FROM page
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'items', (SELECT coalesce(json_agg(json_build_object('office_code', r ->> 'office_code', 'item_id', r ->> 'item_id',
		'revision_id', r ->> 'revision_id', 'op', r ->> 'operation', 'received_at', r ->> 'received_at',
		'recorded_at', r ->> 'recorded_at', 'author', r ->> 'author', 'body', zhibao.record_body(r)) ORDER BY place), '[]')
		FROM numbered WHERE place <= $5),
	'next', (SELECT CASE WHEN count(*) > $5 THEN ($5 + $6)::text END FROM numbered)) AS answer
FROM args a CROSS JOIN node n
