-- Waits until nobody works on a report.
-- $1 bigint: job
-- Result: boolean.
SELECT zhibao.report_await($1)
