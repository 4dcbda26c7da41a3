-- For whom the sessions of the lines of annex 2 were held (A2-12).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text audience, bigint lines, bigint sessions. A session for several is counted with each.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), line AS (
	SELECT p.* FROM args a CROSS JOIN LATERAL zhibao.led_line(a.register, a.node) p
), held AS MATERIALIZED (
	SELECT s.plan_item_id, s.kind, s.office_code, s.item_id, coalesce(w.audience, '') AS audience
	FROM args a CROSS JOIN LATERAL zhibao.plan_line_session(a.on_day, a.as_of) s JOIN line l USING (plan_item_id)
	LEFT JOIN LATERAL (SELECT DISTINCT u FROM unnest(s.audiences) u) AS w (audience) ON true
), word AS (
	SELECT v.value, v.label_zh FROM zhibao.value_label v WHERE v.kind = 'lecture_event' AND v.field = 'audiences'
	UNION ALL
	SELECT '', '未填'
)
SELECT false, w.label_zh, count(DISTINCT h.plan_item_id), count(DISTINCT (h.kind, h.office_code, h.item_id)) FILTER (WHERE h.item_id IS NOT NULL)
FROM word w LEFT JOIN held h ON h.audience = w.value WHERE EXISTS (SELECT FROM line)
GROUP BY w.value, w.label_zh
ORDER BY w.value = '', 4 DESC, w.value
