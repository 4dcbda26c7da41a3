-- Verify roles

BEGIN;

SELECT 1 / count(*) FROM pg_namespace WHERE nspname = 'zhibao';
SELECT 1 / (count(*) / 3) FROM pg_roles WHERE rolname IN ('zhibao_collector', 'zhibao_aggregator', 'zhibao_admin');

ROLLBACK;
