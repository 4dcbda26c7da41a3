-- Verify figure_sources

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT 1 / count(*) FROM figure_source;

ROLLBACK;
