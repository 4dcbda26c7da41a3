-- The stored record at a place of a stream: its batch, and the chain where the receipt ends.
-- $1 text: office · $2 bytea: outbox uuid · $3 bigint: seq · $4 bigint: acked_seq of the receipt
-- Result: bigint batch_id, bigint first_seq, bytea body or NULL when it was not kept, timestamptz received_at,
-- bytea chain after acked_seq or NULL when no batch ends there.
SELECT b.batch_id, b.first_seq, b.body, b.received_at,
	(SELECT e.chain FROM zhibao.batch e WHERE e.office_code = s.office_code AND e.stream_id = s.stream_id AND e.last_seq = $4)
FROM zhibao.stream s
JOIN zhibao.batch b ON b.office_code = s.office_code AND b.stream_id = s.stream_id
WHERE s.office_code = $1 AND s.outbox_uuid = $2 AND $3 BETWEEN b.first_seq AND b.last_seq
