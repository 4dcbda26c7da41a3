-- An upload, locked, so that two connections of an office do not write the same chunk.
-- $1 text: office · $2 bytea: file
-- Result: bigint upload_id, int chunk_bytes, int next_chunk, bigint size_bytes, boolean is_complete.
SELECT upload_id, chunk_bytes, next_chunk, size_bytes, completed_at IS NOT NULL FROM zhibao.upload
WHERE office_code = $1 AND file_id = $2 FOR UPDATE
