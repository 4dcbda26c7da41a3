-- The next batch an office sent from another outbox whose bytes were kept.
-- $1 text: office · $2 bigint: stream of the session · $3 bigint: batch already known
-- Result: bigint batch_id, bytea body, timestamptz received_at, boolean: there are more.
SELECT batch_id, body, received_at, EXISTS (SELECT FROM zhibao.batch n WHERE n.office_code = $1 AND n.stream_id <> $2
	AND n.batch_id > b.batch_id AND n.body IS NOT NULL)
FROM zhibao.batch b WHERE office_code = $1 AND stream_id <> $2 AND batch_id > $3 AND body IS NOT NULL ORDER BY batch_id LIMIT 1
