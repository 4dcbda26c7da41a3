-- Picks among branches of items in conflict (ruling R1), each with who, when and why, oldest first.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text kind, text office, text item, timestamptz receipt of the revision picked, text reason, text who, timestamptz when.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, coalesce(k.label_zh, r.kind), coalesce(o.short_name, p.office_code), p.item_id::text, r.received_at, p.reason, p.picked_by, p.picked_at
FROM args a
JOIN zhibao.branch_pick p ON p.picked_at <= a.as_of
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = p.office_code
LEFT JOIN zhibao.item_revision r ON r.office_code = p.office_code AND r.item_id = p.item_id AND r.revision_id = p.revision_id
LEFT JOIN zhibao.kind_label k ON k.kind = r.kind
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = p.office_code
ORDER BY p.picked_at, p.office_code, p.item_id, p.pick_no
