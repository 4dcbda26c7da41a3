-- Offices in memory.
-- $1 integer: register_version
-- Result: text code, text parent or NULL, text level, text name.
SELECT code, parent_code, level, name_zh FROM zhibao.office WHERE register_version = $1
