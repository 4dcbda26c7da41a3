-- What a report is of; no row when the office is not in the registers of that instant.
-- $1 text: node · $2 date: on, NULL for the day of as_of · $3 timestamptz: as_of
-- Result: text office name, text rule version, bigint register version, date on, text programme name, integer year, text level.
SELECT o.name_zh, p.programme || '@' || p.version, p.register_version::bigint,
	coalesce($2::date, ($3::timestamptz AT TIME ZONE 'Asia/Shanghai')::date), p.name_zh, p.year, o.level
FROM zhibao.programme_version p
JOIN zhibao.office o ON o.register_version = p.register_version AND o.code = $1::text
WHERE p.register_version = zhibao.register_at($3)
