-- Deploy completion: sessions, plan lines and completion (完成率) as functions of `on` and `as_of`, see coverage.

BEGIN;

SET LOCAL search_path TO zhibao;

-- Ruling R8: lectures that are sessions.
CREATE FUNCTION session(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, category text, occurred_on date, plan_item_id uuid, attendance integer)
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT l.office_code, l.item_id, l.category, l.occurred_on, l.plan_item_id, l.attendance
	FROM zhibao.lecture_facts(p_as_of) l WHERE l.is_session AND l.occurred_on <= p_on
$$;
COMMENT ON FUNCTION session(date, timestamptz) IS 'Lectures that are sessions (宣讲场次), once per host office, ruling R8.';

-- Sessions counted by host, category and plan line: lectures and, as 进系统, study events. From the roll-ups, from the nearer
-- end: all that there are less those behind p_on, which today are none or few, or those up to p_on; whole months are read by
-- month, the days of a month that p_on cuts by day.
CREATE FUNCTION session_count(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, category text, plan_item_id uuid, sessions bigint, attendance bigint)
LANGUAGE plpgsql STABLE ROWS 2000 AS $$
DECLARE
	v_whole_until date := date_trunc('month', p_on + 1);
	v_next_month date := date_trunc('month', p_on) + interval '1 month';
BEGIN
	IF p_as_of IS NULL AND p_on >= (SELECT min(m.month_on) + (max(m.month_on) - min(m.month_on)) / 2 FROM zhibao.session_month m) THEN
		RETURN QUERY SELECT c.office_code, c.category, c.plan_item_id, sum(c.sessions), sum(c.attendance)::bigint FROM (
			SELECT a.office_code, a.category, a.plan_item_id, a.sessions, a.attendance FROM zhibao.session_sum a
			UNION ALL
			SELECT m.office_code, m.category, m.plan_item_id, -m.sessions, -m.attendance
			FROM zhibao.session_month m WHERE m.month_on >= v_next_month
			UNION ALL
			SELECT d.office_code, d.category, d.plan_item_id, -d.sessions, -d.attendance
			FROM zhibao.session_day d WHERE d.occurred_on > p_on AND d.occurred_on < v_next_month
		) c GROUP BY c.office_code, c.category, c.plan_item_id HAVING sum(c.sessions) > 0;
	ELSIF p_as_of IS NULL THEN
		RETURN QUERY SELECT c.office_code, c.category, c.plan_item_id, sum(c.sessions), sum(c.attendance)::bigint FROM (
			SELECT m.office_code, m.category, m.plan_item_id, m.sessions, m.attendance
			FROM zhibao.session_month m WHERE m.month_on < v_whole_until
			UNION ALL
			SELECT d.office_code, d.category, d.plan_item_id, d.sessions, d.attendance
			FROM zhibao.session_day d WHERE d.occurred_on >= v_whole_until AND d.occurred_on <= p_on
		) c GROUP BY c.office_code, c.category, c.plan_item_id;
	ELSE
		RETURN QUERY SELECT s.office_code, s.category, s.plan_item_id, count(*), coalesce(sum(s.attendance), 0)
			FROM zhibao.session(p_on, p_as_of) s GROUP BY s.office_code, s.category, s.plan_item_id
			UNION ALL
			SELECT s.office_code, 'system', s.plan_item_id, count(*), 0
			FROM zhibao.study_facts(p_as_of) s WHERE s.occurred_on <= p_on GROUP BY s.office_code, s.plan_item_id;
	END IF;
END $$;
COMMENT ON FUNCTION session_count(date, timestamptz) IS 'Sessions by host, category and plan line (场次), rulings R8 and R18 item 14.';

-- Sessions that a co-host credits to a line of its own (rulings R4, R8).
CREATE FUNCTION claimed_session(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, plan_item_id uuid, host_office_code text, host_item_id uuid, host_plan_item_id uuid)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT c.office_code, c.plan_item_id, c.host_office_code, c.host_item_id, l.plan_item_id
			FROM zhibao.current_claim c
			JOIN zhibao.counted_lecture l ON l.office_code = c.host_office_code AND l.item_id = c.host_item_id
			WHERE c.plan_item_id IS NOT NULL AND c.office_code <> c.host_office_code AND l.is_session AND l.occurred_on <= p_on;
	ELSE
		RETURN QUERY SELECT c.office_code, c.plan_item_id, c.host_office_code, c.host_item_id, s.plan_item_id
			FROM zhibao.claim_facts(p_as_of) c
			JOIN zhibao.session(p_on, p_as_of) s ON s.office_code = c.host_office_code AND s.item_id = c.host_item_id
			WHERE c.plan_item_id IS NOT NULL AND c.office_code <> c.host_office_code;
	END IF;
