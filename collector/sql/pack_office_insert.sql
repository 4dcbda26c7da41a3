-- One office of a new version of the registers.
-- $1 integer: register_version · $2 text: code · $3 text: parent_code · $4 text: level · $5 text: name_zh · $6 text: short_name · $7 text: division_zh · $8 text: division_kind · $9 text: is_county_level
INSERT INTO zhibao.office (register_version, code, parent_code, level, name_zh, short_name, division_zh, division_kind, is_county_level)
VALUES ($1, $2, nullif($3, ''), $4, $5, $6, $7, $8, $9 = 'yes')
