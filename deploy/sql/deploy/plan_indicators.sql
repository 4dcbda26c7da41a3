-- Deploy plan_indicators: I-02 completion against the plan, with categories held and lines started; sessions by category.
--
-- Each is a function of (p_on, p_as_of) that returns facts, see indicator_catalogue.

BEGIN;

SET LOCAL search_path TO zhibao;

-- Where lectures that count are read from, as the text of a relation; $1 is p_on and $2 p_as_of of the query it stands in.
CREATE FUNCTION lecture_source(p_as_of timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN p_as_of IS NULL THEN 'zhibao.counted_lecture' ELSE 'zhibao.lecture_facts($2)' END
$$;
COMMENT ON FUNCTION lecture_source(timestamptz) IS 'The roll-up for NULL, the records otherwise, for queries made of text.';

-- Sessions of every category one by one, from lectures and, for system, from study events: for lists of members.
CREATE FUNCTION category_session(p_on date, p_as_of timestamptz)
RETURNS TABLE (kind text, office_code text, item_id uuid, category text, occurred_on date, plan_item_id uuid)
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT 'lecture_event', s.office_code, s.item_id, s.category, s.occurred_on, s.plan_item_id FROM zhibao.session(p_on, p_as_of) s
	UNION ALL
	SELECT 'study_event', e.office_code, e.item_id, 'system', e.occurred_on, e.plan_item_id FROM zhibao.study_facts(p_as_of) e
	WHERE e.occurred_on <= p_on
$$;
COMMENT ON FUNCTION category_session(date, timestamptz) IS 'Sessions by category (分类场次), study events of 进系统 included; rulings R8, R18.';

-- The same counted by host, category and month; from the roll-ups whole months by month, the month that p_on cuts by day.
CREATE FUNCTION category_month(p_on date, p_as_of timestamptz) RETURNS TABLE (office_code text, category text, month_on date, sessions bigint)
LANGUAGE plpgsql STABLE ROWS 2000 AS $$
DECLARE
	v_whole_until date := date_trunc('month', p_on + 1)::date;
BEGIN
	IF p_as_of IS NOT NULL THEN
		RETURN QUERY SELECT s.office_code, s.category, date_trunc('month', s.occurred_on)::date, count(*)
			FROM zhibao.category_session(p_on, p_as_of) s GROUP BY 1, 2, 3;
		RETURN;
	END IF;
	RETURN QUERY SELECT c.office_code, c.category, c.month_on, sum(c.sessions) FROM (
		SELECT m.office_code, m.category, m.month_on, m.sessions FROM zhibao.session_month m WHERE m.month_on < v_whole_until
		UNION ALL
		SELECT d.office_code, d.category, v_whole_until, d.sessions FROM zhibao.session_day d
		WHERE d.occurred_on >= v_whole_until AND d.occurred_on <= p_on
		) c GROUP BY c.office_code, c.category, c.month_on;
END $$;
COMMENT ON FUNCTION category_month(date, timestamptz) IS 'Sessions by host, category and month (分类分月场次), rulings R8, R18.';

-- Day of the first session of every office.
CREATE FUNCTION first_session(p_on date, p_as_of timestamptz) RETURNS TABLE (office_code text, occurred_on date)
LANGUAGE plpgsql STABLE ROWS 150 AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT d.office_code, min(d.occurred_on) FROM zhibao.session_day d
			WHERE d.occurred_on <= p_on AND NOT d.is_study GROUP BY d.office_code;
	ELSE
		RETURN QUERY SELECT s.office_code, min(s.occurred_on) FROM zhibao.session(p_on, p_as_of) s GROUP BY s.office_code;
	END IF;
END $$;
COMMENT ON FUNCTION first_session(date, timestamptz) IS 'Day of the first session (首场日期) of every office; annex 1 L8.';

-- Rulings R8 and R9: who credits which event to which line, host or claimant; for lists of members.
CREATE FUNCTION line_credit(p_on date, p_as_of timestamptz)
RETURNS TABLE (plan_item_id uuid, credited_by text, kind text, office_code text, item_id uuid)
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT s.plan_item_id, s.office_code, s.kind, s.office_code, s.item_id FROM zhibao.category_session(p_on, p_as_of) s
	WHERE s.plan_item_id IS NOT NULL
	UNION
	SELECT c.plan_item_id, c.office_code, 'lecture_event', c.host_office_code, c.host_item_id FROM zhibao.claimed_session(p_on, p_as_of) c
$$;
COMMENT ON FUNCTION line_credit(date, timestamptz) IS 'Events credited to plan lines (计划项认定), rulings R8 and R9; annex 1 L17, annex 2.';

-- The sessions that plan_line_standing counts for each line, one by one. is_before_start: held before the lectures begin (3—12月, annex
-- 1 L10; requirement Q-04); is_outside_window: on no day of the window of the line (Q-03). Both count all the same. A study event is for
-- whom its target says.
CREATE FUNCTION plan_line_session(p_on date, p_as_of timestamptz)
RETURNS TABLE (plan_item_id uuid, is_provincial boolean, kind text, office_code text, item_id uuid, revision_id uuid, occurred_on date,
	mode text, audiences text[], is_before_start boolean, is_outside_window boolean)
LANGUAGE sql STABLE ROWS 10000 AS $$
	WITH event AS MATERIALIZED (
		SELECT 'lecture_event' AS kind, l.office_code, l.item_id, l.revision_id, l.occurred_on
		FROM zhibao.lecture_facts(p_as_of) l WHERE l.is_session AND l.occurred_on <= p_on
		UNION ALL
		SELECT 'study_event', s.office_code, s.item_id, s.revision_id, s.occurred_on FROM zhibao.study_facts(p_as_of) s WHERE s.occurred_on <= p_on
	), credited AS MATERIALIZED (
		SELECT DISTINCT l.plan_item_id, l.is_provincial, l.window_start, l.window_end, c.kind, c.office_code, c.item_id
		FROM zhibao.plan_line_standing(p_on, p_as_of) l
		JOIN zhibao.line_credit(p_on, p_as_of) c ON c.plan_item_id = l.plan_item_id
		JOIN zhibao.office o ON o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND o.code = c.credited_by
		WHERE CASE WHEN l.is_provincial THEN o.level IN ('province', 'province_unit') ELSE o.code = l.office_code END
	)
	SELECT c.plan_item_id, c.is_provincial, c.kind, c.office_code, c.item_id, e.revision_id, e.occurred_on, coalesce(h.mode, s.mode),
		CASE c.kind WHEN 'study_event' THEN ARRAY[s.target] ELSE h.audiences END,
		e.occurred_on < zhibao.programme_start(p_as_of) + interval '2 months', e.occurred_on NOT BETWEEN c.window_start AND c.window_end
	FROM credited c JOIN event e USING (kind, office_code, item_id)
	LEFT JOIN zhibao.lecture_event h ON c.kind = 'lecture_event' AND h.office_code = c.office_code AND h.item_id = c.item_id AND h.revision_id = e.revision_id
	LEFT JOIN zhibao.study_event s ON c.kind = 'study_event' AND s.office_code = c.office_code AND s.item_id = c.item_id AND s.revision_id = e.revision_id
$$;
COMMENT ON FUNCTION plan_line_session(date, timestamptz) IS 'Sessions of plan lines one by one (计划项逐场), with window, mode and audiences; annex 2.';

-- R10: the instant at which the plan of each office is the baseline: its due instant (lecture plan, city 03-25, county 03-31,
-- from the milestones, moved where deadline.shift says so, R12); asked earlier, the instant asked for; for a late plan the receipt of the batch that brought its first
-- line, likewise for the plan of an office opened later, which is not late. NULL while that has not come. Offices that owe no plan: the
-- instant asked for. Lines of an earlier plan (plan_item_at) are no plan of this one, in force then or not.
CREATE FUNCTION plan_baseline(p_as_of timestamptz) RETURNS TABLE (office_code text, level text, baseline_at timestamptz, is_late boolean)
LANGUAGE sql STABLE ROWS 150 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version, zhibao.facts_as_of(p_as_of) AS known_at, zhibao.programme_start(p_as_of) AS first_on
	), due AS MATERIALIZED (
		SELECT o.code, o.level, m.ends_at - interval '1 microsecond' AS due_at,
			o.code IN (SELECT w.code FROM zhibao.owing_office(r.version, m.ends_at) w) AS is_owed
		FROM register r JOIN zhibao.office o ON o.register_version = r.version
		LEFT JOIN (SELECT n.register_version, n.actor_level, zhibao.day_end(zhibao.deadline_day(n.register_version, n.due_on)) AS ends_at
			FROM zhibao.milestone n WHERE n.submission_kind = 'lecture_plan') m ON m.register_version = r.version AND m.actor_level = o.level
	), in_force AS MATERIALIZED (
		SELECT DISTINCT d.due_at, p.office_code FROM (SELECT DISTINCT due.due_at FROM due WHERE due.due_at IS NOT NULL) d
		CROSS JOIN LATERAL zhibao.plan_item_at(d.due_at, NULL, NULL) p WHERE p.window_end >= (SELECT r.first_on FROM register r)
	), standing AS (
		SELECT d.code, d.level, d.is_owed, r.known_at, d.due_at, d.due_at IS NULL OR r.known_at <= d.due_at AS is_early, f.office_code IS NOT NULL AS is_in_force,
			(SELECT min(p.received_at) FROM zhibao.plan_item p WHERE p.office_code = d.code AND p.operation <> 'withdraw'
				AND p.received_at > d.due_at AND p.received_at <= r.known_at AND p.window_end >= r.first_on) AS first_at
		FROM register r CROSS JOIN due d LEFT JOIN in_force f ON f.office_code = d.code AND f.due_at = d.due_at
	)
	SELECT s.code, s.level, CASE WHEN s.is_early THEN s.known_at WHEN s.is_in_force THEN s.due_at ELSE s.first_at END,
		s.is_owed AND NOT s.is_early AND NOT s.is_in_force AND s.first_at IS NOT NULL
	FROM standing s
