-- Each work made below the node (annex 1 L22): the records of I-18.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text kind, text title, date made, bigint bytes of its file, text address, text whether the file it names by
-- its digest has arrived by as_of, NULL where it names none.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS MATERIALIZED (
	SELECT f.office_code, f.item_id FROM args a CROSS JOIN LATERAL zhibao.material_received(a.on_day, a.as_of) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = f.office_code
	WHERE f.part = '' AND f.kind = 'media_product'
)
SELECT false, o.short_name, v.label_zh, m.title, m.made_on, m.file_bytes, m.url,
	CASE WHEN m.file_digest IS NULL THEN NULL WHEN zhibao.file_is_here(m.file_digest, m.office_code, m.author_office_code, a.as_of) THEN '已收到' ELSE '未收到' END
FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.media_product, a.as_of) m
JOIN fact f ON f.office_code = m.office_code AND f.item_id = m.item_id
JOIN zhibao.office o ON o.register_version = a.register AND o.code = m.office_code
LEFT JOIN zhibao.value_label v ON v.kind = 'media_product' AND v.field = 'media_kind' AND v.value = m.media_kind
ORDER BY m.office_code, m.made_on, m.item_id
