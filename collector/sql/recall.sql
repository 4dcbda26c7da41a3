-- The next batch an office sent from another outbox.
-- $1 text: office · $2 bigint: stream of the session · $3 bigint: batch already known
-- Result: bigint batch_id, bytea body, timestamptz received_at, boolean: there are more.
SELECT batch_id, body, received_at, EXISTS (SELECT FROM zhibao.batch n WHERE n.office_code = $1 AND n.stream_id <> $2 AND n.batch_id > b.batch_id)
FROM zhibao.batch b WHERE office_code = $1 AND stream_id <> $2 AND batch_id > $3 ORDER BY batch_id LIMIT 1
