-- Rows that no batch accounts for: streams that claim more than their batches, and quarantined records beyond them.
-- Result: text what, text office_code, bigint stream_id, bigint seq.
SELECT 'stream', office_code, stream_id, acked_seq FROM zhibao.stream s
WHERE acked_seq > 0 AND NOT EXISTS (SELECT FROM zhibao.batch b WHERE b.office_code = s.office_code AND b.stream_id = s.stream_id)
UNION ALL
SELECT 'quarantine', office_code, stream_id, seq FROM zhibao.quarantine q
WHERE NOT EXISTS (SELECT FROM zhibao.batch b WHERE b.office_code = q.office_code AND b.stream_id = q.stream_id
	AND q.seq BETWEEN b.first_seq AND b.last_seq)
