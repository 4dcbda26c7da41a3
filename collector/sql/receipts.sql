-- The instant of receipt of a group and numbers for its batches. Read inside the transaction, so that it is later than its start.
-- $1 bigint: how many
-- Result: that many rows of timestamptz, the same in each, bigint.
SELECT statement_timestamp(), nextval('zhibao.batch_id_seq') FROM generate_series(1, $1)
