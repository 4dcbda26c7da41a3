-- Revert reminders

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION reminder_standing(timestamptz);
DROP FUNCTION reminder_post(text, text, integer, text);
DROP FUNCTION reminder_run();
DROP FUNCTION reminder_text(text, timestamptz, timestamptz, text);
DROP FUNCTION reminder_due(timestamptz);
DROP TABLE reminder;

COMMIT;
