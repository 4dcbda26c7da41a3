-- Folds what arrived since the last time. A repeat is safe: the cursor is in the same transaction.
-- $1 timestamptz: horizon
-- Result: bigint, batches folded, NULL when another connection is folding; boolean, a programme is loaded.
SELECT zhibao.fold($1), (SELECT count(*) > 0 FROM zhibao.programme_version)
