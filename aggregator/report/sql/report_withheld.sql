-- Each policy below the node that is in force and exempt from disclosure, with its reason (annex 1 L14): the records of I-07 exempt.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text number, text title, date issued, text disclosure, text reason.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS MATERIALIZED (
	SELECT f.office_code, f.item_id FROM args a CROSS JOIN LATERAL zhibao.disclosure_rate(a.on_day, a.as_of) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = f.office_code
	WHERE f.part = 'exempt'
)
SELECT false, o.short_name, d.doc_no, d.title, d.issued_on, v.label_zh, CASE WHEN zhibao.text_is_blank(d.exempt_reason) THEN '缺少理由' ELSE d.exempt_reason END
FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.policy_document, a.as_of) d
JOIN fact f ON f.office_code = d.office_code AND f.item_id = d.item_id
JOIN zhibao.office o ON o.register_version = a.register AND o.code = d.office_code
LEFT JOIN zhibao.value_label v ON v.kind = 'policy_document' AND v.field = 'disclosure' AND v.value = d.disclosure
ORDER BY d.office_code, d.issued_on, d.item_id
