-- The cells of the form of one office against the records (ruling R16): at the seal and now.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text item, text unit, text filled, text evidence, text support, text evidence now, text reason.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), filing AS (
	SELECT f.* FROM args a CROSS JOIN LATERAL zhibao.form_filing(zhibao.report_period(a.on_day, a.period), a.as_of) f WHERE f.office_code = a.node AND f.is_current
)
SELECT false, s.label_zh, s.unit, CASE s.state WHEN 'value' THEN s.filled WHEN 'not_applicable' THEN '不适用' ELSE '未填' END, s.evidence, zhibao.support_zh(s.support),
	s.live_evidence, s.reason
FROM args a CROSS JOIN filing f CROSS JOIN LATERAL zhibao.form_support_of(f.office_code, f.item_id, f.revision_id, a.as_of) s
ORDER BY s.place
