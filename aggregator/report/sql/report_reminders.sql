-- Reminders sent to offices below the node, material by material (requirements of annex 1 to hand in by a day).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, bigint milestone, text material, date due, bigint offices reminded, bigint before the day, bigint past it,
-- bigint by hand, timestamptz last sent.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), sent AS (
	SELECT r.milestone_no, r.office_code, r.step, r.made_at, m.obligation_zh, m.due_on
	FROM args a CROSS JOIN LATERAL zhibao.reminder_standing(a.as_of) r
	JOIN zhibao.office_tree t ON t.register_version = a.register AND t.ancestor_code = a.node AND t.code = r.office_code
	LEFT JOIN zhibao.milestone m ON m.register_version = a.register AND m.milestone_no = r.milestone_no
)
SELECT GROUPING(s.milestone_no) = 1, s.milestone_no::bigint, CASE WHEN GROUPING(s.milestone_no) = 1 THEN '合计' ELSE s.obligation_zh END, s.due_on,
	count(DISTINCT s.office_code), count(*) FILTER (WHERE s.step LIKE 'due-%'), count(*) FILTER (WHERE s.step = 'overdue'),
	count(*) FILTER (WHERE s.step LIKE 'hand-%'), max(s.made_at)
FROM sent s GROUP BY GROUPING SETS ((s.milestone_no, s.obligation_zh, s.due_on), ())
ORDER BY GROUPING(s.milestone_no), s.due_on, s.milestone_no
