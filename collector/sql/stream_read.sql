-- Where a stream stands, locked, when a batch did not continue it.
-- $1 text: office · $2 bigint: stream
-- Result: bigint session_gen, bigint acked_seq, bytea chain.
SELECT session_gen, acked_seq, chain FROM zhibao.stream WHERE office_code = $1 AND stream_id = $2 FOR UPDATE
