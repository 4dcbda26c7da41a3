-- Study, drills and contests of the node by form (annex 1 L11): facts of I-15. Uses of the mini-program stand in the last row and in no total.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text form, bigint events, bigint participants, bigint events without a number of them; rows in a fixed order.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS MATERIALIZED (
	SELECT f.* FROM args a CROSS JOIN LATERAL zhibao.study_activity(a.on_day, a.as_of) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = f.office_code
), form AS (
	SELECT n.place, n.form, coalesce(sum(f.numerator) FILTER (WHERE f.part = 'form:' || n.form), 0)::bigint AS events,
		coalesce(sum(f.numerator) FILTER (WHERE f.part = 'form:' || n.form || '.participants'), 0)::bigint AS people,
		(count(*) FILTER (WHERE f.part = 'form:' || n.form) - count(*) FILTER (WHERE f.part = 'form:' || n.form || '.participants')) AS unknown
	FROM (VALUES (1, 'daily_study'), (2, 'online_drill'), (3, 'skill_contest'), (4, 'law_quiz'), (5, 'training'), (6, 'mini_program_study')) n (place, form)
	LEFT JOIN fact f ON true GROUP BY n.place, n.form
)
SELECT false, v.label_zh, w.events, w.people, w.unknown
FROM form w JOIN zhibao.value_label v ON v.kind = 'study_event' AND v.field = 'form' AND v.value = w.form
WHERE EXISTS (SELECT FROM fact) ORDER BY w.place
