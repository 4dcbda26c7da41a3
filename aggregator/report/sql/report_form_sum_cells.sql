-- The cells of the consolidated form of a node, in the order of annex 3 (ruling R19): declared figures added up, distinct
-- townships from the records.
-- $1 text: node · $2 date: on, unused · $3 timestamptz: as_of · $4 text: period · $5 boolean: consolidated, unused
-- Result: bigint item, text section, text label, text unit, text sub-field, text state, bigint count, boolean yes, text words.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, $5::boolean AS is_sum, zhibao.register_at($3) AS register
), cell AS (
	SELECT c.* FROM args a CROSS JOIN LATERAL zhibao.form_consolidated(a.node, a.period, a.as_of) c
), line AS (
	SELECT c.item_no, c.sub_field, 'value' AS state,
		CASE WHEN c.sub_field = 'townships_covered' THEN c.derived_count ELSE c.declared_count END AS count,
		CASE WHEN c.sub_field = 'coverage_rate' THEN coalesce(c.derived_percent, '不适用') WHEN c.value_type = 'ratio' THEN coalesce(c.percent, '不适用')
			WHEN c.value_type = 'boolean' THEN format('是：%s 个单位，否：%s 个单位', coalesce(c.true_count, 0), coalesce(c.reporting_count, 0) - coalesce(c.true_count, 0))
			WHEN c.value_type = 'url' THEN format('%s 个单位已填报，应填报 %s 个', coalesce(c.numerator, 0), coalesce(c.denominator, 0)) END AS words
	FROM cell c WHERE c.item_no < 22 AND (c.value_type <> 'boolean' OR c.sub_field = '') AND c.value_type <> 'text'
	UNION ALL
	SELECT 22, '', 'value', NULL, CASE WHEN count(*) > 0 THEN format('自行列项 %s 条，明细见附表', count(*)) END FROM cell c WHERE c.item_no = 22 AND c.place > 100
)
SELECT i.item_no::bigint, i.section, i.label_zh, i.unit, coalesce(l.sub_field, ''), coalesce(l.state, 'not_answered'), l.count, NULL::boolean, l.words
FROM args a JOIN zhibao.form_item i ON i.register_version = a.register LEFT JOIN line l ON l.item_no = i.item_no
ORDER BY i.item_no, l.sub_field
