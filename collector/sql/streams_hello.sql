-- Opens the sessions of many streams, each once: makes a stream when it is new and raises session_gen, which fences every older session.
-- A repeat only raises it again. No row for a key that is not in force. The rows are locked in the order of streams_advance.
-- $1 text[]: office · $2 bytea[]: outbox uuid · $3 bigint[]: key · $4 bytea[]: chain at the start · $5 bytea[]: stream it forked from, empty for none
-- $6 bigint[]: fork_seq, read with $5 only · $7 text[]: software · $8 bigint[]: protocol · $9 bigint[]: downlink number stored at the agent
-- Result: text office, bytea outbox uuid, bigint stream_id, bigint session_gen, bigint acked_seq, bytea chain, timestamptz last_received_at,
-- bigint newest downlink number.
INSERT INTO zhibao.stream (office_code, outbox_uuid, key_id, session_gen, acked_seq, chain, forked_from, fork_seq, software, protocol,
	downlink_acked_seq)
SELECT h.office_code, h.outbox_uuid, k.key_id, 1, 0, h.chain, nullif(h.forked_from, ''), CASE WHEN h.forked_from <> '' THEN h.fork_seq END,
	left(h.software, 120), h.protocol::integer, h.downlink_seq
FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[])
	AS h(office_code, outbox_uuid, key_id, chain, forked_from, fork_seq, software, protocol, downlink_seq)
JOIN zhibao.agent_key k ON k.key_id = h.key_id AND k.office_code = h.office_code AND k.revoked_at IS NULL
	AND (k.valid_to IS NULL OR k.valid_to > now())
LEFT JOIN zhibao.stream s ON s.office_code = h.office_code AND s.outbox_uuid = h.outbox_uuid
ORDER BY h.office_code, s.stream_id, h.outbox_uuid
ON CONFLICT (office_code, outbox_uuid) DO UPDATE SET session_gen = stream.session_gen + 1, key_id = excluded.key_id,
	software = excluded.software, protocol = excluded.protocol, downlink_acked_seq = excluded.downlink_acked_seq
RETURNING office_code, outbox_uuid, stream_id, session_gen, acked_seq, chain, last_received_at,
	coalesce((SELECT last_seq FROM zhibao.downlink_head d WHERE d.office_code = stream.office_code), 0)
