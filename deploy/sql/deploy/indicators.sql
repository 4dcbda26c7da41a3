-- Deploy indicators: coverage and completion as functions of `on` and `as_of`.
--
-- p_on     day up to which events count and at which the register is valid
-- p_as_of  instant up to which revisions had been received, inclusive; NULL means what the aggregator has folded,
--          read from its roll-ups instead of from the records. Both ways give the same figures: the facts below
--          are the only place where they differ, and a test compares them.

BEGIN;

SET LOCAL search_path TO zhibao;

-- The revision its author would have built on: the stored one, or, when that one lies in quarantine, the one
-- below it. NULL is the root.
CREATE FUNCTION stored_base(p_kind text, p_office text, p_item uuid, p_base uuid) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_base uuid := p_base;
	v_is_stored boolean;
BEGIN
	FOR i IN 1..100 LOOP
		EXIT WHEN v_base IS NULL;
		EXECUTE format('SELECT EXISTS (SELECT FROM zhibao.%I WHERE office_code = $1 AND item_id = $2 AND revision_id = $3)', p_kind)
			INTO v_is_stored USING p_office, p_item, v_base;
		EXIT WHEN v_is_stored;
		v_base := (SELECT q.base_revision_id FROM zhibao.quarantine q
			WHERE q.office_code = p_office AND q.item_id = p_item AND q.revision_id = v_base LIMIT 1);
	END LOOP;
	RETURN v_base;
END $$;
COMMENT ON FUNCTION stored_base(text, text, uuid, uuid) IS 'Base of a revision among the stored ones, looking through quarantined ones.';

-- Rulings R1 and R2: per item the counting revision at p_as_of. Of several revisions on one base the one received
-- first is the branch; the newest on the branch counts. p_offices and p_items, pairwise, narrow it to those items;
-- NULL means all.
CREATE FUNCTION counting_revision(p_kind text, p_as_of timestamptz, p_offices text[], p_items uuid[])
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, operation text, depth integer, is_disputed boolean)
LANGUAGE plpgsql STABLE ROWS 10000 AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		WITH RECURSIVE revision AS (
			SELECT r.office_code, r.item_id, r.revision_id, r.operation, r.received_at, r.batch_id, r.seq,
				CASE WHEN r.base_revision_id IS NULL THEN NULL
					ELSE zhibao.stored_base(%1$L, r.office_code, r.item_id, r.base_revision_id) END AS base
			FROM zhibao.%1$I r
			WHERE r.received_at <= $1 %2$s
		), ranked AS (
			SELECT v.*, row_number() OVER (PARTITION BY v.office_code, v.item_id, v.base
				ORDER BY v.received_at, v.batch_id, v.seq) AS place
			FROM revision v
		), branch AS (
			SELECT k.office_code, k.item_id, k.revision_id, k.operation, 1 AS depth
			FROM ranked k WHERE k.base IS NULL AND k.place = 1
			UNION ALL
			SELECT k.office_code, k.item_id, k.revision_id, k.operation, b.depth + 1
			FROM branch b JOIN ranked k ON k.office_code = b.office_code AND k.item_id = b.item_id
				AND k.base = b.revision_id AND k.place = 1
		), disputed AS (
			SELECT DISTINCT k.office_code, k.item_id FROM ranked k WHERE k.place > 1
		)
		SELECT DISTINCT ON (b.office_code, b.item_id) b.office_code, b.item_id, b.revision_id, b.operation, b.depth,
			d.item_id IS NOT NULL
		FROM branch b LEFT JOIN disputed d ON d.office_code = b.office_code AND d.item_id = b.item_id
		ORDER BY b.office_code, b.item_id, b.depth DESC
	$q$, p_kind, CASE WHEN p_items IS NULL THEN ''
		ELSE 'AND (r.office_code, r.item_id) IN (SELECT * FROM unnest($2, $3))' END)
	USING p_as_of, p_offices, p_items;
END $$;
COMMENT ON FUNCTION counting_revision(text, timestamptz, text[], uuid[]) IS 'Counting revision per item at an instant (计数版本), rulings R1 and R2.';

