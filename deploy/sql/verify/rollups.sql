-- Verify rollups

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT is_only, next_xid, as_of, register_version, batches_folded FROM fold_state WHERE false;
SELECT office_code, item_id FROM fold_mark WHERE false;
SELECT office_code, item_id, revision_id, category, occurred_on, plan_item_id, attendance, unit_ids, fingerprint, received_at, batch_id, seq, is_session
	FROM counted_lecture WHERE false;
SELECT unit_id, occurred_on, office_code, broad, strict FROM covering_day WHERE false;
SELECT unit_id, first_broad_on, first_strict_on FROM covering_unit WHERE false;
SELECT office_code, occurred_on, category, plan_item_id, is_study, sessions, attendance FROM session_day WHERE false;
SELECT office_code, month_on, category, plan_item_id, sessions, attendance FROM session_month WHERE false;
SELECT office_code, category, plan_item_id, sessions, attendance FROM session_sum WHERE false;
SELECT office_code, item_id, revision_id, occurred_on, plan_item_id FROM counted_study WHERE false;
SELECT office_code, item_id, revision_id, item_no, category, theme, activity, window_start, window_end, planned_min, planned_max FROM current_plan_item WHERE false;
SELECT office_code, item_id, host_office_code, host_item_id, plan_item_id FROM current_claim WHERE false;

ROLLBACK;
