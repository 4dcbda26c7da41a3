-- Verify coverage

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 'township_covered(date, timestamptz)'::regprocedure;
SELECT 'township_standing(date, timestamptz)'::regprocedure;
SELECT 'coverage_by_county(date, timestamptz)'::regprocedure;
SELECT 'percent_text(bigint, bigint)'::regprocedure;
SELECT 'rate_json(bigint, bigint)'::regprocedure;
SELECT 'coverage_json(integer, bigint, bigint, bigint, bigint, bigint, bigint)'::regprocedure;

ROLLBACK;
