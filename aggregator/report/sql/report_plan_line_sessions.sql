-- The lines of annex 2 with their sessions by window and by mode (A2-09, A2-11; requirements Q-03, Q-04). A session credited to several
-- lines is told for each of them and once in the total (R8).
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
), session AS (
	SELECT s.mode, bool_or(s.is_before_start) AS is_before_start, bool_or(s.is_outside_window) AS is_outside_window
	FROM args a CROSS JOIN LATERAL zhibao.plan_line_session(a.on_day, a.as_of) s JOIN zhibao.led_line(a.register, a.node) p USING (plan_item_id)
	GROUP BY s.kind, s.office_code, s.item_id, s.mode
)
SELECT false, t.row_no::bigint, t.theme, t.time_text, t.held, t.before_start, t.outside_window, t.offline, t.online, t.mixed, t.no_mode,
	CASE WHEN t.mode IS DISTINCT FROM 'mixed' THEN '未要求' WHEN t.is_mode_met THEN '是' ELSE '否' END
FROM told t
UNION ALL
SELECT true, NULL, '合计', NULL, count(*), count(*) FILTER (WHERE s.is_before_start), count(*) FILTER (WHERE s.is_outside_window),
	count(*) FILTER (WHERE s.mode = 'offline'), count(*) FILTER (WHERE s.mode = 'online'), count(*) FILTER (WHERE s.mode = 'mixed'),
	count(*) FILTER (WHERE s.mode IS NULL), NULL
FROM session s HAVING EXISTS (SELECT FROM told)
ORDER BY 1, 2
