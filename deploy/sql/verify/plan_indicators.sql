-- Verify plan_indicators

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM completion_baseline_by_office('2024-10-31', 'infinity', 'cities') WHERE false;
SELECT * FROM completion_rate('2024-11-30', 'infinity') WHERE false;
SELECT * FROM plan_line_session('2024-11-30', 'infinity') WHERE false;

ROLLBACK;
