-- The programme in force.
-- Result: integer register_version, text programme, integer version, integer year.
SELECT register_version, programme, version, year FROM zhibao.programme_version ORDER BY register_version DESC LIMIT 1
