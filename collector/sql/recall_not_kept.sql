-- Records an office sent from other outboxes whose bytes were not kept, so that they cannot be sent back.
-- $1 text: office · $2 bigint: stream of the session
-- Result: bigint.
SELECT coalesce(sum(last_seq - first_seq + 1), 0)::bigint FROM zhibao.batch WHERE office_code = $1 AND stream_id <> $2 AND body IS NULL
