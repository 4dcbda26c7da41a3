-- Coverage of a node as an interval while offices are silent: proven, and proven with the uncovered townships of the unheard.
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'low', zhibao.rate_json(i.low, i.denominator), 'high', zhibao.rate_json(i.high, i.denominator),
	'unheard', (SELECT coalesce(json_agg(json_build_object('code', o.code, 'name_zh', o.name_zh) ORDER BY o.code), '[]')
		FROM zhibao.office o WHERE o.register_version = a.register AND o.code = ANY (i.unheard))) AS answer
FROM args a CROSS JOIN node n JOIN LATERAL zhibao.coverage_interval(a.day, $3) i ON i.node_code = n.code
