-- Makes a whole file known. When another office was first, no row comes back and its content stays.
-- $1 bytea: file · $2 text: office · $3 bigint: upload · $4 bigint: size
-- Result: bytea file_id.
INSERT INTO zhibao.file (file_id, office_code, upload_id, size_bytes) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING file_id
