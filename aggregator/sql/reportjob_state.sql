-- How a report stands.
-- $1 bigint: job
-- Result: text state, text failure.
SELECT j.state, j.failure FROM zhibao.report_job j WHERE j.job_id = $1
