-- A report passed its checks.
-- $1 bigint: job
-- Result: void.
SELECT zhibao.report_verified($1)
