-- Takes the extension in force back; ruling R12.
-- $1 text: login · $2 text: office · $3 integer: milestone · $4 text: reason
-- Result: bigint, number of the extension.
SELECT zhibao.extension_withdraw($1, $2, $3, $4)
