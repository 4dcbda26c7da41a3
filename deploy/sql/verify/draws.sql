-- Verify draws

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM draw JOIN draw_member USING (draw_id) LEFT JOIN draw_run USING (draw_id) LEFT JOIN draw_sample USING (draw_id) WHERE false;
SELECT 1 / (NOT has_table_privilege('zhibao_aggregator', 'draw_seed', 'SELECT'))::integer;

ROLLBACK;
