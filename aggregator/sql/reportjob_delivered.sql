-- A report was handed out.
-- $1 bigint: job
-- Result: void.
SELECT zhibao.report_delivered($1)
