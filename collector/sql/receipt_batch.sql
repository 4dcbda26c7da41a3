-- The stored record at a place of a stream: its batch.
-- $1 text: office · $2 bytea: outbox uuid · $3 bigint: seq
-- Result: bigint batch_id, bigint first_seq, bytea body, timestamptz received_at.
SELECT b.batch_id, b.first_seq, b.body, b.received_at FROM zhibao.stream s
JOIN zhibao.batch b ON b.office_code = s.office_code AND b.stream_id = s.stream_id
WHERE s.office_code = $1 AND s.outbox_uuid = $2 AND $3 BETWEEN b.first_seq AND b.last_seq
