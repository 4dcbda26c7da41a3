-- The one person in charge of every open office below the node (A1-05, A1-14), from the profile that holds. Personal data: for the restricted
-- copy only.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint offices with a person in charge, bigint offices, text name, text post, text contact, date from,
-- date to, timestamptz received.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), person AS (
	SELECT DISTINCT ON (p.office_code) p.office_code, CASE WHEN NOT zhibao.text_is_blank(p.responsible_name) THEN p.responsible_name END AS name,
		p.responsible_post, p.responsible_contact, coalesce(p.responsible_from, p.effective_from) AS since, p.responsible_to, p.received_at,
		NOT zhibao.text_is_blank(p.responsible_name) AND a.on_day BETWEEN coalesce(p.responsible_from, a.on_day) AND coalesce(p.responsible_to, a.on_day) AS is_current
	FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.office_profile, a.as_of) p WHERE p.effective_from <= a.on_day
	ORDER BY p.office_code, p.effective_from DESC, p.received_at DESC, p.batch_id DESC, p.seq DESC
), told AS (
	SELECT o.code, o.short_name, p.* FROM args a JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node
	JOIN zhibao.open_office(a.register) w ON w.code = t.code
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = t.code
	LEFT JOIN person p ON p.office_code = o.code
)
SELECT GROUPING(t.code) = 1, CASE WHEN GROUPING(t.code) = 1 THEN '合计' ELSE t.short_name END, count(*) FILTER (WHERE t.is_current), count(*),
	CASE WHEN GROUPING(t.code) = 0 THEN coalesce(t.name, '未明确') END, t.responsible_post, t.responsible_contact, t.since, t.responsible_to, t.received_at
FROM told t
GROUP BY GROUPING SETS ((t.code, t.short_name, t.name, t.responsible_post, t.responsible_contact, t.since, t.responsible_to, t.received_at), ())
ORDER BY GROUPING(t.code), t.code
