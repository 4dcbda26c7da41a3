-- Stores a chunk. The upload is locked and the chunk is its next one, so a repeat does not reach this.
-- $1 text: office · $2 bigint: upload · $3 integer: chunk · $4 bytea: data
INSERT INTO zhibao.file_chunk (office_code, upload_id, chunk_no, data) VALUES ($1, $2, $3, $4)
