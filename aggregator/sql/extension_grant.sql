-- Grants an extension; ruling R12. Not repeatable: a second one is a second grant.
-- $1 text: login · $2 text: office · $3 integer: milestone · $4 text: reason · $5 timestamptz: until, exclusive
-- Result: bigint, number of the extension; text, the deadline in words.
SELECT zhibao.extension_grant($1, $2, $3, $5, $4), zhibao.deadline_text($5)
