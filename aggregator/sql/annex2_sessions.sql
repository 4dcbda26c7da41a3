-- The sessions counted for one line of annex 2, lectures and study events, newest first (rulings R8, R9; A2-09, A2-11, A2-12).
-- $1 uuid: plan line · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of, NULL for what is folded
-- $4 bigint: limit · $5 bigint: offset
-- Result: json, one row; none when annex 2 has no such line.
WITH args AS (
	SELECT zhibao.facts_register($3) AS register, coalesce($3, f.as_of) AS as_of,
		coalesce($2, (coalesce($3, f.as_of) AT TIME ZONE 'Asia/Shanghai')::date) AS day
	FROM zhibao.fold_state f
), line AS (
	SELECT p.* FROM args a JOIN zhibao.plan_line p ON p.register_version = a.register AND p.plan_item_id = $1
), session AS MATERIALIZED (
	SELECT s.* FROM args a CROSS JOIN LATERAL zhibao.plan_line_session(a.day, $3) s WHERE s.plan_item_id = $1
), page AS (
	SELECT s.*, row_number() OVER (ORDER BY s.occurred_on DESC, s.office_code, s.item_id) AS place FROM session s
	ORDER BY place LIMIT $4 OFFSET $5
)
SELECT json_build_object('as_of', to_char(a.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'on', a.day,
	'rule_version', (SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = a.register),
	'register_version', a.register,
	'line', json_build_object('plan_item_id', l.plan_item_id, 'row_no', l.row_no, 'theme', l.theme),
	'total', (SELECT count(*) FROM session),
	'items', (SELECT coalesce(json_agg(json_build_object('kind', p.kind, 'office_code', p.office_code, 'office_name', o.name_zh,
		'item_id', p.item_id, 'revision_id', p.revision_id, 'occurred_on', p.occurred_on,
		'theme', coalesce(h.theme, e.topic), 'place', coalesce(h.place, e.place), 'mode', p.mode,
		'audiences', (SELECT coalesce(json_agg(v.label_zh ORDER BY v.value), '[]') FROM zhibao.value_label v
			WHERE v.kind = 'lecture_event' AND v.field = 'audiences' AND v.value = ANY (p.audiences)),
		'is_before_start', p.is_before_start, 'is_outside_window', p.is_outside_window) ORDER BY p.place), '[]')
		FROM page p LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = p.office_code
		LEFT JOIN zhibao.lecture_event h ON p.kind = 'lecture_event'
			AND (h.office_code, h.item_id, h.revision_id) = (p.office_code, p.item_id, p.revision_id)
		LEFT JOIN zhibao.study_event e ON p.kind = 'study_event'
			AND (e.office_code, e.item_id, e.revision_id) = (p.office_code, p.item_id, p.revision_id)),
	'next', (SELECT CASE WHEN count(*) > $4 + $5 THEN ($4 + $5)::text END FROM session)) AS answer
FROM args a CROSS JOIN line l
