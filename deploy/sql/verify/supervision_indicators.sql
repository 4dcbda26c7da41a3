-- Verify supervision_indicators

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM submission_timeliness('2024-11-30', 'infinity') WHERE false;
SELECT * FROM inspection_coverage('2024-11-30', 'infinity') WHERE false;
SELECT * FROM filing_rate('2024-11-30', 'infinity') WHERE false;
SELECT * FROM feedback_statistics('2024-11-30', 'infinity') WHERE false;
SELECT * FROM form_difference('2024-11-30', 'infinity') WHERE false;

ROLLBACK;
