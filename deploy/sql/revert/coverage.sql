-- Revert coverage

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION coverage_json(integer, bigint, bigint, bigint, bigint, bigint, bigint);
DROP FUNCTION rate_json(bigint, bigint);
DROP FUNCTION percent_text(bigint, bigint);
DROP FUNCTION coverage_by_county(date, timestamptz);
DROP FUNCTION township_standing(date, timestamptz);
DROP FUNCTION township_covered(date, timestamptz);

COMMIT;
