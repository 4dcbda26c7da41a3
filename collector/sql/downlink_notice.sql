-- Posts a message to one office, or to all of the newest registers when the code is "all". Each call posts again.
-- $1 text: office or all · $2 integer: kind · $3 text: author · $4 text: title · $5 text: text · $6 bytea: file or NULL
-- $7 text: programme or NULL · $8 integer: programme version or NULL
-- Result: bigint number of offices.
SELECT count(zhibao.downlink_post(code, $2, $3, $4, $5, NULL, NULL, NULL, $6, $7, $8))
FROM (SELECT code FROM zhibao.office WHERE register_version = (SELECT max(register_version) FROM zhibao.programme_version)
	AND (code = $1 OR $1 = 'all') ORDER BY code) o
