-- Outboxes that went on under a new name because an old copy had been brought back (forks).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint stream, text outbox before, text outbox after, bigint last shared number, timestamptz since.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, coalesce(o.short_name, s.office_code), s.stream_id, encode(s.forked_from, 'hex'), encode(s.outbox_uuid, 'hex'), s.fork_seq, s.created_at
FROM args a
JOIN zhibao.stream s ON s.created_at <= a.as_of AND s.forked_from IS NOT NULL
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = s.office_code
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = s.office_code
ORDER BY s.office_code, s.stream_id
