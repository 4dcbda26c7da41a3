-- Records put aside that the agents have not heard of.
-- $1 text[]: office · $2 bigint[]: stream · $3 bigint[]: acked_seq the agent knows
-- Result: bigint, counted from 1: of which element; bigint seq, text code, text field, text text.
SELECT w.place, q.seq, q.code, q.field, q.text
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS w(office_code, stream_id, acked_seq, place)
JOIN zhibao.quarantine q ON q.office_code = w.office_code AND q.stream_id = w.stream_id AND q.seq > w.acked_seq
ORDER BY w.place, q.seq
