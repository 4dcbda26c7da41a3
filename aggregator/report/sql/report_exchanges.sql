-- Meetings for the exchange of experience (annex 1 L15).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, text form, text title, date held, bigint participants, bigint cases.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, o.short_name, zhibao.value_zh('exchange', 'form', e.form), e.title, e.held_on, e.participants::bigint, coalesce(cardinality(e.case_titles), 0)::bigint
FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.exchange, a.as_of) e
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = e.office_code
JOIN zhibao.office o ON o.register_version = a.register AND o.code = e.office_code
WHERE e.held_on BETWEEN zhibao.year_start(a.register) AND a.on_day ORDER BY e.held_on, e.office_code, e.item_id
