-- Study, drills and contests by part of the node and by whom they are for (annex 1 L11): facts of I-15, uses of the mini-program left out.
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, text office, four times bigint events, bigint participants: staff, employers, agencies, the public; bigint events,
-- bigint participants of all.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), fact AS (
	SELECT r.part_code, r.part_name, r.place, f.part, f.numerator AS n
	FROM args a CROSS JOIN LATERAL zhibao.report_part(a.register, a.node) r
	JOIN LATERAL zhibao.study_activity(a.on_day, a.as_of) f ON f.office_code = r.office_code
)
SELECT GROUPING(f.part_code) = 1, coalesce(f.part_name, '合计'),
	coalesce(sum(f.n) FILTER (WHERE f.part = 'target:staff'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'target:staff.participants'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'target:employer'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'target:employer.participants'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'target:hr_agency'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'target:hr_agency.participants'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = 'target:public'), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'target:public.participants'), 0)::bigint,
	coalesce(sum(f.n) FILTER (WHERE f.part = ''), 0)::bigint, coalesce(sum(f.n) FILTER (WHERE f.part = 'participants'), 0)::bigint
FROM fact f GROUP BY GROUPING SETS ((f.place, f.part_code, f.part_name), ())
ORDER BY GROUPING(f.part_code), f.place, f.part_code
