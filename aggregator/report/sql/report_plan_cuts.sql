-- Plan lines below the node whose minimum was lowered, or that were withdrawn, from 10-01 on (ruling R10).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint number, text theme, timestamptz received, text change, bigint minimum before, bigint after,
-- text reason, text state.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, o.short_name, b.item_no::bigint, b.theme, c.received_at, CASE c.change WHEN 'withdrawn' THEN '撤回' ELSE '下调' END,
	c.planned_before::bigint, c.planned_after::bigint, r.correction_reason, CASE WHEN c.is_in_force THEN '仍有效' ELSE '已恢复' END
FROM args a CROSS JOIN LATERAL zhibao.plan_cut(a.on_day, a.as_of) c
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = c.office_code
JOIN zhibao.office o ON o.register_version = a.register AND o.code = c.office_code
JOIN zhibao.plan_item r ON r.office_code = c.office_code AND r.item_id = c.plan_item_id AND r.revision_id = c.revision_id
JOIN zhibao.plan_item b ON b.office_code = c.office_code AND b.item_id = c.plan_item_id AND b.revision_id = c.base_revision_id
ORDER BY c.office_code, b.item_no, c.received_at, c.revision_id