-- The instant that NULL means: what the aggregator has folded.
CREATE FUNCTION facts_as_of(p_as_of timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
	SELECT coalesce(p_as_of, (SELECT as_of FROM zhibao.fold_state))
$$;
COMMENT ON FUNCTION facts_as_of(timestamptz) IS 'The instant asked for, or the one folded (数据时点).';

-- The counting revision of every item of a kind that is not withdrawn, as rows of its table; the kind is named by a
-- null of its row type: counting(NULL::zhibao.submission, as_of). NULL for as_of means what is folded.
CREATE FUNCTION counting(p_kind anyelement, p_as_of timestamptz) RETURNS SETOF anyelement
LANGUAGE plpgsql STABLE ROWS 1000 AS $$
DECLARE
	v_kind text := (SELECT c.relname FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE t.oid = pg_typeof(p_kind));
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT r.* FROM zhibao.counting_revision(%1$L, $1, NULL, NULL) c
		JOIN zhibao.%1$I r USING (office_code, item_id, revision_id)
		WHERE c.operation <> 'withdraw'
	$q$, v_kind) USING zhibao.facts_as_of(p_as_of);
END $$;
COMMENT ON FUNCTION counting(anyelement, timestamptz) IS 'Counting revisions of a kind at an instant (计数记录), rulings R1 and R2.';

CREATE FUNCTION rule_value(p_register integer, p_name text, p_default text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT value FROM zhibao.rule_switch WHERE register_version = p_register AND name = p_name), p_default)
$$;
COMMENT ON FUNCTION rule_value(integer, text, text) IS 'Value of a rule switch (规则开关) in a version of the registers.';

-- The counting revision of every held, not withdrawn lecture. In PL/pgSQL so that the planner takes the number of rows
-- from here: it guesses 1 for the join of three columns that belong together.
CREATE FUNCTION counting_lecture(p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS SETOF lecture_event
LANGUAGE plpgsql STABLE ROWS 10000 AS $$
BEGIN
	RETURN QUERY SELECT l.* FROM zhibao.counting_revision('lecture_event', p_as_of, p_offices, p_items) c
		JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
		WHERE c.operation <> 'withdraw' AND l.status = 'held';
END $$;
COMMENT ON FUNCTION counting_lecture(timestamptz, text[], uuid[]) IS 'Counting revisions of held lectures at an instant (计数版本), rulings R1 and R2.';

-- Lectures that count at p_as_of, from the records: held, not withdrawn. Ruling R7 says which may cover townships:
-- online alone does not; more than three townships, or one outside the area of the office, need an explanation;
-- provincial units are free of the area rule only.
CREATE FUNCTION held_lecture(p_as_of timestamptz, p_offices text[], p_items uuid[])
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, category text, occurred_on date, plan_item_id uuid,
	attendance integer, covers boolean, fingerprint uuid, received_at timestamptz, batch_id bigint, seq bigint,
	township_codes text[])
LANGUAGE sql STABLE ROWS 10000 AS $$
	WITH rule AS MATERIALIZED (
		SELECT r.register, zhibao.rule_value(r.register, 'coverage.online_counts', 'no') = 'yes' AS online_counts,
			zhibao.rule_value(r.register, 'coverage.max_townships', '3')::integer AS max_townships
		FROM (SELECT zhibao.register_at(p_as_of) AS register) r
	), held AS MATERIALIZED (
		SELECT l.* FROM zhibao.counting_lecture(p_as_of, p_offices, p_items) l
	), outside AS (
		SELECT DISTINCT h.office_code, h.item_id
		FROM rule r CROSS JOIN held h CROSS JOIN unnest(h.township_codes) AS named (township_code)
		JOIN zhibao.office o ON o.register_version = r.register AND o.code = h.office_code
			AND o.level IN ('city', 'county')
		JOIN zhibao.township_version t ON t.register_version = r.register AND t.code = named.township_code
			AND t.valid_from <= h.occurred_on AND h.occurred_on < t.valid_to
		LEFT JOIN zhibao.office_tree a ON a.register_version = r.register AND a.ancestor_code = h.office_code
			AND a.code = t.county_code
		WHERE h.area_explanation IS NULL AND a.code IS NULL
	)
	SELECT h.office_code, h.item_id, h.revision_id, h.category, h.occurred_on, h.plan_item_id, h.attendance,
		h.township_codes IS NOT NULL AND (h.mode <> 'online' OR r.online_counts)
			AND (h.area_explanation IS NOT NULL
				OR (cardinality(h.township_codes) <= r.max_townships AND x.item_id IS NULL)),
		md5(concat_ws(E'\x1f', h.occurred_on, (SELECT string_agg(c, ',' ORDER BY c) FROM unnest(h.township_codes) c),
			h.place, h.theme))::uuid,
		h.received_at, h.batch_id, h.seq, h.township_codes
	FROM rule r CROSS JOIN held h LEFT JOIN outside x USING (office_code, item_id)
