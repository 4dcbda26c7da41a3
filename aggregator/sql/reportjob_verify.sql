-- The files of every report that was handed out, with whether the store still has what its digest says.
-- Result: bigint job, text report, text node, timestamptz as_of, text format, bytea SHA-256, boolean the stored file is what was stored.
SELECT j.job_id, j.report, j.node_code, j.as_of, a.format, a.sha256, sha256(a.content) = a.sha256
FROM zhibao.report_job j JOIN zhibao.report_artifact a USING (job_id)
WHERE j.state = 'delivered' ORDER BY j.job_id, a.format
