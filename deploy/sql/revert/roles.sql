-- Revert roles. The roles belong to the cluster and may serve other databases; they stay.

BEGIN;

REVOKE ALL ON sqitch.changes FROM zhibao_collector, zhibao_aggregator, zhibao_admin;
REVOKE ALL ON SCHEMA sqitch FROM zhibao_collector, zhibao_aggregator, zhibao_admin;
DROP SCHEMA zhibao;

COMMIT;
