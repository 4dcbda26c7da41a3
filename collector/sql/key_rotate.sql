-- Enrols the next key of a machine; the old one ends after a while. The same new key again gets the same row; a second new key gets none.
-- $1 bigint: key of the session · $2 bytea: new public key · $3 text: label · $4 bigint: how long the old key stays, unit millisecond
-- Result: bigint key_id, timestamptz enrolled_at, timestamptz valid_to of the old key.
WITH o AS (
	SELECT key_id, office_code, label FROM zhibao.agent_key
	WHERE key_id = $1 AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to > now()) FOR UPDATE),
k AS (
	INSERT INTO zhibao.agent_key (public_key, office_code, label, replaces_key_id)
	SELECT $2, office_code, coalesce(nullif(left($3, 120), ''), label), key_id FROM o
	WHERE NOT EXISTS (SELECT FROM zhibao.agent_key n WHERE n.replaces_key_id = $1 AND n.public_key <> $2 AND n.revoked_at IS NULL)
	ON CONFLICT (public_key) DO UPDATE SET label = excluded.label
	WHERE agent_key.replaces_key_id = excluded.replaces_key_id AND agent_key.revoked_at IS NULL
	RETURNING key_id, enrolled_at),
u AS (
	UPDATE zhibao.agent_key SET valid_to = least(coalesce(agent_key.valid_to, 'infinity'), now() + $4 * interval '1 millisecond')
	FROM k WHERE agent_key.key_id = $1
	RETURNING agent_key.valid_to)
SELECT k.key_id, k.enrolled_at, u.valid_to FROM k, u
