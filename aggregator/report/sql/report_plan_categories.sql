-- Lecture plans below the node by category, scope cities (A1-02, A1-11; rulings R9 and R11). A closed office is
-- counted as its successor.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text category, bigint offices, bigint lines, bigint with a number, bigint sessions at least, bigint at most,
-- bigint without a number.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), line AS (
	SELECT l.*, s.open_code, coalesce(k.label_zh, l.category) AS label_zh,
		array_position(ARRAY['general', 'enterprise', 'campus', 'village', 'site', 'system'], l.category) AS place
	FROM args a CROSS JOIN LATERAL zhibao.plan_line_standing(a.on_day, a.as_of) l
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = l.office_code
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = l.office_code AND zhibao.is_in_scope(o.level, 'cities')
	JOIN zhibao.standing_office(a.register) s ON s.code = l.office_code
	LEFT JOIN zhibao.lecture_category k ON k.register_version = a.register AND k.name = l.category
	WHERE NOT l.is_provincial
)
SELECT GROUPING(l.category) = 1, CASE WHEN GROUPING(l.category) = 1 THEN '合计' ELSE max(l.label_zh) END, count(DISTINCT l.open_code), count(l.category),
	count(l.planned_min), coalesce(sum(l.planned_min), 0), coalesce(sum(coalesce(l.planned_max, l.planned_min)), 0),
	count(l.category) - count(l.planned_min)
FROM line l GROUP BY GROUPING SETS ((l.category), ()) ORDER BY GROUPING(l.category), max(l.place), l.category
