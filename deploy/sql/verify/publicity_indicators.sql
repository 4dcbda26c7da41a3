-- Verify publicity_indicators

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT * FROM arrangement_publication('2024-11-30', 'infinity') WHERE false;
SELECT * FROM disclosure_rate('2024-11-30', 'infinity') WHERE false;
SELECT * FROM interpretation_completeness('2024-11-30', 'infinity') WHERE false;
SELECT * FROM window_publicity('2024-11-30', 'infinity') WHERE false;
SELECT * FROM news_report('2024-11-30', 'infinity') WHERE false;
SELECT * FROM material_received('2024-11-30', 'infinity') WHERE false;

ROLLBACK;