$$;
COMMENT ON FUNCTION plan_baseline(timestamptz) IS 'Instant of the baseline plan of each office (基准计划时点), ruling R10.';

-- R10: every line that is in the baseline or in the current plan, with its minimum in each and the sessions credited to it. A
-- line withdrawn after the baseline stays in it and goes on being credited. Lines of annex 2 are their own baseline.
CREATE FUNCTION baseline_line(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, scope text, plan_item_id uuid, item_no integer, category text, theme text, window_end date,
	is_baseline boolean, planned_min integer, is_current boolean, current_min integer, held bigint, baseline_at timestamptz, is_late boolean)
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version
	), baseline AS MATERIALIZED (
		SELECT b.office_code, p.item_id, p.item_no, p.category, p.theme, p.window_end, p.planned_min
		FROM zhibao.plan_baseline(p_as_of) b
		CROSS JOIN LATERAL (SELECT coalesce(array_agg(i.office_code), '{}') AS offices, coalesce(array_agg(i.item_id), '{}') AS items
			FROM (SELECT DISTINCT p.office_code, p.item_id FROM zhibao.plan_item p WHERE p.office_code = b.office_code) i) k
		CROSS JOIN LATERAL zhibao.plan_item_at(b.baseline_at, k.offices, k.items) p
		WHERE p.window_end >= (SELECT zhibao.programme_start(p_as_of))
	), line AS MATERIALIZED (
		SELECT coalesce(b.office_code, c.office_code) AS office_code, coalesce(b.item_id, c.item_id) AS plan_item_id,
			coalesce(b.item_no, c.item_no) AS item_no, coalesce(b.category, c.category) AS category, coalesce(b.theme, c.theme) AS theme,
			coalesce(b.window_end, c.window_end) AS window_end, b.item_id IS NOT NULL AS is_baseline, b.planned_min,
			c.item_id IS NOT NULL AS is_current, c.planned_min AS current_min, false AS is_provincial
		FROM baseline b FULL JOIN zhibao.plan_item_facts(p_as_of) c ON c.office_code = b.office_code AND c.item_id = b.item_id
		UNION ALL
		SELECT a.lead_office_code, a.plan_item_id, a.row_no, a.category, a.theme, a.window_end, true, a.planned_min, true, a.planned_min, true
		FROM register r JOIN zhibao.plan_line a ON a.register_version = r.version
	), owner AS MATERIALIZED (
		SELECT l.plan_item_id, l.office_code FROM line l WHERE NOT l.is_provincial
		UNION
		SELECT l.plan_item_id, o.code FROM line l CROSS JOIN register r
		JOIN zhibao.office o ON o.register_version = r.version AND o.level IN ('province', 'province_unit') WHERE l.is_provincial
	), counted AS MATERIALIZED (
		-- As plan_line_standing counts, for lines that are no longer in the plan, too.
		SELECT k.plan_item_id, sum(k.held)::bigint AS held FROM (
			SELECT c.plan_item_id, c.sessions AS held FROM zhibao.session_count(p_on, p_as_of) c JOIN owner o USING (plan_item_id, office_code)
			UNION ALL
			SELECT c.plan_item_id, count(DISTINCT (c.host_office_code, c.host_item_id))
			FROM zhibao.claimed_session(p_on, p_as_of) c JOIN owner o USING (plan_item_id, office_code)
			WHERE NOT EXISTS (SELECT FROM owner h WHERE h.plan_item_id = c.plan_item_id AND h.plan_item_id = c.host_plan_item_id
				AND h.office_code = c.host_office_code)
			GROUP BY c.plan_item_id) k
		GROUP BY k.plan_item_id
	)
	SELECT l.office_code, CASE WHEN b.level IN ('city', 'county') THEN 'cities' ELSE 'provincial' END, l.plan_item_id, l.item_no, l.category,
		l.theme, l.window_end, l.is_baseline, l.planned_min, l.is_current, l.current_min, coalesce(c.held, 0), b.baseline_at, b.is_late
	FROM line l JOIN zhibao.plan_baseline(p_as_of) b ON b.office_code = l.office_code
	LEFT JOIN counted c ON c.plan_item_id = l.plan_item_id
