-- The small kinds, what crosses offices, and the cursor.
-- $1 timestamptz: limit · $2 text: transaction to go on from · $3 integer: register or NULL
-- Result: bigint, batches folded.
SELECT zhibao.fold_anew_end($1, $2::xid8, $3)
