-- Bytes an office has stored or begun to send, without one file.
-- $1 text: office · $2 bytea: file
-- Result: bigint.
SELECT coalesce(sum(size_bytes), 0)::bigint FROM zhibao.upload WHERE office_code = $1 AND file_id <> $2
