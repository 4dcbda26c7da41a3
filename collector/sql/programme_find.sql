-- Was this version of the pack loaded, and with what content?
-- $1 text: programme · $2 integer: version
-- Result: integer register_version, bytea digest.
SELECT register_version, digest FROM zhibao.programme_version WHERE programme = $1 AND version = $2
