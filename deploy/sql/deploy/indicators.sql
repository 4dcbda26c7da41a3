-- Deploy indicators: coverage and completion as functions of `on` and `as_of`.
--
-- p_on     day up to which events count and at which the register is valid
-- p_as_of  instant up to which revisions had been received, inclusive; NULL means what the aggregator has folded,
--          read from its roll-ups instead of from the records. Both ways give the same figures: the facts below
--          are the only place where they differ, and a test compares them.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE FUNCTION rule_value(p_register integer, p_name text, p_default text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT value FROM zhibao.rule_switch WHERE register_version = p_register AND name = p_name), p_default);
END $$;
COMMENT ON FUNCTION rule_value(integer, text, text) IS 'Value of a rule switch (规则开关) in a version of the registers.';

-- The columns of a lecture that figures need.
CREATE TYPE lecture_row AS (office_code text, item_id uuid, revision_id uuid, category text, occurred_on date, plan_item_id uuid,
	attendance integer, township_codes text[], mode text, area_explanation text, place text, theme text,
	received_at timestamptz, batch_id bigint, seq bigint);
COMMENT ON TYPE lecture_row IS 'What figures need of a lecture (计算所用字段).';

-- The text of a query that says of every lecture_row of p_source which township units it covers (ruling R7) and what its
-- fingerprint is (ruling R8), as rows of counted_lecture. $1 of the query is as_of. Text, so that records and the rows
-- that a fold is about to add are judged by one rule without being carried through a function one by one.
-- Ruling R7: online alone covers none; more than three townships, or one outside the area of the office, need an
-- explanation; provincial units are free of the area rule only. A code means the unit of the day (ruling R5).
-- Nearly every lecture names one township: that one is joined, several are looked up.
CREATE FUNCTION judged_lectures(p_source text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT format($q$
		WITH rule AS MATERIALIZED (
			SELECT r.register, zhibao.rule_value(r.register, 'coverage.online_counts', 'no') = 'yes' AS online_counts,
				zhibao.rule_value(r.register, 'coverage.max_townships', '3')::integer AS max_townships
			FROM (SELECT zhibao.register_at($1) AS register) r
		), held AS MATERIALIZED (
			%s
		), placed AS (
			SELECT h.*, CASE WHEN t.unit_id IS NULL THEN '{}' ELSE ARRAY[t.unit_id] END AS unit_ids,
				t.unit_id IS NOT NULL AND a.code IS NULL AS is_outside, h.township_codes[1] AS codes_text
			FROM rule r CROSS JOIN held h
			LEFT JOIN zhibao.township_version t ON t.register_version = r.register AND t.code = h.township_codes[1]
				AND t.valid_from <= h.occurred_on AND h.occurred_on < t.valid_to
			LEFT JOIN zhibao.office_tree a ON a.register_version = r.register AND a.ancestor_code = h.office_code
				AND a.code = t.county_code
			WHERE cardinality(h.township_codes) > 1 IS NOT TRUE
			UNION ALL
			SELECT h.*, m.unit_ids, m.is_outside, (SELECT string_agg(c, ',' ORDER BY c) FROM unnest(h.township_codes) c)
			FROM rule r CROSS JOIN held h CROSS JOIN LATERAL (
				SELECT coalesce(array_agg(DISTINCT t.unit_id), '{}') AS unit_ids, coalesce(bool_or(a.code IS NULL), false) AS is_outside
				FROM unnest(h.township_codes) AS named (code)
				JOIN zhibao.township_version t ON t.register_version = r.register AND t.code = named.code
					AND t.valid_from <= h.occurred_on AND h.occurred_on < t.valid_to
				LEFT JOIN zhibao.office_tree a ON a.register_version = r.register AND a.ancestor_code = h.office_code
					AND a.code = t.county_code) m
			WHERE cardinality(h.township_codes) > 1
		)
		SELECT p.office_code, p.item_id, p.revision_id, p.category, p.occurred_on, p.plan_item_id, p.attendance,
			CASE WHEN (p.mode <> 'online' OR r.online_counts) AND (p.area_explanation IS NOT NULL
				OR (cardinality(p.township_codes) <= r.max_townships
					AND (NOT p.is_outside OR o.level IN ('city', 'county') IS NOT TRUE)))
				THEN p.unit_ids ELSE '{}' END AS unit_ids,
			md5(concat_ws(E'\x1f', p.occurred_on, p.codes_text, p.place, p.theme))::uuid AS fingerprint,
			p.received_at, p.batch_id, p.seq, true AS is_session
		FROM rule r CROSS JOIN placed p
		LEFT JOIN zhibao.office o ON o.register_version = r.register AND o.code = p.office_code
	$q$, p_source)
$$;
COMMENT ON FUNCTION judged_lectures(text) IS 'Query of the units lectures cover and of their fingerprints (覆盖与指纹), rulings R5, R7 and R8.';

-- Lectures that count at p_as_of, from the records: held, not withdrawn. is_session is not decided here.
-- p_offices and p_items, pairwise, narrow it to those items; NULL means all.
-- Few items go the way whose plan is kept (see revision_tip).
CREATE FUNCTION held_lecture_query(p_tip text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT zhibao.judged_lectures(format($q$
		SELECT l.office_code, l.item_id, l.revision_id, l.category, l.occurred_on, l.plan_item_id, l.attendance, l.township_codes,
			l.mode, l.area_explanation, l.place, l.theme, l.received_at, l.batch_id, l.seq
		FROM %s c JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
		WHERE c.state = 'counting' AND l.status = 'held'
	$q$, p_tip))
$$;
COMMENT ON FUNCTION held_lecture_query(text) IS 'Query of the lectures that count (计数宣讲活动查询).';
DO $do$
BEGIN
	EXECUTE format($f$
		CREATE FUNCTION zhibao.held_lecture_named(p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS SETOF zhibao.counted_lecture
		LANGUAGE plpgsql STABLE ROWS 10 AS $b$
		BEGIN
			RETURN QUERY %s;
		END $b$
	$f$, zhibao.held_lecture_query('zhibao.lecture_event_tip($1, $2, $3)'));
END $do$;
CREATE FUNCTION held_lecture(p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS SETOF counted_lecture
LANGUAGE plpgsql STABLE ROWS 10000 AS $$
BEGIN
	IF cardinality(p_items) <= 1000 THEN
		RETURN QUERY SELECT * FROM zhibao.held_lecture_named(p_as_of, p_offices, p_items);
	ELSE
		RETURN QUERY EXECUTE zhibao.held_lecture_query($q$zhibao.revision_tip('lecture_event', $1, $2, $3)$q$)
			USING p_as_of, p_offices, p_items;
	END IF;
END $$;
COMMENT ON FUNCTION held_lecture(timestamptz, text[], uuid[]) IS 'Lectures that count at an instant with the townships they cover (计数宣讲活动), from the records; ruling R7.';

CREATE FUNCTION plan_item_at(p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS SETOF current_plan_item
LANGUAGE sql STABLE AS $$
	SELECT p.office_code, p.item_id, p.revision_id, p.item_no, p.category, p.theme, p.activity, p.window_start,
		p.window_end, p.planned_min, p.planned_max
	FROM zhibao.counting_revision('plan_item', p_as_of, p_offices, p_items) c
	JOIN zhibao.plan_item p USING (office_code, item_id, revision_id)
	WHERE c.operation <> 'withdraw'
$$;
COMMENT ON FUNCTION plan_item_at(timestamptz, text[], uuid[]) IS 'Plan items in force at an instant (现行计划项), from the records.';

CREATE FUNCTION claim_at(p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS SETOF current_claim
LANGUAGE sql STABLE AS $$
	SELECT m.office_code, m.item_id, m.host_office_code, m.host_item_id, m.plan_item_id
	FROM zhibao.counting_revision('claim', p_as_of, p_offices, p_items) c
	JOIN zhibao.claim m USING (office_code, item_id, revision_id)
	WHERE c.operation <> 'withdraw'
$$;
COMMENT ON FUNCTION claim_at(timestamptz, text[], uuid[]) IS 'Claims in force at an instant (现行认领), from the records.';

-- Ruling R18, item 14: study, drills, contests and training of the staff are sessions of 进系统; page views of the
-- mini-program are not.
CREATE FUNCTION study_at(p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS SETOF counted_study
LANGUAGE sql STABLE AS $$
	SELECT s.office_code, s.item_id, s.revision_id, s.occurred_on, s.plan_item_id
	FROM zhibao.counting_revision('study_event', p_as_of, p_offices, p_items) c
	JOIN zhibao.study_event s USING (office_code, item_id, revision_id)
	WHERE c.operation <> 'withdraw' AND s.status = 'held' AND s.target = 'staff' AND s.form <> 'mini_program_study'
$$;
COMMENT ON FUNCTION study_at(timestamptz, text[], uuid[]) IS 'Study events that count as sessions of 进系统 at an instant (计数学习活动), from the records; ruling R18.';

-- Ruling R8, the end: a lecture whose office claims another office's lecture of the same fingerprint is joined to it and
-- no longer a session. If both claim each other, the one received first stays.
CREATE FUNCTION is_joined(p_own counted_lecture, p_host counted_lecture, p_is_claimed_back boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT p_host.office_code <> p_own.office_code AND p_host.fingerprint = p_own.fingerprint
		AND NOT (p_is_claimed_back AND (p_own.received_at, p_own.batch_id, p_own.seq) < (p_host.received_at, p_host.batch_id, p_host.seq))
$$;
COMMENT ON FUNCTION is_joined(counted_lecture, counted_lecture, boolean) IS 'Is a lecture joined to the one its office claims (并入联合活动)? Ruling R8.';

-- Lectures that count at p_as_of, with what is a session: twins of one office count once, the first received.
CREATE FUNCTION lecture_at(p_as_of timestamptz) RETURNS SETOF counted_lecture
LANGUAGE sql STABLE ROWS 10000 AS $$
	WITH held AS MATERIALIZED (
		SELECT h.*, row_number() OVER (PARTITION BY h.fingerprint, h.office_code ORDER BY h.received_at, h.batch_id, h.seq) AS place
		FROM zhibao.held_lecture(p_as_of, NULL, NULL) h
	), claim AS MATERIALIZED (
		SELECT c.office_code, c.host_office_code, c.host_item_id FROM zhibao.claim_at(p_as_of, NULL, NULL) c
	), joined AS (
		SELECT DISTINCT o.office_code, o.item_id
		FROM claim c
		JOIN held h ON h.office_code = c.host_office_code AND h.item_id = c.host_item_id
		JOIN held o ON o.office_code = c.office_code AND o.fingerprint = h.fingerprint
		WHERE zhibao.is_joined((o.office_code, o.item_id, o.revision_id, o.category, o.occurred_on, o.plan_item_id, o.attendance,
				o.unit_ids, o.fingerprint, o.received_at, o.batch_id, o.seq, o.is_session)::zhibao.counted_lecture,
			(h.office_code, h.item_id, h.revision_id, h.category, h.occurred_on, h.plan_item_id, h.attendance,
				h.unit_ids, h.fingerprint, h.received_at, h.batch_id, h.seq, h.is_session)::zhibao.counted_lecture,
			EXISTS (SELECT FROM claim d WHERE d.office_code = h.office_code AND d.host_office_code = o.office_code
				AND d.host_item_id = o.item_id))
	)
	SELECT h.office_code, h.item_id, h.revision_id, h.category, h.occurred_on, h.plan_item_id, h.attendance, h.unit_ids,
		h.fingerprint, h.received_at, h.batch_id, h.seq, h.place = 1 AND j.item_id IS NULL
	FROM held h LEFT JOIN joined j USING (office_code, item_id)
$$;
COMMENT ON FUNCTION lecture_at(timestamptz) IS 'Lectures that count at an instant and what is a session (计数宣讲活动), from the records; ruling R8.';

-- The facts: roll-ups for NULL, records otherwise.
CREATE FUNCTION lecture_facts(p_as_of timestamptz) RETURNS SETOF counted_lecture
LANGUAGE plpgsql STABLE ROWS 10000 AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT * FROM zhibao.counted_lecture;
	ELSE
		RETURN QUERY SELECT * FROM zhibao.lecture_at(p_as_of);
	END IF;
END $$;
COMMENT ON FUNCTION lecture_facts(timestamptz) IS 'Lectures that count: the roll-up for NULL, the records otherwise.';

CREATE FUNCTION plan_item_facts(p_as_of timestamptz) RETURNS SETOF current_plan_item
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT * FROM zhibao.current_plan_item;
	ELSE
		RETURN QUERY SELECT * FROM zhibao.plan_item_at(p_as_of, NULL, NULL);
	END IF;
END $$;
COMMENT ON FUNCTION plan_item_facts(timestamptz) IS 'Plan items in force: the roll-up for NULL, the records otherwise.';

CREATE FUNCTION claim_facts(p_as_of timestamptz) RETURNS SETOF current_claim
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT * FROM zhibao.current_claim;
	ELSE
		RETURN QUERY SELECT * FROM zhibao.claim_at(p_as_of, NULL, NULL);
	END IF;
END $$;
COMMENT ON FUNCTION claim_facts(timestamptz) IS 'Claims in force: the roll-up for NULL, the records otherwise.';

CREATE FUNCTION study_facts(p_as_of timestamptz) RETURNS SETOF counted_study
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT * FROM zhibao.counted_study;
	ELSE
		RETURN QUERY SELECT * FROM zhibao.study_at(p_as_of, NULL, NULL);
	END IF;
END $$;
COMMENT ON FUNCTION study_facts(timestamptz) IS 'Study events that are sessions: the roll-up for NULL, the records otherwise.';

-- Which lecture covers which unit, one row for each pair.
CREATE FUNCTION covering_facts(p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, unit_id text, occurred_on date, is_strict boolean)
LANGUAGE sql STABLE ROWS 20000 AS $$
	SELECT l.office_code, l.item_id, u.unit_id, l.occurred_on, l.category = 'village'
	FROM zhibao.lecture_facts(p_as_of) l CROSS JOIN LATERAL unnest(l.unit_ids) AS u (unit_id)
$$;
COMMENT ON FUNCTION covering_facts(timestamptz) IS 'Which lecture covers which unit (覆盖明细): the roll-up for NULL, the records otherwise.';

-- The same counted by unit, day and host.
CREATE FUNCTION covering_day_facts(p_as_of timestamptz) RETURNS SETOF covering_day
LANGUAGE plpgsql STABLE ROWS 20000 AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT * FROM zhibao.covering_day;
	ELSE
		RETURN QUERY SELECT c.unit_id, c.occurred_on, c.office_code, count(*)::integer, (count(*) FILTER (WHERE c.is_strict))::integer
			FROM zhibao.covering_facts(p_as_of) c GROUP BY c.unit_id, c.occurred_on, c.office_code;
	END IF;
END $$;
COMMENT ON FUNCTION covering_day_facts(timestamptz) IS 'Covering lectures by unit, day and host (覆盖日计): the roll-up for NULL, the records otherwise.';

-- First day each unit was covered.
CREATE FUNCTION covering_unit_facts(p_as_of timestamptz) RETURNS SETOF covering_unit
LANGUAGE plpgsql STABLE ROWS 1000 AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT * FROM zhibao.covering_unit;
	ELSE
		RETURN QUERY SELECT c.unit_id, min(c.occurred_on), min(c.occurred_on) FILTER (WHERE c.is_strict)
			FROM zhibao.covering_facts(p_as_of) c GROUP BY c.unit_id;
	END IF;
END $$;
COMMENT ON FUNCTION covering_unit_facts(timestamptz) IS 'First days of coverage (首次覆盖): the roll-up for NULL, the records otherwise.';

-- The registers that belong to the facts.
CREATE FUNCTION facts_register(p_as_of timestamptz) RETURNS integer
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN p_as_of IS NULL THEN (SELECT register_version FROM zhibao.fold_state)
		ELSE zhibao.register_at(p_as_of) END
$$;
COMMENT ON FUNCTION facts_register(timestamptz) IS 'Version of the registers that belongs to the facts.';

-- Rulings R5, R6: every unit valid on p_on and whether it is covered. A merged unit is covered if a predecessor was; a
-- child of a split only by an event that names it, otherwise it is inherited and unproven.
CREATE FUNCTION township_covered(p_on date, p_as_of timestamptz)
RETURNS TABLE (unit_id text, code text, name_zh text, kind text, county_code text, is_rural boolean,
	covered_broad boolean, covered_strict boolean, is_inherited boolean)
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH RECURSIVE lineage AS MATERIALIZED (
		SELECT l.* FROM zhibao.township_lineage l
		WHERE l.register_version = (SELECT zhibao.facts_register(p_as_of)) AND l.changed_on <= p_on
	), reached AS (
		SELECT f.unit_id, coalesce(f.first_strict_on <= p_on, false) AS is_strict
		FROM zhibao.covering_unit_facts(p_as_of) f WHERE f.first_broad_on <= p_on
		UNION
		SELECT l.to_unit_id, r.is_strict
		FROM reached r JOIN lineage l ON l.change = 'merge' AND l.from_unit_id = r.unit_id
	), covered AS (
		SELECT r.unit_id, bool_or(r.is_strict) AS is_strict FROM reached r GROUP BY r.unit_id
	), unproven AS (
		SELECT l.to_unit_id AS unit_id
		FROM covered c JOIN lineage l ON l.change = 'split' AND l.from_unit_id = c.unit_id
		UNION
		SELECT l.to_unit_id
		FROM unproven u JOIN lineage l ON l.change IN ('merge', 'split') AND l.from_unit_id = u.unit_id
	)
	SELECT t.unit_id, t.code, t.name_zh, t.kind, t.county_code, t.kind <> '街道',
		c.unit_id IS NOT NULL, coalesce(c.is_strict, false), c.unit_id IS NULL AND u.unit_id IS NOT NULL
	FROM zhibao.township_version t
	LEFT JOIN covered c ON c.unit_id = t.unit_id
	LEFT JOIN (SELECT DISTINCT unproven.unit_id FROM unproven) u ON u.unit_id = t.unit_id
	WHERE t.register_version = (SELECT zhibao.facts_register(p_as_of)) AND t.valid_from <= p_on AND p_on < t.valid_to
$$;
COMMENT ON FUNCTION township_covered(date, timestamptz) IS 'Which township units are covered (乡镇覆盖), rulings R5 to R7; annex 1 L20, annex 3 item 12.';

-- The same with the lectures behind it.
CREATE FUNCTION township_standing(p_on date, p_as_of timestamptz)
RETURNS TABLE (unit_id text, code text, name_zh text, kind text, county_code text, is_rural boolean,
	covered_broad boolean, covered_strict boolean, is_inherited boolean, sessions_broad bigint, sessions_strict bigint,
	first_on date, last_on date)
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH tally AS (
		SELECT d.unit_id, sum(d.broad) AS broad, sum(d.strict) AS strict, min(d.occurred_on) AS first_on, max(d.occurred_on) AS last_on
		FROM zhibao.covering_day_facts(p_as_of) d WHERE d.occurred_on <= p_on GROUP BY d.unit_id
	)
	SELECT t.*, coalesce(y.broad, 0), coalesce(y.strict, 0), y.first_on, y.last_on
	FROM zhibao.township_covered(p_on, p_as_of) t LEFT JOIN tally y USING (unit_id)
$$;
COMMENT ON FUNCTION township_standing(date, timestamptz) IS 'How every township unit stands (乡镇覆盖情况), rulings R5 to R7; annex 1 L20, annex 3 item 12.';

-- Rulings R6: covered and all units per county-level division, both breadths, both bases. Sums of these are the
-- figures of every node above.
CREATE FUNCTION coverage_by_county(p_on date, p_as_of timestamptz)
RETURNS TABLE (county_code text, units_all bigint, units_rural bigint, broad_all bigint, broad_rural bigint,
	strict_all bigint, strict_rural bigint)
LANGUAGE sql STABLE AS $$
	SELECT s.county_code, count(*), count(*) FILTER (WHERE s.is_rural),
		count(*) FILTER (WHERE s.covered_broad), count(*) FILTER (WHERE s.covered_broad AND s.is_rural),
		count(*) FILTER (WHERE s.covered_strict), count(*) FILTER (WHERE s.covered_strict AND s.is_rural)
	FROM zhibao.township_covered(p_on, p_as_of) s
	GROUP BY s.county_code
$$;
COMMENT ON FUNCTION coverage_by_county(date, timestamptz) IS 'Township coverage (乡镇覆盖率) per county-level division, ruling R6.';

-- Ruling R8: lectures that are sessions.
CREATE FUNCTION session(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, category text, occurred_on date, plan_item_id uuid, attendance integer)
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT l.office_code, l.item_id, l.category, l.occurred_on, l.plan_item_id, l.attendance
	FROM zhibao.lecture_facts(p_as_of) l WHERE l.is_session AND l.occurred_on <= p_on
$$;
COMMENT ON FUNCTION session(date, timestamptz) IS 'Lectures that are sessions (宣讲场次), once per host office, ruling R8.';

-- Sessions counted by host, category and plan line: lectures and, as 进系统, study events. From the roll-ups whole months
-- are read by month, the days of a month that p_on cuts by day.
CREATE FUNCTION session_count(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, category text, plan_item_id uuid, sessions bigint, attendance bigint)
LANGUAGE plpgsql STABLE ROWS 2000 AS $$
DECLARE
	v_whole_until date := date_trunc('month', p_on + 1)::date;
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT c.office_code, c.category, c.plan_item_id, sum(c.sessions), sum(c.attendance)::bigint FROM (
			SELECT m.office_code, m.category, m.plan_item_id, m.sessions, m.attendance
			FROM zhibao.session_month m WHERE m.month_on < v_whole_until
			UNION ALL
			SELECT d.office_code, d.category, d.plan_item_id, d.sessions, d.attendance
			FROM zhibao.session_day d WHERE d.occurred_on >= v_whole_until AND d.occurred_on <= p_on
		) c GROUP BY c.office_code, c.category, c.plan_item_id;
	ELSE
		RETURN QUERY SELECT s.office_code, s.category, s.plan_item_id, count(*), coalesce(sum(s.attendance), 0)
			FROM zhibao.session(p_on, p_as_of) s GROUP BY s.office_code, s.category, s.plan_item_id;
	END IF;
	RETURN QUERY SELECT s.office_code, 'system'::text, s.plan_item_id, count(*), 0::bigint
		FROM zhibao.study_facts(p_as_of) s WHERE s.occurred_on <= p_on GROUP BY s.office_code, s.plan_item_id;
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
		SELECT o.code FROM zhibao.office o WHERE o.register_version = (SELECT zhibao.facts_register(p_as_of))
			AND o.level IN ('province', 'province_unit')
	), line AS MATERIALIZED (
		SELECT p.office_code, p.item_id AS plan_item_id, p.item_no, p.category, p.theme, p.activity, p.window_start,
			p.window_end, p.planned_min, p.planned_max, false AS is_provincial
		FROM zhibao.plan_item_facts(p_as_of) p
		UNION ALL
		SELECT a.lead_office_code, a.plan_item_id, a.row_no, a.category, a.theme, a.activity, a.window_start,
			a.window_end, a.planned_min, a.planned_max, true
		FROM zhibao.plan_line a WHERE a.register_version = (SELECT zhibao.facts_register(p_as_of))
	), owner AS MATERIALIZED (
		SELECT l.plan_item_id, l.office_code FROM line l WHERE NOT l.is_provincial
		UNION
		SELECT l.plan_item_id, p.code FROM line l CROSS JOIN provincial p WHERE l.is_provincial
	), hosted AS (
		SELECT c.plan_item_id, sum(c.sessions) AS held
		FROM zhibao.session_count(p_on, p_as_of) c JOIN owner o USING (plan_item_id, office_code)
		GROUP BY c.plan_item_id
	), claimed AS (
		SELECT c.plan_item_id, count(DISTINCT (c.host_office_code, c.host_item_id)) AS held
		FROM zhibao.claimed_session(p_on, p_as_of) c JOIN owner o USING (plan_item_id, office_code)
		-- What the host credits to the same line is there already.
		WHERE NOT EXISTS (SELECT FROM owner h WHERE h.plan_item_id = c.plan_item_id AND h.plan_item_id = c.host_plan_item_id
			AND h.office_code = c.host_office_code)
		GROUP BY c.plan_item_id
	)
	SELECT l.*, (coalesce(h.held, 0) + coalesce(c.held, 0))::bigint
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

-- Ruling R8: lectures of two offices with one fingerprint, and twins of one office: listed until one is withdrawn or joined.
CREATE FUNCTION suspected_twin(p_on date, p_as_of timestamptz)
RETURNS TABLE (fingerprint uuid, occurred_on date, office_code text, item_id uuid, is_session boolean, is_same_office boolean)
LANGUAGE sql STABLE AS $$
	SELECT l.fingerprint, l.occurred_on, l.office_code, l.item_id, l.is_session, l.offices = 1
	FROM (
		SELECT f.*, count(*) OVER w AS rows, count(*) FILTER (WHERE f.is_session) OVER w AS sessions,
			dense_rank() OVER (PARTITION BY f.fingerprint ORDER BY f.office_code)
				+ dense_rank() OVER (PARTITION BY f.fingerprint ORDER BY f.office_code DESC) - 1 AS offices
		FROM zhibao.lecture_facts(p_as_of) f WHERE f.occurred_on <= p_on
		WINDOW w AS (PARTITION BY f.fingerprint)
	) l
	WHERE l.rows > 1 AND (l.sessions > 1 OR l.offices = 1)
$$;
COMMENT ON FUNCTION suspected_twin(date, timestamptz) IS 'Suspected duplicates (疑似重复), ruling R8.';

-- Two decimals, half up, as text; NULL (不适用) when the denominator is zero. Ruling R17.
CREATE FUNCTION percent_text(p_numerator bigint, p_denominator bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN p_denominator > 0 THEN round(100 * p_numerator::numeric / p_denominator, 2)::text END
$$;
COMMENT ON FUNCTION percent_text(bigint, bigint) IS 'A rate in percent with two decimals, NULL when not applicable; ruling R17.';

-- For pages: a rate with its parts.
CREATE FUNCTION rate_json(p_numerator bigint, p_denominator bigint) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
	SELECT json_build_object('numerator', p_numerator, 'denominator', p_denominator,
		'percent', zhibao.percent_text(p_numerator, p_denominator))
$$;
COMMENT ON FUNCTION rate_json(bigint, bigint) IS 'A rate for pages: numerator, denominator, percent or null.';

-- For pages: the four coverage figures of a node from its sums, ruling R6.
CREATE FUNCTION coverage_json(p_register integer, p_broad_all bigint, p_broad_rural bigint, p_strict_all bigint,
	p_strict_rural bigint, p_units_all bigint, p_units_rural bigint) RETURNS json
LANGUAGE sql STABLE AS $$
	SELECT json_agg(json_build_object('breadth', f.breadth, 'base', f.base, 'numerator', f.n, 'denominator', f.d,
		'percent', zhibao.percent_text(f.n, f.d),
		'is_official', f.breadth = zhibao.rule_value(p_register, 'coverage.breadth', 'broad')
			AND f.base = zhibao.rule_value(p_register, 'coverage.base', 'all')))
	FROM (VALUES ('broad', 'all', coalesce(p_broad_all, 0), coalesce(p_units_all, 0)),
		('broad', 'rural', coalesce(p_broad_rural, 0), coalesce(p_units_rural, 0)),
		('strict', 'all', coalesce(p_strict_all, 0), coalesce(p_units_all, 0)),
		('strict', 'rural', coalesce(p_strict_rural, 0), coalesce(p_units_rural, 0))) f (breadth, base, n, d)
$$;
COMMENT ON FUNCTION coverage_json(integer, bigint, bigint, bigint, bigint, bigint, bigint) IS 'The four coverage figures of a node for pages, ruling R6.';

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA zhibao TO zhibao_aggregator, zhibao_collector;

COMMIT;
