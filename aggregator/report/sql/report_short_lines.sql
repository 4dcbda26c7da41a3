-- Quantified plan lines of cities and counties whose window has ended and that fall short (rulings R9, R11).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint number, text category, text theme, date window end, bigint planned, held, short.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, o.short_name, l.item_no::bigint, coalesce(k.label_zh, l.category), l.theme, l.window_end, l.planned_min::bigint, l.held,
	l.planned_min - l.held
FROM args a CROSS JOIN LATERAL zhibao.plan_line_standing(a.on_day, a.as_of) l
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = l.office_code
JOIN zhibao.office o ON o.register_version = a.register AND o.code = l.office_code
LEFT JOIN zhibao.lecture_category k ON k.register_version = a.register AND k.name = l.category
WHERE NOT l.is_provincial AND l.planned_min > l.held AND l.window_end <= a.on_day AND zhibao.is_in_scope(o.level, 'cities')
ORDER BY o.code, l.item_no, l.plan_item_id
