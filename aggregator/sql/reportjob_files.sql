-- The files of a report.
-- $1 bigint: job
-- Result: text format, bytea content, bytea SHA-256, bytea SM3, in the order PDF, XLSX, CSV, JSON.
SELECT a.format, a.content, a.sha256, a.sm3 FROM zhibao.report_artifact a WHERE a.job_id = $1
ORDER BY array_position(ARRAY['pdf', 'xlsx', 'csv', 'json'], a.format)
