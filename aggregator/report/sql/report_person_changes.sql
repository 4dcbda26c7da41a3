-- Changes of the person in charge below the node in the year, oldest first (A1-05, A1-14): after each revision the name of the profile
-- that is in force by the day against the name before it. Personal data: for the restricted copy only.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, timestamptz received, text name before, text name after, date from, text reason.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), told AS (
	SELECT r.*, h.name, h.since, lag(h.name) OVER (PARTITION BY r.office_code ORDER BY r.received_at, r.batch_id, r.seq) AS before
	FROM args a JOIN zhibao.office_profile r ON r.received_at <= a.as_of
	LEFT JOIN LATERAL (
		SELECT CASE WHEN NOT zhibao.text_is_blank(n.responsible_name) THEN n.responsible_name END AS name, coalesce(n.responsible_from, n.effective_from) AS since
		FROM (SELECT DISTINCT ON (p.item_id) p.* FROM zhibao.office_profile p
			WHERE p.office_code = r.office_code AND (p.received_at, p.batch_id, p.seq) <= (r.received_at, r.batch_id, r.seq)
			ORDER BY p.item_id, p.received_at DESC, p.batch_id DESC, p.seq DESC) n
		WHERE n.operation <> 'withdraw' AND n.effective_from <= a.on_day
		ORDER BY n.effective_from DESC, n.received_at DESC, n.batch_id DESC, n.seq DESC LIMIT 1) h ON true
)
SELECT false, o.short_name, t.received_at, t.before, t.name, t.since, t.correction_reason
FROM args a CROSS JOIN told t
JOIN zhibao.office_tree e ON e.register_version = a.register AND e.ancestor_code = a.node AND e.code = t.office_code
JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.office_code
WHERE t.before IS DISTINCT FROM t.name AND t.before IS NOT NULL AND t.received_at >= zhibao.year_opened(a.register)
ORDER BY t.received_at, t.office_code, t.batch_id, t.seq
