-- Picks among branches of items in conflict (ruling R1), each with who, when and why, oldest first.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text kind, text office, text item, timestamptz receipt of the revision picked, text reason, text who, timestamptz when.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), kind (name, label_zh) AS (
	VALUES ('office_profile', '单位信息'), ('submission', '报送材料'), ('plan_item', '宣讲计划项'), ('publication', '公布信息'),
		('lecture_event', '宣讲活动'), ('study_event', '学习活动'), ('media_product', '宣传作品'), ('policy_document', '政策文件'),
		('interpretation', '政策解读'), ('window_report', '窗口宣传'), ('speaker', '宣讲骨干'), ('statistics_form', '统计表'),
		('inspection', '检查'), ('circular', '通报'), ('filing_receipt', '备案回执'), ('feedback_stat', '反馈统计'),
		('exchange', '经验交流'), ('news_item', '动态信息'), ('public_input', '社会监督'), ('claim', '联合认领')
)
SELECT false, coalesce(k.label_zh, r.kind), coalesce(o.short_name, p.office_code), p.item_id::text, r.received_at, p.reason, p.picked_by, p.picked_at
FROM args a
JOIN zhibao.branch_pick p ON p.picked_at <= a.as_of
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = p.office_code
LEFT JOIN zhibao.item_revision r ON r.office_code = p.office_code AND r.item_id = p.item_id AND r.revision_id = p.revision_id
LEFT JOIN kind k ON k.name = r.kind
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = p.office_code
ORDER BY p.picked_at, p.office_code, p.item_id, p.pick_no
