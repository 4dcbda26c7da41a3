-- Grants an exemption; a repeat is refused.
-- $1 text: login · $2 text: office · $3 integer: milestone · $4 text: reason · $5 timestamptz: until, exclusive, NULL without an end
-- Result: bigint, number of the exemption.
SELECT zhibao.exemption_grant($1, $2, $3, $4, $5)
