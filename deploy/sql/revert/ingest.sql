-- Revert ingest

BEGIN;

SET LOCAL search_path TO zhibao;

DROP SEQUENCE batch_id_seq;
DROP TABLE quarantine;
DROP TABLE batch;
DROP TABLE stream;
DROP TABLE agent_key;

COMMIT;
