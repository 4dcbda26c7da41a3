-- Verify indicator_catalogue

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 1 / (has_table_privilege('zhibao_aggregator', 'indicator_definition', 'SELECT'))::integer;
SELECT * FROM indicator_definition d JOIN indicator_part p USING (indicator_id) WHERE false;

ROLLBACK;
