-- What was owed below the node, material by material (rulings R12 to R14; annex 1).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, bigint milestone, text material, date due (moved), text who, bigint on time, bigint due, bigint late, bigint missing,
-- bigint not due, bigint exempt, bigint extended after due, bigint accepted, bigint due.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), sum AS (
	SELECT t.*, m.obligation_zh, zhibao.deadline_day(a.register, m.due_on) AS due_on, m.actor_level FROM args a CROSS JOIN LATERAL zhibao.timeliness(a.as_of) t
	JOIN zhibao.milestone m ON m.register_version = a.register AND m.milestone_no = t.milestone_no
	WHERE t.node_code = a.node
)
SELECT GROUPING(s.milestone_no) = 1, s.milestone_no::bigint, coalesce(s.obligation_zh, '合计'), s.due_on,
	CASE s.actor_level WHEN 'city' THEN '市州' WHEN 'county' THEN '县级' WHEN 'province' THEN '省厅' WHEN 'city;province_unit' THEN '市州和牵头单位' END,
	coalesce(sum(s.on_time), 0)::bigint, coalesce(sum(s.due), 0)::bigint, coalesce(sum(s.late), 0)::bigint, coalesce(sum(s.missing), 0)::bigint,
	coalesce(sum(s.not_due), 0)::bigint, coalesce(sum(s.exempt), 0)::bigint, coalesce(sum(s.extended_after_due), 0)::bigint,
	coalesce(sum(s.accepted), 0)::bigint, coalesce(sum(s.due), 0)::bigint
FROM sum s GROUP BY GROUPING SETS ((s.milestone_no, s.obligation_zh, s.due_on, s.actor_level), ())
ORDER BY GROUPING(s.milestone_no), s.due_on, s.milestone_no
