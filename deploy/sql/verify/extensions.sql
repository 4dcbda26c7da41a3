-- Verify extensions

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT programme, office_code, milestone_no, extension_no, until_at, reason, granted_by, granter_office_code, granted_at, withdrawn_by,
	withdrawer_office_code, withdrawn_at, withdraw_reason FROM extension WHERE false;
SELECT programme, office_code, milestone_no, exemption_no, reason, until_at, granted_by, granter_office_code, granted_at, withdrawn_by,
	withdrawer_office_code, withdrawn_at, withdraw_reason FROM exemption WHERE false;
SELECT 'extension_of_revision(item_revision, timestamptz)'::regprocedure, 'deadline_acting(text, text, integer)'::regprocedure,
	'deadline_lock(text)'::regprocedure;

ROLLBACK;
