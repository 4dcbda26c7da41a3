-- Items with revisions on one base (conflicts, ruling R1): both kept, the branch received first counts until a reviewer picks.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text kind, text office, text item, bigint depth of what counts, timestamptz newest revision.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, k.label_zh, coalesce(o.short_name, c.office_code), c.item_id::text, c.depth::bigint,
	(SELECT max(r.received_at) FROM zhibao.item_revision r WHERE r.office_code = c.office_code AND r.item_id = c.item_id AND r.received_at <= a.as_of)
FROM args a CROSS JOIN zhibao.kind_label k
CROSS JOIN LATERAL zhibao.counting_revision(k.kind, a.as_of, NULL, NULL) c
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = c.office_code
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = c.office_code
WHERE c.is_disputed ORDER BY k.place, c.office_code, c.item_id
