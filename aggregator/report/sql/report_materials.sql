-- Materials handed in below the node (annex 1 L22): the records of I-18 submission.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text title, date handed in, text file, bigint its bytes, text whether the file it names by
-- its digest has arrived by as_of, NULL where it names none.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS MATERIALIZED (
	SELECT f.office_code, f.item_id FROM args a CROSS JOIN LATERAL zhibao.material_received(a.on_day, a.as_of) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = f.office_code
	WHERE f.part = 'submission'
)
SELECT false, o.short_name, s.title, coalesce(s.submitted_on, (s.received_at AT TIME ZONE 'Asia/Shanghai')::date), s.file_name, s.file_bytes,
	CASE WHEN s.file_digest IS NULL THEN NULL WHEN zhibao.file_is_here(s.file_digest, s.office_code, s.author_office_code, a.as_of) THEN '已收到' ELSE '未收到' END
FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.submission, a.as_of) s
JOIN fact f ON f.office_code = s.office_code AND f.item_id = s.item_id
JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
ORDER BY s.office_code, 4, s.item_id