$$;
COMMENT ON FUNCTION baseline_line(date, timestamptz) IS 'Plan lines of the baseline and of the current plan (基准计划与现行计划), ruling R10.';

-- R10: completion against the baseline and against the current plan, per office in the scope: Σ min(held, planned_min) and
-- Σ planned_min over quantified lines, 场; no line: zeros, the rate is not applicable.
CREATE FUNCTION completion_baseline_by_office(p_on date, p_as_of timestamptz, p_scope text)
RETURNS TABLE (office_code text, baseline_at timestamptz, is_late boolean, baseline_lines bigint, baseline_required bigint,
	baseline_capped bigint, baseline_held bigint, current_lines bigint, current_required bigint, current_capped bigint, current_held bigint)
LANGUAGE sql STABLE ROWS 150 SET jit = off AS $$
	SELECT b.office_code, b.baseline_at, b.is_late,
		count(l.planned_min) FILTER (WHERE l.is_baseline), coalesce(sum(l.planned_min) FILTER (WHERE l.is_baseline), 0),
		coalesce(sum(least(l.held, l.planned_min)) FILTER (WHERE l.is_baseline AND l.planned_min IS NOT NULL), 0)::bigint,
		coalesce(sum(l.held) FILTER (WHERE l.is_baseline AND l.planned_min IS NOT NULL), 0)::bigint,
		count(l.current_min) FILTER (WHERE l.is_current), coalesce(sum(l.current_min) FILTER (WHERE l.is_current), 0),
		coalesce(sum(least(l.held, l.current_min)) FILTER (WHERE l.is_current AND l.current_min IS NOT NULL), 0)::bigint,
		coalesce(sum(l.held) FILTER (WHERE l.is_current AND l.current_min IS NOT NULL), 0)::bigint
	FROM zhibao.plan_baseline(p_as_of) b LEFT JOIN zhibao.baseline_line(p_on, p_as_of) l ON l.office_code = b.office_code
	WHERE zhibao.is_in_scope(b.level, p_scope)
	GROUP BY b.office_code, b.baseline_at, b.is_late
