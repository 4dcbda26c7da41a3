-- Deploy annex_lines: the lines of annex 2 (厅计划): who leads them, when, how and for whom their sessions were held, and what was made for them.

BEGIN;

SET LOCAL search_path TO zhibao;

-- The lines of annex 2 that a node leads: a lead unit its own, the province all of them, anybody else none. Ruling R8.
CREATE FUNCTION led_line(p_register integer, p_node text) RETURNS SETOF plan_line
LANGUAGE sql STABLE ROWS 30 AS $$
	SELECT p.* FROM zhibao.plan_line p WHERE p.register_version = p_register AND (p.lead_office_code = p_node
		OR EXISTS (SELECT FROM zhibao.office n WHERE n.register_version = p_register AND n.code = p_node AND n.level = 'province'))
$$;
COMMENT ON FUNCTION led_line(integer, text) IS 'Lines of annex 2 that a node leads (牵头的厅计划项), ruling R8; annex 2.';

-- Every line of annex 2 with the sessions that plan_line_standing counts for it, 场, told apart. Nothing here changes a completion.
--   months: [{month: YYYY-MM, held, outside_window}] in order, months without a session left out (A2-09, Q-03, Q-04)
--   offline … no_mode: by mode, study events have none. is_mode_met: held in the mode that the plan names, mixed meaning both of
--     them, in one session or in several; NULL where it names none (A2-11)
--   audiences: [{audience, label_zh, sessions}], most first; a session for several is counted with each, one that names none under ''
--     (A2-12). The plan says for whom in words of its own, which stand beside: no rule says which of these kinds they mean.
CREATE FUNCTION annex_line_standing(p_on date, p_as_of timestamptz)
RETURNS TABLE (plan_item_id uuid, held bigint, before_start bigint, outside_window bigint, months jsonb,
	offline bigint, online bigint, mixed bigint, no_mode bigint, is_mode_met boolean, audiences jsonb)
LANGUAGE sql STABLE ROWS 30 AS $$
	WITH held AS MATERIALIZED (
		SELECT s.* FROM zhibao.plan_line_session(p_on, p_as_of) s WHERE s.is_provincial
	), told AS (
		SELECT l.plan_item_id, l.mode, count(h.item_id) AS held, count(*) FILTER (WHERE h.is_before_start) AS before_start,
			count(*) FILTER (WHERE h.is_outside_window) AS outside_window, count(*) FILTER (WHERE h.mode = 'offline') AS offline,
			count(*) FILTER (WHERE h.mode = 'online') AS online, count(*) FILTER (WHERE h.mode = 'mixed') AS mixed,
			count(h.item_id) FILTER (WHERE h.mode IS NULL) AS no_mode
		FROM zhibao.plan_line l LEFT JOIN held h USING (plan_item_id)
		WHERE l.register_version = (SELECT zhibao.facts_register(p_as_of)) GROUP BY l.plan_item_id, l.mode
	), month AS (
		SELECT m.plan_item_id, jsonb_agg(jsonb_build_object('month', m.month, 'held', m.held, 'outside_window', m.outside) ORDER BY m.month) AS months
		FROM (SELECT h.plan_item_id, to_char(h.occurred_on, 'YYYY-MM') AS month, count(*) AS held, count(*) FILTER (WHERE h.is_outside_window) AS outside
			FROM held h GROUP BY 1, 2) m
		GROUP BY m.plan_item_id
	), audience AS (
		SELECT w.plan_item_id, jsonb_agg(jsonb_build_object('audience', w.audience, 'label_zh', coalesce(v.label_zh, '未填'), 'sessions', w.sessions)
			ORDER BY w.audience = '', w.sessions DESC, w.audience) AS audiences
		FROM (SELECT h.plan_item_id, coalesce(u.audience, '') AS audience, count(DISTINCT (h.kind, h.office_code, h.item_id)) AS sessions
			FROM held h LEFT JOIN LATERAL unnest(h.audiences) AS u (audience) ON true GROUP BY 1, 2) w
		LEFT JOIN zhibao.value_label v ON v.kind = 'lecture_event' AND v.field = 'audiences' AND v.value = w.audience
		GROUP BY w.plan_item_id
	)
	SELECT t.plan_item_id, t.held, t.before_start, t.outside_window, coalesce(m.months, '[]'), t.offline, t.online, t.mixed, t.no_mode,
		CASE t.mode WHEN 'mixed' THEN t.mixed > 0 OR (t.offline > 0 AND t.online > 0) WHEN 'either' THEN t.offline + t.online + t.mixed > 0
			WHEN 'offline' THEN t.offline + t.mixed > 0 WHEN 'online' THEN t.online + t.mixed > 0 END,
		coalesce(a.audiences, '[]')
	FROM told t LEFT JOIN month m USING (plan_item_id) LEFT JOIN audience a USING (plan_item_id)
