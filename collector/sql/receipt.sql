-- The instant of receipt of a group and a number for its next batch. Read inside the transaction, so that it is later than its start.
-- Result: timestamptz, bigint.
SELECT clock_timestamp(), nextval('zhibao.batch_id_seq')
