-- Study, drills and contests of the node by form (annex 1 L11): facts of I-15. Uses of the mini-program stand in the last row and in no total.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text form, bigint events, bigint participants, bigint events without a number of them, bigint people who
-- finished, bigint score (hundredths of a point, times people), bigint those people times 100; rows in a fixed order. A score weighs as
-- many people as finished, or took part where that is not told (A1-23).
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS MATERIALIZED (
	SELECT f.* FROM args a CROSS JOIN LATERAL zhibao.study_activity(a.on_day, a.as_of) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = f.office_code
), score AS MATERIALIZED (
	SELECT e.form, sum(e.completions) AS completions, sum(e.average_score_hundredths::bigint * w.people) AS score,
		sum(100 * w.people) FILTER (WHERE e.average_score_hundredths IS NOT NULL) AS people
	FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.study_event, a.as_of) e
	JOIN fact f ON f.part = 'form:' || e.form AND f.office_code = e.office_code AND f.item_id = e.item_id
	CROSS JOIN LATERAL (SELECT coalesce(e.completions, e.participants)::bigint AS people) w
	GROUP BY e.form
), form AS (
	SELECT n.place, n.form, coalesce(sum(f.numerator) FILTER (WHERE f.part = 'form:' || n.form), 0)::bigint AS events,
		coalesce(sum(f.numerator) FILTER (WHERE f.part = 'form:' || n.form || '.participants'), 0)::bigint AS people,
		(count(*) FILTER (WHERE f.part = 'form:' || n.form) - count(*) FILTER (WHERE f.part = 'form:' || n.form || '.participants')) AS unknown
	FROM (VALUES (1, 'daily_study'), (2, 'online_drill'), (3, 'skill_contest'), (4, 'law_quiz'), (5, 'training'), (6, 'mini_program_study')) n (place, form)
	LEFT JOIN fact f ON true GROUP BY n.place, n.form
)
SELECT false, v.label_zh, w.events, w.people, w.unknown, coalesce(s.completions, 0)::bigint, coalesce(s.score, 0)::bigint, coalesce(s.people, 0)::bigint
FROM form w LEFT JOIN score s ON s.form = w.form JOIN zhibao.value_label v ON v.kind = 'study_event' AND v.field = 'form' AND v.value = w.form
WHERE EXISTS (SELECT FROM fact) ORDER BY w.place
