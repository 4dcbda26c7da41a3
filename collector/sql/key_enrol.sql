-- Lets a key speak for an office. The same key for the same office again changes nothing; for another office no row comes back.
-- $1 bytea: public key · $2 text: office · $3 text: label
-- Result: bigint key_id.
INSERT INTO zhibao.agent_key (public_key, office_code, label) VALUES ($1, $2, $3)
ON CONFLICT (public_key) DO UPDATE SET label = excluded.label WHERE agent_key.office_code = excluded.office_code
RETURNING key_id
