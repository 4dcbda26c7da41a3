-- Deploy freezes: frozen figures (冻结数据), what made a figure change (差异), inspection draws (随机抽查), figures for others.

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
	label_zh text NOT NULL,
	figures_function text NOT NULL,
	members_function text,
	evidence_function text,
	kinds text[] NOT NULL
);
COMMENT ON TABLE figure_source IS 'Figures that are frozen, compared and exported (指标来源). Written by the schema; read by the aggregator.';
COMMENT ON COLUMN figure_source.indicator IS 'identifier (指标代码)';
COMMENT ON COLUMN figure_source.order_no IS 'order in lists (序号)';
COMMENT ON COLUMN figure_source.label_zh IS 'official name (指标名称)';
COMMENT ON COLUMN figure_source.figures_function IS 'function that makes it per node (计算函数)';
COMMENT ON COLUMN figure_source.members_function IS 'function that lists what adds up to it (明细函数)';
COMMENT ON COLUMN figure_source.evidence_function IS 'function that lists the records behind a member (依据函数)';
COMMENT ON COLUMN figure_source.kinds IS 'record kinds it is made from (记录类别)';
GRANT SELECT ON figure_source TO zhibao_aggregator, zhibao_admin;

INSERT INTO figure_source VALUES
	('coverage', 1, '乡镇覆盖率', 'figure_coverage', 'figure_coverage_member', 'figure_coverage_evidence', '{lecture_event}'),
	('completion', 2, '完成率', 'figure_completion', 'figure_completion_member', 'figure_completion_evidence', '{lecture_event,plan_item,claim,study_event}'),
	('I-01', 11, '按时报送率', 'indicator', NULL, 'figure_indicator_evidence', '{submission,plan_item,office_profile,publication,filing_receipt,statistics_form}'),
	('I-02', 12, '计划完成', 'indicator', NULL, 'figure_indicator_evidence', '{lecture_event,plan_item,claim,study_event}'),
	('I-03', 13, '乡镇覆盖', 'indicator', NULL, 'figure_indicator_evidence', '{lecture_event}'),
	('I-04', 14, '分类场次', 'indicator', NULL, 'figure_indicator_evidence', '{lecture_event,claim,study_event}'),
	('I-05', 15, '骨干人均场次', 'indicator', NULL, 'figure_indicator_evidence', '{lecture_event,speaker,claim}'),
	('I-06', 16, '活动安排公布率', 'indicator', NULL, 'figure_indicator_evidence', '{publication,lecture_event}'),
	('I-07', 17, '应上尽上率', 'indicator', NULL, 'figure_indicator_evidence', '{policy_document}'),
	('I-08', 18, '文件库清理', 'indicator', NULL, 'figure_indicator_evidence', '{policy_document}'),
	('I-09', 19, '政策解读完整率', 'indicator', NULL, 'figure_indicator_evidence', '{policy_document,interpretation}'),
	('I-10', 20, '宣传栏目开设率', 'indicator', NULL, 'figure_indicator_evidence', '{publication}'),
	('I-11', 21, '窗口宣传', 'indicator', NULL, 'figure_indicator_evidence', '{window_report,media_product,lecture_event}'),
	('I-12', 22, '检查覆盖与合格率', 'indicator', NULL, 'figure_indicator_evidence', '{inspection}'),
	('I-13', 23, '备案率', 'indicator', NULL, 'figure_indicator_evidence', '{filing_receipt,submission}'),
	('I-14', 24, '反馈统计', 'indicator', NULL, 'figure_indicator_evidence', '{feedback_stat,public_input}'),
	('I-15', 25, '学习竞赛', 'indicator', NULL, 'figure_indicator_evidence', '{study_event,lecture_event}'),
	('I-16', 26, '信息报道', 'indicator', NULL, 'figure_indicator_evidence', '{news_item}'),
	('I-17', 27, '填报与推算差', 'indicator', NULL, 'figure_indicator_evidence', '{statistics_form,lecture_event}'),
	('I-18', 28, '资料报送', 'indicator', NULL, 'figure_indicator_evidence', '{submission,media_product}');

