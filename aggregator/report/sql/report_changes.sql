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
)
SELECT GROUPING(r.kind) = 1, CASE WHEN GROUPING(r.kind) = 1 THEN '合计' ELSE coalesce(max(l.label_zh), r.kind) END,
	count(*) FILTER (WHERE r.operation = 'submit'), count(*) FILTER (WHERE r.operation = 'amend'),
	count(*) FILTER (WHERE r.operation = 'withdraw'), count(*) FILTER (WHERE r.is_proxy), count(r.kind)
FROM revision r LEFT JOIN zhibao.kind_label l ON l.kind = r.kind
GROUP BY GROUPING SETS ((r.kind), ()) ORDER BY GROUPING(r.kind), max(l.place), r.kind
