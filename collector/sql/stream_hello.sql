-- Opens a session: makes the stream when it is new and raises session_gen, which fences every older session. A repeat only raises it again.
-- $1 text: office · $2 bytea: outbox uuid · $3 bigint: key · $4 bytea: chain at the start
-- Result: bigint stream_id, bigint session_gen, bigint acked_seq, bytea chain.
INSERT INTO zhibao.stream (office_code, outbox_uuid, key_id, session_gen, acked_seq, chain)
VALUES ($1, $2, $3, 1, 0, $4)
ON CONFLICT (office_code, outbox_uuid) DO UPDATE SET session_gen = stream.session_gen + 1, key_id = excluded.key_id
RETURNING stream_id, session_gen, acked_seq, chain
