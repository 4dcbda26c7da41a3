-- Verify freezes

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 1 / count(*) FROM figure_source;
SELECT * FROM frozen_set JOIN frozen_figure USING (milestone_on, indicator) WHERE false;
SELECT * FROM figure_diff('coverage', '420000', '2024-11-30', 'infinity', 1, NULL, '2024-11-30', 'infinity', 1) WHERE false;
SELECT * FROM draw JOIN draw_member USING (draw_id) LEFT JOIN draw_run USING (draw_id) LEFT JOIN draw_sample USING (draw_id) WHERE false;
SELECT 1 / (NOT has_table_privilege('zhibao_aggregator', 'draw_seed', 'SELECT'))::integer;

ROLLBACK;
