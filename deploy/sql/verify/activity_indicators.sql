-- Verify activity_indicators

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM township_coverage('2024-11-30', 'infinity') WHERE false;
SELECT * FROM session_tally('2024-11-30', 'infinity') WHERE false;
SELECT * FROM speaker_average('2024-11-30', 'infinity') WHERE false;
SELECT * FROM study_activity('2024-11-30', 'infinity') WHERE false;

ROLLBACK;
