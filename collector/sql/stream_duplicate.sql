-- Counts a batch that came again. It is a write so that the acknowledgement of a repeat, too, waits for the standby.
-- $1 text: office · $2 bigint: stream
UPDATE zhibao.stream SET duplicate_count = duplicate_count + 1 WHERE office_code = $1 AND stream_id = $2
