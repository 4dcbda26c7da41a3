-- Service halls below the node, each with its reports in the year (annex 1 L24, A1-63): the halls of I-11.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text hall, text name, bigint reports, date of the newest.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), start AS MATERIALIZED (
	SELECT zhibao.programme_start($3) AS day
)
SELECT false, o.short_name, h.hall_id, h.name_zh, count(w.item_id), max(w.reported_on)
FROM args a CROSS JOIN start s CROSS JOIN LATERAL zhibao.service_hall(a.on_day, a.as_of) h
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = h.office_code
JOIN zhibao.office o ON o.register_version = a.register AND o.code = h.office_code
LEFT JOIN zhibao.counting(NULL::zhibao.window_report, $3) w ON w.office_code = h.office_code AND w.hall_id = h.hall_id
	AND w.reported_on >= s.day AND w.reported_on <= a.on_day
GROUP BY h.office_code, o.short_name, h.hall_id, h.name_zh ORDER BY h.office_code, h.hall_id, h.name_zh
