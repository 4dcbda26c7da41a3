-- Changes of the person in charge below the node in the year, oldest first (A1-05, A1-14). Personal data: for the restricted copy only.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, timestamptz received, text name before, text name after, date from, text reason.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), told AS (
	SELECT p.*, lag(p.responsible_name) OVER (PARTITION BY p.office_code ORDER BY p.received_at, p.batch_id, p.seq) AS before
	FROM args a JOIN zhibao.office_profile p ON p.received_at <= a.as_of AND p.operation <> 'withdraw'
)
SELECT false, o.short_name, t.received_at, t.before, t.responsible_name, coalesce(t.responsible_from, t.effective_from), t.correction_reason
FROM args a CROSS JOIN told t
JOIN zhibao.office_tree e ON e.register_version = a.register AND e.ancestor_code = a.node AND e.code = t.office_code
JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.office_code
WHERE t.before IS DISTINCT FROM t.responsible_name AND t.before IS NOT NULL
ORDER BY t.received_at, t.office_code, t.batch_id, t.seq
