-- What does not agree in the form of one office (annex 3, rulings R14 to R17).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text severity, text code, text finding.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), filing AS (
	SELECT f.* FROM args a CROSS JOIN LATERAL zhibao.form_filing(zhibao.report_period(a.on_day, a.period), a.as_of) f WHERE f.office_code = a.node AND f.is_current
)
SELECT false, CASE n.severity WHEN 'reject' THEN '不受理' WHEN 'explain' THEN '须说明' ELSE '提示' END, n.code, n.text_zh
FROM args a CROSS JOIN filing f CROSS JOIN LATERAL zhibao.form_findings(f.office_code, f.item_id, f.revision_id, a.as_of) n
ORDER BY array_position(ARRAY['reject', 'explain', 'note'], n.severity), n.item_no NULLS LAST, n.sub_field, n.code, n.text_zh
