-- Deploy roles: the schema and the roles of the daemons, which own nothing and may only do their part.

BEGIN;

CREATE SCHEMA zhibao;
COMMENT ON SCHEMA zhibao IS 'Records, registers and figures of the direct-reporting service (直报).';

DO $$
DECLARE
	role_name text;
BEGIN
	FOREACH role_name IN ARRAY ARRAY['zhibao_collector', 'zhibao_aggregator', 'zhibao_admin'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
		END IF;
	END LOOP;
END $$;

REVOKE ALL ON SCHEMA zhibao FROM PUBLIC;
GRANT USAGE ON SCHEMA zhibao TO zhibao_collector, zhibao_aggregator, zhibao_admin;
-- The daemons check the version of the schema when they start.
GRANT USAGE ON SCHEMA sqitch TO zhibao_collector, zhibao_aggregator, zhibao_admin;
GRANT SELECT ON sqitch.changes TO zhibao_collector, zhibao_aggregator, zhibao_admin;
-- The aggregator must see when the oldest running ingest began, to say up to when its figures hold.
GRANT pg_read_all_stats TO zhibao_aggregator;

COMMIT;
