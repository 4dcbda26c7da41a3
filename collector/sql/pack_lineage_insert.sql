-- One change of a township unit.
-- $1 integer: register_version · $2 text: change · $3 text: changed_on · $4 text: from_unit_id · $5 text: to_unit_id
INSERT INTO zhibao.township_lineage (register_version, change, changed_on, from_unit_id, to_unit_id)
VALUES ($1, $2, nullif($3, '')::date, $4, $5)
