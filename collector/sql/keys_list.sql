-- All keys, for the administrator.
-- Result: bigint key_id, text office_code, bytea public_key, text label, timestamptz enrolled_at, timestamptz valid_to,
-- timestamptz revoked_at.
SELECT key_id, office_code, public_key, label, enrolled_at, valid_to, revoked_at FROM zhibao.agent_key ORDER BY key_id