END $$;
COMMENT ON FUNCTION claimed_session(date, timestamptz) IS 'Sessions credited by co-hosts (认领场次), rulings R4 and R8.';

-- Rulings R8, R9: every plan line with the sessions credited to it by its own office, as host or as claimant. The
-- lines of annex 2 belong to the province and its lead units together.
CREATE FUNCTION plan_line_standing(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, plan_item_id uuid, item_no integer, category text, theme text, activity text,
	window_start date, window_end date, planned_min integer, planned_max integer, is_provincial boolean, held bigint)
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH provincial AS MATERIALIZED (
		SELECT array_agg(o.code) AS codes FROM zhibao.office o WHERE o.register_version = (SELECT zhibao.facts_register(p_as_of))
			AND o.level IN ('province', 'province_unit')
	), line AS MATERIALIZED (
		SELECT p.office_code, p.item_id AS plan_item_id, p.item_no, p.category, p.theme, p.activity, p.window_start,
			p.window_end, p.planned_min, p.planned_max, false AS is_provincial, ARRAY[p.office_code] AS owners
		FROM zhibao.plan_item_facts(p_as_of) p
		UNION ALL
		SELECT a.lead_office_code, a.plan_item_id, a.row_no, a.category, a.theme, a.activity, a.window_start,
			a.window_end, a.planned_min, a.planned_max, true, p.codes
		FROM zhibao.plan_line a CROSS JOIN provincial p WHERE a.register_version = (SELECT zhibao.facts_register(p_as_of))
	), hosted AS (
		SELECT c.plan_item_id, sum(c.sessions) AS held FROM zhibao.session_count(p_on, p_as_of) c
		WHERE EXISTS (SELECT FROM line l WHERE l.plan_item_id = c.plan_item_id AND c.office_code = ANY (l.owners))
		GROUP BY c.plan_item_id
	), claimed AS (
		SELECT c.plan_item_id, count(DISTINCT (c.host_office_code, c.host_item_id)) AS held
		FROM zhibao.claimed_session(p_on, p_as_of) c
		WHERE EXISTS (SELECT FROM line l WHERE l.plan_item_id = c.plan_item_id AND c.office_code = ANY (l.owners))
			-- What the host credits to the same line is there already.
			AND NOT EXISTS (SELECT FROM line l WHERE l.plan_item_id = c.plan_item_id AND l.plan_item_id = c.host_plan_item_id
				AND c.host_office_code = ANY (l.owners))
		GROUP BY c.plan_item_id
	)
	SELECT l.office_code, l.plan_item_id, l.item_no, l.category, l.theme, l.activity, l.window_start, l.window_end, l.planned_min,
		l.planned_max, l.is_provincial, (coalesce(h.held, 0) + coalesce(c.held, 0))::bigint
	FROM line l LEFT JOIN hosted h USING (plan_item_id) LEFT JOIN claimed c USING (plan_item_id)
$$;
COMMENT ON FUNCTION plan_line_standing(date, timestamptz) IS 'Plan lines and the sessions credited to them (计划完成情况), rulings R8 and R9; annex 1 L17.';

