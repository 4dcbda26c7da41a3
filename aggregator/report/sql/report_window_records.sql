-- Each record behind the figures of windows (annex 1 L24, annex 3 items 17 to 21; ruling R18): the records of I-11, with what each adds.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text kind, text hall or place, text title, date day, bigint boards and posters, bigint screens,
-- bigint films made, bigint films shown, bigint copies, bigint staff trained, bigint staff, text note.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS MATERIALIZED (
	SELECT f.kind, f.office_code, f.item_id, coalesce(sum(f.numerator) FILTER (WHERE f.part = '17'), 0)::bigint AS boards,
		coalesce(sum(f.numerator) FILTER (WHERE f.part = '18'), 0)::bigint AS screens, coalesce(sum(f.numerator) FILTER (WHERE f.part = '19'), 0)::bigint AS made,
		coalesce(sum(f.numerator) FILTER (WHERE f.part = '20'), 0)::bigint AS shown, coalesce(sum(f.numerator) FILTER (WHERE f.part = '21'), 0)::bigint AS copies,
		sum(f.numerator) FILTER (WHERE f.part = 'staff')::bigint AS trained, sum(f.denominator) FILTER (WHERE f.part = 'staff')::bigint AS staff,
		concat_ws('；', max('大厅不在名册') FILTER (WHERE f.part = 'unknown_hall'), max('未注明作品，不计播放') FILTER (WHERE f.part = 'unnamed_video')) AS note
	FROM args a CROSS JOIN LATERAL zhibao.window_publicity(a.on_day, a.as_of) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = f.office_code
	WHERE f.item_id IS NOT NULL GROUP BY f.kind, f.office_code, f.item_id
), hall AS MATERIALIZED (
	SELECT h.office_code, h.hall_id, max(h.name_zh) AS name_zh FROM args a CROSS JOIN LATERAL zhibao.service_hall(a.on_day, a.as_of) h GROUP BY h.office_code, h.hall_id
), lecture AS MATERIALIZED (
	SELECT l.office_code, l.item_id, l.place, l.theme, l.occurred_on
	FROM args a CROSS JOIN (SELECT coalesce(array_agg(f.office_code), '{}') AS offices, coalesce(array_agg(f.item_id), '{}') AS items
		FROM fact f WHERE f.kind = 'lecture_event') k
	CROSS JOIN LATERAL zhibao.counting_revision('lecture_event', a.as_of, k.offices, k.items) c
	JOIN zhibao.lecture_event l ON l.office_code = c.office_code AND l.item_id = c.item_id AND l.revision_id = c.revision_id
), work AS MATERIALIZED (
	SELECT m.* FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.media_product, a.as_of) m
), told AS (
	SELECT o.short_name AS office, f.office_code, f.item_id, CASE f.kind WHEN 'window_report' THEN v.label_zh ELSE k.label_zh END AS kind,
		CASE f.kind WHEN 'window_report' THEN coalesce(h.name_zh, w.hall_id) ELSE l.place END AS place, coalesce(m.title, s.title, l.theme) AS title,
		coalesce(w.reported_on, m.made_on, l.occurred_on) AS day, f.boards, f.screens, f.made, f.shown, f.copies, f.trained, f.staff, f.note
	FROM args a CROSS JOIN fact f
	JOIN zhibao.kind_label k ON k.kind = f.kind
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = f.office_code
	LEFT JOIN zhibao.counting(NULL::zhibao.window_report, $3) w ON f.kind = 'window_report' AND w.office_code = f.office_code AND w.item_id = f.item_id
	LEFT JOIN zhibao.value_label v ON v.kind = 'window_report' AND v.field = 'report_kind' AND v.value = w.report_kind
	LEFT JOIN hall h ON h.office_code = w.office_code AND h.hall_id = w.hall_id
	LEFT JOIN work s ON s.office_code = w.office_code AND s.item_id = w.product_item_id
	LEFT JOIN work m ON f.kind = 'media_product' AND m.office_code = f.office_code AND m.item_id = f.item_id
	LEFT JOIN lecture l ON f.kind = 'lecture_event' AND l.office_code = f.office_code AND l.item_id = f.item_id
)
SELECT GROUPING(t.item_id) = 1, CASE WHEN GROUPING(t.item_id) = 1 THEN '合计' ELSE t.office END, t.kind, t.place, t.title, t.day,
	coalesce(sum(t.boards), 0)::bigint, coalesce(sum(t.screens), 0)::bigint, coalesce(sum(t.made), 0)::bigint, coalesce(sum(t.shown), 0)::bigint,
	coalesce(sum(t.copies), 0)::bigint, sum(t.trained)::bigint, sum(t.staff)::bigint, t.note
FROM told t GROUP BY GROUPING SETS ((t.office, t.office_code, t.item_id, t.kind, t.place, t.title, t.day, t.note), ())
ORDER BY GROUPING(t.item_id), t.office_code, t.day, t.kind, t.item_id
