-- Open offices below the node from which nothing had arrived by as_of, and those silent for 30 days before it.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, timestamptz last heard, bigint days since, text state.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), heard AS (
	SELECT b.office_code, max(b.received_at) AS last_at FROM args a JOIN zhibao.batch b ON b.received_at <= a.as_of GROUP BY b.office_code
)
SELECT false, o.name_zh, h.last_at, floor(EXTRACT(epoch FROM a.as_of - h.last_at) / 86400)::bigint,
	CASE WHEN h.last_at IS NULL THEN '从未收到' ELSE '30 天以上未收到' END
FROM args a
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node
JOIN zhibao.open_office(a.register) w ON w.code = t.code
JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.code
LEFT JOIN heard h ON h.office_code = o.code
WHERE h.last_at IS NULL OR h.last_at < a.as_of - interval '30 days'
ORDER BY h.last_at NULLS FIRST, o.code
