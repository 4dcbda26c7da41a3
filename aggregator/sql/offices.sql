-- The office tree and the programme.
-- $1 text: unused, NULL · $2 date: on, NULL · $3 timestamptz: as_of, NULL for what is folded
-- Result: json, one row; none before the first fold.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day, $1 AS unused
	FROM zhibao.fold_state f
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'programme', (SELECT json_build_object('id', p.programme, 'version', p.version, 'name_zh', p.name_zh, 'year', p.year)
		FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'offices', (SELECT coalesce(json_agg(json_build_object('code', o.code, 'parent_code', o.parent_code, 'level', o.level,
		'name_zh', o.name_zh, 'short_name', o.short_name, 'division_zh', o.division_zh, 'division_kind', o.division_kind,
		'is_county_level', o.is_county_level) ORDER BY o.code), '[]')
		FROM zhibao.office o WHERE o.register_version = a.register)) AS answer
FROM args a
