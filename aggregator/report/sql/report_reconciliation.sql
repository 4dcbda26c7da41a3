-- The consolidated form of the node: what was declared beside what the records prove (rulings R16, R19); the period of on when none is asked for.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text section, text item, text unit, bigint declared, bigint derived, bigint difference, text declared rate,
-- text derived rate, bigint reporting, bigint accepted.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), asked AS (
	SELECT a.*, zhibao.report_period(a.on_day, a.period) AS form_period FROM args a
), half AS MATERIALIZED ( -- free lines are not the same lines in another form
	SELECT h.item_no, h.sub_field, CASE WHEN h.value_type = 'boolean' THEN h.true_count ELSE h.declared_count END AS declared
	FROM asked a CROSS JOIN LATERAL zhibao.form_consolidated(a.node, 'mid_year', a.as_of) h
	WHERE a.form_period = 'year_end' AND h.item_no < 22
)
SELECT false, c.section, c.label_zh, CASE WHEN c.value_type IN ('boolean', 'url') THEN '家' ELSE c.unit END, CASE WHEN c.value_type = 'boolean' THEN c.true_count ELSE c.declared_count END, c.derived_count,
	CASE WHEN c.value_type = 'boolean' THEN c.true_count ELSE c.declared_count END - c.derived_count, c.percent || CASE WHEN c.value_type <> 'ratio' THEN '%' ELSE '' END,
	c.derived_percent || CASE WHEN c.value_type <> 'ratio' THEN '%' ELSE '' END,
	c.reporting_count, c.accepted_count, h.declared
FROM asked a CROSS JOIN LATERAL zhibao.form_consolidated(a.node, a.form_period, a.as_of) c LEFT JOIN half h USING (item_no, sub_field)
WHERE c.value_type <> 'text' OR c.item_no = 22
ORDER BY c.place