$$;
COMMENT ON FUNCTION completion_baseline_by_office(date, timestamptz, text) IS 'Completion against the baseline and the current plan (基准完成率), ruling R10; annex 1 L17.';

-- R10: revisions received from 10-01 of the programme year to the end of p_on that lower a minimum (taking the number away
-- included) or withdraw a line, against the revision that was in force: what was returned or rejected changed nothing (R2), and a
-- line withdrawn since 10-01 and put back is held against what it was. is_in_force: it is still below that, or still withdrawn.
CREATE FUNCTION plan_cut(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, plan_item_id uuid, revision_id uuid, received_at timestamptz, change text, planned_before integer,
	planned_after integer, is_in_force boolean, base_revision_id uuid)
LANGUAGE sql STABLE ROWS 100 AS $$
	WITH RECURSIVE span AS MATERIALIZED (
		SELECT p.known_at, p.first_on, (p.first_on + interval '9 months') AT TIME ZONE 'Asia/Shanghai' AS cut_from
		FROM (SELECT zhibao.facts_as_of(p_as_of) AS known_at, zhibao.programme_start(p_as_of) AS first_on) p
	), refused AS MATERIALIZED (
		SELECT v.office_code, v.item_id, v.revision_id FROM span s CROSS JOIN zhibao.verdicts_at(s.known_at) v WHERE v.verdict IN ('returned', 'rejected')
	), below AS ( -- of each revision those it stands on, down to the one that was in force
		SELECT r.office_code, r.item_id, r.revision_id, r.operation,
			zhibao.stored_base('plan_item', r.office_code, r.item_id, r.base_revision_id, s.known_at) AS base
		FROM span s JOIN zhibao.plan_item r ON r.received_at >= s.cut_from AND r.received_at <= s.known_at
			AND r.received_at < (p_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
		WHERE r.base_revision_id IS NOT NULL
		UNION
		SELECT u.office_code, u.item_id, u.revision_id, u.operation,
			zhibao.stored_base('plan_item', b.office_code, b.item_id, b.base_revision_id, s.known_at)
		FROM span s CROSS JOIN below u
		JOIN zhibao.plan_item b ON b.office_code = u.office_code AND b.item_id = u.item_id AND b.revision_id = u.base
		LEFT JOIN refused f ON f.office_code = b.office_code AND f.item_id = b.item_id AND f.revision_id = b.revision_id
		WHERE f.revision_id IS NOT NULL OR (u.operation <> 'withdraw' AND b.operation = 'withdraw' AND b.received_at >= s.cut_from)
	)
	SELECT r.office_code, r.item_id, r.revision_id, r.received_at, CASE r.operation WHEN 'withdraw' THEN 'withdrawn' ELSE 'lowered' END,
		b.planned_min, r.planned_min,
		CASE r.operation WHEN 'withdraw' THEN c.item_id IS NULL ELSE c.item_id IS NOT NULL AND coalesce(c.planned_min, 0) < b.planned_min END,
		b.revision_id
	FROM span s CROSS JOIN below u JOIN zhibao.plan_item r USING (office_code, item_id, revision_id)
	JOIN zhibao.plan_item b ON b.office_code = u.office_code AND b.item_id = u.item_id AND b.revision_id = u.base AND b.operation <> 'withdraw'
	LEFT JOIN refused f ON f.office_code = b.office_code AND f.item_id = b.item_id AND f.revision_id = b.revision_id
	LEFT JOIN zhibao.plan_item_facts(p_as_of) c ON c.office_code = r.office_code AND c.item_id = r.item_id
	WHERE f.revision_id IS NULL AND (r.operation = 'withdraw' OR coalesce(r.planned_min, 0) < b.planned_min) AND b.window_end >= s.first_on
$$;
COMMENT ON FUNCTION plan_cut(date, timestamptz) IS 'Minimums lowered and lines withdrawn from 10-01 on (临期下调计划), ruling R10.';

-- I-02 完成率: Σ min(held, planned_min) / Σ planned_min over quantified lines, 场. Main part: the offices of the cities scope
-- (R11); raw = Σ held / Σ planned_min, ended = lines whose window ended by p_on; unplanned = sessions without a line over
-- sessions; baseline = the same against the plan at its due instant (R10). No quantified line: not applicable.
-- Source: annex 1 L17, annex 2; rulings R8 to R11.
CREATE FUNCTION completion_rate(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH c AS MATERIALIZED (
		SELECT c.*, CASE WHEN o.level IN ('city', 'county') THEN '' ELSE 'provincial' END AS scope
		FROM zhibao.completion_by_office(p_on, p_as_of, 'all') c
		JOIN zhibao.office o ON o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND o.code = c.office_code
	)
	SELECT c.office_code, v.part, v.n, v.d, NULL, NULL, NULL::uuid, NULL
	FROM c CROSS JOIN LATERAL (VALUES
		(c.scope, c.capped, c.required), ('all', c.capped, c.required),
		(CASE WHEN c.scope = '' THEN 'raw' ELSE 'provincial.raw' END, c.held, c.required),
		(CASE WHEN c.scope = '' THEN 'ended' ELSE 'provincial.ended' END, c.ended_capped, c.ended_required),
		('unplanned', c.unplanned, c.sessions)) v (part, n, d)
	UNION ALL
	SELECT b.office_code, v.part, v.n, v.d, NULL, NULL, NULL::uuid, NULL
	FROM zhibao.completion_baseline_by_office(p_on, p_as_of, 'cities') b
	CROSS JOIN LATERAL (VALUES ('baseline', b.baseline_capped, b.baseline_required),
		('baseline.raw', b.baseline_held, b.baseline_required)) v (part, n, d)
$$;
COMMENT ON FUNCTION completion_rate(date, timestamptz) IS 'Completion (I-02 完成率): annex 1 L17, annex 2; rulings R8 to R11.';

-- The lines behind I-02 and the events credited to them.
CREATE FUNCTION completion_members(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 10000 AS $$
	WITH line AS MATERIALIZED (
		SELECT l.*, CASE WHEN o.level IN ('city', 'county') THEN '' ELSE 'provincial' END AS scope
		FROM zhibao.plan_line_standing(p_on, p_as_of) l
		JOIN zhibao.office o ON o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND o.code = l.office_code
		WHERE l.planned_min IS NOT NULL
	), part AS (
		SELECT l.office_code, l.plan_item_id, l.is_provincial, v.* FROM line l CROSS JOIN LATERAL (VALUES
			(l.scope, least(l.held, l.planned_min), l.planned_min), ('all', least(l.held, l.planned_min), l.planned_min),
			(CASE WHEN l.scope = '' THEN 'raw' ELSE 'provincial.raw' END, l.held, l.planned_min),
			(CASE WHEN l.window_end > p_on THEN NULL WHEN l.scope = '' THEN 'ended' ELSE 'provincial.ended' END,
				least(l.held, l.planned_min), l.planned_min)) v (part, n, d)
		WHERE v.part IS NOT NULL
	), baseline AS (
		SELECT b.office_code, b.plan_item_id, v.part, v.n, v.d
		FROM zhibao.baseline_line(p_on, p_as_of) b CROSS JOIN LATERAL (VALUES
			('baseline', least(b.held, b.planned_min), b.planned_min), ('baseline.raw', b.held, b.planned_min)) v (part, n, d)
		WHERE b.planned_min IS NOT NULL AND b.is_baseline AND b.scope = 'cities'
	), credit AS MATERIALIZED (
		SELECT * FROM zhibao.line_credit(p_on, p_as_of)
	)
	SELECT p.office_code, p.part, p.n::bigint, p.d::bigint, CASE WHEN p.is_provincial THEN 'plan_line' ELSE 'plan_item' END,
		p.office_code, p.plan_item_id, NULL FROM part p
	UNION ALL
	SELECT b.office_code, b.part, b.n::bigint, b.d::bigint, 'plan_item', b.office_code, b.plan_item_id, NULL FROM baseline b
	UNION ALL
	SELECT p.office_code, p.part, NULL, NULL, k.kind, k.office_code, k.item_id, p.plan_item_id::text
	FROM (SELECT office_code, part, plan_item_id, is_provincial FROM part
		UNION ALL SELECT office_code, part, plan_item_id, false FROM baseline) p
	JOIN credit k ON k.plan_item_id = p.plan_item_id AND (p.is_provincial OR k.credited_by = p.office_code)
	UNION ALL
	SELECT s.office_code, 'unplanned', (s.plan_item_id IS NULL)::integer::bigint, 1, s.kind, s.office_code, s.item_id, NULL
	FROM zhibao.category_session(p_on, p_as_of) s
$$;
COMMENT ON FUNCTION completion_members(date, timestamptz) IS 'Lines and events behind completion (I-02 明细): annex 1 L17.';

-- I-02b 五进类别: categories of the five with at least one held session in the subtree / 5. 进系统 is held by lectures of
-- category system or by study events of staff (R18 item 14, Q-27). Main part: offices of the cities scope; all = every office.
-- A node without any session shows 0 of 5. 综合宣传 is none of the five. Source: annex 1 L17, annex 2 L31.
CREATE FUNCTION category_held(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH five AS MATERIALIZED (
		SELECT c.name, count(*) OVER () AS categories FROM zhibao.lecture_category c
		WHERE c.register_version = (SELECT zhibao.facts_register(p_as_of)) AND c.is_five
	), held AS MATERIALIZED (
		SELECT DISTINCT s.office_code, s.category FROM zhibao.session_count(p_on, p_as_of) s
	)
	SELECT o.code, v.part, (h.category IS NOT NULL)::integer::bigint, v.d, NULL, NULL, NULL::uuid, f.name
	FROM zhibao.office o CROSS JOIN five f
	LEFT JOIN held h ON h.office_code = o.code AND h.category = f.name
	CROSS JOIN LATERAL (VALUES ('all', f.categories),
		(CASE WHEN o.level IN ('city', 'county') THEN '' END, f.categories),
		(CASE WHEN o.level IN ('city', 'county') THEN f.name END, 1)) v (part, d)
	WHERE o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND v.part IS NOT NULL
$$;
COMMENT ON FUNCTION category_held(date, timestamptz) IS 'Categories held of five (I-02b 五进类别): annex 1 L17; ruling R18 item 14.';
CREATE FUNCTION category_members(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT s.office_code, v.part, 1::bigint, NULL::bigint, s.kind, s.office_code, s.item_id, s.category
	FROM zhibao.category_session(p_on, p_as_of) s
	JOIN zhibao.office o ON o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND o.code = s.office_code
	CROSS JOIN LATERAL (VALUES ('all'), (CASE WHEN o.level IN ('city', 'county') THEN '' END),
		(CASE WHEN o.level IN ('city', 'county') THEN s.category END)) v (part)
	WHERE s.category <> 'general' AND v.part IS NOT NULL
$$;
COMMENT ON FUNCTION category_members(date, timestamptz) IS 'Sessions behind the categories (I-02b 明细): annex 1 L17.';

-- I-02c 计划项启动率: plan lines with at least one held session / all lines, with or without a number; none, started, met are
-- the lines without a number by their sessions (0, 1, ≥ 2; R9, Q-01). Cities scope, and the same of the lead units as
-- provincial (R11). No line: not applicable.
CREATE FUNCTION plan_started(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	SELECT l.office_code, v.part, v.n::integer::bigint, 1, CASE WHEN l.is_provincial THEN 'plan_line' ELSE 'plan_item' END,
		l.office_code, l.plan_item_id, NULL
	FROM zhibao.plan_line_standing(p_on, p_as_of) l
	JOIN zhibao.office o ON o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND o.code = l.office_code
	CROSS JOIN LATERAL (VALUES (CASE WHEN o.level NOT IN ('city', 'county') THEN 'provincial' END)) s (scope)
	CROSS JOIN LATERAL (VALUES (coalesce(s.scope, ''), l.held > 0),
		(concat_ws('.', s.scope, 'none'), CASE WHEN l.planned_min IS NULL THEN l.held = 0 END),
		(concat_ws('.', s.scope, 'started'), CASE WHEN l.planned_min IS NULL THEN l.held = 1 END),
		(concat_ws('.', s.scope, 'met'), CASE WHEN l.planned_min IS NULL THEN l.held >= 2 END)) v (part, n)
	WHERE v.n IS NOT NULL
$$;
COMMENT ON FUNCTION plan_started(date, timestamptz) IS 'Plan lines started (I-02c 计划项启动率): annex 1 L17; ruling R9.';

COMMIT;
