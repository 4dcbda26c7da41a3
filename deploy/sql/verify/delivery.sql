-- Verify delivery

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT enrolment_id, public_key, office_code, label, created_at, expires_at, used_at, key_id FROM enrolment WHERE false;
SELECT name, public_key, added_at FROM signing_key WHERE false;
SELECT office_code, stream_id, first_seq, last_seq, reason, batch_id, received_at FROM stream_gap WHERE false;
SELECT office_code, upload_id, file_id, size_bytes, chunk_bytes, next_chunk, name, media_type, item_id, started_at, touched_at, completed_at FROM upload WHERE false;
SELECT office_code, upload_id, chunk_no, data FROM file_chunk WHERE false;
SELECT file_id, office_code, upload_id, size_bytes, stored_at FROM file WHERE false;
SELECT office_code, seq, kind, created_at, author, title, text, item_id, revision_id, verdict, file_id, programme, programme_version, milestone_no, due_at, delivered_at FROM downlink WHERE false;
SELECT office_code, last_seq FROM downlink_head WHERE false;
SELECT replaces_key_id FROM agent_key WHERE false;
SELECT forked_from FROM stream WHERE false;
SELECT fork_seq FROM stream WHERE false;
SELECT downlink_acked_seq FROM stream WHERE false;
SELECT software FROM stream WHERE false;
SELECT protocol FROM stream WHERE false;
SELECT 'downlink_post(text, integer, text, text, text, uuid, uuid, integer, bytea, text, integer, integer, timestamptz)'::regprocedure;

ROLLBACK;
