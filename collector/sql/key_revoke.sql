-- Ends a key at once. A repeat keeps the first instant.
-- $1 bigint: key
-- Result: bigint key_id.
UPDATE zhibao.agent_key SET revoked_at = coalesce(revoked_at, now()) WHERE key_id = $1 RETURNING key_id
