-- Older points of the chains of streams, newest first, so that a forked agent finds where it left.
-- $1 text[]: office · $2 bigint[]: stream
-- Result: bigint, counted from 1: of which element; bigint last_seq, bytea chain.
SELECT w.place, b.last_seq, b.chain
FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS w(office_code, stream_id, place)
CROSS JOIN LATERAL (SELECT last_seq, chain, first_seq FROM zhibao.batch b WHERE b.office_code = w.office_code AND b.stream_id = w.stream_id
	ORDER BY first_seq DESC LIMIT 64) b
ORDER BY w.place, b.first_seq DESC
