-- Circulars issued below the node (annex 1 L10, L14, L23) with the offices they name.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text number, text title, date issued, text kind, text praised, text criticised, bigint inspections.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, c.circular_no, c.title, c.issued_on, zhibao.value_zh('circular', 'circular_kind', c.circular_kind),
	(SELECT string_agg(o.short_name, '、' ORDER BY o.code) FROM zhibao.office o WHERE o.register_version = a.register AND o.code = ANY (c.praised_office_codes)),
	(SELECT string_agg(o.short_name, '、' ORDER BY o.code) FROM zhibao.office o WHERE o.register_version = a.register AND o.code = ANY (c.criticised_office_codes)),
	coalesce(cardinality(c.inspection_item_ids), 0)::bigint
FROM args a CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.circular, a.as_of) c
JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = c.office_code
WHERE c.issued_on BETWEEN zhibao.year_start(a.register) AND a.on_day ORDER BY c.issued_on, c.office_code, c.item_id
