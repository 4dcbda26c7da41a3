-- Records of a batch that were put aside.
-- $1 text: office · $2 bigint: stream · $3 bigint: first_seq · $4 bigint: last_seq
-- Result: bigint seq, bytea body.
SELECT seq, body FROM zhibao.quarantine WHERE office_code = $1 AND stream_id = $2 AND seq BETWEEN $3 AND $4 ORDER BY seq