$$;
COMMENT ON FUNCTION held_lecture(timestamptz, text[], uuid[]) IS 'Lectures that count at an instant with the townships they name (计数宣讲活动), from the records; ruling R7.';

CREATE FUNCTION lecture_at(p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS SETOF counted_lecture
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT h.office_code, h.item_id, h.revision_id, h.category, h.occurred_on, h.plan_item_id, h.attendance, h.covers,
		h.fingerprint, h.received_at, h.batch_id, h.seq
	FROM zhibao.held_lecture(p_as_of, p_offices, p_items) h
$$;
COMMENT ON FUNCTION lecture_at(timestamptz, text[], uuid[]) IS 'Lectures that count at an instant (计数宣讲活动), from the records.';

-- Township units that a lecture names; the code is that of the unit on the day (ruling R5).
CREATE FUNCTION units_named(p_register integer, p_township_codes text[], p_on date) RETURNS TABLE (unit_id text)
LANGUAGE sql STABLE ROWS 2 AS $$
	SELECT DISTINCT t.unit_id FROM unnest(p_township_codes) AS named (township_code)
	JOIN zhibao.township_version t ON t.register_version = p_register
		AND t.code = named.township_code AND t.valid_from <= p_on AND p_on < t.valid_to
$$;
COMMENT ON FUNCTION units_named(integer, text[], date) IS 'Township units that codes mean on a day (乡镇标识), ruling R5.';

CREATE FUNCTION covering_at(p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS SETOF covering_event
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT h.office_code, h.item_id, u.unit_id, h.occurred_on, h.category = 'village'
	FROM (SELECT zhibao.register_at(p_as_of) AS register) r
	CROSS JOIN zhibao.held_lecture(p_as_of, p_offices, p_items) h
	CROSS JOIN LATERAL zhibao.units_named(r.register, h.township_codes, h.occurred_on) u
	WHERE h.covers
$$;
COMMENT ON FUNCTION covering_at(timestamptz, text[], uuid[]) IS 'Which lecture covers which unit at an instant (覆盖明细), from the records.';

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

-- The facts: roll-ups for NULL, records otherwise.
CREATE FUNCTION lecture_facts(p_as_of timestamptz) RETURNS SETOF counted_lecture
LANGUAGE plpgsql STABLE ROWS 10000 AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT * FROM zhibao.counted_lecture;
	ELSE
		RETURN QUERY SELECT * FROM zhibao.lecture_at(p_as_of, NULL, NULL);
	END IF;
END $$;
COMMENT ON FUNCTION lecture_facts(timestamptz) IS 'Lectures that count: the roll-up for NULL, the records otherwise.';

CREATE FUNCTION covering_facts(p_as_of timestamptz) RETURNS SETOF covering_event
LANGUAGE plpgsql STABLE ROWS 20000 AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT * FROM zhibao.covering_event;
	ELSE
		RETURN QUERY SELECT * FROM zhibao.covering_at(p_as_of, NULL, NULL);
	END IF;
END $$;
COMMENT ON FUNCTION covering_facts(timestamptz) IS 'Covering events: the roll-up for NULL, the records otherwise.';

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

-- The registers that belong to the facts.
CREATE FUNCTION facts_register(p_as_of timestamptz) RETURNS integer
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN p_as_of IS NULL THEN (SELECT register_version FROM zhibao.fold_state)
		ELSE zhibao.register_at(p_as_of) END
$$;
COMMENT ON FUNCTION facts_register(timestamptz) IS 'Version of the registers that belongs to the facts.';

-- Rulings R5, R6: every unit valid on p_on and how it stands. A merged unit is covered if a predecessor was; a
-- child of a split only by an event that names it, otherwise it is inherited and unproven.
CREATE FUNCTION township_standing(p_on date, p_as_of timestamptz)
RETURNS TABLE (unit_id text, code text, name_zh text, kind text, county_code text, is_rural boolean,
	covered_broad boolean, covered_strict boolean, is_inherited boolean, sessions_broad bigint, sessions_strict bigint,
	first_on date, last_on date)
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH RECURSIVE lineage AS MATERIALIZED (
		SELECT l.* FROM zhibao.township_lineage l
		WHERE l.register_version = (SELECT zhibao.facts_register(p_as_of)) AND l.changed_on <= p_on
	), event AS MATERIALIZED (
		SELECT e.unit_id, e.is_strict, e.occurred_on FROM zhibao.covering_facts(p_as_of) e WHERE e.occurred_on <= p_on
	), reached AS (
		SELECT e.unit_id, bool_or(e.is_strict) AS is_strict FROM event e GROUP BY e.unit_id
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
	), tally AS (
		SELECT e.unit_id, count(*) AS broad, count(*) FILTER (WHERE e.is_strict) AS strict,
			min(e.occurred_on) AS first_on, max(e.occurred_on) AS last_on
		FROM event e GROUP BY e.unit_id
	)
	SELECT t.unit_id, t.code, t.name_zh, t.kind, t.county_code, t.kind <> '街道',
		c.unit_id IS NOT NULL, coalesce(c.is_strict, false), c.unit_id IS NULL AND u.unit_id IS NOT NULL,
		coalesce(y.broad, 0), coalesce(y.strict, 0), y.first_on, y.last_on
	FROM zhibao.township_version t
	LEFT JOIN covered c ON c.unit_id = t.unit_id
	LEFT JOIN (SELECT DISTINCT unproven.unit_id FROM unproven) u ON u.unit_id = t.unit_id
	LEFT JOIN tally y ON y.unit_id = t.unit_id
	WHERE t.register_version = (SELECT zhibao.facts_register(p_as_of)) AND t.valid_from <= p_on AND p_on < t.valid_to
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
	FROM zhibao.township_standing(p_on, p_as_of) s
	GROUP BY s.county_code
$$;
COMMENT ON FUNCTION coverage_by_county(date, timestamptz) IS 'Township coverage (乡镇覆盖率) per county-level division, ruling R6.';

-- Ruling R8: sessions. Twins of one office (same day, townships, place and theme) count once, the first received.
CREATE FUNCTION session(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, category text, occurred_on date, plan_item_id uuid, attendance integer)
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT s.office_code, s.item_id, s.category, s.occurred_on, s.plan_item_id, s.attendance
	FROM (
		SELECT l.*, row_number() OVER (PARTITION BY l.office_code, l.fingerprint
			ORDER BY l.received_at, l.batch_id, l.seq) AS place
		FROM zhibao.lecture_facts(p_as_of) l
		WHERE l.occurred_on <= p_on
	) s
	WHERE s.place = 1
$$;
COMMENT ON FUNCTION session(date, timestamptz) IS 'Sessions that count (场次), once per host office, ruling R8.';

-- Rulings R8, R9: every plan line with the sessions credited to it by its own office, as host or as claimant. The
-- lines of annex 2 belong to the province and its lead units together.
CREATE FUNCTION plan_line_standing(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, plan_item_id uuid, item_no integer, category text, theme text, activity text,
	window_start date, window_end date, planned_min integer, planned_max integer, is_provincial boolean, held bigint)
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH line AS MATERIALIZED (
		SELECT p.office_code, p.item_id AS plan_item_id, p.item_no, p.category, p.theme, p.activity, p.window_start,
			p.window_end, p.planned_min, p.planned_max, false AS is_provincial
		FROM zhibao.plan_item_facts(p_as_of) p
		UNION ALL
		SELECT a.lead_office_code, a.plan_item_id, a.row_no, a.category, a.theme, a.activity, a.window_start,
			a.window_end, a.planned_min, a.planned_max, true
		FROM zhibao.plan_line a WHERE a.register_version = (SELECT zhibao.facts_register(p_as_of))
	), provincial AS MATERIALIZED (
		SELECT o.code FROM zhibao.office o WHERE o.register_version = (SELECT zhibao.facts_register(p_as_of))
			AND o.level IN ('province', 'province_unit')
	), held AS MATERIALIZED (
		SELECT s.* FROM zhibao.session(p_on, p_as_of) s
	), credit AS (
		SELECT h.office_code AS credited_by, h.plan_item_id, h.office_code, h.item_id FROM held h WHERE h.plan_item_id IS NOT NULL
		UNION
		SELECT c.office_code, c.plan_item_id, h.office_code, h.item_id
		FROM zhibao.claim_facts(p_as_of) c
		JOIN held h ON h.office_code = c.host_office_code AND h.item_id = c.host_item_id
		WHERE c.plan_item_id IS NOT NULL AND c.office_code <> h.office_code
	), counted AS (
		SELECT l.plan_item_id, count(DISTINCT (k.office_code, k.item_id)) AS held
		FROM line l
		JOIN credit k ON k.plan_item_id = l.plan_item_id
		WHERE CASE WHEN l.is_provincial THEN k.credited_by IN (SELECT code FROM provincial)
			ELSE k.credited_by = l.office_code END
		GROUP BY l.plan_item_id
	)
	SELECT l.*, coalesce(c.held, 0)
	FROM line l LEFT JOIN counted c USING (plan_item_id)
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
		SELECT s.office_code, count(*) AS sessions, count(*) FILTER (WHERE s.plan_item_id IS NULL) AS unplanned,
			sum(s.attendance) AS attendance,
			count(*) FILTER (WHERE s.category = 'general') AS general,
			count(*) FILTER (WHERE s.category = 'enterprise') AS enterprise,
			count(*) FILTER (WHERE s.category = 'campus') AS campus,
			count(*) FILTER (WHERE s.category = 'village') AS village,
			count(*) FILTER (WHERE s.category = 'site') AS site,
			count(*) FILTER (WHERE s.category = 'system') AS system
		FROM zhibao.session(p_on, p_as_of) s GROUP BY s.office_code
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

-- Two decimals, half up, as text; NULL (不适用) when the denominator is zero. Ruling R17.
CREATE FUNCTION percent_text(p_numerator bigint, p_denominator bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN p_denominator > 0 THEN round(100 * p_numerator::numeric / p_denominator, 2)::text END
$$;
COMMENT ON FUNCTION percent_text(bigint, bigint) IS 'A rate in percent with two decimals, NULL when not applicable; ruling R17.';

-- Replaces what the named items contribute to the roll-ups by what they contribute at p_as_of.
CREATE FUNCTION fold_items(p_kind text, p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_kind
	WHEN 'lecture_event' THEN
		DELETE FROM zhibao.counted_lecture WHERE (office_code, item_id) IN (SELECT * FROM unnest(p_offices, p_items));
		DELETE FROM zhibao.covering_event WHERE (office_code, item_id) IN (SELECT * FROM unnest(p_offices, p_items));
		-- As lecture_at and covering_at, with the records looked at once.
		WITH held AS MATERIALIZED (
			SELECT * FROM zhibao.held_lecture(p_as_of, p_offices, p_items)
		), counted AS (
			INSERT INTO zhibao.counted_lecture SELECT h.office_code, h.item_id, h.revision_id, h.category, h.occurred_on,
				h.plan_item_id, h.attendance, h.covers, h.fingerprint, h.received_at, h.batch_id, h.seq
			FROM held h
		)
		INSERT INTO zhibao.covering_event SELECT h.office_code, h.item_id, u.unit_id, h.occurred_on, h.category = 'village'
		FROM (SELECT zhibao.register_at(p_as_of) AS register) r CROSS JOIN held h
		CROSS JOIN LATERAL zhibao.units_named(r.register, h.township_codes, h.occurred_on) u
		WHERE h.covers;
	WHEN 'plan_item' THEN
		DELETE FROM zhibao.current_plan_item WHERE (office_code, item_id) IN (SELECT * FROM unnest(p_offices, p_items));
		INSERT INTO zhibao.current_plan_item SELECT * FROM zhibao.plan_item_at(p_as_of, p_offices, p_items);
	WHEN 'claim' THEN
		DELETE FROM zhibao.current_claim WHERE (office_code, item_id) IN (SELECT * FROM unnest(p_offices, p_items));
		INSERT INTO zhibao.current_claim SELECT * FROM zhibao.claim_at(p_as_of, p_offices, p_items);
	END CASE;
END $$;
COMMENT ON FUNCTION fold_items(text, timestamptz, text[], uuid[]) IS 'Brings the contribution of the named items to the roll-ups up to date.';

-- Instant up to which no batch can still appear: the start of the oldest transaction of a collector, or now.
CREATE FUNCTION fold_horizon() RETURNS timestamptz
LANGUAGE sql VOLATILE AS $$
	SELECT least(clock_timestamp(), (SELECT min(a.xact_start) FROM pg_stat_activity a
		WHERE a.datname = current_database() AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()
			AND a.backend_type = 'client backend' AND pg_has_role(a.usesysid, 'zhibao_collector', 'MEMBER')))
		- interval '1 microsecond'
$$;
COMMENT ON FUNCTION fold_horizon() IS 'Instant up to which no batch can still appear.';

-- One fold. p_horizon is fold_horizon(), read in a statement of its own before this one, so that this snapshot sees
-- every batch received by then. The tail is followed by transaction, never by number or time: a batch that commits
-- late, or under a clock that stepped back, is not passed over. Batches received after the limit wait for the next
-- fold, so that the roll-ups are exactly what was known at as_of. New registers make everything anew.
-- A long tail is folded in windows of about 100,000 records, whole transactions each, so that memory and the time until
-- others see something stay small; what is behind the window counts as received after the limit.
-- Returns the number of batches folded.
CREATE FUNCTION fold(p_horizon timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_state zhibao.fold_state;
	v_xmin xid8 := pg_snapshot_xmin(pg_current_snapshot());
	v_limit timestamptz := least(p_horizon,
		(SELECT min(b.received_at) - interval '1 microsecond' FROM zhibao.batch b WHERE b.xid >= v_xmin));
	v_register integer := zhibao.register_at(v_limit);
	v_end xid8;
	v_cut timestamptz;
	v_kind text;
	v_offices text[];
	v_items uuid[];
	v_batches bigint;
BEGIN
	SELECT * INTO v_state FROM zhibao.fold_state FOR UPDATE;
	IF NOT FOUND OR v_state.register_version IS DISTINCT FROM v_register THEN
		DELETE FROM zhibao.counted_lecture;
		DELETE FROM zhibao.covering_event;
		DELETE FROM zhibao.current_plan_item;
		DELETE FROM zhibao.current_claim;
		DELETE FROM zhibao.fold_state;
		INSERT INTO zhibao.fold_state VALUES (true, '0', '-infinity', v_register, 0) RETURNING * INTO v_state;
	END IF;
	SELECT min(w.xid) INTO v_end FROM (
		SELECT t.xid, sum(t.records) OVER (ORDER BY t.xid) - t.records AS records_before FROM (
			SELECT b.xid, b.last_seq - b.first_seq + 1 AS records FROM zhibao.batch b
			WHERE b.xid >= v_state.next_xid AND b.xid < v_xmin ORDER BY b.xid LIMIT 100001) t) w
	WHERE w.records_before >= 100000 AND w.xid > v_state.next_xid;
	IF v_end IS NOT NULL THEN
		SELECT least(v_limit, min(b.received_at) - interval '1 microsecond') INTO v_cut FROM zhibao.batch b WHERE b.xid >= v_end;
		-- Under a clock that stepped back a window can hold nothing that was received before the rest: then all at once.
		IF EXISTS (SELECT FROM zhibao.batch b WHERE b.xid >= v_state.next_xid AND b.xid < v_end AND b.received_at <= v_cut) THEN
			v_limit := v_cut;
			v_xmin := v_end;
		END IF;
	END IF;
	SELECT count(*) INTO v_batches FROM zhibao.batch b
		WHERE b.xid >= v_state.next_xid AND b.xid < v_xmin AND b.received_at <= v_limit;
	IF v_batches > 0 THEN
		FOREACH v_kind IN ARRAY ARRAY['plan_item', 'lecture_event', 'claim'] LOOP
			EXECUTE format($q$
				SELECT array_agg(i.office_code), array_agg(i.item_id) FROM (
					SELECT DISTINCT r.office_code, r.item_id
					FROM zhibao.batch b JOIN zhibao.%I r ON r.batch_id = b.batch_id
					WHERE b.xid >= $1 AND b.xid < $2 AND b.received_at <= $3) i
			$q$, v_kind) INTO v_offices, v_items USING v_state.next_xid, v_xmin, v_limit;
			IF v_items IS NOT NULL THEN
				PERFORM zhibao.fold_items(v_kind, v_limit, v_offices, v_items);
			END IF;
		END LOOP;
	END IF;
	UPDATE zhibao.fold_state SET batches_folded = batches_folded + v_batches,
		as_of = greatest(as_of, v_limit),
		next_xid = least(v_xmin, (SELECT min(b.xid) FROM zhibao.batch b
			WHERE b.xid >= v_state.next_xid AND b.xid < v_xmin AND b.received_at > v_limit));
	RETURN v_batches;
END $$;
COMMENT ON FUNCTION fold(timestamptz) IS 'Folds what arrived since the last time into the roll-ups (增量汇总).';

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

-- For pages: the columns of a record that its kind defines, without the head.
CREATE FUNCTION record_body(p_row jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_strip_nulls(p_row - ARRAY['office_code', 'item_id', 'revision_id', 'base_revision_id', 'operation', 'recorded_at',
		'author', 'author_office_code', 'received_at', 'batch_id', 'seq', 'programme_version'])
$$;
COMMENT ON FUNCTION record_body(jsonb) IS 'A record without its head (记录内容), for pages.';

-- For pages: every stored revision of one item as it is in its table.
CREATE FUNCTION item_rows(p_kind text, p_office text, p_item uuid, p_as_of timestamptz) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT to_jsonb(r) FROM zhibao.%I r WHERE r.office_code = $1 AND r.item_id = $2
		AND r.received_at <= $3 ORDER BY r.received_at, r.batch_id, r.seq', p_kind) USING p_office, p_item, p_as_of;
END $$;
COMMENT ON FUNCTION item_rows(text, text, uuid, timestamptz) IS 'Stored revisions of an item (版本历史), oldest first.';

-- For pages: the items of a kind in the subtree of a node, newest revision of each, newest first.
CREATE FUNCTION item_list(p_kind text, p_register integer, p_node text, p_as_of timestamptz, p_limit integer, p_offset bigint)
RETURNS SETOF jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT to_jsonb(r)
		FROM zhibao.counting_revision(%1$L, $1, NULL, NULL) c
		JOIN zhibao.%1$I r USING (office_code, item_id, revision_id)
		JOIN zhibao.office_tree t ON t.register_version = $2 AND t.ancestor_code = $3 AND t.code = r.office_code
		ORDER BY r.received_at DESC, r.office_code, r.item_id
		LIMIT $4 OFFSET $5
	$q$, p_kind) USING p_as_of, p_register, p_node, p_limit, p_offset;
END $$;
COMMENT ON FUNCTION item_list(text, integer, text, timestamptz, integer, bigint) IS 'Items of a kind below a node (记录列表), newest first.';

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA zhibao TO zhibao_aggregator, zhibao_collector;

COMMIT;
