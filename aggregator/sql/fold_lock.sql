-- The lock of the fold, until it is given back or the connection ends.
-- Result: boolean, ours now.
SELECT pg_try_advisory_lock(zhibao.fold_lock_key())
