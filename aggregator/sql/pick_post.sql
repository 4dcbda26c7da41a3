-- Picks the branch that counts. A repeat adds the same pick once more, which changes nothing.
-- $1 text: login · $2 text: office · $3 uuid: item · $4 uuid: revision · $5 text: reason
-- Result: bigint, number of the pick.
SELECT zhibao.branch_pick_post($1, $2, $3, $4, $5)
