-- Feedback statistics about offices below the node by source (annex 1 L21).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text source, bigint reports, bigint total, bigint policy related, bigint closed, bigint satisfied, bigint responses.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), source (name, place, label_zh) AS (
	VALUES ('hotline_12333', 1, '12333 咨询电话'), ('reconsideration', 2, '行政复议'), ('litigation', 3, '行政应诉'), ('arbitration', 4, '仲裁案件'),
		('petition', 5, '信访诉求'), ('online_survey', 6, '网上调查评价')
), stat AS (
	SELECT f.* FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.feedback_stat, a.as_of) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = coalesce(f.about_office_code, f.office_code)
	WHERE f.period_end <= a.on_day
)
SELECT false, s.label_zh, count(f.item_id), coalesce(sum(f.total_count), 0)::bigint, coalesce(sum(f.policy_related_count), 0)::bigint,
	coalesce(sum(f.closed_count), 0)::bigint, coalesce(sum(f.satisfied_count), 0)::bigint, coalesce(sum(f.response_count), 0)::bigint
FROM source s LEFT JOIN stat f ON f.source = s.name GROUP BY s.place, s.label_zh ORDER BY s.place
