-- Verify causes

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM figure_cause('coverage', '2024-11-30', 'infinity', 1, '2024-11-30', 'infinity', 1) WHERE false;

ROLLBACK;
