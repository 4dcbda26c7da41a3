-- Takes an open report that nobody works on.
-- $1 bigint: job, NULL for the oldest
-- Result: bigint job, text report, text node, text parameters, timestamptz as_of, text state, integer attempts, integer pages,
-- bigint table rows; none when there is none.
SELECT c.job_id, c.report, c.node_code, c.parameters, c.as_of, c.state, c.attempts, c.pages, c.table_rows FROM zhibao.report_claim($1) c
