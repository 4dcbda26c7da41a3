-- Provincial plan lines in memory.
-- $1 integer: register_version
-- Result: uuid.
SELECT plan_item_id FROM zhibao.plan_line WHERE register_version = $1
