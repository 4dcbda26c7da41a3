-- Completion of a node, of its children, and its plan lines (rulings R8, R9, R11).
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 text: scope, cities, provincial or all
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), led AS MATERIALIZED (
	SELECT p.plan_item_id FROM args a CROSS JOIN node n CROSS JOIN LATERAL zhibao.led_line(a.register, n.code) p
), part AS MATERIALIZED (
	SELECT c.* FROM args a, LATERAL zhibao.completion_by_office(a.day, $3, $4) c
), shown AS (
	SELECT n.code, n.code AS node_code FROM node n
	UNION
	SELECT o.code, n.code FROM args a CROSS JOIN node n
	JOIN zhibao.office o ON o.register_version = a.register AND o.parent_code = n.code
	WHERE zhibao.is_in_scope(o.level, $4)
), total AS (
	SELECT s.code, o.name_zh, o.short_name, o.level, o.is_county_level, s.code = s.node_code AS is_node,
		coalesce(sum(p.lines), 0)::bigint AS lines, coalesce(sum(p.required), 0)::bigint AS required,
		coalesce(sum(p.capped), 0)::bigint AS capped, coalesce(sum(p.held), 0)::bigint AS held,
		coalesce(sum(p.ended_lines), 0)::bigint AS ended_lines, coalesce(sum(p.ended_required), 0)::bigint AS ended_required,
		coalesce(sum(p.ended_capped), 0)::bigint AS ended_capped,
		coalesce(sum(p.unquantified_none), 0)::bigint AS unquantified_none,
		coalesce(sum(p.unquantified_started), 0)::bigint AS unquantified_started,
		coalesce(sum(p.unquantified_met), 0)::bigint AS unquantified_met,
		coalesce(sum(p.sessions), 0)::bigint AS sessions, coalesce(sum(p.unplanned), 0)::bigint AS unplanned,
		coalesce(sum(p.attendance), 0)::bigint AS attendance,
		coalesce(sum(p.general), 0)::bigint AS general, coalesce(sum(p.enterprise), 0)::bigint AS enterprise,
		coalesce(sum(p.campus), 0)::bigint AS campus, coalesce(sum(p.village), 0)::bigint AS village,
		coalesce(sum(p.site), 0)::bigint AS site, coalesce(sum(p.system), 0)::bigint AS system
	FROM args a CROSS JOIN shown s
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.code
	LEFT JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = s.code
	LEFT JOIN part p ON p.office_code = t.code
	GROUP BY s.code, s.node_code, o.name_zh, o.short_name, o.level, o.is_county_level
), figure AS (
	SELECT t.*, array_remove(ARRAY[CASE WHEN enterprise > 0 THEN 'enterprise' END, CASE WHEN campus > 0 THEN 'campus' END,
		CASE WHEN village > 0 THEN 'village' END, CASE WHEN site > 0 THEN 'site' END,
		CASE WHEN system > 0 THEN 'system' END], NULL) AS categories_held
	FROM total t
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level,
		'is_county_level', n.is_county_level),
	'scope', $4,
	'completion', json_build_object('numerator', f.capped, 'denominator', f.required,
		'percent', zhibao.percent_text(f.capped, f.required), 'lines', f.lines),
	'raw', zhibao.rate_json(f.held, f.required),
	'ended_window', json_build_object('numerator', f.ended_capped, 'denominator', f.ended_required,
		'percent', zhibao.percent_text(f.ended_capped, f.ended_required), 'lines', f.ended_lines),
	'unquantified', json_build_object('none', f.unquantified_none, 'started', f.unquantified_started, 'met', f.unquantified_met),
	'categories', json_build_object('numerator', cardinality(f.categories_held), 'denominator', 5,
		'percent', zhibao.percent_text(cardinality(f.categories_held), 5), 'held', f.categories_held),
	'sessions', f.sessions,
	'sessions_by_category', json_build_object('general', f.general, 'enterprise', f.enterprise, 'campus', f.campus,
		'village', f.village, 'site', f.site, 'system', f.system),
	'unplanned_sessions', f.unplanned, 'attendance', f.attendance,
	'children', (SELECT coalesce(json_agg(json_build_object('code', f.code, 'name_zh', f.name_zh, 'short_name', f.short_name,
		'level', f.level, 'is_county_level', f.is_county_level,
		'completion', json_build_object('numerator', f.capped, 'denominator', f.required,
		'percent', zhibao.percent_text(f.capped, f.required), 'lines', f.lines),
	'raw', zhibao.rate_json(f.held, f.required),
	'ended_window', json_build_object('numerator', f.ended_capped, 'denominator', f.ended_required,
		'percent', zhibao.percent_text(f.ended_capped, f.ended_required), 'lines', f.ended_lines),
	'unquantified', json_build_object('none', f.unquantified_none, 'started', f.unquantified_started, 'met', f.unquantified_met),
	'categories', json_build_object('numerator', cardinality(f.categories_held), 'denominator', 5,
		'percent', zhibao.percent_text(cardinality(f.categories_held), 5), 'held', f.categories_held),
	'sessions', f.sessions,
	'sessions_by_category', json_build_object('general', f.general, 'enterprise', f.enterprise, 'campus', f.campus,
		'village', f.village, 'site', f.site, 'system', f.system),
	'unplanned_sessions', f.unplanned, 'attendance', f.attendance) ORDER BY f.code), '[]') FROM figure f WHERE NOT f.is_node),
	'lines', (SELECT coalesce(json_agg(json_build_object('plan_item_id', l.plan_item_id, 'office_code', l.office_code,
		'item_no', l.item_no, 'category', l.category, 'theme', l.theme, 'activity', l.activity,
		'window_start', l.window_start, 'window_end', l.window_end, 'planned_min', l.planned_min, 'planned_max', l.planned_max,
		'held', l.held, 'counted', CASE WHEN l.planned_min IS NOT NULL THEN least(l.held, l.planned_min) END,
		'state', CASE WHEN l.held = 0 THEN 'none' WHEN l.held >= coalesce(l.planned_min, 2) THEN 'met' ELSE 'started' END,
		'is_quantified', l.planned_min IS NOT NULL, 'is_provincial', l.is_provincial, 'is_ended', l.window_end <= a.day)
		ORDER BY l.item_no, l.plan_item_id), '[]')
		FROM zhibao.plan_line_standing(a.day, $3) l
		WHERE CASE WHEN l.is_provincial THEN $4 <> 'cities' AND l.plan_item_id IN (SELECT p.plan_item_id FROM led p)
			ELSE l.office_code = n.code AND zhibao.is_in_scope(n.level, $4) END)) AS answer
FROM args a CROSS JOIN node n JOIN figure f ON f.is_node
