-- A report failed.
-- $1 bigint: job · $2 text: why · $3 boolean: for good
-- Result: void.
SELECT zhibao.report_failed($1, $2, $3)
