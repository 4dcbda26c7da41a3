-- Where a stream stands, locked, when a batch did not continue it.
-- $1 text: office · $2 bigint: stream · $3 bigint: key of the session
-- Result: bigint session_gen, bigint acked_seq, bytea chain, boolean: the key is in force.
SELECT session_gen, acked_seq, chain, EXISTS (SELECT FROM zhibao.agent_key WHERE key_id = $3 AND revoked_at IS NULL
	AND (valid_to IS NULL OR valid_to > now()))
FROM zhibao.stream WHERE office_code = $1 AND stream_id = $2 FOR UPDATE