-- Ruling R11: does an office belong to the scope?
CREATE FUNCTION is_in_scope(p_level text, p_scope text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE p_scope WHEN 'cities' THEN p_level IN ('city', 'county')
		WHEN 'provincial' THEN p_level IN ('province', 'province_unit') ELSE true END
$$;
COMMENT ON FUNCTION is_in_scope(text, text) IS 'Scopes (口径): cities, provincial, all; ruling R11.';

-- Rulings R9, R11: per office in the scope the parts that add up to every node's figures.
CREATE FUNCTION completion_by_office(p_on date, p_as_of timestamptz, p_scope text)
RETURNS TABLE (office_code text, lines bigint, required bigint, capped bigint, held bigint,
	ended_lines bigint, ended_required bigint, ended_capped bigint,
	unquantified_none bigint, unquantified_started bigint, unquantified_met bigint,
	sessions bigint, unplanned bigint, attendance bigint,
	general bigint, enterprise bigint, campus bigint, village bigint, site bigint, system bigint)
LANGUAGE sql STABLE AS $$
	WITH plan AS (
		SELECT p.office_code,
			count(*) FILTER (WHERE p.planned_min IS NOT NULL) AS lines,
			sum(p.planned_min) AS required,
			sum(least(p.held, p.planned_min)) FILTER (WHERE p.planned_min IS NOT NULL) AS capped,
			sum(p.held) FILTER (WHERE p.planned_min IS NOT NULL) AS held,
			count(*) FILTER (WHERE p.planned_min IS NOT NULL AND p.window_end <= p_on) AS ended_lines,
			sum(p.planned_min) FILTER (WHERE p.window_end <= p_on) AS ended_required,
			sum(least(p.held, p.planned_min)) FILTER (WHERE p.planned_min IS NOT NULL AND p.window_end <= p_on) AS ended_capped,
			count(*) FILTER (WHERE p.planned_min IS NULL AND p.held = 0) AS unquantified_none,
			count(*) FILTER (WHERE p.planned_min IS NULL AND p.held = 1) AS unquantified_started,
			count(*) FILTER (WHERE p.planned_min IS NULL AND p.held >= 2) AS unquantified_met
		FROM zhibao.plan_line_standing(p_on, p_as_of) p GROUP BY p.office_code
	), held AS (
		SELECT s.office_code, sum(s.sessions)::bigint AS sessions, sum(s.attendance)::bigint AS attendance,
			sum(s.sessions) FILTER (WHERE s.plan_item_id IS NULL)::bigint AS unplanned,
			sum(s.sessions) FILTER (WHERE s.category = 'general')::bigint AS general,
			sum(s.sessions) FILTER (WHERE s.category = 'enterprise')::bigint AS enterprise,
			sum(s.sessions) FILTER (WHERE s.category = 'campus')::bigint AS campus,
			sum(s.sessions) FILTER (WHERE s.category = 'village')::bigint AS village,
			sum(s.sessions) FILTER (WHERE s.category = 'site')::bigint AS site,
			sum(s.sessions) FILTER (WHERE s.category = 'system')::bigint AS system
		FROM zhibao.session_count(p_on, p_as_of) s GROUP BY s.office_code
	)
	SELECT o.code, coalesce(p.lines, 0), coalesce(p.required, 0)::bigint, coalesce(p.capped, 0)::bigint,
		coalesce(p.held, 0)::bigint, coalesce(p.ended_lines, 0), coalesce(p.ended_required, 0)::bigint,
		coalesce(p.ended_capped, 0)::bigint, coalesce(p.unquantified_none, 0), coalesce(p.unquantified_started, 0),
		coalesce(p.unquantified_met, 0), coalesce(h.sessions, 0), coalesce(h.unplanned, 0), coalesce(h.attendance, 0),
		coalesce(h.general, 0), coalesce(h.enterprise, 0), coalesce(h.campus, 0), coalesce(h.village, 0),
		coalesce(h.site, 0), coalesce(h.system, 0)
	FROM zhibao.office o
	LEFT JOIN plan p ON p.office_code = o.code
	LEFT JOIN held h ON h.office_code = o.code
	WHERE o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND zhibao.is_in_scope(o.level, p_scope)
$$;
COMMENT ON FUNCTION completion_by_office(date, timestamptz, text) IS 'Completion (完成率) and sessions per office in the scope, rulings R8, R9 and R11.';

-- Ruling R8: lectures of two offices with one fingerprint, and twins of one office: listed until one is withdrawn or joined. Where none
-- of an office's records of the event is a session they are joined to another's, which settles them.
CREATE FUNCTION suspected_twin(p_on date, p_as_of timestamptz)
RETURNS TABLE (fingerprint uuid, occurred_on date, office_code text, item_id uuid, is_session boolean, is_same_office boolean)
LANGUAGE sql STABLE AS $$
	SELECT l.fingerprint, l.occurred_on, l.office_code, l.item_id, l.is_session, l.offices = 1
	FROM (
		SELECT f.*, count(*) OVER w AS rows, count(*) FILTER (WHERE f.is_session) OVER w AS sessions,
			dense_rank() OVER (PARTITION BY f.fingerprint ORDER BY f.office_code)
				+ dense_rank() OVER (PARTITION BY f.fingerprint ORDER BY f.office_code DESC) - 1 AS offices
		FROM (SELECT h.*, bool_or(h.is_session) OVER (PARTITION BY h.fingerprint, h.office_code) AS is_open
			FROM zhibao.lecture_facts(p_as_of) h WHERE h.occurred_on <= p_on) f
		WHERE f.is_open
		WINDOW w AS (PARTITION BY f.fingerprint)
	) l
	WHERE l.rows > 1 AND (l.sessions > 1 OR l.offices = 1)
$$;
COMMENT ON FUNCTION suspected_twin(date, timestamptz) IS 'Suspected duplicates (疑似重复), ruling R8.';

COMMIT;
