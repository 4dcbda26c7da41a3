-- Gives a report back.
-- $1 bigint: job
-- Result: boolean it was held.
SELECT zhibao.report_release($1)
