-- The catalogue of indicators with their parts.
-- $1 text: unused, NULL · $2 date: unused, NULL · $3 timestamptz: unused, NULL
-- Result: json, one row.
SELECT json_build_object('indicators', coalesce(json_agg(json_build_object('id', d.indicator_id, 'name_zh', d.name_zh, 'name_en', d.name_en,
	'formula_zh', d.formula_zh, 'unit', d.unit, 'target', d.target, 'source', d.source,
	'parts', (SELECT coalesce(json_agg(json_build_object('part', p.part, 'name_zh', p.name_zh, 'unit', p.unit, 'style', p.style,
		'rollup', p.rollup, 'minimum_rule', p.minimum_rule) ORDER BY p.part), '[]') FROM zhibao.indicator_part p
		WHERE p.indicator_id = d.indicator_id)) ORDER BY d.place), '[]')) AS answer
FROM zhibao.indicator_definition d
WHERE $1::text IS NULL AND $2::date IS NULL AND $3::timestamptz IS NULL
