-- Puts a record aside. The key is its place in the stream, which is written once.
-- $1 text: office · $2 bigint: stream · $3 bigint: seq · $4 bigint: batch · $5 timestamptz: received_at · $6 uuid: item or NULL
-- $7 uuid: revision or NULL · $8 uuid: base or NULL · $9 text: kind or NULL · $10 text: code · $11 text: field · $12 text: text
-- $13 bytea: body · $14 text: office of the item or NULL
INSERT INTO zhibao.quarantine (office_code, stream_id, seq, batch_id, received_at, item_id, revision_id, base_revision_id, kind,
	code, field, text, body, item_office_code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
