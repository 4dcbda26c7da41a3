-- Verify reminders

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT programme, office_code, milestone_no, step, due_at, step_at, made_at, made_by, responsible_name, text, downlink_seq FROM reminder WHERE false;
SELECT 'reminder_due(timestamptz)'::regprocedure;

ROLLBACK;
