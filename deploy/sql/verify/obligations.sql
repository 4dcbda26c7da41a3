-- Verify obligations

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT judged_by, evidence FROM milestone WHERE false;
SELECT register_version, day, kind, name_zh FROM calendar_day WHERE false;
SELECT register_version, office_code, milestone_no, due_on, due_at, to_office_code, judged_by, evidence FROM obligation WHERE false;
SELECT programme, office_code, milestone_no, extension_no, until_at, reason, granted_by, granter_office_code, granted_at, withdrawn_by,
	withdrawer_office_code, withdrawn_at, withdraw_reason FROM extension WHERE false;
SELECT programme, office_code, milestone_no, exemption_no, reason, until_at, granted_by, granter_office_code, granted_at, withdrawn_by,
	withdrawer_office_code, withdrawn_at, withdraw_reason FROM exemption WHERE false;
SELECT programme, office_code, milestone_no, step, due_at, step_at, made_at, made_by, responsible_name, text, downlink_seq FROM reminder WHERE false;
SELECT 'submission_word(text, text)'::regprocedure, 'extension_of_revision(item_revision, timestamptz)'::regprocedure;
SELECT count(*) FROM obligation_standing(now()), timeliness(now()), filing_standing(now());

ROLLBACK;
