-- Verify differences

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM figure_diff('coverage', '420000', '2024-11-30', 'infinity', 1, NULL, '2024-11-30', 'infinity', 1) WHERE false;

ROLLBACK;
