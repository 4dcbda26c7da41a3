-- Reports, newest first, as lines.
-- Result: bigint job, text report, text node, text parameters, timestamptz as_of, text state, text failure, text SHA-256 of the PDF.
SELECT j.job_id, j.report, j.node_code, j.parameters, j.as_of, j.state, j.failure,
	(SELECT encode(a.sha256, 'hex') FROM zhibao.report_artifact a WHERE a.job_id = j.job_id AND a.format = 'pdf')
FROM zhibao.report_job j ORDER BY j.as_of DESC, j.job_id DESC
