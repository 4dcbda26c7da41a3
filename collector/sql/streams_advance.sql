-- Accepts batches of many streams: each stream that is continued and whose key is in force moves on; no row comes back for another one.
-- A repeat does not match acked_seq. The rows are locked in one order everywhere, so that groups of two collectors do not deadlock.
-- $1 text[]: office · $2 bigint[]: stream · $3 bigint[]: session_gen · $4 bigint[]: acked_seq before · $5 bytea[]: chain before
-- $6 bigint[]: acked_seq after · $7 bytea[]: chain after · $8 bigint[]: key
-- Result: bigint, counted from 1: which of the elements moved on; timestamptz received_at, the same for all.
WITH c AS MATERIALIZED (
	SELECT c.* FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bigint[], $7::bytea[], $8::bigint[])
		WITH ORDINALITY AS c(office_code, stream_id, session_gen, before_seq, before_chain, after_seq, after_chain, key_id, place)
	JOIN zhibao.stream s USING (office_code, stream_id)
	JOIN zhibao.agent_key k ON k.key_id = c.key_id AND k.revoked_at IS NULL AND (k.valid_to IS NULL OR k.valid_to > now())
	ORDER BY c.office_code, c.stream_id FOR NO KEY UPDATE OF s)
UPDATE zhibao.stream s SET acked_seq = c.after_seq, chain = c.after_chain, last_received_at = statement_timestamp()
FROM c
WHERE s.office_code = c.office_code AND s.stream_id = c.stream_id
	AND s.session_gen = c.session_gen AND s.acked_seq = c.before_seq AND s.chain = c.before_chain
RETURNING c.place, s.last_received_at
