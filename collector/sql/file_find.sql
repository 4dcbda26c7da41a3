-- Where the content of a whole file is.
-- $1 bytea: file
-- Result: text office_code, bigint upload_id, bigint size_bytes.
SELECT office_code, upload_id, size_bytes FROM zhibao.file WHERE file_id = $1
