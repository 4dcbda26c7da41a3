-- The newest instant for which nothing can arrive any more.
-- Result: timestamptz.
SELECT zhibao.fold_horizon()
