-- Freezes what is due. A repeat is safe: what is frozen is not due.
-- $1 integer: sets at most
-- Result: bigint frozen, bigint failed, text why the first one failed or NULL.
SELECT frozen, failed, message FROM zhibao.figure_freeze_next($1)
