-- Words of the consolidated form: addresses, names of columns and free lines, office by office.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text item, text words, bigint number, text unit.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, c.label_zh, c.note, CASE WHEN c.item_no = 22 THEN c.declared_count END, CASE WHEN c.item_no = 22 THEN c.unit END
FROM args a CROSS JOIN LATERAL zhibao.form_consolidated(a.node, zhibao.report_period(a.on_day, a.period), a.as_of) c
WHERE c.note <> '' AND c.value_type <> 'boolean' ORDER BY c.place
