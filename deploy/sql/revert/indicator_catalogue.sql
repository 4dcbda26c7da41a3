-- Revert indicator_catalogue

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION programme_start(timestamptz);
DROP TABLE indicator_part;
DROP TABLE indicator_definition;
DROP TYPE indicator_fact;

COMMIT;
