-- Revisions below the node by kind: new records, corrections, withdrawals, and those made on behalf of another office.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text kind, bigint submitted, bigint amended, bigint withdrawn, bigint proxy, bigint all.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), revision AS (
	SELECT r.kind, r.operation, r.author_office_code <> r.office_code AS is_proxy
	FROM args a
	JOIN zhibao.item_revision r ON r.received_at <= a.as_of
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = r.office_code
), label (kind, place, label_zh) AS (
	VALUES ('office_profile', 1, '单位信息'), ('submission', 2, '报送材料'), ('plan_item', 3, '宣讲计划项'), ('publication', 4, '公布信息'),
		('lecture_event', 5, '宣讲活动'), ('study_event', 6, '学习活动'), ('media_product', 7, '宣传作品'), ('policy_document', 8, '政策文件'),
		('interpretation', 9, '政策解读'), ('window_report', 10, '窗口宣传'), ('speaker', 11, '宣讲骨干'), ('statistics_form', 12, '统计表'),
		('inspection', 13, '检查'), ('circular', 14, '通报'), ('filing_receipt', 15, '备案回执'), ('feedback_stat', 16, '反馈统计'),
		('exchange', 17, '经验交流'), ('news_item', 18, '动态信息'), ('public_input', 19, '社会监督'), ('claim', 20, '联合认领')
)
SELECT GROUPING(r.kind) = 1, CASE WHEN GROUPING(r.kind) = 1 THEN '合计' ELSE coalesce(max(l.label_zh), r.kind) END,
	count(*) FILTER (WHERE r.operation = 'submit'), count(*) FILTER (WHERE r.operation = 'amend'),
	count(*) FILTER (WHERE r.operation = 'withdraw'), count(*) FILTER (WHERE r.is_proxy), count(r.kind)
FROM revision r LEFT JOIN label l ON l.kind = r.kind
GROUP BY GROUPING SETS ((r.kind), ()) ORDER BY GROUPING(r.kind), max(l.place), r.kind
