-- Revert obligation_standing

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION filing_standing(timestamptz, date);
DROP FUNCTION timeliness(timestamptz);
DROP FUNCTION obligation_standing(timestamptz, date);

COMMIT;