-- Chinese words for the parts of the first two; other parts speak for themselves.
CREATE FUNCTION figure_part_zh(p_part text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce((SELECT w.zh FROM (VALUES ('broad_all', '宽口径·乡镇+街道'), ('broad_rural', '宽口径·乡镇'), ('strict_all', '窄口径·乡镇+街道'),
		('strict_rural', '窄口径·乡镇'), ('cities_capped', '市州·完成率'), ('cities_raw', '市州·原始比'), ('cities_ended', '市州·到期完成率'),
		('provincial_capped', '厅本级·完成率'), ('provincial_raw', '厅本级·原始比'), ('provincial_ended', '厅本级·到期完成率'),
		('all_capped', '全省·完成率'), ('all_raw', '全省·原始比'), ('all_ended', '全省·到期完成率')) w (part, zh) WHERE w.part = p_part), p_part)
$$;
COMMENT ON FUNCTION figure_part_zh(text) IS 'Words for the part of a figure (口径名称).';

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

-- Which lecture reaches which unit on a day, through mergers too (ruling R5).
CREATE FUNCTION figure_coverage_evidence(p_indicator text, p_on date, p_as_of timestamptz)
RETURNS TABLE (part_prefix text, member text, kind text, office_code text, item_id uuid, detail text)
LANGUAGE sql STABLE AS $$
	WITH RECURSIVE lineage AS MATERIALIZED (
		SELECT l.* FROM zhibao.township_lineage l WHERE l.register_version = (SELECT zhibao.facts_register(p_as_of))
			AND l.changed_on <= p_on AND l.change = 'merge'
	), reached AS (
		SELECT e.unit_id, e.office_code, e.item_id, e.is_strict FROM zhibao.covering_facts(p_as_of) e WHERE e.occurred_on <= p_on
		UNION
		SELECT l.to_unit_id, r.office_code, r.item_id, r.is_strict FROM reached r JOIN lineage l ON l.from_unit_id = r.unit_id
	)
	SELECT f.prefix, r.unit_id, 'lecture_event', r.office_code, r.item_id, ''
	FROM reached r CROSS JOIN LATERAL (VALUES ('broad', true), ('strict', r.is_strict)) f (prefix, is_counted)
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

-- The records behind an indicator of the catalogue, by the office that each counts for.
CREATE FUNCTION figure_indicator_evidence(p_indicator text, p_on date, p_as_of timestamptz)
RETURNS TABLE (part_prefix text, member text, kind text, office_code text, item_id uuid, detail text)
LANGUAGE sql STABLE AS $$
	SELECT DISTINCT '=' || f.part, f.office_code, f.kind, f.record_office_code, f.item_id, concat_ws('|', f.numerator, f.denominator)
	FROM zhibao.known_indicator(p_indicator) d CROSS JOIN LATERAL zhibao.indicator_facts(d.members_name, p_on, p_as_of) f
	WHERE f.item_id IS NOT NULL AND f.kind IN (SELECT unnest(s.kinds) FROM zhibao.figure_source s) -- lines of annex 2 are no records
$$;
COMMENT ON FUNCTION figure_indicator_evidence(text, date, timestamptz) IS 'Records behind an indicator of the catalogue (指标依据).';

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

-- What adds up to them. Without a function of its own, the share of an office is its figure less those of the offices
-- right below it.
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
		SELECT e.code, e.part, e.code, o.short_name, sum(e.n)::bigint, sum(e.d)::bigint FROM (
			SELECT f.node_code AS code, f.part, coalesce(f.numerator, 0) AS n, coalesce(f.denominator, 0) AS d FROM f
			UNION ALL
			SELECT c.parent_code, f.part, -coalesce(f.numerator, 0), -coalesce(f.denominator, 0)
			FROM f JOIN zhibao.office c ON c.register_version = v_register AND c.code = f.node_code AND c.parent_code IS NOT NULL) e
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

-- Frozen figures -----------------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM zhibao.refuse('E_FROZEN', format('%s 只增不改', TG_TABLE_NAME));
	RETURN NULL;
END $$;
COMMENT ON FUNCTION refuse_change() IS 'Keeps rows as they were written (只增不改).';

CREATE TABLE frozen_set (
	milestone_on date NOT NULL,
	indicator text NOT NULL,
	on_day date NOT NULL,
	as_of timestamptz NOT NULL,
	register_version integer NOT NULL REFERENCES programme_version,
	rule_version text NOT NULL,
	figures bigint NOT NULL,
	digest bytea NOT NULL CHECK (octet_length(digest) = 32),
	frozen_at timestamptz NOT NULL,
	PRIMARY KEY (milestone_on, indicator)
);
COMMENT ON TABLE frozen_set IS 'Figures frozen at a milestone (冻结批次), once each. Written through figure_freeze; read by the aggregator.';
COMMENT ON COLUMN frozen_set.milestone_on IS 'due day of the milestone (节点日期)';
COMMENT ON COLUMN frozen_set.indicator IS 'indicator (指标代码)';
COMMENT ON COLUMN frozen_set.on_day IS 'day up to which events count (统计日)';
COMMENT ON COLUMN frozen_set.as_of IS 'instant up to which revisions had been received (数据时点)';
COMMENT ON COLUMN frozen_set.register_version IS 'registers used (名册版本)';
COMMENT ON COLUMN frozen_set.rule_version IS 'programme and version of the rules (规则版本)';
COMMENT ON COLUMN frozen_set.figures IS 'number of figures, unit 个 (数据个数)';
COMMENT ON COLUMN frozen_set.digest IS 'SHA-256 over the canonical rows (摘要), see figure_canonical';
COMMENT ON COLUMN frozen_set.frozen_at IS 'when it was made (冻结时间)';
GRANT SELECT ON frozen_set TO zhibao_aggregator, zhibao_admin;

CREATE TABLE frozen_figure (
	milestone_on date NOT NULL,
	indicator text NOT NULL,
	node_code text NOT NULL,
	part text NOT NULL,
	numerator bigint,
	denominator bigint,
	on_day date NOT NULL,
	as_of timestamptz NOT NULL,
	register_version integer NOT NULL,
	rule_version text NOT NULL,
	PRIMARY KEY (milestone_on, indicator, node_code, part),
	FOREIGN KEY (milestone_on, indicator) REFERENCES frozen_set
);
COMMENT ON TABLE frozen_figure IS 'Frozen figures (冻结数据), one per node and part. Written through figure_freeze; read by the aggregator.';
COMMENT ON COLUMN frozen_figure.milestone_on IS 'due day of the milestone (节点日期)';
COMMENT ON COLUMN frozen_figure.indicator IS 'indicator (指标代码)';
COMMENT ON COLUMN frozen_figure.node_code IS 'node of the office tree (单位代码)';
COMMENT ON COLUMN frozen_figure.part IS 'part of the indicator (口径), empty when it has one';
COMMENT ON COLUMN frozen_figure.numerator IS 'numerator, or the count (分子); NULL when too few to be told';
COMMENT ON COLUMN frozen_figure.denominator IS 'denominator (分母), NULL for counts';
COMMENT ON COLUMN frozen_figure.on_day IS 'day up to which events count (统计日)';
COMMENT ON COLUMN frozen_figure.as_of IS 'instant up to which revisions had been received (数据时点)';
COMMENT ON COLUMN frozen_figure.register_version IS 'registers used (名册版本)';
COMMENT ON COLUMN frozen_figure.rule_version IS 'programme and version of the rules (规则版本)';
GRANT SELECT ON frozen_figure TO zhibao_aggregator, zhibao_admin;
CREATE INDEX frozen_figure_by_node ON frozen_figure (node_code, milestone_on);

CREATE TRIGGER frozen_set_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON frozen_set EXECUTE FUNCTION refuse_change();
CREATE TRIGGER frozen_figure_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON frozen_figure EXECUTE FUNCTION refuse_change();

-- The bytes that are digested: a head line, then one line per figure by node and part in byte order; NULL is empty.
CREATE FUNCTION figure_head(p_milestone date, p_indicator text, p_on date, p_as_of timestamptz, p_register integer, p_rule text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT concat_ws('|', 'zhibao-frozen-1', p_milestone, p_indicator, p_on,
		to_char(p_as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), p_register, p_rule) || E'\n'
$$;
COMMENT ON FUNCTION figure_head(date, text, date, timestamptz, integer, text) IS 'Head line of the canonical bytes of a frozen set (规范文本).';

CREATE FUNCTION figure_line(p_node text, p_part text, p_numerator bigint, p_denominator bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT p_node || '|' || p_part || '|' || coalesce(p_numerator::text, '') || '|' || coalesce(p_denominator::text, '') || E'\n'
$$;
COMMENT ON FUNCTION figure_line(text, text, bigint, bigint) IS 'A line of the canonical bytes of a frozen set (规范文本).';

-- What the digest of a frozen set must be, from the rows that are there.
CREATE FUNCTION figure_digest(p_milestone date, p_indicator text) RETURNS bytea
LANGUAGE sql STABLE AS $$
	SELECT sha256(convert_to(zhibao.figure_head(s.milestone_on, s.indicator, s.on_day, s.as_of, s.register_version, s.rule_version)
		|| coalesce((SELECT string_agg(zhibao.figure_line(f.node_code, f.part, f.numerator, f.denominator), ''
			ORDER BY f.node_code COLLATE "C", f.part COLLATE "C")
		FROM zhibao.frozen_figure f WHERE f.milestone_on = s.milestone_on AND f.indicator = s.indicator), ''), 'UTF8'))
	FROM zhibao.frozen_set s WHERE s.milestone_on = p_milestone AND s.indicator = p_indicator
$$;
COMMENT ON FUNCTION figure_digest(date, text) IS 'Digest of a frozen set made anew (摘要复算).';

-- Due and not yet frozen: the day has ended, the fold is beyond it, the registers of the time know it as a due day, and no
-- writer that began before its end is still at work.
CREATE FUNCTION figure_freeze_due() RETURNS TABLE (milestone_on date, indicator text, register_version integer)
LANGUAGE sql STABLE AS $$
	SELECT d.due_on, s.indicator, d.register
	FROM (SELECT m.due_on, m.register_version AS register FROM zhibao.milestone m
		WHERE m.due_on IS NOT NULL AND m.register_version = zhibao.register_at(zhibao.day_last(m.due_on))
		GROUP BY m.due_on, m.register_version) d
	CROSS JOIN zhibao.figure_source s
	WHERE zhibao.day_last(d.due_on) < (SELECT f.as_of FROM zhibao.fold_state f)
		AND zhibao.figure_exists(s)
		AND NOT EXISTS (SELECT FROM zhibao.frozen_set z WHERE z.milestone_on = d.due_on AND z.indicator = s.indicator)
		AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
			AND a.backend_xid IS NOT NULL AND a.xact_start <= zhibao.day_last(d.due_on))
	ORDER BY d.due_on, s.order_no
$$;
COMMENT ON FUNCTION figure_freeze_due() IS 'What is due to be frozen (待冻结指标), ruling R6.';

CREATE FUNCTION figure_freeze(p_milestone date, p_indicator text, p_register integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_as_of timestamptz := zhibao.day_last(p_milestone);
	v_rule text := zhibao.rule_version(p_register);
	v_figures bigint;
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.figure_freeze_due() d WHERE d.milestone_on = p_milestone AND d.indicator = p_indicator
			AND d.register_version = p_register) THEN
		PERFORM zhibao.refuse('E_NOT_DUE', format('%s 的 %s 未到冻结时点，或已冻结', p_milestone, p_indicator));
	END IF;
	WITH made AS MATERIALIZED (
		SELECT * FROM zhibao.figures_at(p_indicator, p_milestone, v_as_of, NULL)
	), head AS (
		INSERT INTO zhibao.frozen_set
		SELECT p_milestone, p_indicator, p_milestone, v_as_of, p_register, v_rule, (SELECT count(*) FROM made),
			sha256(convert_to(zhibao.figure_head(p_milestone, p_indicator, p_milestone, v_as_of, p_register, v_rule)
				|| coalesce((SELECT string_agg(zhibao.figure_line(m.node_code, m.part, m.numerator, m.denominator), ''
					ORDER BY m.node_code COLLATE "C", m.part COLLATE "C") FROM made m), ''), 'UTF8')), clock_timestamp()
	)
	INSERT INTO zhibao.frozen_figure
	SELECT p_milestone, p_indicator, m.node_code, m.part, m.numerator, m.denominator, p_milestone, v_as_of, p_register, v_rule FROM made m;
END $$;
COMMENT ON FUNCTION figure_freeze(date, text, integer) IS 'Freezes one indicator at one milestone (冻结), once; ruling R6.';
REVOKE ALL ON FUNCTION figure_freeze(date, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION figure_freeze(date, text, integer) TO zhibao_aggregator;

-- Freezes what is due, at most p_limit sets. One that fails does not hold the others up; it is tried again next time.
-- Two aggregators do not meet here: the second finds the lock taken and comes back later; the key would refuse it anyway.
CREATE FUNCTION figure_freeze_next(p_limit integer) RETURNS TABLE (frozen bigint, failed bigint, message text)
LANGUAGE plpgsql AS $$
DECLARE
	v_due record;
BEGIN
	frozen := 0;
	failed := 0;
	IF pg_try_advisory_xact_lock(hashtext('zhibao.figure_freeze')) THEN
		FOR v_due IN SELECT * FROM zhibao.figure_freeze_due() LOOP
			EXIT WHEN frozen >= p_limit;
			BEGIN
				PERFORM zhibao.figure_freeze(v_due.milestone_on, v_due.indicator, v_due.register_version);
				frozen := frozen + 1;
			EXCEPTION WHEN OTHERS THEN
				failed := failed + 1;
				message := coalesce(message, format('%s %s: %s', v_due.milestone_on, v_due.indicator, SQLERRM));
			END;
		END LOOP;
	END IF;
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION figure_freeze_next(integer) IS 'Freezes what is due (到期冻结).';

-- Frozen figures of a node at a milestone and what is known of them since: `later` for the same day as known now, `live` for
-- today as known now (ruling R6).
CREATE FUNCTION figures_beside(p_node text, p_milestone date, p_indicator text DEFAULT NULL)
RETURNS TABLE (indicator text, part text, frozen_numerator bigint, frozen_denominator bigint, later_numerator bigint,
	later_denominator bigint, live_numerator bigint, live_denominator bigint)
LANGUAGE sql VOLATILE AS $$
	WITH now_at AS MATERIALIZED (
		SELECT (f.as_of AT TIME ZONE 'Asia/Shanghai')::date AS day FROM zhibao.fold_state f
	), source AS MATERIALIZED (
		SELECT s.indicator, s.order_no FROM zhibao.figure_source s
		WHERE EXISTS (SELECT FROM zhibao.frozen_set z WHERE z.milestone_on = p_milestone AND z.indicator = s.indicator)
			AND zhibao.figure_exists(s) AND (p_indicator IS NULL OR s.indicator = p_indicator)
	), later AS MATERIALIZED (
		SELECT s.indicator, f.* FROM source s CROSS JOIN LATERAL zhibao.figures_at(s.indicator, p_milestone, NULL, NULL) f
		WHERE f.node_code = p_node
	), live AS MATERIALIZED (
		SELECT s.indicator, f.* FROM now_at n CROSS JOIN source s CROSS JOIN LATERAL zhibao.figures_at(s.indicator, n.day, NULL, NULL) f
		WHERE f.node_code = p_node
	)
	SELECT indicator, part, z.numerator, z.denominator, l.numerator, l.denominator, v.numerator, v.denominator
	FROM (SELECT f.* FROM zhibao.frozen_figure f WHERE f.milestone_on = p_milestone AND f.node_code = p_node
		AND (p_indicator IS NULL OR f.indicator = p_indicator)) z
	FULL JOIN later l USING (indicator, part)
	FULL JOIN live v USING (indicator, part)
	LEFT JOIN source s USING (indicator)
	ORDER BY s.order_no, indicator, part
$$;
COMMENT ON FUNCTION figures_beside(text, date, text) IS 'Frozen figures beside the live ones (冻结数据与最新数据对照), of all indicators or of one; ruling R6.';

-- Differences --------------------------------------------------------------------------------------------------------

-- Items of a kind whose counting revision at p_b is not the one at p_a, and how that came. p_a is not after p_b.
CREATE FUNCTION item_change(p_kind text, p_a timestamptz, p_b timestamptz)
RETURNS TABLE (kind text, office_code text, item_id uuid, revision_a uuid, revision_b uuid, depth integer, change text)
LANGUAGE plpgsql STABLE ROWS 100 AS $$
DECLARE
	v_offices text[];
	v_items uuid[];
BEGIN
	EXECUTE format($q$
		SELECT array_agg(i.office_code), array_agg(i.item_id) FROM (
			SELECT r.office_code, r.item_id FROM zhibao.%1$I r WHERE r.received_at > $1 AND r.received_at <= $2
			UNION SELECT r.office_code, r.item_id FROM zhibao.review r WHERE r.reviewed_at > $1 AND r.reviewed_at <= $2
			UNION SELECT p.office_code, p.item_id FROM zhibao.branch_pick p WHERE p.picked_at > $1 AND p.picked_at <= $2) i
	$q$, p_kind) INTO v_offices, v_items USING p_a, p_b;
	IF v_items IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE format($q$
		WITH before AS MATERIALIZED (
			SELECT * FROM zhibao.counting_revision(%1$L, $1, $3, $4)
		), after AS MATERIALIZED (
			SELECT t.*, CASE WHEN t.state IN ('counting', 'withdrawn') THEN t.revision_id END AS counting_id,
				(SELECT r.received_at <= $1 FROM zhibao.%1$I r WHERE r.office_code = t.office_code AND r.item_id = t.item_id
					AND r.revision_id = t.revision_id) AS was_there
			FROM zhibao.revision_tip(%1$L, $2, $3, $4) t
		), verdict AS MATERIALIZED (
			SELECT * FROM zhibao.verdicts_at($2)
		)
		SELECT %1$L::text, office_code, item_id, b.revision_id, a.counting_id, coalesce(a.depth, b.depth),
			CASE WHEN a.state IN ('returned', 'rejected') THEN a.state
				WHEN a.operation = 'withdraw' THEN 'withdrawn'
				WHEN b.operation = 'withdraw' THEN 'reinstated'
				WHEN b.revision_id IS NULL AND a.was_there THEN 'reopened'
				WHEN b.revision_id IS NULL AND EXISTS (SELECT FROM zhibao.%1$I r WHERE r.office_code = a.office_code
					AND r.item_id = a.item_id AND r.received_at <= $1) THEN 'cured'
				WHEN b.revision_id IS NULL THEN 'new'
				WHEN EXISTS (SELECT FROM zhibao.branch_pick p WHERE p.office_code = a.office_code AND p.item_id = a.item_id
					AND p.picked_at > $1 AND p.picked_at <= $2) THEN 'picked'
				WHEN a.depth <= b.depth THEN coalesce((SELECT v.verdict FROM verdict v WHERE v.office_code = b.office_code
					AND v.item_id = b.item_id AND v.revision_id = b.revision_id AND v.verdict IN ('returned', 'rejected')), 'reopened')
				WHEN a.was_there THEN 'reopened'
				ELSE 'corrected' END
		FROM before b FULL JOIN after a USING (office_code, item_id)
		WHERE b.revision_id IS DISTINCT FROM a.counting_id
	$q$, p_kind) USING p_a, p_b, v_offices, v_items;
END $$;
COMMENT ON FUNCTION item_change(text, timestamptz, timestamptz) IS 'Items that count otherwise at a later instant and why (记录变化), rulings R1 and R2.';

-- A point of a comparison: a date (its end), an instant with a zone, `live`, or `frozen:DATE`.
CREATE FUNCTION figure_point(p_word text, p_on date, p_register integer)
RETURNS TABLE (on_day date, as_of timestamptz, register integer, frozen_on date)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_folded timestamptz := (SELECT f.as_of FROM zhibao.fold_state f);
BEGIN
	IF v_folded IS NULL THEN
		PERFORM zhibao.refuse('E_NOT_READY', '尚未汇总，请稍后重试');
	END IF;
	BEGIN
		IF p_word ~ '^frozen:\d{4}-\d\d-\d\d$' THEN
			frozen_on := substr(p_word, 8)::date;
		ELSIF p_word = 'live' THEN
			as_of := v_folded;
		ELSIF p_word ~ '^\d{4}-\d\d-\d\d$' THEN
			as_of := zhibao.day_last(p_word::date);
			on_day := p_word::date;
		ELSIF p_word ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)$' THEN
			as_of := p_word::timestamptz;
		ELSE
			PERFORM zhibao.refuse('E_POINT_BAD', '时点应为日期 YYYY-MM-DD、带时区的时间、live 或 frozen:日期');
		END IF;
	EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
		PERFORM zhibao.refuse('E_POINT_BAD', format('没有“%s”这个日期', p_word));
	END;
	IF frozen_on IS NOT NULL THEN
		SELECT min(z.on_day), min(z.as_of), min(z.register_version) INTO on_day, as_of, register
		FROM zhibao.frozen_set z WHERE z.milestone_on = frozen_on;
		IF as_of IS NULL THEN
			PERFORM zhibao.refuse('E_NOT_FROZEN', format('%s 没有冻结数据', frozen_on));
		END IF;
		IF (p_on IS NOT NULL AND p_on <> on_day) OR (p_register IS NOT NULL AND p_register <> register) THEN
			PERFORM zhibao.refuse('E_POINT_BAD', '冻结数据的统计日和名册版本不能另选');
		END IF;
	END IF;
	as_of := least(as_of, v_folded);
	on_day := coalesce(p_on, on_day, (as_of AT TIME ZONE 'Asia/Shanghai')::date);
	register := coalesce(p_register, register, zhibao.register_at(as_of));
	IF register IS NULL OR zhibao.rule_version(register) IS NULL THEN
		PERFORM zhibao.refuse('E_REGISTER', format('%s 时没有可用的名册版本', p_word));
	END IF;
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION figure_point(text, date, integer) IS 'Reads a point of a comparison (对比时点).';

-- The way from A to B in three steps, so that what the boundary alone did is told apart from what records did: first the
-- day, then the registers, both with the records of A; then the records.
CREATE FUNCTION figure_step(p_on_a date, p_as_of_a timestamptz, p_register_a integer, p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (step text, on_a date, as_of_a timestamptz, register_a integer, on_b date, as_of_b timestamptz, register_b integer)
LANGUAGE sql IMMUTABLE AS $$
	SELECT * FROM (VALUES
		('on', p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_a, p_register_a),
		('register', p_on_b, p_as_of_a, p_register_a, p_on_b, p_as_of_a, p_register_b),
		('records', p_on_b, p_as_of_a, p_register_b, p_on_b, p_as_of_b, p_register_b)) s (step, on_a, as_of_a, register_a, on_b, as_of_b, register_b)
	WHERE (s.on_a, s.as_of_a, s.register_a) <> (s.on_b, s.as_of_b, s.register_b)
$$;
COMMENT ON FUNCTION figure_step(date, timestamptz, integer, date, timestamptz, integer) IS 'Steps of a comparison: day, registers, records (对比步骤).';

-- Changed figures of a node and of everything below it.
CREATE FUNCTION figure_diff(p_indicator text, p_node text, p_on_a date, p_as_of_a timestamptz, p_register_a integer, p_frozen_a date,
	p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (node_code text, part text, before_numerator bigint, before_denominator bigint, after_numerator bigint, after_denominator bigint)
LANGUAGE sql VOLATILE AS $$
	WITH below AS MATERIALIZED (
		SELECT DISTINCT t.code FROM zhibao.office_tree t WHERE t.register_version IN (p_register_a, p_register_b) AND t.ancestor_code = p_node
	), a AS MATERIALIZED (
		SELECT f.node_code, f.part, f.numerator, f.denominator FROM zhibao.frozen_figure f
		WHERE f.milestone_on = p_frozen_a AND f.indicator = p_indicator
		UNION ALL
		SELECT f.* FROM (SELECT WHERE p_frozen_a IS NULL) w CROSS JOIN LATERAL zhibao.figures_at(p_indicator, p_on_a, p_as_of_a, p_register_a) f
	), b AS MATERIALIZED (
		SELECT * FROM zhibao.figures_at(p_indicator, p_on_b, p_as_of_b, p_register_b)
	)
	SELECT node_code, part, a.numerator, a.denominator, b.numerator, b.denominator
	FROM a FULL JOIN b USING (node_code, part)
	WHERE node_code IN (SELECT code FROM below) AND (a.numerator, a.denominator) IS DISTINCT FROM (b.numerator, b.denominator)
$$;
COMMENT ON FUNCTION figure_diff(text, text, date, timestamptz, integer, date, date, timestamptz, integer) IS 'Changed figures between two points (数据差异).';

-- What each member contributed to each change of each node, step by step. The sums over a node and part are the difference
-- of its figures, to the last unit: every step is the signed sum of the members after and before it.
CREATE FUNCTION figure_contribution(p_indicator text, p_node text, p_on_a date, p_as_of_a timestamptz, p_register_a integer, p_frozen_a date,
	p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (step text, node_code text, part text, member text, label_zh text, numerator bigint, denominator bigint)
LANGUAGE sql VOLATILE AS $$
	WITH step AS MATERIALIZED (
		SELECT * FROM zhibao.figure_step(p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b)
	), side AS MATERIALIZED (
		SELECT s.step, -1 AS sign, s.on_a AS on_day, s.as_of_a AS as_of, s.register_a AS register FROM step s
		UNION ALL SELECT s.step, 1, s.on_b, s.as_of_b, s.register_b FROM step s
	), below AS MATERIALIZED (
		SELECT DISTINCT t.code FROM zhibao.office_tree t WHERE t.register_version IN (p_register_a, p_register_b) AND t.ancestor_code = p_node
	), member AS MATERIALIZED ( -- apart from the join below, so that each state is made once
		SELECT d.on_day, d.as_of, d.register, m.*
		FROM (SELECT DISTINCT x.on_day, x.as_of, x.register FROM side x) d
		CROSS JOIN LATERAL zhibao.figure_members(p_indicator, d.on_day, d.as_of, d.register) m
	), counted AS MATERIALIZED (
		SELECT m.on_day, m.as_of, m.register, t.ancestor_code, m.part, m.member, m.label_zh, m.numerator, m.denominator
		FROM member m JOIN zhibao.office_tree t ON t.register_version = m.register AND t.code = m.owner_code
		WHERE t.ancestor_code IN (SELECT code FROM below)
	), stored AS (
		SELECT node_code, part, coalesce(z.numerator, 0) AS zn, coalesce(z.denominator, 0) AS zd, coalesce(f.numerator, 0) AS fn, coalesce(f.denominator, 0) AS fd
		FROM (SELECT * FROM zhibao.frozen_figure f WHERE f.milestone_on = p_frozen_a AND f.indicator = p_indicator) z
		FULL JOIN (SELECT f.* FROM (SELECT WHERE p_frozen_a IS NOT NULL) w
			CROSS JOIN LATERAL zhibao.figures_at(p_indicator, p_on_a, p_as_of_a, p_register_a) f) f USING (node_code, part)
	)
	SELECT x.step, c.ancestor_code, c.part, c.member, max(c.label_zh), sum(x.sign * c.numerator)::bigint, sum(x.sign * coalesce(c.denominator, 0))::bigint
	FROM side x JOIN counted c ON c.on_day = x.on_day AND c.as_of = x.as_of AND c.register = x.register
	GROUP BY x.step, c.ancestor_code, c.part, c.member
	HAVING sum(x.sign * c.numerator) <> 0 OR sum(x.sign * coalesce(c.denominator, 0)) <> 0
	UNION ALL
	-- A frozen figure that cannot be made again: other rules in the program, or a changed store. Said, not hidden.
	SELECT 'frozen', s.node_code, s.part, 'frozen', '冻结值与重算值不同', s.fn - s.zn, s.fd - s.zd
	FROM stored s
	WHERE s.node_code IN (SELECT code FROM below) AND (s.fn <> s.zn OR s.fd <> s.zd)
$$;
COMMENT ON FUNCTION figure_contribution(text, text, date, timestamptz, integer, date, date, timestamptz, integer) IS 'What each member contributed to a change (差异明细).';

-- The records behind: what belongs to a member on one side of a step and not on the other; sign +1 came, -1 went. In the
-- step of the records a record that did not itself change stands for the one that did: a twin of it, or a claim that joined it.
CREATE FUNCTION figure_cause(p_indicator text, p_on_a date, p_as_of_a timestamptz, p_register_a integer,
	p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (step text, part_prefix text, member text, sign integer, kind text, office_code text, item_id uuid, revision_id uuid,
	revision_a uuid, revision_b uuid, depth integer, change text)
LANGUAGE sql VOLATILE AS $$
	WITH step AS MATERIALIZED (
		SELECT * FROM zhibao.figure_step(p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b)
	), side AS MATERIALIZED (
		SELECT s.step, -1 AS sign, s.on_a AS on_day, s.as_of_a AS as_of, s.register_a AS register FROM step s
		UNION ALL SELECT s.step, 1, s.on_b, s.as_of_b, s.register_b FROM step s
	), evidence AS MATERIALIZED (
		SELECT d.on_day, d.as_of, d.register, e.*
		FROM (SELECT DISTINCT x.on_day, x.as_of, x.register FROM side x) d
		CROSS JOIN LATERAL zhibao.figure_evidence(p_indicator, d.on_day, d.as_of, d.register) e
	), moved AS MATERIALIZED (
		SELECT DISTINCT x.step, m.part_prefix, m.member, sum(x.sign) OVER w AS sign, m.kind, m.office_code, m.item_id
		FROM side x JOIN evidence m ON m.on_day = x.on_day AND m.as_of = x.as_of AND m.register = x.register
		WINDOW w AS (PARTITION BY x.step, m.part_prefix, m.member, m.kind, m.office_code, m.item_id, m.detail)
	), changed AS MATERIALIZED (
		SELECT c.* FROM zhibao.figure_source s CROSS JOIN LATERAL unnest(s.kinds) k (kind)
		CROSS JOIN LATERAL zhibao.item_change(k.kind, p_as_of_a, p_as_of_b) c
		WHERE s.indicator = p_indicator AND p_as_of_a < p_as_of_b
	), own AS (
		SELECT m.step, m.part_prefix, m.member, m.sign::integer AS sign, m.kind, m.office_code, m.item_id, c.revision_a, c.revision_b, c.depth,
			CASE m.step WHEN 'records' THEN coalesce(c.change, CASE WHEN m.part_prefix LIKE '=%' THEN 'dependent' END) ELSE m.step END AS change
		FROM moved m LEFT JOIN changed c ON m.step = 'records' AND c.kind = m.kind AND c.office_code = m.office_code AND c.item_id = m.item_id
		WHERE m.sign <> 0
	), stand_in AS (
		SELECT o.step, o.part_prefix, o.member, o.sign, c.kind, c.office_code, c.item_id, c.revision_a, c.revision_b, c.depth,
			CASE c.kind WHEN 'claim' THEN 'joined' ELSE 'twin_' || c.change END
		FROM own o JOIN zhibao.lecture_event l ON l.office_code = o.office_code AND l.item_id = o.item_id
		JOIN changed c ON c.office_code = o.office_code
		WHERE o.step = 'records' AND o.change IS NULL AND o.kind = 'lecture_event' AND CASE c.kind
			WHEN 'lecture_event' THEN EXISTS (SELECT FROM zhibao.lecture_event t WHERE t.office_code = c.office_code AND t.item_id = c.item_id
				AND (t.occurred_on, t.place, t.theme) = (l.occurred_on, l.place, l.theme))
			WHEN 'claim' THEN EXISTS (SELECT FROM zhibao.claim q JOIN zhibao.lecture_event t ON t.office_code = q.host_office_code
					AND t.item_id = q.host_item_id WHERE q.office_code = c.office_code AND q.item_id = c.item_id
				AND (t.occurred_on, t.place, t.theme) = (l.occurred_on, l.place, l.theme)) END
	), whole_office AS (
		-- No evidence of its own: every changed record of the office.
		SELECT 'records', '', c.office_code AS member, 0, c.kind, c.office_code, c.item_id, c.revision_a, c.revision_b, c.depth, c.change
		FROM changed c WHERE EXISTS (SELECT FROM zhibao.figure_source s WHERE s.indicator = p_indicator AND s.evidence_function IS NULL)
	)
	SELECT DISTINCT r.step, r.part_prefix, r.member, r.sign, r.kind, r.office_code, r.item_id, coalesce(r.revision_b, r.revision_a),
		r.revision_a, r.revision_b, r.depth, r.change
	FROM (SELECT * FROM own WHERE change IS NOT NULL UNION ALL SELECT * FROM stand_in UNION ALL SELECT * FROM whole_office)
		r (step, part_prefix, member, sign, kind, office_code, item_id, revision_a, revision_b, depth, change)
$$;
COMMENT ON FUNCTION figure_cause(text, date, timestamptz, integer, date, timestamptz, integer) IS 'Records behind a change (差异原因记录).';

-- One revision as a page shows it: the fields that the change touched, before and after.
CREATE FUNCTION figure_record(p_kind text, p_office text, p_item uuid, p_revision_a uuid, p_revision_b uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_a jsonb;
	v_b jsonb;
	v_shown jsonb;
	v_sql text := format('SELECT to_jsonb(r) FROM zhibao.%I r WHERE r.office_code = $1 AND r.item_id = $2 AND r.revision_id = $3', p_kind);
BEGIN
	EXECUTE v_sql INTO v_a USING p_office, p_item, p_revision_a;
	EXECUTE v_sql INTO v_b USING p_office, p_item, p_revision_b;
	IF v_a IS NULL AND v_b IS NULL THEN
		EXECUTE format('SELECT to_jsonb(r) FROM zhibao.%I r WHERE r.office_code = $1 AND r.item_id = $2
			ORDER BY r.received_at DESC, r.batch_id DESC, r.seq DESC LIMIT 1', p_kind) INTO v_shown USING p_office, p_item;
	END IF;
	v_shown := coalesce(v_b, v_a, v_shown);
	RETURN jsonb_build_object('kind', p_kind, 'office_code', p_office, 'item_id', p_item, 'revision_id', v_shown -> 'revision_id',
		'operation', v_shown -> 'operation', 'received_at', v_shown -> 'received_at', 'recorded_at', v_shown -> 'recorded_at',
		'author', v_shown -> 'author', 'author_office_code', v_shown -> 'author_office_code',
		'title', coalesce(v_shown ->> 'theme', v_a ->> 'theme', v_shown ->> 'title', v_shown ->> 'name'),
		'occurred_on', coalesce(v_shown ->> 'occurred_on', v_a ->> 'occurred_on'),
		'fields', CASE WHEN v_a IS NOT NULL AND v_b IS NOT NULL AND v_b ->> 'operation' <> 'withdraw' THEN
			(SELECT jsonb_object_agg(key, jsonb_build_array(a.value, b.value))
			FROM jsonb_each(zhibao.record_body(v_a)) a FULL JOIN jsonb_each(zhibao.record_body(v_b)) b USING (key)
			WHERE a.value IS DISTINCT FROM b.value) END,
		'review', (SELECT jsonb_build_object('verdict', v.verdict, 'reason', v.reason, 'reviewer', v.reviewer, 'reviewed_at', v.reviewed_at)
			FROM zhibao.review v WHERE v.office_code = p_office AND v.item_id = p_item AND v.revision_id IN (p_revision_a, p_revision_b)
			ORDER BY v.review_no DESC LIMIT 1));
END $$;
COMMENT ON FUNCTION figure_record(text, text, uuid, uuid, uuid) IS 'A record behind a change for pages (差异原因记录内容).';

-- One indicator of a comparison: changed figures, and contributions with their records. Contributions that are alike are
-- told once, with the parts and the nodes whose difference they belong to.
CREATE FUNCTION figure_diff_one(p_indicator text, p_node text, p_on_a date, p_as_of_a timestamptz, p_register_a integer, p_frozen_a date,
	p_on_b date, p_as_of_b timestamptz, p_register_b integer) RETURNS jsonb
LANGUAGE sql VOLATILE AS $$
	WITH figure AS MATERIALIZED (
		SELECT * FROM zhibao.figure_diff(p_indicator, p_node, p_on_a, p_as_of_a, p_register_a, p_frozen_a, p_on_b, p_as_of_b, p_register_b)
	), contribution AS MATERIALIZED (
		SELECT c.* FROM zhibao.figure_contribution(p_indicator, p_node, p_on_a, p_as_of_a, p_register_a, p_frozen_a, p_on_b, p_as_of_b, p_register_b) c
	), cause AS MATERIALIZED (
		SELECT c.* FROM (SELECT WHERE EXISTS (SELECT FROM contribution)) w
		CROSS JOIN LATERAL zhibao.figure_cause(p_indicator, p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b) c
	), told AS MATERIALIZED ( -- each record once, however many parts it moved
		SELECT r.*, zhibao.figure_record(r.kind, r.office_code, r.item_id, r.revision_a, r.revision_b)
			|| jsonb_build_object('change', r.change, 'depth', r.depth) AS record
		FROM (SELECT DISTINCT c.kind, c.office_code, c.item_id, c.revision_a, c.revision_b, c.depth, c.change FROM cause c
			WHERE (c.step, c.member) IN (SELECT k.step, k.member FROM contribution k)) r
	), cause_told AS MATERIALIZED (
		SELECT DISTINCT c.step, c.part_prefix, c.member, c.sign, t.record FROM cause c
		JOIN told t ON (t.kind, t.office_code, t.item_id, t.change) = (c.kind, c.office_code, c.item_id, c.change)
			AND t.revision_a IS NOT DISTINCT FROM c.revision_a AND t.revision_b IS NOT DISTINCT FROM c.revision_b
	), per_part AS (
		SELECT c.step, c.part, c.member, c.label_zh, c.numerator, c.denominator, array_agg(c.node_code ORDER BY c.node_code) AS nodes
		FROM contribution c GROUP BY c.step, c.part, c.member, c.label_zh, c.numerator, c.denominator
	), with_records AS (
		SELECT p.step, p.part, p.member, p.label_zh, p.nodes, p.numerator, p.denominator, coalesce(jsonb_agg(DISTINCT c.record)
			FILTER (WHERE c.record IS NOT NULL AND (c.part_prefix = '' OR (p.part = substr(c.part_prefix, 2) OR starts_with(p.part, c.part_prefix || '_'))
				AND (p.numerator = 0 OR sign(c.sign) = sign(p.numerator)))), '[]') AS records
		FROM per_part p LEFT JOIN cause_told c ON c.step = p.step AND c.member = p.member
		GROUP BY p.step, p.part, p.member, p.label_zh, p.nodes, p.numerator, p.denominator
	)
	SELECT jsonb_build_object('indicator', p_indicator, 'label_zh', (SELECT s.label_zh FROM zhibao.figure_source s WHERE s.indicator = p_indicator),
		'figures', (SELECT coalesce(jsonb_agg(jsonb_build_object('node_code', f.node_code, 'name_zh', (SELECT o.short_name FROM zhibao.office o
				WHERE o.code = f.node_code AND o.register_version IN (p_register_a, p_register_b) ORDER BY o.register_version DESC LIMIT 1),
			'part', f.part, 'part_zh', zhibao.figure_part_zh(f.part),
			'before', zhibao.rate_json(f.before_numerator, f.before_denominator), 'after', zhibao.rate_json(f.after_numerator, f.after_denominator))
			ORDER BY f.node_code <> p_node, f.node_code, f.part), '[]') FROM figure f),
		'contributions', (SELECT coalesce(jsonb_agg(jsonb_build_object('step', g.step, 'member', g.member, 'label_zh', g.label_zh, 'parts', g.parts,
			'nodes', g.nodes, 'numerator', g.numerator, 'denominator', g.denominator, 'records', g.records) ORDER BY g.step, g.nodes, g.label_zh, g.parts), '[]')
			FROM (SELECT w.step, w.member, w.label_zh, w.nodes, w.numerator, w.denominator, w.records, array_agg(w.part ORDER BY w.part) AS parts
				FROM with_records w GROUP BY w.step, w.member, w.label_zh, w.nodes, w.numerator, w.denominator, w.records) g))
$$;
COMMENT ON FUNCTION figure_diff_one(text, text, date, timestamptz, integer, date, date, timestamptz, integer) IS 'Comparison of one indicator for pages (指标差异).';

-- The whole comparison; p_indicator NULL means every figure there is.
CREATE FUNCTION figure_diff_json(p_a text, p_b text, p_node text, p_on date, p_register integer, p_indicator text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	v_a record;
	v_b record;
	v_source text;
	v_result jsonb := '[]';
BEGIN
	SELECT * INTO v_a FROM zhibao.figure_point(p_a, p_on, p_register);
	SELECT * INTO v_b FROM zhibao.figure_point(p_b, p_on, p_register);
	IF v_b.frozen_on IS NOT NULL THEN
		PERFORM zhibao.refuse('E_POINT_BAD', '冻结数据应写在前面');
	END IF;
	IF v_b.as_of < v_a.as_of THEN
		PERFORM zhibao.refuse('E_POINT_ORDER', '前一个时点应不晚于后一个');
	END IF;
	IF NOT EXISTS (SELECT FROM zhibao.office o WHERE o.register_version IN (v_a.register, v_b.register) AND o.code = p_node) THEN
		PERFORM zhibao.refuse('E_NODE_UNKNOWN', format('没有单位 %s', p_node));
	END IF;
	IF p_indicator IS NOT NULL AND NOT EXISTS (SELECT FROM zhibao.figure_source s WHERE s.indicator = p_indicator) THEN
		PERFORM zhibao.refuse('E_INDICATOR_UNKNOWN', format('没有指标 %s', p_indicator));
	END IF;
	FOR v_source IN SELECT s.indicator FROM zhibao.figure_source s WHERE zhibao.figure_exists(s)
			AND (p_indicator IS NULL OR s.indicator = p_indicator)
			AND (v_a.frozen_on IS NULL OR EXISTS (SELECT FROM zhibao.frozen_set z WHERE z.milestone_on = v_a.frozen_on AND z.indicator = s.indicator))
			ORDER BY s.order_no LOOP
		v_result := v_result || zhibao.figure_diff_one(v_source, p_node, v_a.on_day, v_a.as_of, v_a.register, v_a.frozen_on,
			v_b.on_day, v_b.as_of, v_b.register);
	END LOOP;
	RETURN jsonb_build_object('node', p_node,
		'a', jsonb_build_object('word', p_a, 'on', v_a.on_day, 'as_of', v_a.as_of, 'register_version', v_a.register,
			'rule_version', zhibao.rule_version(v_a.register), 'frozen', v_a.frozen_on),
		'b', jsonb_build_object('word', p_b, 'on', v_b.on_day, 'as_of', v_b.as_of, 'register_version', v_b.register,
			'rule_version', zhibao.rule_version(v_b.register)),
		'indicators', v_result);
END $$;
COMMENT ON FUNCTION figure_diff_json(text, text, text, date, integer, text) IS 'Comparison of two points with the records behind (数据差异及原因).';

-- Draws --------------------------------------------------------------------------------------------------------------

CREATE TABLE draw_scheme (
	scheme text PRIMARY KEY,
	label_zh text NOT NULL,
	levels text[] NOT NULL,
	is_county_level boolean NOT NULL
);
COMMENT ON TABLE draw_scheme IS 'Whom an inspection draws from (抽查范围); schemes as in the record kind inspection. Written by the schema; read by the aggregator.';
COMMENT ON COLUMN draw_scheme.scheme IS 'scheme of the inspection (检查类别)';
COMMENT ON COLUMN draw_scheme.label_zh IS 'its name (名称)';
COMMENT ON COLUMN draw_scheme.levels IS 'levels of offices in the population (层级)';
COMMENT ON COLUMN draw_scheme.is_county_level IS 'only offices with townships of their own (仅县级)';
GRANT SELECT ON draw_scheme TO zhibao_aggregator, zhibao_admin;
INSERT INTO draw_scheme VALUES ('filing_spot_check', '备案抽查', '{county}', false), ('coverage_spot_check', '覆盖抽查', '{city,county}', true),
	('online_check', '线上抽查', '{city,county}', false), ('work_style_check', '行风检查', '{city,county}', false),
	('field_visit', '实地督导', '{city,county}', false), ('year_end_visit', '年底检查', '{city,county}', false),
	('mid_year_check', '年中检查', '{city,province_unit}', false), ('city_supervision', '市州督导', '{city}', false);

CREATE TABLE draw (
	draw_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	scheme text NOT NULL REFERENCES draw_scheme,
	occasion text,
	commitment bytea NOT NULL UNIQUE CHECK (octet_length(commitment) = 32),
	population_digest bytea NOT NULL CHECK (octet_length(population_digest) = 32),
	register_version integer NOT NULL REFERENCES programme_version,
	as_of timestamptz NOT NULL,
	committed_by text NOT NULL,
	committed_office_code text NOT NULL,
	committed_at timestamptz NOT NULL
);
COMMENT ON TABLE draw IS 'Commitments to draws (抽查承诺), before anything is drawn. Written through draw_commit; read by the aggregator.';
COMMENT ON COLUMN draw.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw.scheme IS 'scheme (检查类别)';
COMMENT ON COLUMN draw.occasion IS 'occasion in words (检查契机)';
COMMENT ON COLUMN draw.commitment IS 'SHA-256 of the 32 bytes of the seed (承诺值), published first';
COMMENT ON COLUMN draw.population_digest IS 'SHA-256 over the population with its weights (名单摘要)';
COMMENT ON COLUMN draw.register_version IS 'registers the population is from (名册版本)';
COMMENT ON COLUMN draw.as_of IS 'instant of the facts behind the weights (数据时点)';
COMMENT ON COLUMN draw.committed_by IS 'account (操作人)';
COMMENT ON COLUMN draw.committed_office_code IS 'its office then (所属单位)';
COMMENT ON COLUMN draw.committed_at IS 'when (承诺时间)';

CREATE TABLE draw_seed (
	draw_id bigint PRIMARY KEY REFERENCES draw,
	seed bytea NOT NULL CHECK (octet_length(seed) = 32)
);
COMMENT ON TABLE draw_seed IS 'Secret seeds (随机种子). No daemon may read them; draw_run reveals one when it draws.';
COMMENT ON COLUMN draw_seed.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw_seed.seed IS '32 random bytes (随机种子)';

CREATE TABLE draw_member (
	draw_id bigint NOT NULL REFERENCES draw,
	office_code text NOT NULL,
	stratum_code text NOT NULL,
	weight integer NOT NULL CHECK (weight BETWEEN 1 AND 1000000),
	facts jsonb NOT NULL,
	PRIMARY KEY (draw_id, office_code)
);
COMMENT ON TABLE draw_member IS 'Population of a draw with its weights (抽查名单), public from the commitment on. Written through draw_commit; read by the aggregator.';
COMMENT ON COLUMN draw_member.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw_member.office_code IS 'office (单位代码)';
COMMENT ON COLUMN draw_member.stratum_code IS 'city it belongs to, itself for cities and units (所属市州)';
COMMENT ON COLUMN draw_member.weight IS 'weight, 100 and points (权重)';
COMMENT ON COLUMN draw_member.facts IS 'what the points were given for (权重依据)';

CREATE TABLE draw_run (
	draw_id bigint PRIMARY KEY REFERENCES draw,
	seed bytea NOT NULL CHECK (octet_length(seed) = 32),
	sample_size integer NOT NULL CHECK (sample_size BETWEEN 1 AND 200),
	per_city integer NOT NULL CHECK (per_city BETWEEN 0 AND 200),
	cities integer NOT NULL CHECK (cities > 0),
	run_by text NOT NULL,
	run_office_code text NOT NULL,
	run_at timestamptz NOT NULL
);
COMMENT ON TABLE draw_run IS 'Draws made (抽查结果), once for each commitment. Written through draw_run_post; read by the aggregator.';
COMMENT ON COLUMN draw_run.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw_run.seed IS 'the seed, revealed (随机种子)';
COMMENT ON COLUMN draw_run.sample_size IS 'offices drawn, unit 个 (抽查数量)';
COMMENT ON COLUMN draw_run.per_city IS 'at least so many of each drawn city, unit 个 (每市州至少)';
COMMENT ON COLUMN draw_run.cities IS 'cities drawn, unit 个 (抽中市州数)';
COMMENT ON COLUMN draw_run.run_by IS 'account (操作人)';
COMMENT ON COLUMN draw_run.run_office_code IS 'its office then (所属单位)';
COMMENT ON COLUMN draw_run.run_at IS 'when (抽取时间)';

CREATE TABLE draw_sample (
	draw_id bigint NOT NULL REFERENCES draw_run,
	office_code text NOT NULL,
	place integer NOT NULL,
	draw_key numeric NOT NULL,
	PRIMARY KEY (draw_id, office_code),
	UNIQUE (draw_id, place)
);
COMMENT ON TABLE draw_sample IS 'Offices drawn (抽中单位). Written through draw_run_post; read by the aggregator.';
COMMENT ON COLUMN draw_sample.draw_id IS 'number of the draw (抽查编号)';
COMMENT ON COLUMN draw_sample.office_code IS 'office drawn (单位代码)';
COMMENT ON COLUMN draw_sample.place IS 'order in which it was drawn (抽中次序)';
COMMENT ON COLUMN draw_sample.draw_key IS 'its key, small ones first (抽取键)';

GRANT SELECT ON draw, draw_member, draw_run, draw_sample TO zhibao_aggregator, zhibao_admin;
CREATE TRIGGER draw_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draw_seed_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw_seed EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draw_member_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw_member EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draw_run_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw_run EXECUTE FUNCTION refuse_change();
CREATE TRIGGER draw_sample_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON draw_sample EXECUTE FUNCTION refuse_change();

-- Weighted drawing without replacement (Efraimidis and Spirakis 2006) in integers, so that everybody gets the same:
-- u = the first eight bytes of SHA-256(seed || label) as an unsigned number, plus 1; L = -log2(u / 2^64) in units of
-- 2^-48, by squaring (docs/draws.md); key = floor(L * 10^9 / weight). The smallest keys are drawn.
CREATE FUNCTION draw_key(p_seed bytea, p_label text, p_weight bigint) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_digest bytea := sha256(p_seed || convert_to(p_label, 'UTF8'));
	v_x numeric := 0;
	v_whole integer := 1;
	v_part numeric := 0;
BEGIN
	FOR i IN 0..7 LOOP
		v_x := v_x * 256 + get_byte(v_digest, i);
	END LOOP;
	v_x := v_x + 1;
	IF v_x = 18446744073709551616 THEN
		RETURN 0;
	END IF;
	WHILE v_x < 9223372036854775808 LOOP
		v_x := v_x * 2;
		v_whole := v_whole + 1;
	END LOOP;
	FOR i IN 1..48 LOOP
		v_x := div(v_x * v_x, 9223372036854775808);
		v_part := v_part * 2;
		IF v_x >= 18446744073709551616 THEN
			v_x := div(v_x, 2);
			v_part := v_part + 1;
		END IF;
	END LOOP;
	RETURN div((v_whole * 281474976710656 - v_part) * 1000000000, p_weight);
END $$;
COMMENT ON FUNCTION draw_key(bytea, text, bigint) IS 'Key of an office in a draw (抽取键), small ones are drawn first.';

-- Offices a scheme draws from, by the registers in force, with the city each belongs to.
CREATE FUNCTION draw_population(p_scheme text, p_register integer) RETURNS TABLE (office_code text, stratum_code text)
LANGUAGE sql STABLE AS $$
	SELECT o.code, CASE WHEN o.level = 'county' THEN o.parent_code ELSE o.code END
	FROM zhibao.draw_scheme s JOIN zhibao.office o ON o.register_version = p_register AND o.level = ANY (s.levels)
		AND (o.is_county_level OR NOT s.is_county_level)
	WHERE s.scheme = p_scheme
$$;
COMMENT ON FUNCTION draw_population(text, integer) IS 'Offices a scheme draws from (抽查范围名单).';

-- Late and missing obligations per office, where deadlines are kept.
CREATE FUNCTION draw_lateness(p_as_of timestamptz) RETURNS TABLE (office_code text, missing bigint, late bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF to_regprocedure('zhibao.obligation_standing(timestamptz)') IS NOT NULL THEN
		RETURN QUERY EXECUTE 'SELECT o.office_code, count(*) FILTER (WHERE o.state = ''missing''), count(*) FILTER (WHERE o.state = ''late'')
			FROM zhibao.obligation_standing($1) o GROUP BY o.office_code' USING p_as_of;
	END IF;
END $$;
COMMENT ON FUNCTION draw_lateness(timestamptz) IS 'Late and missing obligations per office (逾期和缺报), for weights.';

-- Mean verification factor of the newest form, in percent, where forms are judged.
CREATE FUNCTION draw_support(p_as_of timestamptz) RETURNS TABLE (office_code text, support_percent integer)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF to_regprocedure('zhibao.form_support(text,timestamptz)') IS NOT NULL THEN
		RETURN QUERY EXECUTE 'SELECT f.office_code, least(100, greatest(0, floor(100 * avg(f.verification_factor))))::integer
			FROM (VALUES (''mid_year''), (''year_end'')) p (period) CROSS JOIN LATERAL zhibao.form_support(p.period, $1) f
			WHERE f.verification_factor IS NOT NULL GROUP BY f.office_code' USING p_as_of;
	END IF;
END $$;
COMMENT ON FUNCTION draw_support(timestamptz) IS 'Mean verification factor per office (佐证程度), for weights.';

-- Weights from public facts, as known at p_as_of: 100, and points for each of: obligations missing (20 each, up to 100) and
-- late (10 each, up to 50); townships not covered (percent of them, broad, official base); sessions in the last seven days up
-- to a completion or coverage check (percent of all); suspected duplicates (ruling R8; 10 each, up to 100); a verification factor
-- below one (percent missing).
CREATE FUNCTION draw_weight(p_scheme text, p_as_of timestamptz) RETURNS TABLE (office_code text, stratum_code text, weight integer, facts jsonb)
LANGUAGE sql STABLE AS $$
	WITH point AS MATERIALIZED (
		SELECT zhibao.register_at(p_as_of) AS register, (p_as_of AT TIME ZONE 'Asia/Shanghai')::date AS day
	), county AS MATERIALIZED (
		SELECT c.* FROM point p CROSS JOIN LATERAL zhibao.coverage_by_county(p.day, p_as_of) c
	), coverage AS (
		SELECT t.ancestor_code AS office_code, sum(c.units_all) AS units, sum(c.units_all - c.broad_all) AS uncovered
		FROM point p JOIN zhibao.office_tree t ON t.register_version = p.register JOIN county c ON c.county_code = t.code
		GROUP BY t.ancestor_code
	), held AS MATERIALIZED (
		SELECT s.office_code, s.occurred_on FROM point p CROSS JOIN LATERAL zhibao.session(p.day, p_as_of) s
	), twin AS (
		SELECT t.office_code, count(*) AS twins FROM point p CROSS JOIN LATERAL zhibao.suspected_twin(p.day, p_as_of) t GROUP BY t.office_code
	), check_day AS MATERIALIZED (
		SELECT DISTINCT m.due_on FROM point p JOIN zhibao.milestone m ON m.register_version = p.register AND m.due_on <= p.day
			AND m.submission_kind IN ('completion_check', 'coverage_check')
	), session AS (
		SELECT h.office_code, count(*) AS sessions,
			count(*) FILTER (WHERE EXISTS (SELECT FROM check_day d WHERE h.occurred_on BETWEEN d.due_on - 6 AND d.due_on)) AS burst
		FROM held h GROUP BY h.office_code
	), fact AS (
		SELECT o.office_code, o.stratum_code, coalesce(l.missing, 0) AS missing, coalesce(l.late, 0) AS late,
			coalesce(c.units, 0) AS units, coalesce(c.uncovered, 0) AS uncovered, coalesce(s.sessions, 0) AS sessions,
			coalesce(s.burst, 0) AS burst, coalesce(w.twins, 0) AS twins, f.support_percent
		FROM point p CROSS JOIN LATERAL zhibao.draw_population(p_scheme, p.register) o
		LEFT JOIN zhibao.draw_lateness(p_as_of) l USING (office_code)
		LEFT JOIN coverage c USING (office_code)
		LEFT JOIN session s USING (office_code)
		LEFT JOIN twin w USING (office_code)
		LEFT JOIN zhibao.draw_support(p_as_of) f USING (office_code)
	)
	SELECT f.office_code, f.stratum_code, (100 + least(100, 20 * f.missing) + least(50, 10 * f.late)
			+ CASE WHEN f.units > 0 THEN div(100 * f.uncovered, f.units) ELSE 0 END
			+ CASE WHEN f.sessions > 0 THEN 100 * f.burst / f.sessions ELSE 0 END
			+ least(100, 10 * f.twins) + coalesce(100 - f.support_percent, 0))::integer,
		jsonb_build_object('missing', f.missing, 'late', f.late, 'units', f.units, 'uncovered', f.uncovered, 'sessions', f.sessions,
			'burst', f.burst, 'twins', f.twins, 'support_percent', f.support_percent)
	FROM fact f
$$;
COMMENT ON FUNCTION draw_weight(text, timestamptz) IS 'Weights of a draw from public facts (抽查权重).';

-- A line of the published population; the digest is over all lines in the order of the codes.
CREATE FUNCTION draw_line(p_office text, p_stratum text, p_weight integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT p_office || ',' || p_stratum || ',' || p_weight || E'\n'
$$;
COMMENT ON FUNCTION draw_line(text, text, integer) IS 'A line of the published population (名单规范行).';

CREATE FUNCTION draw_commit(p_login text, p_scheme text, p_occasion text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_account zhibao.account := zhibao.acting_account(p_login, ARRAY['provincial_operator']);
	v_as_of timestamptz := (SELECT f.as_of FROM zhibao.fold_state f);
	-- 244 bits of the server's strong random numbers.
	v_seed bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
	v_draw bigint;
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.draw_scheme s WHERE s.scheme = p_scheme) THEN
		PERFORM zhibao.refuse('E_SCHEME_UNKNOWN', format('没有检查类别“%s”', p_scheme));
	END IF;
	IF v_as_of IS NULL OR zhibao.register_at(v_as_of) IS NULL THEN
		PERFORM zhibao.refuse('E_NOT_READY', '尚未汇总，请稍后重试');
	END IF;
	WITH member AS MATERIALIZED (
		SELECT * FROM zhibao.draw_weight(p_scheme, v_as_of)
	), head AS (
		INSERT INTO zhibao.draw (scheme, occasion, commitment, population_digest, register_version, as_of, committed_by, committed_office_code, committed_at)
		SELECT p_scheme, nullif(p_occasion, ''), sha256(v_seed), (SELECT sha256(convert_to(coalesce(string_agg(
				zhibao.draw_line(m.office_code, m.stratum_code, m.weight), '' ORDER BY m.office_code COLLATE "C"), ''), 'UTF8')) FROM member m),
			zhibao.register_at(v_as_of), v_as_of, p_login, v_account.office_code, clock_timestamp()
		RETURNING draw_id
	), listed AS (
		INSERT INTO zhibao.draw_member SELECT h.draw_id, m.office_code, m.stratum_code, m.weight, m.facts FROM head h CROSS JOIN member m
	)
	INSERT INTO zhibao.draw_seed SELECT h.draw_id, v_seed FROM head h RETURNING draw_id INTO v_draw;
	RETURN v_draw;
END $$;
COMMENT ON FUNCTION draw_commit(text, text, text) IS 'Commits to a draw (抽查承诺): publishes the population and the hash of a seed nobody knows.';
REVOKE ALL ON FUNCTION draw_commit(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION draw_commit(text, text, text) TO zhibao_aggregator;

-- The drawing itself. Cities first, by the key of 'city:' || code and the sum of their weights; of each drawn city the p_per_city
-- smallest keys; then the smallest keys of what is left of the drawn cities.
CREATE FUNCTION draw_select(p_draw bigint, p_seed bytea, p_size integer, p_per_city integer, p_cities integer)
RETURNS TABLE (office_code text, place integer, draw_key numeric)
LANGUAGE sql STABLE AS $$
	WITH member AS MATERIALIZED (
		SELECT m.office_code, m.stratum_code, m.weight, zhibao.draw_key(p_seed, m.office_code, m.weight) AS key
		FROM zhibao.draw_member m WHERE m.draw_id = p_draw
	), city AS (
		SELECT s.stratum_code, row_number() OVER (ORDER BY zhibao.draw_key(p_seed, 'city:' || s.stratum_code, s.weight), s.stratum_code COLLATE "C") AS place
		FROM (SELECT m.stratum_code, sum(m.weight)::bigint AS weight FROM member m GROUP BY m.stratum_code) s
	), ranked AS (
		SELECT m.*, row_number() OVER (PARTITION BY m.stratum_code ORDER BY m.key, m.office_code COLLATE "C") <= p_per_city AS is_first
		FROM member m JOIN city c USING (stratum_code) WHERE c.place <= p_cities
	)
	SELECT r.office_code, (row_number() OVER (ORDER BY r.is_first DESC, r.key, r.office_code COLLATE "C"))::integer, r.key
	FROM ranked r ORDER BY r.is_first DESC, r.key, r.office_code COLLATE "C" LIMIT p_size
$$;
COMMENT ON FUNCTION draw_select(bigint, bytea, integer, integer, integer) IS 'Offices drawn by a seed (抽取), see docs/draws.md.';

-- Draws, once. p_cities NULL: as many cities as the size allows with p_per_city of each.
CREATE FUNCTION draw_run_post(p_login text, p_draw bigint, p_size integer, p_per_city integer, p_cities integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_account zhibao.account := zhibao.acting_account(p_login, ARRAY['provincial_operator']);
	v_draw zhibao.draw;
	v_seed bytea;
	v_members bigint;
	v_strata bigint;
	v_cities integer;
BEGIN
	SELECT * INTO v_draw FROM zhibao.draw d WHERE d.draw_id = p_draw;
	IF NOT FOUND THEN
		PERFORM zhibao.refuse('E_DRAW_UNKNOWN', format('没有第 %s 号抽查承诺，应先承诺再抽取', p_draw));
	END IF;
	IF EXISTS (SELECT FROM zhibao.draw_run r WHERE r.draw_id = p_draw) THEN
		PERFORM zhibao.refuse('E_DRAW_DONE', format('第 %s 号抽查已经抽取，不能再抽', p_draw));
	END IF;
	IF EXISTS ((SELECT m.office_code, m.stratum_code FROM zhibao.draw_member m WHERE m.draw_id = p_draw
			EXCEPT SELECT * FROM zhibao.draw_population(v_draw.scheme, zhibao.register_at(clock_timestamp())))
		UNION ALL (SELECT * FROM zhibao.draw_population(v_draw.scheme, zhibao.register_at(clock_timestamp()))
			EXCEPT SELECT m.office_code, m.stratum_code FROM zhibao.draw_member m WHERE m.draw_id = p_draw)) THEN
		PERFORM zhibao.refuse('E_DRAW_POPULATION', '承诺以后名册有变化，请重新承诺');
	END IF;
	SELECT count(*), count(DISTINCT m.stratum_code) INTO v_members, v_strata FROM zhibao.draw_member m WHERE m.draw_id = p_draw;
	IF p_size < 1 OR p_size > least(200, v_members) THEN
		PERFORM zhibao.refuse('E_DRAW_SIZE', format('抽查数量应为 1 至 %s', least(200, v_members)));
	END IF;
	IF p_per_city < 0 OR p_per_city > p_size THEN
		PERFORM zhibao.refuse('E_DRAW_PER_CITY', format('每市州至少抽取数应为 0 至 %s', p_size));
	END IF;
	v_cities := coalesce(p_cities, least(v_strata, p_size / greatest(p_per_city, 1)));
	IF v_cities < 1 OR v_cities > v_strata OR v_cities * p_per_city > p_size THEN
		PERFORM zhibao.refuse('E_DRAW_CITIES', format('市州数应为 1 至 %s', least(v_strata, p_size / greatest(p_per_city, 1))));
	END IF;
	SELECT s.seed INTO STRICT v_seed FROM zhibao.draw_seed s WHERE s.draw_id = p_draw;
	INSERT INTO zhibao.draw_run VALUES (p_draw, v_seed, p_size, p_per_city, v_cities, p_login, v_account.office_code, clock_timestamp());
	INSERT INTO zhibao.draw_sample SELECT p_draw, s.* FROM zhibao.draw_select(p_draw, v_seed, p_size, p_per_city, v_cities) s;
	IF (SELECT count(*) FROM zhibao.draw_sample s WHERE s.draw_id = p_draw) <> p_size THEN
		PERFORM zhibao.refuse('E_DRAW_CITIES', '抽中市州的单位不足，请增加市州数');
	END IF;
EXCEPTION WHEN unique_violation THEN
	PERFORM zhibao.refuse('E_DRAW_DONE', format('第 %s 号抽查已经抽取，不能再抽', p_draw));
END $$;
COMMENT ON FUNCTION draw_run_post(text, bigint, integer, integer, integer) IS 'Draws once from a commitment and reveals its seed (抽取).';
REVOKE ALL ON FUNCTION draw_run_post(text, bigint, integer, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION draw_run_post(text, bigint, integer, integer, integer) TO zhibao_aggregator;

-- All that is public about a draw, as published and as checked by `draw verify`. Results are the inspection records (MK13)
-- that name the seed.
CREATE FUNCTION draw_json(p_draw bigint) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('format', 'zhibao-draw-1', 'draw_id', d.draw_id, 'scheme', d.scheme,
		'scheme_zh', (SELECT s.label_zh FROM zhibao.draw_scheme s WHERE s.scheme = d.scheme), 'occasion', d.occasion,
		'commitment', encode(d.commitment, 'hex'), 'population_digest', encode(d.population_digest, 'hex'),
		'register_version', d.register_version, 'rule_version', zhibao.rule_version(d.register_version), 'as_of', d.as_of,
		'committed_by', d.committed_by, 'committed_at', d.committed_at,
		'population', (SELECT jsonb_agg(jsonb_build_object('code', m.office_code, 'name_zh', o.short_name, 'stratum', m.stratum_code,
				'weight', m.weight, 'facts', m.facts) ORDER BY m.office_code COLLATE "C")
			FROM zhibao.draw_member m JOIN zhibao.office o ON o.register_version = d.register_version AND o.code = m.office_code
			WHERE m.draw_id = d.draw_id),
		'seed', encode(r.seed, 'hex'), 'sample_size', r.sample_size, 'per_city', r.per_city, 'cities', r.cities,
		'run_by', r.run_by, 'run_at', r.run_at,
		'sample', (SELECT jsonb_agg(jsonb_build_object('code', s.office_code, 'name_zh', o.short_name, 'place', s.place, 'key', s.draw_key::text) ORDER BY s.place)
			FROM zhibao.draw_sample s JOIN zhibao.office o ON o.register_version = d.register_version AND o.code = s.office_code
			WHERE s.draw_id = d.draw_id),
		'results', (SELECT coalesce(jsonb_agg(jsonb_build_object('office_code', i.office_code, 'item_id', i.item_id,
				'inspected_office_code', i.inspected_office_code, 'checked_on', i.checked_on, 'result', i.result,
				'rectification_due_on', i.rectification_due_on, 'rectification_closed_on', i.rectification_closed_on)
				ORDER BY i.checked_on, i.inspected_office_code, i.item_id), '[]')
			FROM zhibao.counting(NULL::zhibao.inspection, NULL) i WHERE r.seed IS NOT NULL AND lower(i.seed) = encode(r.seed, 'hex')))
	FROM zhibao.draw d LEFT JOIN zhibao.draw_run r USING (draw_id)
	WHERE d.draw_id = p_draw
$$;
COMMENT ON FUNCTION draw_json(bigint) IS 'What is public about a draw (抽查公开内容).';

-- For others ---------------------------------------------------------------------------------------------------------

-- Every figure of a node and of what is below it, by node and indicator. p_as_of NULL means what is folded.
CREATE FUNCTION export_figures(p_node text, p_on date, p_as_of timestamptz)
RETURNS TABLE (node_code text, indicator text, part text, numerator bigint, denominator bigint, percent text,
	on_day date, as_of timestamptz, rule_version text)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	v_register integer := zhibao.facts_register(p_as_of);
	v_as_of timestamptz := zhibao.facts_as_of(p_as_of);
	v_on date := coalesce(p_on, (v_as_of AT TIME ZONE 'Asia/Shanghai')::date);
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.office o WHERE o.register_version = v_register AND o.code = p_node) THEN
		PERFORM zhibao.refuse('E_NODE_UNKNOWN', format('没有单位 %s', p_node));
	END IF;
	RETURN QUERY SELECT f.node_code, s.indicator, f.part, f.numerator, f.denominator,
		zhibao.percent_text(f.numerator, f.denominator), v_on, v_as_of, zhibao.rule_version(v_register)
	FROM zhibao.figure_source s CROSS JOIN LATERAL zhibao.figures_at(s.indicator, v_on, p_as_of, NULL) f
	JOIN zhibao.office_tree t ON t.register_version = v_register AND t.ancestor_code = p_node AND t.code = f.node_code
	WHERE zhibao.figure_exists(s)
	ORDER BY f.node_code, s.order_no, f.part;
END $$;
COMMENT ON FUNCTION export_figures(text, date, timestamptz) IS 'Figures of a node and below for other systems (指标导出).';

-- Counting records of a kind below a node, withdrawn ones left out, each as JSON with its name, depth and dispute.
CREATE FUNCTION export_records(p_kind text, p_node text, p_as_of timestamptz)
RETURNS TABLE (office_name text, depth integer, is_disputed boolean, record json)
LANGUAGE plpgsql STABLE ROWS 100000 AS $$
DECLARE
	v_register integer := zhibao.facts_register(p_as_of);
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.office o WHERE o.register_version = v_register AND o.code = p_node) THEN
		PERFORM zhibao.refuse('E_NODE_UNKNOWN', format('没有单位 %s', p_node));
	END IF;
	RETURN QUERY EXECUTE format($q$
		SELECT o.short_name, c.depth, c.is_disputed, row_to_json(r)
		FROM zhibao.counting_revision(%1$L, $1, NULL, NULL) c
		JOIN zhibao.%1$I r USING (office_code, item_id, revision_id)
		JOIN zhibao.office_tree t ON t.register_version = $2 AND t.ancestor_code = $3 AND t.code = c.office_code
		JOIN zhibao.office o ON o.register_version = $2 AND o.code = c.office_code
		WHERE c.operation <> 'withdraw'
		ORDER BY c.office_code, c.item_id
	$q$, p_kind) USING zhibao.facts_as_of(p_as_of), v_register, p_node;
END $$;
COMMENT ON FUNCTION export_records(text, text, timestamptz) IS 'Counting records of a kind for other systems (记录导出).';

COMMIT;
