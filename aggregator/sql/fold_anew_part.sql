-- The lectures of a share of the offices. Not safe to repeat without a new beginning.
-- $1 timestamptz: limit · $2 integer: part, from 0 · $3 integer: parts
-- Result: bigint, rows looked at.
SELECT zhibao.fold_anew_part($1, $2, $3)
