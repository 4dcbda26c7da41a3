-- Revert indicator_catalogue

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION standing_office(integer);
DROP FUNCTION open_office(integer);
DROP FUNCTION programme_start(timestamptz);
DROP TABLE indicator_part;
DROP TABLE indicator_definition;
DROP TYPE indicator_fact;

COMMIT;
