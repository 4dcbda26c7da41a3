-- Lecture plans by part of the node, scope cities (A1-02, A1-11; rulings R9 to R11): who has one, its lines and sessions, and what
-- changed after the instant of the baseline, of lines of the year. A closed office is in no count of offices; its lines stay, and its successor has a plan by them.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, bigint offices with a plan, bigint offices, bigint lines, bigint with a number, bigint sessions at
-- least, bigint without a number; after the baseline bigint added, bigint changed, bigint withdrawn.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), part AS MATERIALIZED (
	SELECT r.part_code, r.part_name, r.place, r.office_code, w.code IS NOT NULL AS is_open
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN zhibao.office o ON o.register_version = a.register AND o.code = r.office_code AND zhibao.is_in_scope(o.level, 'cities')
	LEFT JOIN zhibao.open_office(a.register) w ON w.code = r.office_code
), line AS MATERIALIZED (
	SELECT l.office_code, count(*) AS lines, count(l.planned_min) AS quantified, coalesce(sum(l.planned_min), 0) AS sessions
	FROM args a CROSS JOIN LATERAL zhibao.plan_line_standing(a.on_day, a.as_of) l WHERE NOT l.is_provincial GROUP BY l.office_code
), planned AS (
	SELECT DISTINCT s.open_code FROM args a CROSS JOIN line l JOIN zhibao.standing_office(a.register) s ON s.code = l.office_code
), change AS (
	SELECT r.office_code, count(*) FILTER (WHERE r.operation = 'submit') AS added, count(*) FILTER (WHERE r.operation = 'amend') AS amended,
		count(*) FILTER (WHERE r.operation = 'withdraw') AS withdrawn
	FROM args a CROSS JOIN LATERAL zhibao.plan_baseline(a.as_of) b
	JOIN zhibao.plan_item r ON r.office_code = b.office_code AND r.received_at > b.baseline_at AND r.received_at <= a.as_of
	WHERE EXISTS (SELECT FROM zhibao.plan_item p WHERE p.office_code = r.office_code AND p.item_id = r.item_id
		AND p.received_at <= a.as_of AND p.window_end >= zhibao.year_start(a.register))
	GROUP BY r.office_code
)
SELECT GROUPING(p.part_code) = 1, coalesce(p.part_name, '合计'), count(k.open_code) FILTER (WHERE p.is_open), count(*) FILTER (WHERE p.is_open), coalesce(sum(l.lines), 0)::bigint,
	coalesce(sum(l.quantified), 0)::bigint, coalesce(sum(l.sessions), 0)::bigint, coalesce(sum(l.lines - l.quantified), 0)::bigint,
	coalesce(sum(c.added), 0)::bigint, coalesce(sum(c.amended), 0)::bigint, coalesce(sum(c.withdrawn), 0)::bigint
FROM part p LEFT JOIN line l USING (office_code) LEFT JOIN change c USING (office_code) LEFT JOIN planned k ON k.open_code = p.office_code
GROUP BY GROUPING SETS ((p.place, p.part_code, p.part_name), ())
ORDER BY GROUPING(p.part_code), p.place, p.part_code
