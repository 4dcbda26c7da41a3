-- Verify figures

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM indicator_definition d CROSS JOIN LATERAL indicator(d.indicator_id, '2024-11-30', 'infinity') WHERE false;
SELECT * FROM indicator_members('I-03', '', '2024-11-30', 'infinity', '') WHERE false;
SELECT * FROM coverage_interval('2024-11-30', 'infinity') WHERE false;
SELECT * FROM effect_sheet('2024-12-10', 'infinity') WHERE false;

ROLLBACK;
