-- A signing key by its name.
-- $1 text: name
-- Result: bytea public_key.
SELECT public_key FROM zhibao.signing_key WHERE name = $1
