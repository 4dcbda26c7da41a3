-- One file of a report that was handed out; a report that failed its checks has none.
-- $1 bigint: job · $2 text: format
-- Result: bytea content, bytea SHA-256, text report.
SELECT a.content, a.sha256, j.report FROM zhibao.report_artifact a JOIN zhibao.report_job j ON j.job_id = a.job_id AND j.state = 'delivered'
WHERE a.job_id = $1 AND a.format = $2
