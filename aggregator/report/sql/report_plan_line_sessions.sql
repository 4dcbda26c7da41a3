-- The lines of annex 2 with their sessions by window and by mode (A2-09, A2-11; requirements Q-03, Q-04).
-- $1 text: node · $2 date: on · $3 timestamptz: as_of · $4 text: period of the form, "" when none
-- Result: boolean is total, bigint row, text theme, text time, bigint held, bigint before the lectures begin, bigint outside the
-- window, bigint offline, bigint online, bigint mixed, bigint without a mode, text whether in both modes.
WITH args AS (
	SELECT $1::text AS node, $2::date AS on_day, $3::timestamptz AS as_of, $4::text AS period, zhibao.register_at($3) AS register
), line AS (
	SELECT p.* FROM args a JOIN zhibao.plan_line p ON p.register_version = a.register
	WHERE a.node = p.lead_office_code OR EXISTS (SELECT FROM zhibao.office n WHERE n.register_version = a.register
		AND n.code = a.node AND n.level = 'province')
), held AS MATERIALIZED (
	SELECT s.* FROM args a CROSS JOIN LATERAL zhibao.plan_line_session(a.on_day, a.as_of) s WHERE s.is_provincial
), told AS (
	SELECT l.row_no, l.theme, l.time_text, l.mode, count(h.*) AS held, count(*) FILTER (WHERE h.is_before_start) AS before_start,
		count(*) FILTER (WHERE h.is_outside_window) AS outside_window, count(*) FILTER (WHERE h.mode = 'offline') AS offline,
		count(*) FILTER (WHERE h.mode = 'online') AS online, count(*) FILTER (WHERE h.mode = 'mixed') AS mixed,
		count(h.*) FILTER (WHERE h.mode IS NULL) AS no_mode
	FROM line l LEFT JOIN held h USING (plan_item_id) GROUP BY l.row_no, l.theme, l.time_text, l.mode
)
SELECT false, t.row_no::bigint, t.theme, t.time_text, t.held, t.before_start, t.outside_window, t.offline, t.online, t.mixed, t.no_mode,
	CASE WHEN t.mode IS DISTINCT FROM 'mixed' THEN '未要求' WHEN t.mixed > 0 OR (t.offline > 0 AND t.online > 0) THEN '是' ELSE '否' END
FROM told t
UNION ALL
SELECT true, NULL, '合计', NULL, sum(t.held)::bigint, sum(t.before_start)::bigint, sum(t.outside_window)::bigint, sum(t.offline)::bigint,
	sum(t.online)::bigint, sum(t.mixed)::bigint, sum(t.no_mode)::bigint, NULL
FROM told t HAVING count(*) > 0
ORDER BY 1, 2
