-- Revisions sent to items that have ended (ruling R2), which are put aside. No rejection commits between this and the commit.
-- $1 text[]: office of the item · $2 text[]: office of the key · $3 uuid[]: item · $4 uuid[]: revision
-- Result: bigint, counted from 1: which of the elements; at most once each.
SELECT place FROM zhibao.ended_revisions($1, $2, $3, $4) AS place
