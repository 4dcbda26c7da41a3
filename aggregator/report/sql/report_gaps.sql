-- Records that agents could not send: their ledgers were damaged, or the centre cannot take them.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint stream, bigint first, bigint last, bigint records, text reason, timestamptz told.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, coalesce(o.short_name, g.office_code), g.stream_id, g.first_seq, g.last_seq, g.last_seq - g.first_seq + 1,
	CASE g.reason WHEN 'damaged' THEN '账本损坏' WHEN 'refused' THEN '中心不能接收' ELSE g.reason END, g.received_at
FROM args a
JOIN zhibao.stream_gap g ON g.received_at <= a.as_of
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = g.office_code
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = g.office_code
ORDER BY g.office_code, g.stream_id, g.first_seq
