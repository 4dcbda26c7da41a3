-- Deploy activity_indicators: I-03 townships, I-04 sessions, I-05 speakers, I-15 study.
--
-- Each is a function of (p_on, p_as_of) that returns facts, see indicator_catalogue.

BEGIN;

SET LOCAL search_path TO zhibao;

-- I-03 乡镇覆盖率: distinct township units with a covering lecture / units valid on p_on, two breadths by two bases (R6); the
-- main part is the official one. counties = counties at 100 % / counties with units; inherited = units inherited, unproven
-- (R5), in no numerator. No unit: not applicable. Source: annex 1 L20, annex 3 item 12; rulings R5 to R7.
CREATE FUNCTION township_coverage(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 20000 AS $$
	WITH rule AS MATERIALIZED (
		SELECT zhibao.rule_value(r.register, 'coverage.breadth', 'broad') AS breadth, zhibao.rule_value(r.register, 'coverage.base', 'all') AS base
		FROM (SELECT zhibao.facts_register(p_as_of) AS register) r
	), unit AS MATERIALIZED (
		SELECT s.*, CASE r.breadth WHEN 'strict' THEN s.covered_strict ELSE s.covered_broad END AS is_official,
			s.is_rural OR r.base = 'all' AS is_based
		FROM zhibao.township_covered(p_on, p_as_of) s CROSS JOIN rule r
	)
	SELECT u.county_code, v.part, v.n::integer::bigint, 1, 'township', u.county_code, NULL::uuid, u.unit_id
	FROM unit u CROSS JOIN LATERAL (VALUES
		('', CASE WHEN u.is_based THEN u.is_official END),
		('broad.all', u.covered_broad), ('strict.all', u.covered_strict),
		('broad.rural', CASE WHEN u.is_rural THEN u.covered_broad END), ('strict.rural', CASE WHEN u.is_rural THEN u.covered_strict END),
		('inherited', CASE WHEN u.is_inherited THEN true END)) v (part, n)
	WHERE v.n IS NOT NULL
	UNION ALL
	SELECT s.open_code, 'counties', bool_and(u.is_official)::integer, 1, 'office', s.open_code, NULL, NULL
	FROM unit u JOIN zhibao.standing_office(zhibao.facts_register(p_as_of)) s ON s.code = u.county_code
	WHERE u.is_based GROUP BY s.open_code
$$;
COMMENT ON FUNCTION township_coverage(date, timestamptz) IS 'Township coverage (I-03 乡镇覆盖率): annex 1 L20, annex 3 item 12; rulings R5 to R7.';

-- Which lecture reaches which unit by a day, through mergers too (ruling R5).
CREATE FUNCTION reaching_lecture(p_on date, p_as_of timestamptz) RETURNS TABLE (unit_id text, office_code text, item_id uuid, is_strict boolean)
LANGUAGE sql STABLE ROWS 20000 AS $$
	WITH RECURSIVE lineage AS MATERIALIZED (
		SELECT l.* FROM zhibao.township_lineage l WHERE l.register_version = (SELECT zhibao.facts_register(p_as_of))
			AND l.changed_on <= p_on AND l.change = 'merge'
	), reached AS (
		SELECT e.unit_id, e.office_code, e.item_id, e.is_strict FROM zhibao.covering_facts(p_as_of) e WHERE e.occurred_on <= p_on
		UNION
		SELECT l.to_unit_id, r.office_code, r.item_id, r.is_strict FROM reached r JOIN lineage l ON l.from_unit_id = r.unit_id
	)
	SELECT r.unit_id, r.office_code, r.item_id, r.is_strict FROM reached r
$$;
COMMENT ON FUNCTION reaching_lecture(date, timestamptz) IS 'Lectures that reach a unit (覆盖依据), rulings R5 and R7.';

-- County and kind are those of the unit on the day asked for, as in the figure, wherever the place belonged when the lecture was held.
CREATE FUNCTION township_members(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 20000 AS $$
	SELECT f.* FROM zhibao.township_coverage(p_on, p_as_of) f
	UNION ALL
	SELECT u.county_code, v.part, NULL, NULL, 'lecture_event', e.office_code, e.item_id, u.unit_id
	FROM (SELECT zhibao.facts_register(p_as_of) AS register) r CROSS JOIN zhibao.township_covered(p_on, p_as_of) u
	JOIN zhibao.reaching_lecture(p_on, p_as_of) e ON e.unit_id = u.unit_id
	CROSS JOIN LATERAL (VALUES ('broad.all', true), ('strict.all', e.is_strict), ('broad.rural', u.is_rural), ('strict.rural', e.is_strict AND u.is_rural),
		('', (e.is_strict OR zhibao.rule_value(r.register, 'coverage.breadth', 'broad') = 'broad')
			AND (u.is_rural OR zhibao.rule_value(r.register, 'coverage.base', 'all') = 'all'))) v (part, is_in)
	WHERE v.is_in
$$;
COMMENT ON FUNCTION township_members(date, timestamptz) IS 'Townships and the lectures that cover them (I-03 明细): annex 1 L20.';

-- I-04 分类场次: held sessions by category and month, 场, at the host (R8); system with study events (R18). Main part: the five
-- categories together; general stands apart (A2-03). Source: annex 1 L11, annex 3 items 10 to 14.
CREATE FUNCTION session_tally(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 5000 AS $$
	SELECT t.office_code, v.part, t.sessions, NULL::bigint, NULL, NULL, NULL::uuid, NULL
	FROM zhibao.category_month(p_on, p_as_of) t CROSS JOIN LATERAL (VALUES (CASE WHEN t.category <> 'general' THEN '' END), (t.category),
		(t.category || ':' || to_char(t.month_on, 'YYYY-MM'))) v (part)
	WHERE v.part IS NOT NULL
$$;
COMMENT ON FUNCTION session_tally(date, timestamptz) IS 'Sessions by category and month (I-04 分类场次): annex 1 L11, annex 3 items 10 to 14; rulings R8, R18.';
CREATE FUNCTION session_members(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 20000 AS $$
	SELECT s.office_code, v.part, 1::bigint, NULL::bigint, s.kind, s.office_code, s.item_id, NULL
	FROM zhibao.category_session(p_on, p_as_of) s CROSS JOIN LATERAL (VALUES (CASE WHEN s.category <> 'general' THEN '' END),
		(s.category), (s.category || ':' || to_char(s.occurred_on, 'YYYY-MM'))) v (part)
	WHERE v.part IS NOT NULL
$$;
COMMENT ON FUNCTION session_members(date, timestamptz) IS 'Sessions by category (I-04 明细): annex 1 L11.';

-- Lectures that are sessions, counted by host.
CREATE FUNCTION session_total(p_on date, p_as_of timestamptz) RETURNS TABLE (office_code text, sessions bigint)
LANGUAGE plpgsql STABLE ROWS 150 AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT d.office_code, sum(d.sessions) FROM zhibao.session_day d
			WHERE d.occurred_on <= p_on AND NOT d.is_study GROUP BY d.office_code;
	ELSE
		RETURN QUERY SELECT s.office_code, count(*) FROM zhibao.session(p_on, p_as_of) s GROUP BY s.office_code;
	END IF;
END $$;
COMMENT ON FUNCTION session_total(date, timestamptz) IS 'Lectures that are sessions (宣讲场次) by host, ruling R8.';

-- I-04b 补录率: lectures first received more than 30 days after the day they were held / sessions held as lectures. Only a
-- lecture whose counting revision came late can have come late first; the first revision is looked up for those alone.
-- Nothing is refused for it. Source: annex 1 L11.
CREATE FUNCTION late_entry(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE plpgsql STABLE ROWS 1000 AS $$
BEGIN
	RETURN QUERY SELECT s.office_code, ''::text, NULL::bigint, sum(s.sessions)::bigint, NULL::text, NULL::text, NULL::uuid, NULL::text
		FROM zhibao.session_total(p_on, p_as_of) s GROUP BY s.office_code;
	RETURN QUERY EXECUTE format($q$
		SELECT c.office_code, ''::text, 1::bigint, NULL::bigint, 'lecture_event'::text, c.office_code, c.item_id, c.occurred_on::text
		FROM %s c
		WHERE c.is_session AND c.occurred_on <= $1 AND c.received_at >= zhibao.late_entry_from(c.occurred_on)
			AND (SELECT min(l.received_at) FROM zhibao.lecture_event l WHERE l.office_code = c.office_code AND l.item_id = c.item_id)
				>= zhibao.late_entry_from(c.occurred_on)
	$q$, zhibao.lecture_source(p_as_of)) USING p_on, p_as_of;
END $$;
COMMENT ON FUNCTION late_entry(date, timestamptz) IS 'Lectures entered more than 30 days after they were held (I-04b 补录率): annex 1 L11.';

-- Pairs as of speaker_pair_query, of all offices. The planner takes the join of three columns that belong together for one row
-- and would look through all speakers for each lecture; nested loops are off here.
CREATE FUNCTION speaker_pair(p_on date, p_as_of timestamptz)
RETURNS TABLE (speaker_office_code text, speaker_item_id uuid, role text, office_code text, item_id uuid, fingerprint uuid)
LANGUAGE plpgsql STABLE ROWS 10000 SET enable_nestloop = off SET jit = off AS $$
BEGIN
	RETURN QUERY EXECUTE zhibao.speaker_pair_query(
		'SELECT s.office_code, s.item_id, s.role FROM zhibao.counting(NULL::zhibao.speaker, $2) s WHERE s.is_active AND s.trained_on <= $1',
		'SELECT c.office_code, c.host_office_code, c.host_item_id FROM zhibao.claim_facts($2) c',
		format('SELECT c.* FROM %s c WHERE c.occurred_on <= $1', zhibao.lecture_source(p_as_of))) USING p_on, p_as_of;
END $$;
COMMENT ON FUNCTION speaker_pair(date, timestamptz) IS 'Speakers and the held events they took part in (参与宣讲人次), ruling R18 item 15.';

-- I-05 骨干人均场次: pairs of an office's own active speakers and held events of the office, co-hosted (claimed) ones included /
-- its active speakers trained by p_on, 场/人; by role beside it: item 15 of the form. A withdrawn, inactive or later trained
-- speaker is in neither. No speaker: not applicable. Source: annex 3 item 15 (L95), annex 1 L11; ruling R18 item 15.
CREATE FUNCTION speaker_average(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH speaker AS MATERIALIZED (
		SELECT p.speaker_office_code, p.speaker_item_id, p.role, count(DISTINCT p.fingerprint) AS events
		FROM zhibao.speaker_pair(p_on, p_as_of) p GROUP BY 1, 2, 3
	)
	SELECT s.speaker_office_code, v.part, s.events, 1::bigint, 'speaker', s.speaker_office_code, s.speaker_item_id, NULL
	FROM speaker s CROSS JOIN LATERAL (VALUES (''), (s.role)) v (part)
$$;
COMMENT ON FUNCTION speaker_average(date, timestamptz) IS 'Average sessions per active speaker (I-05 骨干人均场次): annex 3 item 15; ruling R18.';
CREATE FUNCTION speaker_members(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT * FROM zhibao.speaker_average(p_on, p_as_of)
	UNION ALL
	SELECT DISTINCT p.speaker_office_code, v.part, NULL::bigint, NULL::bigint, 'lecture_event', p.office_code, p.item_id, p.speaker_item_id::text
	FROM zhibao.speaker_pair(p_on, p_as_of) p CROSS JOIN LATERAL (VALUES (''), (p.role)) v (part) WHERE p.item_id IS NOT NULL
$$;
COMMENT ON FUNCTION speaker_members(date, timestamptz) IS 'Speakers and their events (I-05 明细): annex 3 item 15.';

-- I-15 学习竞赛: held study events and their participants, 场 and 人, by form and by target (staff, employers, agencies, the
-- public). Uses of the mini-program stand under their form and are no events of the main part (R18). An event without a
-- number of participants counts under unknown_participants. Source: annex 1 L11 (A1-21 to A1-25), annex 3 item 14.
CREATE FUNCTION study_activity(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	SELECT e.office_code, v.part, v.n, NULL::bigint, 'study_event', e.office_code, e.item_id, NULL
	FROM zhibao.counting(NULL::zhibao.study_event, p_as_of) e CROSS JOIN LATERAL (VALUES
		(CASE WHEN e.form <> 'mini_program_study' THEN '' END, 1::bigint),
		(CASE WHEN e.form <> 'mini_program_study' THEN 'participants' END, e.participants),
		('form:' || e.form, 1), ('form:' || e.form || '.participants', e.participants),
		('target:' || e.target, CASE WHEN e.form <> 'mini_program_study' THEN 1 END),
		('target:' || e.target || '.participants', CASE WHEN e.form <> 'mini_program_study' THEN e.participants END),
		('unknown_participants', CASE WHEN e.participants IS NULL THEN 1 END)) v (part, n)
	WHERE e.status = 'held' AND e.occurred_on >= (SELECT zhibao.programme_start(p_as_of)) AND e.occurred_on <= p_on AND v.part IS NOT NULL AND v.n IS NOT NULL
$$;
COMMENT ON FUNCTION study_activity(date, timestamptz) IS 'Study, drills and contests (I-15 学习竞赛): annex 1 L11, annex 3 item 14; ruling R18.';

COMMIT;
