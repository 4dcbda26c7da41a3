-- Older points of the chain, newest first, so that a forked agent finds where it left.
-- $1 text: office · $2 bigint: stream
-- Result: bigint last_seq, bytea chain.
SELECT last_seq, chain FROM zhibao.batch WHERE office_code = $1 AND stream_id = $2 ORDER BY first_seq DESC LIMIT 64
