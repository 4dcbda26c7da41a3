-- Keeps an accepted batch with its bytes. The stream row was advanced in the same transaction, so a repeat cannot reach this.
-- $1 text: office · $2 bigint: batch · $3 bigint: stream · $4 bigint: key · $5 bigint: first_seq · $6 bigint: last_seq
-- $7 bytea: chain before · $8 bytea: chain after · $9 timestamptz: received_at · $10 bytea: body
INSERT INTO zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
