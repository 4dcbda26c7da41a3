-- Instant up to which no batch can still appear; a statement of its own, before the fold's snapshot.
-- Result: timestamptz.
SELECT zhibao.fold_horizon()
