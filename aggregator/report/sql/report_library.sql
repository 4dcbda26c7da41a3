-- Policy documents per part (annex 1 L14): in force and online, exempt with and without a reason, and the clean-up of the library.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint online, bigint in force and not exempt, bigint exempt, bigint exempt without reason,
-- bigint modified, bigint expired, bigint abolished, bigint past their end but listed in force.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), document AS (
	SELECT r.part_code, r.part_name, r.place, d.item_id, d.status, d.disclosure, d.exempt_reason, coalesce(cardinality(d.urls), 0) > 0 AS is_online,
		d.status = 'in_force' AND d.effective_to < a.on_day AS is_stale
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.counting(NULL::zhibao.policy_document, a.as_of) d ON d.office_code = r.office_code AND d.issued_on <= a.on_day
)
SELECT GROUPING(d.part_code) = 1, coalesce(d.part_name, '合计'),
	count(*) FILTER (WHERE d.status IN ('in_force', 'modified') AND d.disclosure <> 'exempt' AND d.is_online),
	count(*) FILTER (WHERE d.status IN ('in_force', 'modified') AND d.disclosure <> 'exempt'),
	count(*) FILTER (WHERE d.disclosure = 'exempt'), count(*) FILTER (WHERE d.disclosure = 'exempt' AND coalesce(d.exempt_reason, '') = ''),
	count(*) FILTER (WHERE d.status = 'modified'), count(*) FILTER (WHERE d.status = 'expired'), count(*) FILTER (WHERE d.status = 'abolished'),
	count(*) FILTER (WHERE d.is_stale)
FROM document d GROUP BY GROUPING SETS ((d.place, d.part_code, d.part_name), ())
ORDER BY GROUPING(d.part_code), d.place, d.part_code
