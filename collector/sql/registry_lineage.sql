-- Lineage in memory.
-- $1 integer: register_version
-- Result: text from, text to.
SELECT from_unit_id, to_unit_id FROM zhibao.township_lineage WHERE register_version = $1
