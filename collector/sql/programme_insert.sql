-- A new version of the registers. An advisory lock makes two loads at once wait for each other.
-- $1 text: programme · $2 integer: version · $3 text: name · $4 integer: year · $5 bytea: digest
-- Result: integer register_version.
INSERT INTO zhibao.programme_version (register_version, programme, version, name_zh, year, digest, loaded_at)
SELECT coalesce(max(register_version), 0) + 1, $1, $2, $3, $4, $5, clock_timestamp() FROM zhibao.programme_version
RETURNING register_version
