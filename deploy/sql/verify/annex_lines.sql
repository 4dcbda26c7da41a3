-- Verify annex_lines

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM led_line(1, '420000') WHERE false;
SELECT * FROM annex_line_standing('2024-11-30', 'infinity') WHERE false;
SELECT * FROM annex_line_work('2024-11-30', 'infinity') WHERE false;

ROLLBACK;
