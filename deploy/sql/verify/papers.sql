-- Verify papers

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT office_code, item_id, revision_id, effective_from, halls FROM office_profile WHERE false;
SELECT office_code, item_id, revision_id, submission_kind, is_stamped FROM submission WHERE false;
SELECT office_code, item_id, revision_id, period, entries FROM statistics_form WHERE false;
SELECT office_code, item_id, revision_id, county_office_code, reason FROM filing_receipt WHERE false;

ROLLBACK;
