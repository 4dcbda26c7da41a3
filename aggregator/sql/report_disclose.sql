-- Hands out files of a restricted report (A1-05) and records that it did, in one transaction; refused to who may not have them. A repeat
-- hands out again and is recorded again.
-- $1 text: login · $2 bigint: job · $3 text: formats with a comma between · $4 text: who runs the command, by its word
-- Result: text format, bytea content, bytea SHA-256, bytea SM3, in the order PDF, XLSX, CSV, JSON.
SELECT d.format, d.content, d.sha256, d.sm3 FROM zhibao.report_disclose($1, $2, string_to_array($3, ','), $4) d
ORDER BY array_position(ARRAY['pdf', 'xlsx', 'csv', 'json'], d.format)
