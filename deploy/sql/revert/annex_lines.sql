-- Revert annex_lines

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION annex_line_work(date, timestamptz);
DROP FUNCTION annex_line_standing(date, timestamptz);
DROP FUNCTION led_line(integer, text);

COMMIT;
