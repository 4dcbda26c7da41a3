-- Records put aside that a batch brought which came again: its first answer may never have left.
-- $1 text: office · $2 bigint: stream · $3 bigint: first number · $4 bigint: last number
-- Result: bigint seq, text code, text field, text text.
SELECT seq, code, field, text FROM zhibao.quarantine WHERE office_code = $1 AND stream_id = $2 AND seq BETWEEN $3 AND $4 ORDER BY seq
