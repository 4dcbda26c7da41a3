-- Deploy figure_sources: where figures come from (数据来源): figures at a day and an instant, what adds up to them, the records behind.

BEGIN;

SET LOCAL search_path TO zhibao;

-- Where figures come from. A further figure is one more row here and the functions it names, each in this schema:
--   figures_function (indicator text, on date, as_of timestamptz) -> node_code, part, numerator, denominator
--   members_function (indicator, on, as_of) -> owner_code, part, member, label_zh, numerator, denominator: what adds up
--     to the figures of every node above owner_code. NULL: the share of each office itself, from its figures.
--   evidence_function (indicator, on, as_of) -> part_prefix, member, kind, office_code, item_id, detail: the records behind a
--     member, for the parts that begin with part_prefix and _, for all when it is empty, for one part as =part.
--     NULL: every record of the kinds of that office.
CREATE TABLE figure_source (
	indicator text PRIMARY KEY,
	order_no integer NOT NULL,
	named_by text NOT NULL REFERENCES indicator_definition,
	figures_function text NOT NULL,
	members_function text,
	evidence_function text,
	kinds text[] NOT NULL,
	has_refused boolean NOT NULL
);
COMMENT ON TABLE figure_source IS 'Figures that are frozen, compared and exported (指标来源). Written by the schema; read by the aggregator.';
COMMENT ON COLUMN figure_source.indicator IS 'identifier (指标代码)';
COMMENT ON COLUMN figure_source.order_no IS 'order in lists (序号)';
COMMENT ON COLUMN figure_source.named_by IS 'indicator of the catalogue whose name it bears (目录指标)';
COMMENT ON COLUMN figure_source.figures_function IS 'function that makes it per node (计算函数)';
COMMENT ON COLUMN figure_source.members_function IS 'function that lists what adds up to it (明细函数)';
COMMENT ON COLUMN figure_source.evidence_function IS 'function that lists the records behind a member (依据函数)';
COMMENT ON COLUMN figure_source.kinds IS 'record kinds it is made from, and extension, exemption, draw (记录类别)';
COMMENT ON COLUMN figure_source.has_refused IS 'whether it looks at verdicts and at revisions that do not count, too (是否涉及审核结论与非计数版本)';
GRANT SELECT ON figure_source TO zhibao_aggregator, zhibao_admin;

INSERT INTO figure_source VALUES
	('coverage', 1, 'I-03', 'figure_coverage', 'figure_coverage_member', 'figure_coverage_evidence', '{lecture_event}', false),
	('completion', 2, 'I-02', 'figure_completion', 'figure_completion_member', 'figure_completion_evidence', '{lecture_event,plan_item,claim,study_event}', false);
INSERT INTO figure_source
SELECT d.indicator_id, d.place, d.indicator_id, 'indicator', NULL, 'figure_indicator_evidence', k.kinds::text[], d.indicator_id IN ('I-01', 'I-08', 'I-13', 'I-17', 'I-18')
FROM (VALUES ('I-01', '{submission,plan_item,media_product,office_profile,publication,filing_receipt,statistics_form,extension,exemption}'),
	('I-02', '{lecture_event,plan_item,claim,study_event}'), ('I-02b', '{lecture_event,claim,study_event}'),
	('I-02c', '{lecture_event,plan_item,claim,study_event}'), ('I-03', '{lecture_event}'),
	('I-04', '{lecture_event,claim,study_event}'), ('I-04b', '{lecture_event,claim}'),
	('I-05', '{lecture_event,speaker,claim}'), ('I-06', '{publication,lecture_event,claim,exemption}'),
	('I-07', '{policy_document}'), ('I-08', '{policy_document}'), ('I-09', '{policy_document,interpretation,publication,media_product}'),
	('I-10', '{publication}'), ('I-11', '{window_report,media_product,office_profile,lecture_event,claim}'),
	('I-12', '{inspection,exchange,circular,draw}'), ('I-13', '{filing_receipt,submission,plan_item,exemption}'),
	('I-14', '{feedback_stat,public_input}'), ('I-15', '{study_event}'), ('I-16', '{news_item}'),
	('I-17', '{statistics_form,policy_document,publication,media_product,interpretation,lecture_event,claim,study_event,speaker,window_report}'),
	('I-18', '{submission,media_product,statistics_form}')) k (indicator, kinds)
