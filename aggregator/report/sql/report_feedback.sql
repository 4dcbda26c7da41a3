-- Feedback statistics about offices below the node by source (annex 1 L21), over the rows that count for I-14: no month inside a longer
-- period, no topic beside its total, only the programme year. Rates look at rows that give both numbers.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text source, bigint reports, bigint total, bigint policy related, bigint total of those rows, bigint closed,
-- bigint total of those rows, bigint responses, bigint satisfied (NULL below the least number of responses), bigint responses,
-- bigint score in hundredths of a point times responses (NULL below that number), bigint those responses times 100.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), source (name, place, label_zh) AS (
	SELECT s.name, s.place, v.label_zh FROM (VALUES ('hotline_12333', 1), ('reconsideration', 2), ('litigation', 3), ('arbitration', 4),
		('petition', 5), ('online_survey', 6)) s (name, place)
	JOIN zhibao.value_label v ON (v.kind, v.field, v.value) = ('feedback_stat', 'source', s.name)
), stored AS MATERIALIZED (
	SELECT r.* FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.feedback_stat, a.as_of) r
), stat AS (
	SELECT f.*, r.average_score_hundredths::bigint AS score FROM args a CROSS JOIN LATERAL zhibao.feedback_period(a.on_day, a.as_of) f
	JOIN stored r ON r.office_code = f.reporter_code AND r.item_id = f.item_id
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = f.about_code
	WHERE f.is_total
), figure AS (
	SELECT s.place, s.label_zh, count(f.item_id) AS reports, coalesce(sum(f.total_count), 0)::bigint AS total,
		coalesce(sum(f.policy_related_count), 0)::bigint AS policy,
		coalesce(sum(f.total_count) FILTER (WHERE f.policy_related_count IS NOT NULL), 0)::bigint AS policy_of,
		coalesce(sum(f.closed_count), 0)::bigint AS closed, coalesce(sum(f.total_count) FILTER (WHERE f.closed_count IS NOT NULL), 0)::bigint AS closed_of,
		coalesce(sum(f.satisfied_count) FILTER (WHERE f.response_count IS NOT NULL), 0)::bigint AS satisfied,
		coalesce(sum(f.response_count) FILTER (WHERE f.satisfied_count IS NOT NULL), 0)::bigint AS responses,
		coalesce(sum(f.score * f.response_count), 0)::bigint AS score,
		coalesce(sum(f.response_count) FILTER (WHERE f.score IS NOT NULL), 0)::bigint AS scored
	FROM source s LEFT JOIN stat f ON f.source = s.name GROUP BY s.place, s.label_zh
)
SELECT false, f.label_zh, f.reports, f.total, f.policy, f.policy_of, f.closed, f.closed_of, f.responses,
	CASE WHEN f.responses >= l.least THEN f.satisfied END, f.responses, CASE WHEN f.scored >= l.least THEN f.score END, 100 * f.scored
FROM args a CROSS JOIN LATERAL (SELECT coalesce(zhibao.rule_value(a.register, 'feedback.min_responses', NULL)::bigint, 0) AS least) l
CROSS JOIN figure f ORDER BY f.place
