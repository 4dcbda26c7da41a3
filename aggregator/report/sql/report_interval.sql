-- Coverage as it may really be, where offices have not been heard: from what is known to what the silent ones could still bring.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint low, bigint units, bigint high, bigint units, bigint unheard offices.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
)
SELECT false, o.short_name, i.low, i.denominator, i.high, i.denominator, coalesce(cardinality(i.unheard), 0)::bigint
FROM args a CROSS JOIN LATERAL zhibao.coverage_interval(a.on_day, a.as_of) i
JOIN zhibao.office o ON o.register_version = a.register AND o.code = i.node_code AND (o.parent_code = a.node OR o.code = a.node)
WHERE i.denominator > 0 AND i.low <> i.high ORDER BY o.code <> a.node, o.code
