-- One file of the pack as it is.
-- $1 integer: register_version · $2 text: name · $3 bytea: content · $4 bytea: digest
INSERT INTO zhibao.programme_file (register_version, name, content, digest) VALUES ($1, $2, $3, $4)
