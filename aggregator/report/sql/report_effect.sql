-- The effect sheet of every city and county below the node (annex 1 L21, A1-56): its figures side by side, no combined score, missing
-- sources by name.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint capped, bigint required, bigint categories held of five, bigint covered, bigint townships,
-- bigint arranged, bigint owed, bigint kinds of checks made, bigint kinds that reach it, text feedback by source, text missing.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), sheet AS MATERIALIZED (
	SELECT e.*, regexp_replace(zhibao.indicator_part_name(a.register, e.indicator_id, e.part), '^检查覆盖：', '') AS label_zh,
		count(*) FILTER (WHERE e.missing_zh IS DISTINCT FROM '不在检查范围') OVER (PARTITION BY e.node_code, e.indicator_id) AS sources
	FROM args a CROSS JOIN LATERAL zhibao.effect_sheet(a.on_day, a.as_of) e
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = e.node_code
	WHERE e.part IN ('', 'hotline_12333', 'reconsideration', 'litigation', 'arbitration', 'petition', 'online_survey') OR e.part LIKE '%.visited'
), missing AS (
	SELECT s.node_code, s.missing_zh, CASE WHEN s.indicator_id = 'I-12' AND count(*) = s.sources THEN '各类检查均未开展'
		WHEN s.indicator_id = 'I-14' AND count(*) = s.sources THEN '各来源均没有统计数据'
		WHEN s.indicator_id IN ('I-12', 'I-14') THEN string_agg(s.label_zh, '、' ORDER BY s.label_zh) || '：' || s.missing_zh
		ELSE min(d.name_zh) || '：' || s.missing_zh END AS words
	FROM sheet s JOIN zhibao.indicator_definition d ON d.indicator_id = s.indicator_id
	WHERE s.missing_zh IS NOT NULL AND s.missing_zh <> '不在检查范围' GROUP BY s.node_code, s.indicator_id, s.missing_zh, s.sources
)
SELECT false, o.short_name, max(s.numerator) FILTER (WHERE s.indicator_id = 'I-02'), max(s.denominator) FILTER (WHERE s.indicator_id = 'I-02'),
	max(s.numerator) FILTER (WHERE s.indicator_id = 'I-02b'),
	max(s.numerator) FILTER (WHERE s.indicator_id = 'I-03'), max(s.denominator) FILTER (WHERE s.indicator_id = 'I-03'),
	max(s.numerator) FILTER (WHERE s.indicator_id = 'I-06'), max(s.denominator) FILTER (WHERE s.indicator_id = 'I-06'),
	count(*) FILTER (WHERE s.indicator_id = 'I-12' AND s.numerator > 0), count(*) FILTER (WHERE s.indicator_id = 'I-12' AND s.denominator > 0),
	string_agg(s.label_zh || ' ' || s.numerator || ' ' || s.unit, '；' ORDER BY s.label_zh) FILTER (WHERE s.indicator_id = 'I-14' AND s.missing_zh IS NULL),
	(SELECT string_agg(m.words, '；' ORDER BY m.words) FROM missing m WHERE m.node_code = o.code)
FROM args a CROSS JOIN sheet s JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.node_code
GROUP BY o.code, o.short_name ORDER BY o.code
