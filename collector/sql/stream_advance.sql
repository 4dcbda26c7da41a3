-- Accepts a batch if it continues the stream and its key is in force: no row comes back otherwise. A repeat does not match acked_seq.
-- $1 text: office · $2 bigint: stream · $3 bigint: session_gen · $4 bigint: acked_seq before · $5 bytea: chain before
-- $6 bigint: acked_seq after · $7 bytea: chain after · $8 timestamptz: received_at · $9 bigint: key
-- Result: bigint acked_seq.
UPDATE zhibao.stream SET acked_seq = $6, chain = $7, last_received_at = $8
WHERE office_code = $1 AND stream_id = $2 AND session_gen = $3 AND acked_seq = $4 AND chain = $5
	AND EXISTS (SELECT FROM zhibao.agent_key WHERE key_id = $9 AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to > now()))
RETURNING acked_seq
