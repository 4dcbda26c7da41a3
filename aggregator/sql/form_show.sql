-- The consolidated statistics form as a table of words.
-- $1 text: node · $2 text: period, mid_year or year_end · $3 timestamptz: as_of, NULL for now
-- Result: text section, item, label, declared, derived, reporting offices with the accepted ones, note; in the order of the form.
SELECT coalesce(c.section, ''), c.item_no::text, c.label_zh,
	CASE c.value_type WHEN 'boolean' THEN c.true_count || '/' || c.reporting_count || ' 个单位填“是”'
		WHEN 'percent' THEN coalesce(c.percent || '%（' || c.numerator || '/' || c.denominator || '）', '不适用')
		WHEN 'ratio' THEN coalesce(c.percent || '（' || c.numerator || '/' || c.denominator || '）', '不适用')
		WHEN 'url' THEN c.numerator || '/' || c.denominator || ' 个单位'
		ELSE coalesce(c.declared_count || coalesce(c.unit, ''), CASE WHEN c.item_no = 22 OR c.value_type = 'text' THEN '' ELSE '无填报' END) END,
	CASE WHEN c.item_no = 22 THEN '' WHEN c.value_type = 'percent' THEN coalesce(c.derived_percent || '%（' || c.derived_numerator || '/' || c.derived_denominator || '）', '不适用')
		WHEN c.value_type = 'ratio' THEN coalesce(c.derived_percent || '（' || c.derived_numerator || '/' || c.derived_denominator || '）', '不适用')
		WHEN c.value_type = 'count' THEN c.derived_count || coalesce(c.unit, '') ELSE c.derived_count || ' 个单位' END,
	c.reporting_count || '（通过 ' || c.accepted_count || '）', coalesce(c.note, '')
FROM zhibao.form_consolidated($1, $2, coalesce($3, clock_timestamp())) c ORDER BY c.place
