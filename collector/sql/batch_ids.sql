-- Numbers for batches to come.
-- $1 bigint: how many
-- Result: bigint, ascending.
SELECT nextval('zhibao.batch_id_seq') FROM generate_series(1, $1)
