-- Records that arrived, broke a rule and were sent back, by code; how many of them a later revision replaced.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text code, text sentence, bigint offices, bigint records, bigint cured, timestamptz newest.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), refused AS (
	SELECT q.*, EXISTS (SELECT FROM zhibao.item_revision r WHERE r.office_code = q.item_office_code AND r.item_id = q.item_id
		AND r.received_at <= a.as_of AND (r.received_at, r.batch_id, r.seq) > (q.received_at, q.batch_id, q.seq)) AS is_cured
	FROM args a
	JOIN zhibao.quarantine q ON q.received_at <= a.as_of
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = q.office_code
)
SELECT GROUPING(r.code) = 1, coalesce(r.code, '合计'), min(r.text) FILTER (WHERE r.code IS NOT NULL), count(DISTINCT r.office_code), count(r.seq),
	count(r.seq) FILTER (WHERE r.is_cured), max(r.received_at)
FROM refused r GROUP BY GROUPING SETS ((r.code), ()) ORDER BY GROUPING(r.code), r.code
