-- Deploy coverage: covered townships (乡镇覆盖) as functions of `on` and `as_of`; how rates are written.
--
-- p_on     day up to which events count and at which the register is valid
-- p_as_of  instant up to which revisions had been received; NULL means what the aggregator has folded, see facts

BEGIN;

SET LOCAL search_path TO zhibao;

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

COMMIT;
