-- The lines of annex 2 that a node leads: when, how and for whom their sessions were held, beside what the plan asks for (A2-09, A2-11, A2-12),
-- and what was made and published for them (A2-R01, A2-R23).
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- Result: json, one row; none when the node is unknown.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), node AS (
	SELECT o.* FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = $1
), standing AS MATERIALIZED (
	SELECT s.* FROM args a CROSS JOIN LATERAL zhibao.annex_line_standing(a.day, $3) s
), work AS MATERIALIZED (
	SELECT w.plan_item_id, json_agg(json_build_object('kind', w.kind, 'office_code', w.office_code, 'item_id', w.item_id, 'done_on', w.done_on,
		'word_zh', w.word_zh, 'title', w.title, 'printed_copies', w.printed_copies, 'received', w.received, 'offices', w.offices)
		ORDER BY w.done_on, w.office_code, w.item_id) AS works
	FROM args a CROSS JOIN LATERAL zhibao.annex_line_work(a.day, $3) w GROUP BY w.plan_item_id
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'node', json_build_object('code', n.code, 'name_zh', n.name_zh, 'short_name', n.short_name, 'level', n.level),
	'lines', (SELECT coalesce(json_agg(json_build_object('plan_item_id', l.plan_item_id, 'row_no', l.row_no, 'office_code', l.lead_office_code,
		'category', l.category, 'theme', l.theme, 'held', s.held,
		'time_text', l.time_text, 'window_start', l.window_start, 'window_end', l.window_end, 'months', s.months,
		'before_start', s.before_start, 'outside_window', s.outside_window,
		'place', l.place, 'mode', l.mode, 'is_mode_met', s.is_mode_met,
		'modes', json_build_object('offline', s.offline, 'online', s.online, 'mixed', s.mixed, 'none', s.no_mode),
		'audience', l.audience, 'audiences', s.audiences, 'works', coalesce(w.works, '[]')) ORDER BY l.row_no), '[]')
		FROM zhibao.led_line(a.register, n.code) l JOIN standing s USING (plan_item_id) LEFT JOIN work w USING (plan_item_id))) AS answer
FROM args a CROSS JOIN node n
