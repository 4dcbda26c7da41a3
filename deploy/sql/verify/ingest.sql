-- Verify ingest

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT key_id, public_key, office_code, label, enrolled_at, valid_to, revoked_at FROM agent_key WHERE false;
SELECT office_code, stream_id, outbox_uuid, key_id, session_gen, acked_seq, chain, duplicate_count, created_at, last_received_at FROM stream WHERE false;
SELECT office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, xid, body FROM batch WHERE false;
SELECT office_code, stream_id, seq, batch_id, received_at, item_office_code, item_id, revision_id, base_revision_id, kind, code, field, text, body FROM quarantine WHERE false;

ROLLBACK;
