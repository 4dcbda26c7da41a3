-- Begins an upload or finds it again.
-- $1 text: office · $2 bytea: file · $3 bigint: size · $4 integer: chunk size · $5 text: name · $6 text: media type · $7 uuid: item or NULL
-- Result: bigint upload_id, int chunk_bytes, int next_chunk, bigint size_bytes, boolean is_complete.
INSERT INTO zhibao.upload (office_code, file_id, size_bytes, chunk_bytes, name, media_type, item_id) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (office_code, file_id) DO UPDATE SET touched_at = now(), item_id = coalesce(upload.item_id, excluded.item_id)
RETURNING upload_id, chunk_bytes, next_chunk, size_bytes, completed_at IS NOT NULL
