-- Messages to an office, in order.
-- $1 text: office · $2 bigint: first number · $3 bigint: at most how many
-- Result: bigint seq, int kind, timestamptz created_at, text author, text title, text text, uuid item, uuid revision, int verdict,
-- bytea file_id, text programme, int programme_version, int milestone_no, timestamptz due_at.
SELECT seq, kind, created_at, author, title, text, item_id, revision_id, verdict, file_id, programme, programme_version, milestone_no, due_at
FROM zhibao.downlink WHERE office_code = $1 AND seq >= $2 ORDER BY seq LIMIT $3
