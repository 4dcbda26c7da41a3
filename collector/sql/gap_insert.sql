-- Records a gap. Its batch is stored in the same transaction and only once.
-- $1 text: office · $2 bigint: stream · $3 bigint: first_seq · $4 bigint: last_seq · $5 text: reason · $6 bigint: batch · $7 timestamptz: received_at
INSERT INTO zhibao.stream_gap (office_code, stream_id, first_seq, last_seq, reason, batch_id, received_at)
VALUES ($1, $2, $3, $4, left($5, 120), $6, $7)
