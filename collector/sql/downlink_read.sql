-- Messages to an office, in order.
-- $1 text: office · $2 bigint: first number · $3 bigint: at most how many
-- Result: bigint seq, int kind, timestamptz created_at, text author, text title, text text, uuid item, uuid revision, int verdict,
-- bytea file_id, text programme, int programme_version, int milestone_no, timestamptz due_at, int programme_year.
SELECT d.seq, d.kind, d.created_at, d.author, d.title, d.text, d.item_id, d.revision_id, d.verdict, d.file_id, d.programme,
	d.programme_version, d.milestone_no, d.due_at, p.year
FROM zhibao.downlink d LEFT JOIN zhibao.programme_version p ON p.programme = d.programme AND p.version = d.programme_version
WHERE d.office_code = $1 AND d.seq >= $2 ORDER BY d.seq LIMIT $3
