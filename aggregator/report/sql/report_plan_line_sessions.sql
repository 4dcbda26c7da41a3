-- The lines of annex 2 with their sessions by window and by mode (A2-09, A2-11; requirements Q-03, Q-04).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, bigint row, text theme, text time, bigint held, bigint before the lectures begin, bigint outside the
-- window, bigint offline, bigint online, bigint mixed, bigint without a mode, text whether in both modes.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), standing AS MATERIALIZED (
	SELECT s.* FROM args a CROSS JOIN LATERAL zhibao.annex_line_standing(a.on_day, a.as_of) s
), told AS (
	SELECT p.row_no, p.theme, p.time_text, p.mode, s.held, s.before_start, s.outside_window, s.offline, s.online, s.mixed, s.no_mode, s.is_mode_met
	FROM args a CROSS JOIN LATERAL zhibao.led_line(a.register, a.node) p JOIN standing s USING (plan_item_id)
)
SELECT false, t.row_no::bigint, t.theme, t.time_text, t.held, t.before_start, t.outside_window, t.offline, t.online, t.mixed, t.no_mode,
	CASE WHEN t.mode IS DISTINCT FROM 'mixed' THEN '未要求' WHEN t.is_mode_met THEN '是' ELSE '否' END
FROM told t
UNION ALL
SELECT true, NULL, '合计', NULL, sum(t.held)::bigint, sum(t.before_start)::bigint, sum(t.outside_window)::bigint, sum(t.offline)::bigint,
	sum(t.online)::bigint, sum(t.mixed)::bigint, sum(t.no_mode)::bigint, NULL
FROM told t HAVING count(*) > 0
ORDER BY 1, 2