$$;
COMMENT ON FUNCTION annex_line_standing(date, timestamptz) IS
	'Sessions of the lines of annex 2 by month, mode and audience (厅计划逐项的时间、方式与对象); A2-09, A2-11, A2-12.';

-- What was made and what was published for a line of annex 2, by the province and its lead units, dated in the programme year by p_on: the
-- mini-program launched and updated (A2-R01), booklets (A2-R08, A2-R26), the poster template (A2-R23). word_zh: sort of the work, or
-- channel of the publication. received: offices of cities and counties whose agent is known to have stored a message that names the
-- file of the work, of offices; NULL for a publication, and for a work never sent out unless it is a poster template.
CREATE FUNCTION annex_line_work(p_on date, p_as_of timestamptz)
RETURNS TABLE (plan_item_id uuid, kind text, office_code text, item_id uuid, done_on date, word_zh text, title text,
	printed_copies integer, received bigint, offices bigint)
LANGUAGE sql STABLE ROWS 100 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version, zhibao.facts_as_of(p_as_of) AS known_at
	), work AS (
		SELECT m.plan_item_id, 'media_product' AS kind, m.office_code, m.item_id, m.made_on AS done_on, 'media_kind' AS field, m.media_kind AS value,
			m.title, m.printed_copies, m.file_digest FROM zhibao.counting(NULL::zhibao.media_product, p_as_of) m
		UNION ALL
		SELECT p.plan_item_id, 'publication', p.office_code, p.item_id, p.published_on, 'channel', p.channel, p.title, NULL, NULL
		FROM zhibao.counting(NULL::zhibao.publication, p_as_of) p
	), reached AS MATERIALIZED (
		SELECT o.code FROM register r CROSS JOIN LATERAL zhibao.open_office(r.version) o WHERE zhibao.is_in_scope(o.level, 'cities')
	)
	SELECT w.plan_item_id, w.kind, w.office_code, w.item_id, w.done_on, v.label_zh, w.title, w.printed_copies, s.received,
		CASE WHEN s.received IS NOT NULL THEN (SELECT count(*) FROM reached) END
	FROM register r JOIN zhibao.plan_line l ON l.register_version = r.version JOIN work w ON w.plan_item_id = l.plan_item_id
	JOIN zhibao.office o ON o.register_version = r.version AND o.code = w.office_code AND o.level IN ('province', 'province_unit')
	LEFT JOIN zhibao.value_label v ON v.kind = w.kind AND v.field = w.field AND v.value = w.value
	CROSS JOIN LATERAL (SELECT CASE WHEN count(*) > 0 OR w.value = 'poster_template' THEN
			count(DISTINCT d.office_code) FILTER (WHERE d.delivered_at <= r.known_at) END AS received
		FROM zhibao.downlink d WHERE d.file_id = w.file_digest AND d.created_at <= r.known_at
			AND d.office_code IN (SELECT c.code FROM reached c)) s
	WHERE w.done_on BETWEEN zhibao.programme_start(p_as_of) AND p_on
$$;
COMMENT ON FUNCTION annex_line_work(date, timestamptz) IS
	'Works and publications of the lines of annex 2 (厅计划逐项的作品与公布), with delivery to the offices; A2-R01, A2-R08, A2-R23.';

COMMIT;
