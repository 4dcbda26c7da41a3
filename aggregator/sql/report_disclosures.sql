-- Restricted copies that were handed out, oldest first, a line for each file.
-- $1 text: login, or NULL for all · $2 timestamptz: as_of, NULL for now
-- Result: text when, Shanghai time, text login, text name, text office, text job, text report, text node, text as_of of the report, Shanghai
-- time, text format, text SHA-256, text by whom, text database role.
SELECT to_char(d.drawn_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'), d.login, d.display_name, d.office_code, d.job_id::text, d.report, d.node_code,
	to_char(d.as_of AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'), d.format, encode(d.sha256, 'hex'), d.drawn_by, d.database_role
FROM zhibao.report_disclosures(coalesce($2::timestamptz, 'infinity')) d WHERE $1::text IS NULL OR d.login = $1 ORDER BY d.disclosure_no, d.format
