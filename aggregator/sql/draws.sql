-- The draws committed to by an instant, newest first, with their samples and results but not their populations, and the schemes that
-- can be drawn for.
-- $1 text: scheme, or NULL for all · $2 timestamptz: as_of, NULL for what is folded
-- Result: json, one row; none before the first fold.
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	'rule_version', zhibao.rule_version(a.register), 'register_version', a.register,
	'draws', (SELECT coalesce(json_agg(zhibao.draw_entry(d.draw_id, a.as_of) ORDER BY d.draw_id DESC), '[]')
		FROM zhibao.draw d WHERE d.committed_at <= a.as_of AND ($1::text IS NULL OR d.scheme = $1)),
	'schemes', (SELECT json_agg(json_build_object('scheme', s.scheme, 'scheme_zh', zhibao.value_zh('inspection', 'scheme', s.scheme), 'levels', s.levels) ORDER BY s.scheme)
		FROM zhibao.draw_scheme s)) AS answer
FROM (SELECT zhibao.facts_register($2) AS register, coalesce($2, f.as_of) AS as_of FROM zhibao.fold_state f) a
