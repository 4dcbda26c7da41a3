-- One dated township unit; empty bounds are open.
-- $1 integer: register_version · $2 text: unit_id · $3 text: code · $4 text: county_code · $5 text: name_zh · $6 text: kind · $7 text: valid_from · $8 text: valid_to
INSERT INTO zhibao.township_version (register_version, unit_id, code, county_code, name_zh, kind, valid_from, valid_to)
VALUES ($1, $2, $3, $4, $5, $6, coalesce(nullif($7, '')::date, '-infinity'), coalesce(nullif($8, '')::date, 'infinity'))
