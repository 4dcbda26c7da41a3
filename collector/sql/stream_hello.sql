-- Opens a session: makes the stream when it is new and raises session_gen, which fences every older session. A repeat only raises it again.
-- No row when the key is not in force.
-- $1 text: office · $2 bytea: outbox uuid · $3 bigint: key · $4 bytea: chain at the start · $5 bytea: stream it forked from or NULL
-- $6 bigint: fork_seq or NULL · $7 text: software · $8 integer: protocol · $9 bigint: downlink number stored at the agent
-- Result: bigint stream_id, bigint session_gen, bigint acked_seq, bytea chain, timestamptz last_received_at, bigint newest downlink number.
INSERT INTO zhibao.stream (office_code, outbox_uuid, key_id, session_gen, acked_seq, chain, forked_from, fork_seq, software, protocol,
	downlink_acked_seq)
SELECT $1, $2, key_id, 1, 0, $4, $5, $6, left($7, 120), $8, $9 FROM zhibao.agent_key
WHERE key_id = $3 AND office_code = $1 AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to > now())
ON CONFLICT (office_code, outbox_uuid) DO UPDATE SET session_gen = stream.session_gen + 1, key_id = excluded.key_id,
	software = excluded.software, protocol = excluded.protocol, downlink_acked_seq = excluded.downlink_acked_seq
RETURNING stream_id, session_gen, acked_seq, chain, last_received_at,
	coalesce((SELECT last_seq FROM zhibao.downlink_head h WHERE h.office_code = $1), 0)
