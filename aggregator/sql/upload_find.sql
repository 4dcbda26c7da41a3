-- A file an office has sent whole, and the upload that holds the content, which may be another office's.
-- $1 text: office · $2 bytea: file
-- Result: text name, text office of the content, bigint upload of the content; none when it never came or is still coming.
SELECT u.name, f.office_code, f.upload_id FROM zhibao.upload u JOIN zhibao.file f USING (file_id)
WHERE u.office_code = $1 AND u.file_id = $2 AND u.completed_at IS NOT NULL
