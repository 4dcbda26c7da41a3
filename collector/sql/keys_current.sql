-- Keys that may speak now, and one-time keys that may enrol.
-- Result: bigint number, bytea public_key, text office_code, boolean is_one_time.
SELECT key_id, public_key, office_code, false FROM zhibao.agent_key
WHERE revoked_at IS NULL AND (valid_to IS NULL OR valid_to > now())
UNION ALL
SELECT enrolment_id, public_key, office_code, true FROM zhibao.enrolment WHERE expires_at > now()
