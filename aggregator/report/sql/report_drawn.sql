-- Restricted copies that were handed out and have names of offices at or below the node in them: those about such an office, and those about
-- one above it (A1-05).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, timestamptz when, text login, text name, text office of the account, text office the copy is about, timestamptz
-- as_of of the copy, text number and formats of the report, text by whom.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, d.drawn_at, d.login, d.display_name, coalesce(u.short_name, d.office_code), coalesce(o.short_name, d.node_code), d.as_of,
	'第 ' || d.job_id || ' 号 ' || string_agg(upper(d.format), '、' ORDER BY d.format),
	d.drawn_by || CASE WHEN d.database_role <> d.drawn_by THEN '（数据库用户 ' || d.database_role || '）' ELSE '' END
FROM args a CROSS JOIN LATERAL zhibao.report_disclosures(a.as_of) d
LEFT JOIN zhibao.office u ON u.register_version = a.register AND u.code = d.office_code
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = d.node_code
WHERE EXISTS (SELECT FROM zhibao.office_tree t WHERE t.register_version = a.register AND (a.node, d.node_code) IN ((t.ancestor_code, t.code), (t.code, t.ancestor_code)))
GROUP BY d.disclosure_no, d.drawn_at, d.login, d.display_name, u.short_name, d.office_code, o.short_name, d.node_code, d.as_of, d.job_id, d.drawn_by, d.database_role
ORDER BY d.disclosure_no
