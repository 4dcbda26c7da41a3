-- Completion against the baseline plan and the current one, its lines, and what was cut late (ruling R10).
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 text: scope, cities, provincial or all
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), below AS (
	SELECT t.code FROM args a CROSS JOIN node n JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = n.code
), office AS MATERIALIZED (
	SELECT b.* FROM args a CROSS JOIN LATERAL zhibao.completion_baseline_by_office(a.day, $3, $4) b WHERE b.office_code IN (SELECT code FROM below)
), line AS MATERIALIZED (
	SELECT l.* FROM args a CROSS JOIN LATERAL zhibao.baseline_line(a.day, $3) l
), change AS MATERIALIZED (
	SELECT l.office_code, count(*) FILTER (WHERE NOT l.is_baseline) AS added, count(*) FILTER (WHERE NOT l.is_current) AS dropped,
		count(*) FILTER (WHERE l.is_baseline AND l.is_current AND coalesce(l.current_min, 0) > coalesce(l.planned_min, 0)) AS raised,
		count(*) FILTER (WHERE l.is_baseline AND l.is_current AND coalesce(l.current_min, 0) < coalesce(l.planned_min, 0)) AS lowered
	FROM line l GROUP BY l.office_code
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'scope', $4,
	'baseline', (SELECT zhibao.rate_json(coalesce(sum(o.baseline_capped), 0)::bigint, coalesce(sum(o.baseline_required), 0)::bigint) FROM office o),
	'current', (SELECT zhibao.rate_json(coalesce(sum(o.current_capped), 0)::bigint, coalesce(sum(o.current_required), 0)::bigint) FROM office o),
	'offices', (SELECT coalesce(json_agg(json_build_object('office_code', o.office_code, 'baseline_at', o.baseline_at, 'is_late', o.is_late,
		'baseline', zhibao.rate_json(o.baseline_capped, o.baseline_required), 'baseline_lines', o.baseline_lines,
		'current', zhibao.rate_json(o.current_capped, o.current_required), 'current_lines', o.current_lines,
		'added', coalesce(c.added, 0), 'dropped', coalesce(c.dropped, 0), 'raised', coalesce(c.raised, 0), 'lowered', coalesce(c.lowered, 0))
		ORDER BY o.office_code), '[]') FROM office o LEFT JOIN change c USING (office_code)),
	'lines', (SELECT coalesce(json_agg(json_build_object('plan_item_id', l.plan_item_id, 'item_no', l.item_no, 'category', l.category,
		'theme', l.theme, 'window_end', l.window_end, 'is_baseline', l.is_baseline, 'baseline_min', l.planned_min,
		'is_current', l.is_current, 'current_min', l.current_min, 'held', l.held) ORDER BY l.item_no, l.plan_item_id), '[]')
		FROM line l WHERE l.office_code = n.code),
	'cuts', (SELECT coalesce(json_agg(json_build_object('office_code', c.office_code, 'plan_item_id', c.plan_item_id, 'revision_id', c.revision_id,
		'received_at', c.received_at, 'change', c.change, 'planned_before', c.planned_before, 'planned_after', c.planned_after,
		'is_in_force', c.is_in_force) ORDER BY c.received_at, c.revision_id), '[]')
		FROM zhibao.plan_cut(a.day, $3) c WHERE c.office_code IN (SELECT code FROM below))) AS answer
FROM args a CROSS JOIN node n
