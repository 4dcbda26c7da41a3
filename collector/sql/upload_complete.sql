-- The whole file is stored, here or under another office. A repeat keeps the first instant.
-- $1 text: office · $2 bytea: file
UPDATE zhibao.upload SET completed_at = coalesce(completed_at, now()) WHERE office_code = $1 AND file_id = $2
