-- Rule switches of a version of the registers.
-- $1 integer: register version
-- Result: text name, text value.
SELECT name, value FROM zhibao.rule_switch WHERE register_version = $1
