-- Deploy facts: what counts (计数事实) as of an instant: lectures, plan items, claims, study events, covered units.
--
-- p_as_of  instant up to which revisions had been received, inclusive; NULL means what the aggregator has folded, which is
--          read from its roll-ups instead of from the records. Both ways give the same figures: the functions *_facts
--          are the only place where they differ, and a test compares them.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE FUNCTION rule_value(p_register integer, p_name text, p_default text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT value FROM zhibao.rule_switch WHERE register_version = p_register AND name = p_name), p_default);
END $$;
COMMENT ON FUNCTION rule_value(integer, text, text) IS 'Value of a rule switch (规则开关) in a version of the registers.';

-- Figures are of one year: an event dated before it counts for no figure of that year, whatever is asked of the registers in
-- force. It is stored and told (F_OUTSIDE_YEAR). Stocks are no events: a speaker trained, a column opened or a screen
-- reported earlier is there. No bound above but p_on.
CREATE FUNCTION year_start(p_register integer) RETURNS date
LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT make_date(v.year, 1, 1) FROM zhibao.programme_version v WHERE v.register_version = p_register), '-infinity')
$$;
COMMENT ON FUNCTION year_start(integer) IS 'First day of the programme year (年度起始日) of a version of the registers.';

-- Papers say no year: they belong to that of the registers in force when they first came. The next year begins with the first load
-- of its registers, be it under the identifier of the year before or under another.
CREATE FUNCTION year_opened(p_register integer) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
	SELECT min(o.loaded_at) FROM zhibao.programme_version n JOIN zhibao.programme_version o ON o.programme = n.programme AND o.year = n.year
	WHERE n.register_version = p_register
$$;
COMMENT ON FUNCTION year_opened(integer) IS 'When the registers of the year of a version were first loaded (年度启用时间).';

