-- Verify supervision

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT office_code, item_id, revision_id, scheme, rectification_closed_on FROM inspection WHERE false;
SELECT office_code, item_id, revision_id, circular_no, file_digest FROM circular WHERE false;
SELECT office_code, item_id, revision_id, source, average_score_hundredths FROM feedback_stat WHERE false;
SELECT office_code, item_id, revision_id, form, case_titles FROM exchange WHERE false;
SELECT office_code, item_id, revision_id, received_on, result FROM public_input WHERE false;

ROLLBACK;
