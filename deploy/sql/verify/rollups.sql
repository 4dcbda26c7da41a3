-- Verify rollups

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT is_only, next_xid, as_of, register_version, batches_folded FROM fold_state WHERE false;
SELECT office_code, item_id, revision_id, category, occurred_on, plan_item_id, attendance, covers, fingerprint, received_at, batch_id, seq FROM counted_lecture WHERE false;
SELECT office_code, item_id, unit_id, occurred_on, is_strict FROM covering_event WHERE false;
SELECT office_code, item_id, revision_id, item_no, category, theme, activity, window_start, window_end, planned_min, planned_max FROM current_plan_item WHERE false;
SELECT office_code, item_id, host_office_code, host_item_id, plan_item_id FROM current_claim WHERE false;

ROLLBACK;
