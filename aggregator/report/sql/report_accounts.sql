-- Changes of the accounts that act for offices below the node, then or until then: names above all, as they decide who may judge what.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, timestamptz when, text login, text office, text what, text in words, text by whom.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, h.changed_at, h.login, coalesce(o.short_name, h.office_code), h.what, h.detail,
	h.changed_by || CASE WHEN h.database_role <> h.changed_by THEN '（数据库用户 ' || h.database_role || '）' ELSE '' END
FROM args a CROSS JOIN LATERAL zhibao.account_history(a.as_of) h
LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = h.office_code
WHERE EXISTS (SELECT FROM zhibao.office_tree t WHERE t.register_version = a.register AND t.ancestor_code = a.node AND t.code IN (h.office_code, h.office_before))
ORDER BY h.change_no
