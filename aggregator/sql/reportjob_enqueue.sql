-- Puts one report down, or finds it.
-- $1 text: report · $2 text: node · $3 text: parameters · $4 timestamptz: as_of
-- Result: bigint job; none when as_of is not past yet, so that more may arrive for it.
WITH new AS (
	SELECT zhibao.report_enqueue($1, $2, $3, $4, 'command') AS job_id WHERE $4 <= zhibao.fold_horizon()
)
SELECT coalesce(n.job_id, (SELECT j.job_id FROM zhibao.report_job j WHERE (j.report, j.node_code, j.parameters, j.as_of) = ($1, $2, $3, $4)))
FROM new n
