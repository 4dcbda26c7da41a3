-- How many reports are open and how many were given up.
-- Result: bigint open, bigint failed.
SELECT count(*) FILTER (WHERE j.state IN ('queued', 'rendered', 'verified')), count(*) FILTER (WHERE j.state = 'failed') FROM zhibao.report_job j
