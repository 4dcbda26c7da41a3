-- The content of an upload, for a cursor.
-- $1 text: office · $2 bigint: upload
-- Result: bytea data.
SELECT c.data FROM zhibao.file_chunk c WHERE c.office_code = $1 AND c.upload_id = $2 ORDER BY c.chunk_no
