-- Inspections recorded below the node (annex 1 L10, L14 to L16, L20, L23), in its order; those of the year by the day, as
-- in I-12, those that do not count with a mark.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text scheme, text by, text inspected, date checked, text result, text note, date rectification due, date closed,
-- text whether it counts.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), inspection AS MATERIALIZED (
	SELECT (s.record).*, s.is_entitled FROM args a CROSS JOIN LATERAL zhibao.inspection_standing(a.as_of) s
), scheme AS (
	SELECT s.scheme, min(s.milestone_no) AS place FROM args a CROSS JOIN LATERAL zhibao.inspection_scheme(a.register) s GROUP BY s.scheme
)
SELECT false, zhibao.value_zh('inspection', 'scheme', i.scheme), b.short_name, o.short_name, i.checked_on,
	zhibao.value_zh('inspection', 'result', i.result), i.result_note,
	i.rectification_due_on, CASE WHEN i.rectification_closed_on <= a.on_day THEN i.rectification_closed_on END, CASE WHEN i.is_entitled THEN '计入' ELSE '不计' END
FROM args a CROSS JOIN inspection i
LEFT JOIN scheme s USING (scheme)
LEFT JOIN zhibao.office b ON b.register_version = a.register AND b.code = i.office_code
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = i.inspected_office_code
WHERE EXISTS (SELECT FROM zhibao.office_tree t WHERE t.register_version = a.register AND t.ancestor_code = a.node
	AND t.code IN (i.office_code, i.inspected_office_code))
	AND coalesce(i.checked_on, (i.drawn_at AT TIME ZONE 'Asia/Shanghai')::date, a.on_day) BETWEEN zhibao.year_start(a.register) AND a.on_day
ORDER BY s.place, i.checked_on, i.office_code, i.item_id
