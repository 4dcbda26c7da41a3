-- Draws of the year by the day that touch offices below the node (annex 1 L10, L20): what was committed, the seed once revealed, who was drawn, and what the
-- inspections of their scheme that name the seed, by who was to make them, found by the day.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, bigint number, text scheme, timestamptz committed, bigint population, bigint drawn, text seed, text sample in
-- the order drawn, bigint confirmed, bigint not confirmed, bigint not yet checked, bigint events confirmed, bigint records that name the seed and do not count.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), draw AS MATERIALIZED (
	SELECT d.draw_id, d.scheme AS code, d.register_version, d.committed_at, zhibao.value_zh('inspection', 'scheme', d.scheme) || coalesce('（' || d.occasion || '）', '') AS scheme, r.seed,
		(SELECT count(*) FROM zhibao.draw_member m WHERE m.draw_id = d.draw_id) AS population
	FROM args a JOIN zhibao.draw d ON d.committed_at <= a.as_of
		AND (d.committed_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN zhibao.year_start(a.register) AND a.on_day
	LEFT JOIN zhibao.draw_run r ON r.draw_id = d.draw_id AND r.run_at <= a.as_of AND (r.run_at AT TIME ZONE 'Asia/Shanghai')::date <= a.on_day
	WHERE EXISTS (SELECT FROM zhibao.draw_member m JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node
		AND t.code = m.office_code WHERE m.draw_id = d.draw_id)
), visit AS MATERIALIZED (
	SELECT d.draw_id, i.is_entitled AND (i.record).scheme = d.code AS is_counted, (i.record).*
	FROM args a CROSS JOIN LATERAL zhibao.inspection_standing(a.as_of) i JOIN draw d ON lower((i.record).seed) = encode(d.seed, 'hex')
	WHERE coalesce((i.record).checked_on <= a.on_day, true)
), checked AS MATERIALIZED (
	SELECT v.draw_id, v.inspected_office_code, bool_and(v.result = 'passed') AS is_passed, sum(cardinality(v.verified_item_ids)) AS events
	FROM visit v WHERE v.is_counted AND v.checked_on IS NOT NULL AND v.result IS NOT NULL GROUP BY v.draw_id, v.inspected_office_code
), sample AS (
	SELECT d.draw_id, s.place, o.short_name, c.is_passed, c.events FROM draw d JOIN zhibao.draw_sample s ON s.draw_id = d.draw_id AND d.seed IS NOT NULL
	JOIN zhibao.office o ON o.register_version = d.register_version AND o.code = s.office_code
	LEFT JOIN checked c ON c.draw_id = s.draw_id AND c.inspected_office_code = s.office_code
)
SELECT false, d.draw_id, d.scheme, d.committed_at, d.population, count(s.place), encode(d.seed, 'hex'), string_agg(s.short_name, '、' ORDER BY s.place),
	count(*) FILTER (WHERE s.is_passed), count(*) FILTER (WHERE NOT s.is_passed), count(s.place) FILTER (WHERE s.is_passed IS NULL),
	coalesce(sum(s.events), 0)::bigint, (SELECT count(*) FROM visit v WHERE v.draw_id = d.draw_id AND NOT v.is_counted)
FROM draw d LEFT JOIN sample s ON s.draw_id = d.draw_id
GROUP BY d.draw_id, d.scheme, d.committed_at, d.population, d.seed ORDER BY d.draw_id
