-- Verify publicity

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT office_code, item_id, revision_id, object_kind, included_office_codes FROM publication WHERE false;
SELECT office_code, item_id, revision_id, media_kind, policy_item_ids FROM media_product WHERE false;
SELECT office_code, item_id, revision_id, document_kind, last_reviewed_on FROM policy_document WHERE false;
SELECT office_code, item_id, revision_id, policy_item_id, channels FROM interpretation WHERE false;
SELECT office_code, item_id, revision_id, hall_id, policy_item_id FROM window_report WHERE false;
SELECT office_code, item_id, revision_id, news_kind, content FROM news_item WHERE false;

ROLLBACK;
