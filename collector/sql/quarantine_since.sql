-- Records put aside that the agent has not heard of.
-- $1 text: office · $2 bigint: stream · $3 bigint: acked_seq the agent knows
-- Result: bigint seq, text code, text field, text text.
SELECT seq, code, field, text FROM zhibao.quarantine WHERE office_code = $1 AND stream_id = $2 AND seq > $3 ORDER BY seq
