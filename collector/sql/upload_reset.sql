-- Drops the chunks of an upload, to begin anew or because the content is stored elsewhere.
-- $1 text: office · $2 bigint: upload
WITH gone AS (DELETE FROM zhibao.file_chunk WHERE office_code = $1 AND upload_id = $2)
UPDATE zhibao.upload SET next_chunk = 0 WHERE office_code = $1 AND upload_id = $2
