-- The instant of receipt of a group. Read inside the transaction, so that it is later than its start.
-- Result: timestamptz.
SELECT statement_timestamp()
