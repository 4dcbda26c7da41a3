-- Stores the files of a report and moves it to rendered; refused when it was done already, so a repeat is safe.
-- $1 bigint: job · $2, $3, $4, $5 bytea: PDF, XLSX, CSV, JSON · $6 bytea: their SHA-256 and $7 bytea: their SM3, 32 bytes each in that order
-- $8 text: title · $9 text: rule version · $10 integer: register version · $11 integer: pages · $12 bigint: table rows
-- Result: void.
SELECT zhibao.report_store($1, ARRAY['pdf', 'xlsx', 'csv', 'json'], ARRAY[$2, $3, $4, $5]::bytea[],
	ARRAY(SELECT substr($6::bytea, 1 + 32 * i, 32) FROM generate_series(0, 3) i ORDER BY i),
	ARRAY(SELECT substr($7::bytea, 1 + 32 * i, 32) FROM generate_series(0, 3) i ORDER BY i), $8, $9, $10, $11, $12)
