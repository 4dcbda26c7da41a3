-- Verify obligations

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT judged_by, evidence FROM milestone WHERE false;
SELECT register_version, day, kind, name_zh FROM calendar_day WHERE false;
SELECT register_version, office_code, milestone_no, due_on, due_at, to_office_code, judged_by, evidence FROM obligation WHERE false;

ROLLBACK;
