-- The batch that brought a stored revision, to compare a repeat with the bytes that came first.
-- $1 text: office · $2 uuid: item · $3 uuid: revision
-- Result: bigint seq, bigint first_seq, bytea body of the batch or NULL when it was not kept.
SELECT r.seq, b.first_seq, b.body
FROM zhibao.item_revision r
JOIN zhibao.batch b ON b.office_code = r.author_office_code AND b.batch_id = r.batch_id
WHERE r.office_code = $1 AND r.item_id = $2 AND r.revision_id = $3
