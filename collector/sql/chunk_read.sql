-- Chunks of an upload, in order.
-- $1 text: office · $2 bigint: upload · $3 integer: first chunk · $4 integer: at most how many
-- Result: int chunk_no, bytea data.
SELECT chunk_no, data FROM zhibao.file_chunk WHERE office_code = $1 AND upload_id = $2 AND chunk_no >= $3 ORDER BY chunk_no LIMIT $4
