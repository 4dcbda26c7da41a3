-- Makes the obligations of a version of the registers, last in the transaction that loads it. A repeat changes nothing.
-- $1 integer: register_version
-- Result: bigint, rows made.
SELECT zhibao.obligations_generate($1)
