-- Verify activities

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT office_code, item_id, revision_id, item_no, lead_unit FROM plan_item WHERE false;
SELECT office_code, item_id, revision_id, category, note FROM lecture_event WHERE false;
SELECT office_code, item_id, revision_id, form, status FROM study_event WHERE false;
SELECT office_code, item_id, revision_id, role, is_active FROM speaker WHERE false;
SELECT office_code, item_id, revision_id, host_office_code, plan_item_id FROM claim WHERE false;

ROLLBACK;
