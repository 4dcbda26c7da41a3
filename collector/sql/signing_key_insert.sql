-- Makes a signing key known. A repeat changes nothing.
-- $1 text: name · $2 bytea: public key
INSERT INTO zhibao.signing_key (name, public_key) VALUES ($1, $2) ON CONFLICT DO NOTHING
