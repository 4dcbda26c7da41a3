-- Every indicator of the node with its parts (I-01 to I-18).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text identifier, text indicator, text part as in the catalogue, text part, bigint numerator, bigint denominator, text value, text unit.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), part AS (
	SELECT d.place, d.indicator_id, d.name_zh, f.part, f.numerator, f.denominator, zhibao.indicator_part_name(a.register, d.indicator_id, f.part) AS part_zh, p.style, p.unit, p.rollup
	FROM args a CROSS JOIN zhibao.indicator_definition d
	CROSS JOIN LATERAL zhibao.indicator(d.indicator_id, a.on_day, a.as_of) f
	CROSS JOIN LATERAL zhibao.indicator_part_of(d.indicator_id, f.part) p
	WHERE f.node_code = a.node
)
SELECT false, p.indicator_id, p.name_zh, p.part, CASE WHEN p.part = '' THEN '' ELSE coalesce(p.part_zh, p.part) END,
	p.numerator, CASE WHEN p.style <> 'count' THEN p.denominator END,
	CASE WHEN p.numerator IS NULL THEN CASE WHEN p.denominator > 0 THEN '样本不足，不公布' ELSE '不适用' END WHEN p.style = 'count' THEN p.numerator::text
		ELSE coalesce(zhibao.figure_text(p.style, p.numerator, p.denominator) || CASE p.style WHEN 'percent' THEN '%' ELSE '' END, '不适用') END, p.unit
FROM part p ORDER BY p.place, p.indicator_id, split_part(p.part, ':', 1), length(p.part), p.part
