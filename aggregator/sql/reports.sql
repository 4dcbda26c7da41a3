-- Reports for the page, newest first, with the digests of what was handed out.
-- $1 bigint: limit · $2 bigint: offset · $3 text: office whose own reports are wanted, NULL for all · $4 text: any, delivered, open or failed
-- $5 text: JSON array of what the last look at the files found: job, format, fault · $6 timestamptz: when it ended, NULL when there was none
-- $7 text: kinds whose files are not handed out here, with a comma between
-- Result: json, one row; none when no programme names the office. The counts are of the office, whatever their state.
WITH listed AS (
	SELECT j.*, CASE WHEN j.state IN ('delivered', 'failed') THEN j.state ELSE 'open' END AS stage
	FROM zhibao.report_job j WHERE $3::text IS NULL OR j.node_code = $3
), page AS (
	SELECT j.*, row_number() OVER (ORDER BY j.as_of DESC, j.job_id DESC) AS place FROM listed j
	WHERE $4 IN ('any', j.stage) ORDER BY j.as_of DESC, j.job_id DESC LIMIT $1 + 1 OFFSET $2
)
SELECT json_build_object('reports', (SELECT coalesce(json_agg(json_build_object('job', p.job_id, 'report', p.report, 'node', p.node_code,
		'parameters', p.parameters::json, 'as_of', to_char(p.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'origin', p.origin,
		'state', p.state, 'failure', p.failure, 'title', p.title, 'rule_version', p.rule_version, 'register_version', p.register_version,
		'pages', p.pages, 'delivered_at', p.delivered_at,
		'files', CASE WHEN p.state = 'delivered' AND p.report <> ALL (string_to_array($7, ',')) THEN (SELECT json_agg(json_build_object('format', a.format, 'bytes', octet_length(a.content),
			'sha256', encode(a.sha256, 'hex'), 'sm3', encode(a.sm3, 'hex'),
			'url', format('/api/v1/reports/%s/%s', a.job_id, a.format)) ORDER BY a.format)
			FROM zhibao.report_artifact a WHERE a.job_id = p.job_id) END,
		'findings', (SELECT coalesce(json_agg(json_build_object('format', f.format, 'fault', f.fault)), '[]')
			FROM json_to_recordset($5::json) f (job bigint, format text, fault text) WHERE f.job = p.job_id)) ORDER BY p.place), '[]') FROM page p WHERE p.place <= $1 + $2),
	'verified_at', to_char($6::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	'delivered', (SELECT count(*) FROM listed l WHERE l.stage = 'delivered'),
	'open', (SELECT count(*) FROM listed l WHERE l.stage = 'open'),
	'failed', (SELECT count(*) FROM listed l WHERE l.stage = 'failed'),
	'next', (SELECT CASE WHEN count(*) > $1 THEN ($1 + $2)::text END FROM page)) AS answer
WHERE $3::text IS NULL OR EXISTS (SELECT FROM zhibao.office o WHERE o.code = $3)
