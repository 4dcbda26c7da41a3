-- Batches in the order of their streams, for the check of the store. Read through a cursor.
-- Result: bigint batch_id, text office_code, bigint stream_id, bigint first_seq, bigint last_seq, bytea prev_chain, bytea chain, bytea body or NULL when it was not kept,
-- timestamptz received_at, bytea outbox_uuid, bigint acked_seq and bytea chain of the stream.
SELECT b.batch_id, b.office_code, b.stream_id, b.first_seq, b.last_seq, b.prev_chain, b.chain, b.body, b.received_at,
	s.outbox_uuid, s.acked_seq, s.chain
FROM zhibao.batch b LEFT JOIN zhibao.stream s ON s.office_code = b.office_code AND s.stream_id = b.stream_id
ORDER BY b.office_code, b.stream_id, b.first_seq
