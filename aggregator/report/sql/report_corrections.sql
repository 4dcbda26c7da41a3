-- Amendments and withdrawals of records that were accepted before, each with its reason, oldest first.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text kind, text office, text item, timestamptz received, text operation, text reason, text review.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, k.label_zh, coalesce(o.short_name, c.office_code), c.item_id::text, c.received_at,
	CASE c.operation WHEN 'withdraw' THEN '撤回' ELSE '更正' END, coalesce(c.correction_reason, '缺少原因'),
	zhibao.verdict_zh(v.verdict)
FROM args a CROSS JOIN zhibao.kind_label k
CROSS JOIN LATERAL zhibao.accepted_correction(k.kind, a.as_of, NULL, NULL) c
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = c.office_code
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = c.office_code
LEFT JOIN zhibao.verdicts_at($3) v ON v.office_code = c.office_code AND v.item_id = c.item_id AND v.revision_id = c.revision_id
ORDER BY c.received_at, c.office_code, c.item_id, c.revision_id
