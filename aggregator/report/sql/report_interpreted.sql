-- Each new policy below the node by form of its interpretation (annex 1 L14, “1+2+X”): the records behind I-09. A work made for several
-- policies stands at each of them and counts once in the total.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text title and number, date issued, bigint days to its first publication, bigint originals, bigint press
-- releases, bigint articles, bigint answers, bigint talks with experts, bigint press conferences, bigint answers to reporters, bigint others, bigint works.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS MATERIALIZED (
	SELECT f.* FROM args a CROSS JOIN LATERAL zhibao.interpretation_completeness(a.on_day, a.as_of) f
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = f.office_code
), piece AS MATERIALIZED (
	SELECT f.office_code, i.policy_item_id AS document, i.item_id, i.form
	FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.interpretation, a.as_of) i
	JOIN fact f ON f.kind = 'interpretation' AND f.office_code = i.office_code AND f.item_id = i.item_id
	UNION ALL
	SELECT f.office_code, p.document, m.item_id, 'work'
	FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.media_product, a.as_of) m
	JOIN fact f ON f.kind = 'media_product' AND f.office_code = m.office_code AND f.item_id = m.item_id
	CROSS JOIN LATERAL unnest(m.policy_item_ids) p (document)
), document AS (
	SELECT d.office_code, d.item_id, d.title || coalesce('（' || d.doc_no || '）', '') AS title, d.issued_on, (SELECT p.numerator FROM fact p
			WHERE p.part = 'days.median' AND p.office_code = d.office_code AND p.item_id = d.item_id) AS days
	FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.policy_document, a.as_of) d
	JOIN fact f ON f.part = '' AND f.office_code = d.office_code AND f.item_id = d.item_id
), line AS (
	SELECT GROUPING(d.item_id) = 1 AS is_total, d.office_code, d.item_id, d.title, d.issued_on, d.days,
		count(DISTINCT p.item_id) FILTER (WHERE p.form = 'policy_original') AS original,
		count(DISTINCT p.item_id) FILTER (WHERE p.form = 'press_release') AS press_release,
		count(DISTINCT p.item_id) FILTER (WHERE p.form = 'article') AS article, count(DISTINCT p.item_id) FILTER (WHERE p.form = 'qa') AS qa,
		count(DISTINCT p.item_id) FILTER (WHERE p.form = 'expert_interview') AS expert_interview,
		count(DISTINCT p.item_id) FILTER (WHERE p.form = 'press_conference') AS press_conference,
		count(DISTINCT p.item_id) FILTER (WHERE p.form = 'reporter_qa') AS reporter_qa, count(DISTINCT p.item_id) FILTER (WHERE p.form = 'other') AS other,
		count(DISTINCT p.item_id) FILTER (WHERE p.form = 'work') AS work
	FROM document d LEFT JOIN piece p ON p.office_code = d.office_code AND p.document = d.item_id
	GROUP BY GROUPING SETS ((d.office_code, d.item_id, d.title, d.issued_on, d.days), ())
)
SELECT l.is_total, CASE WHEN l.is_total THEN '合计' ELSE o.short_name END, l.title, l.issued_on, l.days, l.original, l.press_release, l.article,
	l.qa, l.expert_interview, l.press_conference, l.reporter_qa, l.other, l.work
FROM args a CROSS JOIN line l LEFT JOIN zhibao.office o ON o.register_version = a.register AND o.code = l.office_code
ORDER BY l.is_total, l.office_code, l.issued_on, l.item_id
