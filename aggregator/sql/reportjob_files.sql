-- The files of a report.
-- $1 bigint: job · $2 text: formats with a comma between, NULL for all
-- Result: text format, bytea content, bytea SHA-256, bytea SM3, in the order PDF, XLSX, CSV, JSON.
SELECT a.format, a.content, a.sha256, a.sm3 FROM zhibao.report_artifact a WHERE a.job_id = $1 AND ($2::text IS NULL OR a.format = ANY (string_to_array($2, ',')))
ORDER BY array_position(ARRAY['pdf', 'xlsx', 'csv', 'json'], a.format)
