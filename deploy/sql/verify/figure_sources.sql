-- Verify figure_sources

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 1 / count(*) FROM figure_source s JOIN indicator_definition d ON d.indicator_id = s.named_by;
SELECT * FROM figure_part(0, 'coverage', 'broad_all') WHERE false;

ROLLBACK;
