-- Enrols the key an agent made. The same key again gets the same row; another key after the first gets none, nor does an expired enrolment.
-- $1 bigint: enrolment · $2 text: office the agent is set up for · $3 bytea: public key · $4 text: label
-- Result: bigint key_id, timestamptz enrolled_at.
WITH e AS (
	SELECT enrolment_id, office_code, key_id, label FROM zhibao.enrolment
	WHERE enrolment_id = $1 AND office_code = $2 AND expires_at > now() FOR UPDATE),
k AS (
	INSERT INTO zhibao.agent_key (public_key, office_code, label)
	SELECT $3, office_code, coalesce(nullif(left($4, 120), ''), label) FROM e WHERE key_id IS NULL
	ON CONFLICT (public_key) DO UPDATE SET label = excluded.label
	WHERE agent_key.office_code = excluded.office_code AND agent_key.revoked_at IS NULL
	RETURNING key_id, enrolled_at),
u AS (
	UPDATE zhibao.enrolment SET key_id = k.key_id, used_at = now() FROM k WHERE enrolment_id = $1)
SELECT key_id, enrolled_at FROM k
UNION ALL
SELECT a.key_id, a.enrolled_at FROM e JOIN zhibao.agent_key a ON a.key_id = e.key_id AND a.public_key = $3 AND a.revoked_at IS NULL