JOIN indicator_definition d ON d.indicator_id = k.indicator;

CREATE FUNCTION figure_name(p_indicator text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT d.name_zh FROM zhibao.figure_source s JOIN zhibao.indicator_definition d ON d.indicator_id = s.named_by WHERE s.indicator = p_indicator
$$;
COMMENT ON FUNCTION figure_name(text) IS 'Name of a figure as the catalogue has it (指标名称).';

-- What a part of a figure is: its name, its unit, how it is written, and whether the shares of offices add up to it. Medians, longest
-- days and distinct counts do not; nor does what is hidden below a least number of answers, whose shares would tell it.
CREATE FUNCTION figure_part(p_register integer, p_indicator text, p_part text)
RETURNS TABLE (name_zh text, unit text, style text, is_additive boolean)
LANGUAGE sql STABLE ROWS 1 AS $$
	SELECT w.zh, w.unit, 'percent', true FROM (VALUES
		('broad_all', '宽口径·乡镇+街道', '个'), ('broad_rural', '宽口径·乡镇', '个'), ('strict_all', '窄口径·乡镇+街道', '个'),
		('strict_rural', '窄口径·乡镇', '个'), ('cities_capped', '市州口径·完成率', '场'), ('cities_raw', '市州口径·原始比率', '场'),
		('cities_ended', '市州口径·到期完成率', '场'), ('provincial_capped', '省级计划·完成率', '场'), ('provincial_raw', '省级计划·原始比率', '场'),
		('provincial_ended', '省级计划·到期完成率', '场'), ('all_capped', '全部计划·完成率', '场'), ('all_raw', '全部计划·原始比率', '场'),
		('all_ended', '全部计划·到期完成率', '场')) w (part, zh, unit)
	WHERE p_indicator IN ('coverage', 'completion') AND w.part = p_part
	UNION ALL
	SELECT coalesce(zhibao.indicator_part_name(p_register, p_indicator, p_part), p.name_zh),
		CASE WHEN p.part LIKE '%.item:*' THEN coalesce((SELECT c.unit FROM zhibao.form_cell c
			WHERE concat_ws('.', c.item_no, nullif(c.sub_field, '')) = split_part(p_part, '.item:', 2)), p.unit) ELSE p.unit END,
		p.style, p.rollup = 'sum' AND p.minimum_rule IS NULL
	FROM zhibao.indicator_part_of(p_indicator, p_part) p WHERE p.indicator_id IS NOT NULL
$$;
COMMENT ON FUNCTION figure_part(integer, text, text) IS 'Name, unit and style of a part of a figure (口径名称、单位).';

-- 24:00 of a day in Asia/Shanghai, exclusive: the last instant that belongs to it (ruling R2).
CREATE FUNCTION day_last(p_on date) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
	SELECT ((p_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') - interval '1 microsecond'
$$;
COMMENT ON FUNCTION day_last(date) IS 'Last instant of a day (当日截止时点), ruling R2.';

CREATE FUNCTION rule_version(p_register integer) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT p.programme || '@' || p.version FROM zhibao.programme_version p WHERE p.register_version = p_register
$$;
COMMENT ON FUNCTION rule_version(integer) IS 'Programme and version behind a version of the registers (规则版本).';

-- Ruling R6: the four coverage figures of every node above a county-level division.
CREATE FUNCTION figure_coverage(p_indicator text, p_on date, p_as_of timestamptz)
RETURNS TABLE (node_code text, part text, numerator bigint, denominator bigint)
LANGUAGE sql STABLE AS $$
	SELECT t.ancestor_code, f.part, sum(f.n)::bigint, sum(f.d)::bigint
	FROM zhibao.office o
	JOIN zhibao.office_tree t ON t.register_version = o.register_version AND t.code = o.code
	LEFT JOIN zhibao.coverage_by_county(p_on, p_as_of) c ON c.county_code = o.code
	CROSS JOIN LATERAL (VALUES ('broad_all', coalesce(c.broad_all, 0), coalesce(c.units_all, 0)),
		('broad_rural', coalesce(c.broad_rural, 0), coalesce(c.units_rural, 0)),
		('strict_all', coalesce(c.strict_all, 0), coalesce(c.units_all, 0)),
		('strict_rural', coalesce(c.strict_rural, 0), coalesce(c.units_rural, 0))) f (part, n, d)
	WHERE o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND o.is_county_level
	GROUP BY t.ancestor_code, f.part
$$;
COMMENT ON FUNCTION figure_coverage(text, date, timestamptz) IS 'Township coverage (乡镇覆盖率) per node and part, ruling R6; annex 1 L20.';

CREATE FUNCTION figure_coverage_member(p_indicator text, p_on date, p_as_of timestamptz)
RETURNS TABLE (owner_code text, part text, member text, label_zh text, numerator bigint, denominator bigint)
LANGUAGE sql STABLE AS $$
	SELECT s.county_code, f.part, s.unit_id, s.name_zh, f.is_covered::integer::bigint, 1::bigint
	FROM zhibao.township_covered(p_on, p_as_of) s
	CROSS JOIN LATERAL (VALUES ('broad_all', true, s.covered_broad), ('broad_rural', s.is_rural, s.covered_broad),
		('strict_all', true, s.covered_strict), ('strict_rural', s.is_rural, s.covered_strict)) f (part, is_in_base, is_covered)
	WHERE f.is_in_base
$$;
COMMENT ON FUNCTION figure_coverage_member(text, date, timestamptz) IS 'Township units as members of the coverage figures (覆盖明细).';

-- Lectures behind a unit, through mergers too (ruling R5).
CREATE FUNCTION figure_coverage_evidence(p_indicator text, p_on date, p_as_of timestamptz)
RETURNS TABLE (part_prefix text, member text, kind text, office_code text, item_id uuid, detail text)
LANGUAGE sql STABLE AS $$
	SELECT f.prefix, r.unit_id, 'lecture_event', r.office_code, r.item_id, ''
	FROM zhibao.reaching_lecture(p_on, p_as_of) r CROSS JOIN LATERAL (VALUES ('broad', true), ('strict', r.is_strict)) f (prefix, is_counted)
	WHERE f.is_counted
$$;
COMMENT ON FUNCTION figure_coverage_evidence(text, date, timestamptz) IS 'Lectures behind the coverage of a unit (覆盖依据), rulings R5 and R7.';

-- Rulings R9, R11: completion of every node with an office in the scope at or below it: capped, raw, ended windows.
CREATE FUNCTION figure_completion(p_indicator text, p_on date, p_as_of timestamptz)
RETURNS TABLE (node_code text, part text, numerator bigint, denominator bigint)
LANGUAGE sql STABLE AS $$
	SELECT t.ancestor_code, s.scope || '_' || f.part, sum(f.n)::bigint, sum(f.d)::bigint
	FROM zhibao.completion_by_office(p_on, p_as_of, 'all') c
	JOIN zhibao.office o ON o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND o.code = c.office_code
	JOIN zhibao.office_tree t ON t.register_version = o.register_version AND t.code = o.code
	JOIN (VALUES ('cities'), ('provincial'), ('all')) s (scope) ON zhibao.is_in_scope(o.level, s.scope)
	CROSS JOIN LATERAL (VALUES ('capped', c.capped, c.required), ('raw', c.held, c.required),
		('ended', c.ended_capped, c.ended_required)) f (part, n, d)
	GROUP BY t.ancestor_code, s.scope, f.part
$$;
COMMENT ON FUNCTION figure_completion(text, date, timestamptz) IS 'Completion (完成率) per node, scope and way, rulings R9 and R11; annex 1 L17.';

CREATE FUNCTION figure_completion_member(p_indicator text, p_on date, p_as_of timestamptz)
RETURNS TABLE (owner_code text, part text, member text, label_zh text, numerator bigint, denominator bigint)
LANGUAGE sql STABLE AS $$
	SELECT p.office_code, s.scope || '_' || f.part, p.plan_item_id::text, p.item_no || ' ' || p.theme, f.n, p.planned_min::bigint
	FROM zhibao.plan_line_standing(p_on, p_as_of) p
	JOIN zhibao.office o ON o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND o.code = p.office_code
	JOIN (VALUES ('cities'), ('provincial'), ('all')) s (scope) ON zhibao.is_in_scope(o.level, s.scope)
	CROSS JOIN LATERAL (VALUES ('capped', least(p.held, p.planned_min), true), ('raw', p.held, true),
		('ended', least(p.held, p.planned_min), p.window_end <= p_on)) f (part, n, is_counted)
	WHERE p.planned_min IS NOT NULL AND f.is_counted
$$;
COMMENT ON FUNCTION figure_completion_member(text, date, timestamptz) IS 'Quantified plan lines as members of the completion figures (完成明细).';

-- The plan item itself, and every session credited to the line by its own office, as host or as claimant (ruling R8).
CREATE FUNCTION figure_completion_evidence(p_indicator text, p_on date, p_as_of timestamptz)
RETURNS TABLE (part_prefix text, member text, kind text, office_code text, item_id uuid, detail text)
LANGUAGE sql STABLE AS $$
	WITH held AS MATERIALIZED (
		SELECT s.office_code, s.item_id, s.plan_item_id FROM zhibao.session(p_on, p_as_of) s
	)
	SELECT '', p.item_id::text, 'plan_item', p.office_code, p.item_id, concat_ws('|', p.planned_min, p.window_end <= p_on)
	FROM zhibao.plan_item_facts(p_as_of) p
	UNION ALL
	SELECT '', h.plan_item_id::text, 'lecture_event', h.office_code, h.item_id, ''
	FROM held h WHERE h.plan_item_id IS NOT NULL
	UNION ALL
	SELECT '', s.plan_item_id::text, 'study_event', s.office_code, s.item_id, ''
	FROM zhibao.study_facts(p_as_of) s WHERE s.plan_item_id IS NOT NULL AND s.occurred_on <= p_on
	UNION ALL
	SELECT '', c.plan_item_id::text, f.kind, f.office_code, f.item_id, c.item_id::text
	FROM zhibao.claim_facts(p_as_of) c
	JOIN held h ON h.office_code = c.host_office_code AND h.item_id = c.host_item_id
	CROSS JOIN LATERAL (VALUES ('claim', c.office_code, c.item_id), ('lecture_event', h.office_code, h.item_id)) f (kind, office_code, item_id)
	WHERE c.plan_item_id IS NOT NULL AND c.office_code <> h.office_code
$$;
COMMENT ON FUNCTION figure_completion_evidence(text, date, timestamptz) IS 'Plan items, sessions and claims behind a plan line (完成依据), ruling R8.';

-- Lectures behind the parts of I-03: through mergers for covered units, through splits, too, for those inherited (ruling R5).
CREATE FUNCTION figure_township_evidence(p_on date, p_as_of timestamptz)
RETURNS TABLE (part_prefix text, member text, kind text, office_code text, item_id uuid, detail text)
LANGUAGE sql STABLE AS $$
	WITH RECURSIVE register AS MATERIALIZED (
		SELECT r.version, zhibao.rule_value(r.version, 'coverage.breadth', 'broad') = 'broad' AS is_broad, zhibao.rule_value(r.version, 'coverage.base', 'all') = 'all' AS is_all
		FROM (SELECT zhibao.facts_register(p_as_of) AS version) r
	), reached AS (
		SELECT e.unit_id, e.office_code, e.item_id, e.is_strict, true AS is_proven FROM zhibao.covering_facts(p_as_of) e WHERE e.occurred_on <= p_on
		UNION
		SELECT l.to_unit_id, d.office_code, d.item_id, d.is_strict, d.is_proven AND l.change = 'merge'
		FROM reached d CROSS JOIN register r JOIN zhibao.township_lineage l ON l.register_version = r.version AND l.changed_on <= p_on
			AND l.change IN ('merge', 'split') AND l.from_unit_id = d.unit_id
	)
	SELECT DISTINCT '=' || v.part, v.member, 'lecture_event', d.office_code, d.item_id, d.unit_id
	FROM reached d CROSS JOIN register r
	JOIN zhibao.township_version t ON t.register_version = r.version AND t.unit_id = d.unit_id AND t.valid_from <= p_on AND p_on < t.valid_to
	LEFT JOIN zhibao.standing_office(r.version) s ON s.code = t.county_code
	CROSS JOIN LATERAL (SELECT t.kind <> '街道' AS is_rural, (r.is_broad OR d.is_strict) AND (r.is_all OR t.kind <> '街道') AS is_official) k
	CROSS JOIN LATERAL (VALUES ('', t.county_code, d.is_proven AND k.is_official), ('counties', s.open_code, d.is_proven AND k.is_official),
		('broad.all', t.county_code, d.is_proven), ('broad.rural', t.county_code, d.is_proven AND k.is_rural),
		('strict.all', t.county_code, d.is_proven AND d.is_strict), ('strict.rural', t.county_code, d.is_proven AND d.is_strict AND k.is_rural),
		('inherited', t.county_code, true)) v (part, member, is_in)
	WHERE v.is_in AND v.member IS NOT NULL
$$;
COMMENT ON FUNCTION figure_township_evidence(date, timestamptz) IS 'Lectures behind township coverage (I-03 依据), rulings R5 to R7.';

-- The facts behind an indicator of the catalogue, by the office that each counts for, and the records that add up to facts which
-- have none of their own (sessions of I-04b, lines of I-02c, townships of I-03). Facts of offices and of lines of annex 2 are no
-- records: what moved them is found by figure_cause.
CREATE FUNCTION figure_indicator_evidence(p_indicator text, p_on date, p_as_of timestamptz)
RETURNS TABLE (part_prefix text, member text, kind text, office_code text, item_id uuid, detail text)
LANGUAGE sql STABLE AS $$
	SELECT '=' || f.part, f.office_code, f.kind, f.record_office_code, f.item_id, concat(f.numerator, '|', f.denominator, '|', f.label, '|', count(*))
	FROM zhibao.known_indicator(p_indicator) d CROSS JOIN LATERAL zhibao.indicator_facts(d.members_name, p_on, p_as_of) f
	WHERE p_indicator <> 'I-03' OR f.kind <> 'lecture_event'
	GROUP BY f.part, f.office_code, f.kind, f.record_office_code, f.item_id, f.numerator, f.denominator, f.label
	UNION ALL
	SELECT '=', s.office_code, 'lecture_event', s.office_code, s.item_id, 'session' FROM zhibao.session(p_on, p_as_of) s WHERE p_indicator = 'I-04b'
	UNION ALL
	SELECT '', l.office_code, c.kind, c.office_code, c.item_id, c.plan_item_id || '|' || c.credited_by
	FROM (SELECT WHERE p_indicator = 'I-02c') w CROSS JOIN zhibao.line_credit(p_on, p_as_of) c
	JOIN zhibao.plan_line_standing(p_on, p_as_of) l ON l.plan_item_id = c.plan_item_id
	UNION ALL
	SELECT e.* FROM (SELECT WHERE p_indicator = 'I-03') w CROSS JOIN zhibao.figure_township_evidence(p_on, p_as_of) e
$$;
COMMENT ON FUNCTION figure_indicator_evidence(text, date, timestamptz) IS 'Facts and records behind an indicator of the catalogue (指标依据).';

-- Whether a figure can be made: its function is there, and the catalogue knows it.
CREATE FUNCTION figure_exists(p_source figure_source) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT to_regprocedure(format('zhibao.%I(text,date,timestamptz)', p_source.figures_function)) IS NOT NULL
		AND (p_source.figures_function <> 'indicator' OR EXISTS (SELECT FROM zhibao.indicator_definition d WHERE d.indicator_id = p_source.indicator))
$$;
COMMENT ON FUNCTION figure_exists(figure_source) IS 'Whether a figure can be made (指标是否可算).';

-- Figures of every node. p_register NULL means the version that belongs to as_of; otherwise p_as_of must be given.
CREATE FUNCTION figures_at(p_indicator text, p_on date, p_as_of timestamptz, p_register integer)
RETURNS TABLE (node_code text, part text, numerator bigint, denominator bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	v_function text := (SELECT s.figures_function FROM zhibao.figure_source s WHERE s.indicator = p_indicator);
BEGIN
	PERFORM set_config('zhibao.boundary_register', coalesce(p_register::text, ''), true);
	RETURN QUERY EXECUTE format('SELECT f.node_code, f.part, f.numerator, f.denominator FROM zhibao.%I($1, $2, $3) f', v_function)
		USING p_indicator, p_on, p_as_of;
	PERFORM set_config('zhibao.boundary_register', '', true);
END $$;
COMMENT ON FUNCTION figures_at(text, date, timestamptz, integer) IS 'Figures of every node (各级指标值) for a day, an instant and a version of the registers.';

-- What adds up to them, where shares do (figure_part). Without a function of its own, the share of an office is its figure less
-- those of the offices right below it.
CREATE FUNCTION figure_members(p_indicator text, p_on date, p_as_of timestamptz, p_register integer)
RETURNS TABLE (owner_code text, part text, member text, label_zh text, numerator bigint, denominator bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	v_function text := (SELECT s.members_function FROM zhibao.figure_source s WHERE s.indicator = p_indicator);
	v_register integer := coalesce(p_register, zhibao.facts_register(p_as_of));
BEGIN
	IF v_function IS NULL THEN
		RETURN QUERY WITH f AS MATERIALIZED (
			SELECT * FROM zhibao.figures_at(p_indicator, p_on, p_as_of, p_register)
		)
		SELECT e.code, e.part, e.code, o.short_name, sum(e.n)::bigint, sum(e.d)::bigint
		FROM (SELECT k.part FROM (SELECT DISTINCT f.part FROM f) k
			WHERE (SELECT p.is_additive FROM zhibao.figure_part(v_register, p_indicator, k.part) p)) k
		JOIN (
			SELECT f.node_code AS code, f.part, coalesce(f.numerator, 0) AS n, coalesce(f.denominator, 0) AS d FROM f
			UNION ALL
			SELECT c.parent_code, f.part, -coalesce(f.numerator, 0), -coalesce(f.denominator, 0)
			FROM f JOIN zhibao.office c ON c.register_version = v_register AND c.code = f.node_code AND c.parent_code IS NOT NULL) e USING (part)
		JOIN zhibao.office o ON o.register_version = v_register AND o.code = e.code
		GROUP BY e.code, e.part, o.short_name;
		RETURN;
	END IF;
	PERFORM set_config('zhibao.boundary_register', coalesce(p_register::text, ''), true);
	RETURN QUERY EXECUTE format('SELECT m.owner_code, m.part, m.member, m.label_zh, m.numerator, m.denominator FROM zhibao.%I($1, $2, $3) m', v_function)
		USING p_indicator, p_on, p_as_of;
	PERFORM set_config('zhibao.boundary_register', '', true);
END $$;
COMMENT ON FUNCTION figure_members(text, date, timestamptz, integer) IS 'What adds up to the figures of every node (指标明细).';

CREATE FUNCTION figure_evidence(p_indicator text, p_on date, p_as_of timestamptz, p_register integer)
RETURNS TABLE (part_prefix text, member text, kind text, office_code text, item_id uuid, detail text)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	v_function text := (SELECT s.evidence_function FROM zhibao.figure_source s WHERE s.indicator = p_indicator);
BEGIN
	IF v_function IS NULL THEN
		RETURN;
	END IF;
	PERFORM set_config('zhibao.boundary_register', coalesce(p_register::text, ''), true);
	RETURN QUERY EXECUTE format('SELECT e.part_prefix, e.member, e.kind, e.office_code, e.item_id, e.detail FROM zhibao.%I($1, $2, $3) e', v_function)
		USING p_indicator, p_on, p_as_of;
	PERFORM set_config('zhibao.boundary_register', '', true);
END $$;
COMMENT ON FUNCTION figure_evidence(text, date, timestamptz, integer) IS 'Records behind the members of a figure (指标依据).';

COMMIT;
