-- Whose form it is and when it was filled in; one row.
-- $1 text: node · $2 date: on, unused · $3 timestamptz: as_of · $4 text: period · $5 boolean: consolidated
-- Result: text office, date filled, text note, boolean there is a form.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, $5::boolean AS is_sum, zhibao.register_at($3) AS register
), filing AS (
	SELECT f.*, s.filled_on, s.filled_by, s.is_stamped,
		CASE WHEN s.scan_digest IS NULL THEN '扫描件未附' WHEN EXISTS (SELECT FROM zhibao.upload u WHERE u.file_id = s.scan_digest
			AND u.office_code IN (s.office_code, s.author_office_code) AND u.completed_at <= a.as_of) THEN '扫描件已收到' ELSE '扫描件尚未收到' END AS scan
	FROM args a CROSS JOIN LATERAL zhibao.form_filing(a.period, a.as_of) f
	JOIN zhibao.statistics_form s USING (office_code, item_id, revision_id)
	WHERE f.office_code = a.node AND f.is_current AND NOT a.is_sum
)
SELECT o.name_zh || CASE WHEN a.is_sum THEN '（汇总）' ELSE '' END,
	CASE WHEN a.is_sum THEN (a.as_of AT TIME ZONE 'Asia/Shanghai')::date ELSE f.filled_on END,
	CASE WHEN a.is_sum THEN '本表由系统按统计表汇总规则生成，未加盖公章。覆盖乡镇与覆盖率以活动记录推算，其余为各单位填报数之和。'
		WHEN f.item_id IS NULL THEN '截至数据时点，本单位未报送这一期统计表。'
		ELSE concat('填报范围：', CASE f.scope WHEN 'own' THEN '本级' ELSE '含下级' END, '；接收时间：',
			to_char(f.received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'), '；审核：',
			zhibao.verdict_zh(f.verdict),
			'；盖章：', CASE WHEN f.is_stamped THEN '已盖章，' || f.scan ELSE '未注明' END) END,
	a.is_sum OR f.item_id IS NOT NULL
FROM args a JOIN zhibao.office o ON o.register_version = a.register AND o.code = a.node LEFT JOIN filing f ON true
