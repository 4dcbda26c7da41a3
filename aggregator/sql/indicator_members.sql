-- The records behind a figure of a node: what each adds to numerator and denominator, and what else it rests on.
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 text: indicator, refused when unknown · $5 text: part, empty for the main one · $6 bigint: limit · $7 bigint: offset
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), member AS MATERIALIZED (
	SELECT m.* FROM args a CROSS JOIN node n CROSS JOIN LATERAL zhibao.indicator_members($4, n.code, a.day, $3, $5) m
), page AS (
	SELECT m.*, row_number() OVER (ORDER BY m.counts_for, m.kind, m.office_code, m.label, m.item_id) AS place FROM member m
	ORDER BY place LIMIT $6 OFFSET $7
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'id', $4, 'part', $5, 'total', (SELECT count(*) FROM member),
	'is_hidden', (SELECT coalesce(bool_or(m.is_hidden), false) FROM member m),
	'numerator', (SELECT sum(m.numerator) FROM member m), 'denominator', (SELECT sum(m.denominator) FROM member m),
	'members', (SELECT coalesce(json_agg(json_build_object('kind', p.kind, 'office_code', p.office_code, 'office_name', o.name_zh,
		'item_id', p.item_id, 'label', p.label,
		'name_zh', CASE p.kind WHEN 'township' THEN (SELECT t.name_zh FROM zhibao.township_version t WHERE t.register_version = a.register
			AND t.unit_id = p.label AND t.valid_from <= a.day AND a.day < t.valid_to) END,
		'numerator', p.numerator, 'denominator', p.denominator, 'counts_for', p.counts_for) ORDER BY p.place), '[]')
		FROM page p LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = p.office_code),
	'next', (SELECT CASE WHEN count(*) > $6 + $7 THEN ($6 + $7)::text END FROM member)) AS answer
FROM args a CROSS JOIN node n
