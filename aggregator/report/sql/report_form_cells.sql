-- The cells of the official form of one office, in the order of annex 3; without a form they are empty.
-- $1 text: node · $2 date: on, unused · $3 timestamptz: as_of · $4 text: period · $5 boolean: consolidated, unused
-- Result: bigint item, text section, text label, text unit, text sub-field, text state, bigint count, boolean yes, text words.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, $5::boolean AS is_sum, zhibao.register_at($3) AS register
), form AS (
	SELECT s.* FROM args a CROSS JOIN LATERAL zhibao.form_filing(a.period, a.as_of) f
	JOIN zhibao.statistics_form s USING (office_code, item_id, revision_id)
	WHERE f.office_code = a.node AND f.is_current
), line AS (
	SELECT l.item_no, l.sub_field, l.state, l.count, l.is_yes, coalesce(l.text, l.rate_text) AS words FROM form f CROSS JOIN LATERAL zhibao.form_line(f.lines) l
	UNION ALL
	SELECT 22, '', 'value', NULL, NULL, string_agg(concat(e.label, CASE WHEN e.count IS NOT NULL THEN ' ' || e.count || ' ' || coalesce(e.unit, '') END,
		CASE WHEN e.note <> '' THEN '（' || e.note || '）' END), '；' ORDER BY e.ordinal)
	FROM form f CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(coalesce(f.entries, '[]')) AS (label text, count bigint, unit text, note text))
		WITH ORDINALITY AS e (label, count, unit, note, ordinal)
)
SELECT i.item_no::bigint, i.section, i.label_zh, i.unit, coalesce(l.sub_field, ''), coalesce(l.state, 'not_answered'), l.count, l.is_yes, l.words
FROM args a JOIN zhibao.form_item i ON i.register_version = a.register LEFT JOIN line l ON l.item_no = i.item_no
ORDER BY i.item_no, l.sub_field
