-- Amendments and withdrawals of records that were accepted before, each with its reason, oldest first.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text kind, text office, text item, timestamptz received, text operation, text reason, text review.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), kind (name, label_zh) AS (
	VALUES ('office_profile', '单位信息'), ('submission', '报送材料'), ('plan_item', '宣讲计划项'), ('publication', '公布信息'),
		('lecture_event', '宣讲活动'), ('study_event', '学习活动'), ('media_product', '宣传作品'), ('policy_document', '政策文件'),
		('interpretation', '政策解读'), ('window_report', '窗口宣传'), ('speaker', '宣讲骨干'), ('statistics_form', '统计表'),
		('inspection', '检查'), ('circular', '通报'), ('filing_receipt', '备案回执'), ('feedback_stat', '反馈统计'),
		('exchange', '经验交流'), ('news_item', '动态信息'), ('public_input', '社会监督'), ('claim', '联合认领')
)
SELECT false, k.label_zh, coalesce(o.short_name, c.office_code), c.item_id::text, c.received_at,
	CASE c.operation WHEN 'withdraw' THEN '撤回' ELSE '更正' END, coalesce(c.correction_reason, '缺少原因'),
	CASE v.verdict WHEN 'accepted' THEN '通过' WHEN 'returned' THEN '退回' WHEN 'rejected' THEN '不予采纳' ELSE '待审' END
FROM args a CROSS JOIN kind k
CROSS JOIN LATERAL zhibao.accepted_correction(k.name, a.as_of, NULL, NULL) c
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = c.office_code
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = c.office_code
LEFT JOIN zhibao.verdicts_at($3) v ON v.office_code = c.office_code AND v.item_id = c.item_id AND v.revision_id = c.revision_id
ORDER BY c.received_at, c.office_code, c.item_id, c.revision_id