-- Forms say their year, and may be asked for when it is over: what they are held against is known as of the last instant of the
-- registers of their year, as those of the next one count none of its days.
CREATE FUNCTION year_instant(p_day date, p_as_of timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN p_day >= zhibao.year_start(zhibao.register_at(p_as_of)) THEN p_as_of ELSE coalesce(
		(SELECT min(n.loaded_at) - interval '1 microsecond' FROM zhibao.programme_version n
			WHERE n.loaded_at <= p_as_of AND n.year > extract(year FROM p_day)
				AND n.loaded_at > (SELECT min(o.loaded_at) FROM zhibao.programme_version o WHERE o.year = extract(year FROM p_day))),
		p_as_of) END
$$;
COMMENT ON FUNCTION year_instant(date, timestamptz) IS 'The newest instant up to another one at which the registers of the year of a day were in force (所属年度内的时点).';

-- The columns of a lecture that figures need.
CREATE TYPE lecture_row AS (office_code text, item_id uuid, revision_id uuid, category text, occurred_on date, plan_item_id uuid,
	attendance integer, township_codes text[], mode text, area_explanation text, place text, theme text,
	received_at timestamptz, batch_id bigint, seq bigint);
COMMENT ON TYPE lecture_row IS 'What figures need of a lecture (计算所用字段).';

-- The text of a query that says of every lecture_row of p_source which township units it covers (ruling R7) and what its
-- fingerprint is (ruling R8), as rows of counted_lecture; without those of before the year. $1 of the query is as_of. Text, so that records and the rows
-- that a fold is about to add are judged by one rule without being carried through a function one by one.
-- Ruling R7: online alone covers none; more than three townships, or one outside the area of the office, need an
-- explanation; provincial units are free of the area rule only. A code means the unit of the day (ruling R5).
-- Nearly every lecture names one township: that one is joined, several are looked up.
CREATE FUNCTION judged_lectures(p_source text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT format($q$
		WITH rule AS MATERIALIZED (
			SELECT r.register, zhibao.year_start(r.register) AS first_on,
				zhibao.rule_value(r.register, 'coverage.online_counts', 'no') = 'yes' AS online_counts,
				zhibao.rule_value(r.register, 'coverage.max_townships', '3')::integer AS max_townships
			FROM (SELECT zhibao.register_at($1) AS register) r
		), held AS MATERIALIZED (
			SELECT s.* FROM (%s) s WHERE s.occurred_on >= (SELECT rule.first_on FROM rule)
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
			CASE WHEN (p.mode <> 'online' OR r.online_counts) AND ((cardinality(p.township_codes) <= r.max_townships
					AND (NOT p.is_outside OR o.level IN ('city', 'county') IS NOT TRUE))
				OR NOT zhibao.text_is_blank(p.area_explanation))
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

-- A line whose window ended before the year is one of an earlier plan.
CREATE FUNCTION plan_item_at(p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS SETOF current_plan_item
LANGUAGE sql STABLE AS $$
	SELECT p.office_code, p.item_id, p.revision_id, p.item_no, p.category, p.theme, p.activity, p.window_start,
		p.window_end, p.planned_min, p.planned_max
	FROM zhibao.counting_revision('plan_item', p_as_of, p_offices, p_items) c
	JOIN zhibao.plan_item p USING (office_code, item_id, revision_id)
	WHERE c.operation <> 'withdraw' AND p.window_end >= (SELECT zhibao.year_start(zhibao.register_at(p_as_of)))
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
		AND s.occurred_on >= (SELECT zhibao.year_start(zhibao.register_at(p_as_of)))
$$;
COMMENT ON FUNCTION study_at(timestamptz, text[], uuid[]) IS 'Study events that count as sessions of 进系统 at an instant (计数学习活动), from the records; ruling R18.';

-- A lecture of an office that claims one of its fingerprint, with the order of its receipt; and such a claim.
CREATE TYPE joint_lecture AS (fingerprint uuid, office_code text, item_id uuid, received_at timestamptz, batch_id bigint, seq bigint);
COMMENT ON TYPE joint_lecture IS 'A lecture whose office claims the same event of another (本单位所录的同一活动), ruling R8.';
CREATE TYPE joint_claim AS (fingerprint uuid, office_code text, host_office_code text, host_item_id uuid);
COMMENT ON TYPE joint_claim IS 'A claim of another office''s lecture, with its fingerprint (同一活动的认领), ruling R8.';

-- Ruling R8, the end: a lecture whose office claims another office's lecture of the same fingerprint is joined to it and
-- no longer a session. Where offices claim one another's, two or more in a circle, the one received first stays, unless the
-- circle claims one outside it. Claims are followed by office and fingerprint, as those of an office are the same for all its twins.
CREATE FUNCTION joined_lecture(p_lectures joint_lecture[], p_claims joint_claim[]) RETURNS TABLE (office_code text, item_id uuid)
LANGUAGE sql IMMUTABLE ROWS 100 AS $$
	WITH RECURSIVE lecture AS MATERIALIZED (
		SELECT l.* FROM unnest(p_lectures) l
	), claim AS MATERIALIZED (
		SELECT c.* FROM unnest(p_claims) c
	), reach AS (
		SELECT c.* FROM claim c
		UNION
		SELECT r.fingerprint, r.office_code, c.host_office_code, c.host_item_id
		FROM reach r JOIN claim c ON c.fingerprint = r.fingerprint AND c.office_code = r.host_office_code
	)
	SELECT DISTINCT l.office_code, l.item_id
	FROM lecture l JOIN reach r ON r.fingerprint = l.fingerprint AND r.office_code = l.office_code
	LEFT JOIN reach b ON b.fingerprint = l.fingerprint AND b.office_code = r.host_office_code
		AND b.host_office_code = l.office_code AND b.host_item_id = l.item_id
	LEFT JOIN lecture h ON h.office_code = r.host_office_code AND h.item_id = r.host_item_id
	WHERE b.fingerprint IS NULL OR (h.received_at, h.batch_id, h.seq) < (l.received_at, l.batch_id, l.seq)
$$;
COMMENT ON FUNCTION joined_lecture(joint_lecture[], joint_claim[]) IS 'Lectures joined to the one their office claims (并入联合活动), of all that stand in claims of one another; ruling R8.';

-- Lectures that count at p_as_of, with what is a session: those that are joined are none, and of the others twins of one office count
-- once, the first received. In this order, or of two twins the first could be joined and the second be its twin, and none be left.
CREATE FUNCTION lecture_at(p_as_of timestamptz) RETURNS SETOF counted_lecture
LANGUAGE sql STABLE ROWS 10000 AS $$
	WITH held AS MATERIALIZED (
		SELECT h.* FROM zhibao.held_lecture(p_as_of, NULL, NULL) h
	), claim AS MATERIALIZED (
		SELECT DISTINCT h.fingerprint, c.office_code, c.host_office_code, c.host_item_id
		FROM zhibao.claim_at(p_as_of, NULL, NULL) c
		JOIN held h ON h.office_code = c.host_office_code AND h.item_id = c.host_item_id AND h.office_code <> c.office_code
	), joined AS (
		SELECT j.* FROM zhibao.joined_lecture(
			ARRAY(SELECT (o.fingerprint, o.office_code, o.item_id, o.received_at, o.batch_id, o.seq)::zhibao.joint_lecture
				FROM held o WHERE (o.fingerprint, o.office_code) IN (SELECT c.fingerprint, c.office_code FROM claim c)),
			ARRAY(SELECT c::zhibao.joint_claim FROM claim c)) j
	)
	SELECT h.office_code, h.item_id, h.revision_id, h.category, h.occurred_on, h.plan_item_id, h.attendance, h.unit_ids,
		h.fingerprint, h.received_at, h.batch_id, h.seq, j.item_id IS NULL AND row_number() OVER (
			PARTITION BY h.fingerprint, h.office_code, j.item_id IS NULL ORDER BY h.received_at, h.batch_id, h.seq) = 1
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

COMMIT;
