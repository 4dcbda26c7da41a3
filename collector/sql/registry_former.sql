-- Programmes loaded before a version of the registers.
-- $1 integer: register version
-- Result: text programme, integer newest version, integer year.
SELECT programme, max(version), max(year) FROM zhibao.programme_version WHERE register_version < $1 GROUP BY programme
