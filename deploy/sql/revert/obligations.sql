-- Revert obligations

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION obligations_generate(integer);
DROP FUNCTION owing_office(integer, timestamptz);
DROP FUNCTION milestone_actors(integer);
DROP FUNCTION deadline_day(integer, date);
DROP FUNCTION days_after(timestamptz, timestamptz);
DROP FUNCTION day_end(date);
DROP TABLE obligation;
DROP TABLE calendar_day;
ALTER TABLE milestone DROP COLUMN evidence, DROP COLUMN judged_by;

COMMIT;
