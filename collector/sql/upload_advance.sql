-- One chunk more is stored. Its row is locked, so a repeat does not reach this.
-- $1 text: office · $2 bigint: upload · $3 integer: next chunk
UPDATE zhibao.upload SET next_chunk = $3, touched_at = now() WHERE office_code = $1 AND upload_id = $2
