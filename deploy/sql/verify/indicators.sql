-- Verify indicators

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM coverage_by_county('2024-11-30', 'infinity') WHERE false;
SELECT * FROM completion_by_office('2024-11-30', 'infinity', 'cities') WHERE false;
SELECT has_function_privilege('zhibao_aggregator', 'fold(timestamptz)', 'EXECUTE');

ROLLBACK;
