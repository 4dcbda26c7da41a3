-- The files of the next report that was handed out, with whether the store still has what their digests say. One report at a time: no
-- statement reads all that is stored. A file that is no longer stored at all has a row, too.
-- $1 bigint: job, the one before
-- Result: bigint job, text report, text node, timestamptz as_of, text format, bytea SHA-256, boolean the stored file is what was stored,
-- bigint its bytes, text host and folder it was put in.
SELECT j.job_id, j.report, j.node_code, j.as_of, f.format, a.sha256, coalesce(sha256(a.content) = a.sha256, false), octet_length(a.content)::bigint, j.folder
FROM (SELECT * FROM zhibao.report_job WHERE state = 'delivered' AND job_id > $1 ORDER BY job_id LIMIT 1) j
CROSS JOIN unnest(ARRAY['pdf', 'xlsx', 'csv', 'json']) WITH ORDINALITY AS f (format, place)
LEFT JOIN zhibao.report_artifact a ON a.job_id = j.job_id AND a.format = f.format
ORDER BY f.place
