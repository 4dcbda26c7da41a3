-- Gives the lock of the fold back.
-- Result: boolean.
SELECT pg_advisory_unlock(zhibao.fold_lock_key())
