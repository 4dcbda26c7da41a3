-- Keys that may speak now.
-- Result: bigint key_id, bytea public_key, text office_code.
SELECT key_id, public_key, office_code FROM zhibao.agent_key
WHERE revoked_at IS NULL AND (valid_to IS NULL OR valid_to > now())
