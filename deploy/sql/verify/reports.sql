-- Verify reports

BEGIN;

SET LOCAL search_path TO zhibao;

SELECT job_id, report, node_code, parameters, as_of, origin, state, attempts, not_before, created_at, rendered_at, verified_at, delivered_at, failed_at, failure, title, rule_version, register_version, pages, table_rows, folder FROM report_job WHERE false;
SELECT job_id, format, content, sha256, sm3 FROM report_artifact WHERE false;
SELECT disclosure_no, job_id, formats, sha256, login, display_name, office_code, drawn_by, database_role, drawn_at FROM report_disclosure WHERE false;
SELECT * FROM report_disclosures(now()) WHERE false;
SELECT 1 / (NOT has_table_privilege('zhibao_aggregator', 'report_disclosure', 'INSERT,UPDATE,DELETE'))::integer;
SELECT * FROM report_part(1, '420000') WHERE false;
SELECT * FROM report_calendar(now(), '{}', '{}', interval '1 day') WHERE false;

ROLLBACK;
