-- The programme in force.
-- Result: integer register_version, text programme, integer version.
SELECT register_version, programme, version FROM zhibao.programme_version ORDER BY register_version DESC LIMIT 1
