-- Extensions and exemptions of offices below the node granted in the year, as known at as_of (ruling R12), those taken back
-- included.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint milestone, text material, text kind, timestamptz until, text reason, text by whom,
-- timestamptz granted, text taken back.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), relief AS (
	SELECT e.programme, e.office_code, e.milestone_no, 1 AS place, e.extension_no AS no, e.until_at, e.reason, e.granted_by, e.granter_office_code,
		e.granted_at, e.withdrawn_at, e.withdraw_reason
	FROM zhibao.extension e
	UNION ALL
	SELECT e.programme, e.office_code, e.milestone_no, 2, e.exemption_no, e.until_at, e.reason, e.granted_by, e.granter_office_code, e.granted_at,
		e.withdrawn_at, e.withdraw_reason
	FROM zhibao.exemption e
)
SELECT false, o.short_name, r.milestone_no::bigint, m.obligation_zh, CASE r.place WHEN 1 THEN '延期' ELSE '免报' END, r.until_at, r.reason,
	r.granted_by || coalesce('（' || g.short_name || '）', ''), r.granted_at,
	CASE WHEN r.withdrawn_at <= a.as_of THEN to_char(r.withdrawn_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') || ' ' || r.withdraw_reason END
FROM args a JOIN zhibao.programme_version p ON p.register_version = a.register
JOIN relief r ON r.programme = p.programme AND r.granted_at BETWEEN zhibao.year_opened(a.register) AND a.as_of
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = r.office_code
JOIN zhibao.office o ON o.register_version = a.register AND o.code = r.office_code
LEFT JOIN zhibao.office g ON g.register_version = a.register AND g.code = r.granter_office_code
LEFT JOIN zhibao.milestone m ON m.register_version = a.register AND m.milestone_no = r.milestone_no
ORDER BY r.milestone_no, r.office_code, r.place, r.no
