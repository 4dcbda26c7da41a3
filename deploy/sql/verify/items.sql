-- Verify items

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT office_code, item_id, revision_id, effective_from, halls FROM office_profile WHERE false;
SELECT office_code, item_id, revision_id, submission_kind, is_stamped FROM submission WHERE false;
SELECT office_code, item_id, revision_id, item_no, lead_unit FROM plan_item WHERE false;
SELECT office_code, item_id, revision_id, object_kind, included_office_codes FROM publication WHERE false;
SELECT office_code, item_id, revision_id, category, note FROM lecture_event WHERE false;
SELECT office_code, item_id, revision_id, form, status FROM study_event WHERE false;
SELECT office_code, item_id, revision_id, media_kind, policy_item_ids FROM media_product WHERE false;
SELECT office_code, item_id, revision_id, document_kind, last_reviewed_on FROM policy_document WHERE false;
SELECT office_code, item_id, revision_id, policy_item_id, channels FROM interpretation WHERE false;
SELECT office_code, item_id, revision_id, hall_id, policy_item_id FROM window_report WHERE false;
SELECT office_code, item_id, revision_id, role, is_active FROM speaker WHERE false;
SELECT office_code, item_id, revision_id, period, entries FROM statistics_form WHERE false;
SELECT office_code, item_id, revision_id, scheme, rectification_closed_on FROM inspection WHERE false;
SELECT office_code, item_id, revision_id, circular_no, file_digest FROM circular WHERE false;
SELECT office_code, item_id, revision_id, county_office_code, reason FROM filing_receipt WHERE false;
SELECT office_code, item_id, revision_id, source, average_score_hundredths FROM feedback_stat WHERE false;
SELECT office_code, item_id, revision_id, form, case_titles FROM exchange WHERE false;
SELECT office_code, item_id, revision_id, news_kind, content FROM news_item WHERE false;
SELECT office_code, item_id, revision_id, received_on, result FROM public_input WHERE false;
SELECT office_code, item_id, revision_id, host_office_code, plan_item_id FROM claim WHERE false;
SELECT kind FROM item_revision WHERE false;

ROLLBACK;
