-- Inspections recorded below the node (annex 1 L10, L14 to L16, L20, L23).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text scheme, text by, text inspected, date checked, text result, text note, date rectification due, date closed.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), scheme (name, place) AS (
	VALUES ('filing_spot_check', 1), ('mid_year_check', 2), ('field_visit', 3), ('online_check', 4),
		('work_style_check', 5), ('city_supervision', 6), ('coverage_spot_check', 7), ('year_end_visit', 8)
)
SELECT false, zhibao.inspection_scheme_zh(i.scheme), b.short_name, o.short_name, i.checked_on,
	CASE i.result WHEN 'passed' THEN '合格' WHEN 'partly' THEN '部分合格' WHEN 'failed' THEN '不合格' END, i.result_note, i.rectification_due_on,
	i.rectification_closed_on
FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.inspection, a.as_of) i
JOIN scheme s ON s.name = i.scheme
LEFT JOIN zhibao.office b ON b.register_version = a.register AND b.code = i.office_code
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = i.inspected_office_code
WHERE EXISTS (SELECT FROM zhibao.office_tree t WHERE t.register_version = a.register AND t.ancestor_code = a.node
	AND t.code IN (i.office_code, i.inspected_office_code)) AND (i.checked_on IS NULL
		OR i.checked_on BETWEEN zhibao.year_start(a.register) AND a.on_day)
ORDER BY s.place, i.checked_on, i.office_code, i.item_id
