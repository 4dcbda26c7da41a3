-- Revert delivery

BEGIN;

SET LOCAL search_path TO zhibao;

DROP FUNCTION downlink_post(text, integer, text, text, text, uuid, uuid, integer, bytea, text, integer, integer, timestamptz);
DROP TRIGGER downlink_deliver ON stream;
DROP FUNCTION downlink_deliver();
DROP INDEX agent_key_by_office;
DROP TABLE downlink_head;
DROP TABLE downlink;
DROP TABLE file;
DROP TABLE file_chunk;
DROP TABLE upload;
DROP TABLE stream_gap;
DROP TABLE signing_key;
DROP TABLE enrolment;
ALTER TABLE stream DROP COLUMN protocol;
ALTER TABLE stream DROP COLUMN software;
ALTER TABLE stream DROP COLUMN downlink_acked_seq;
ALTER TABLE stream DROP COLUMN fork_seq;
ALTER TABLE stream DROP COLUMN forked_from;
ALTER TABLE agent_key DROP COLUMN replaces_key_id;

COMMIT;
