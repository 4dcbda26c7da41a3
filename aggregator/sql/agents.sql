-- Streams of the agents and how many of their records lie in quarantine.
-- $1 text: unused, NULL · $2 date: unused, NULL · $3 timestamptz: unused, NULL
-- Result: json, one row.
SELECT json_build_object('agents', coalesce(json_agg(json_build_object('office_code', s.office_code,
	'outbox_uuid', encode(s.outbox_uuid, 'hex'), 'acked_seq', s.acked_seq, 'last_received_at', s.last_received_at,
	'quarantined', (SELECT count(*) FROM zhibao.quarantine q WHERE q.office_code = s.office_code AND q.stream_id = s.stream_id))
	ORDER BY s.office_code, s.stream_id), '[]')) AS answer
FROM zhibao.stream s
WHERE $1::text IS NULL AND $2::date IS NULL AND $3::timestamptz IS NULL
