-- Township units in memory; open bounds come as NULL.
-- $1 integer: register_version
-- Result: text unit, text code, text name, text county, date from, date to.
SELECT unit_id, code, name_zh, county_code, nullif(valid_from, '-infinity'), nullif(valid_to, 'infinity')
FROM zhibao.township_version WHERE register_version = $1
