-- The newest folded instant.
-- Result: timestamptz; no row before the first fold.
SELECT as_of FROM zhibao.fold_state
