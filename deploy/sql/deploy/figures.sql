-- Deploy figures: the indicators (指标) I-01 to I-18: what is behind each figure, the figures of every node, the members.
--
-- Every indicator is one function of (p_on, p_as_of) that returns facts: rows of indicator_fact, each adding a numerator and
-- a denominator to the figures of one office, under a part (sub-figure), with the record it rests on. The figure of a node
-- is the sum over its subtree, never a mean of rates; indicator() adds up, indicator_members() shows the rows.
--
-- p_on     day up to which events count, inclusive; the year of the programme begins the period
-- p_as_of  instant up to which revisions had been received; NULL means what is folded (roll-ups instead of lectures)
--
-- Functions that callers ask for whole trees run without JIT: it compiles for seconds what runs for milliseconds.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TYPE indicator_fact AS (
	office_code text,
	part text,
	numerator bigint,
	denominator bigint,
	kind text,
	record_office_code text,
	item_id uuid,
	label text
);
COMMENT ON TYPE indicator_fact IS 'What one record adds to the figures of one office (指标明细): part, numerator, denominator; the record as kind, office and item, or an office, a hall or a township by label.';

CREATE TABLE indicator_definition (
	indicator_id text PRIMARY KEY,
	place integer NOT NULL UNIQUE,
	name_zh text NOT NULL,
	name_en text NOT NULL,
	formula_zh text NOT NULL,
	unit text NOT NULL,
	target text,
	source text NOT NULL,
	function_name name NOT NULL,
	members_name name NOT NULL
);
COMMENT ON TABLE indicator_definition IS 'Catalogue of the indicators (指标目录). Written by the migration; read by the aggregator.';
COMMENT ON COLUMN indicator_definition.indicator_id IS 'identifier (指标编号)';
COMMENT ON COLUMN indicator_definition.place IS 'order in lists (次序)';
COMMENT ON COLUMN indicator_definition.name_zh IS 'Chinese name (指标名称)';
COMMENT ON COLUMN indicator_definition.name_en IS 'English name (英文名称)';
COMMENT ON COLUMN indicator_definition.formula_zh IS 'formula in words (计算方法)';
COMMENT ON COLUMN indicator_definition.unit IS 'unit of the main figure (单位)';
COMMENT ON COLUMN indicator_definition.target IS 'target in the official text (目标), NULL when it names none';
COMMENT ON COLUMN indicator_definition.source IS 'lines of the annexes and rulings (依据)';
COMMENT ON COLUMN indicator_definition.function_name IS 'SQL function that returns the facts (计算函数)';
COMMENT ON COLUMN indicator_definition.members_name IS 'SQL function that returns the records behind them (明细函数)';
GRANT SELECT ON indicator_definition TO zhibao_aggregator, zhibao_admin;

CREATE TABLE indicator_part (
	indicator_id text NOT NULL REFERENCES indicator_definition,
	part text NOT NULL,
	name_zh text NOT NULL,
	unit text NOT NULL,
	style text NOT NULL CHECK (style IN ('percent', 'ratio', 'count')),
	rollup text NOT NULL DEFAULT 'sum' CHECK (rollup IN ('sum', 'distinct', 'median', 'longest')),
	minimum_rule text,
	PRIMARY KEY (indicator_id, part)
);
COMMENT ON TABLE indicator_part IS 'Sub-figures of the indicators (指标分项) and how they add up. Written by the migration; read by the aggregator.';
COMMENT ON COLUMN indicator_part.indicator_id IS 'indicator (指标编号)';
COMMENT ON COLUMN indicator_part.part IS 'name of the part (分项), * stands for any text such as a topic or a month';
COMMENT ON COLUMN indicator_part.name_zh IS 'Chinese name (分项名称)';
COMMENT ON COLUMN indicator_part.unit IS 'unit (单位)';
COMMENT ON COLUMN indicator_part.style IS 'percent and ratio have a denominator, count has none (显示方式)';
COMMENT ON COLUMN indicator_part.rollup IS 'sum of the facts; number of distinct labels with a numerator; median (numerator is twice the median, denominator 2) or longest of the numerators (汇总方式)';
COMMENT ON COLUMN indicator_part.minimum_rule IS 'rule switch with the least denominator at which the numerator is shown (最少样本开关)';
GRANT SELECT ON indicator_part TO zhibao_aggregator, zhibao_admin;

-- First day of the programme year of the registers in force: flows are counted from it on.
CREATE FUNCTION programme_start(p_as_of timestamptz) RETURNS date
LANGUAGE sql STABLE AS $$
	SELECT make_date(v.year, 1, 1) FROM zhibao.programme_version v WHERE v.register_version = zhibao.facts_register(p_as_of)
$$;
COMMENT ON FUNCTION programme_start(timestamptz) IS 'First day of the programme year (年度起始日).';

-- Offices that owe something. An office that was closed stays in the registers below its successor, an office of its own
-- level: its records and townships go on counting in the successor's subtree, it owes nothing and is in no denominator.
CREATE FUNCTION open_office(p_register integer) RETURNS TABLE (code text, level text, parent_code text, is_county_level boolean)
LANGUAGE sql STABLE ROWS 150 AS $$
	SELECT o.code, o.level, o.parent_code, o.is_county_level
	FROM zhibao.office o LEFT JOIN zhibao.office p ON p.register_version = o.register_version AND p.code = o.parent_code
	WHERE o.register_version = p_register AND p.level IS DISTINCT FROM o.level
$$;
COMMENT ON FUNCTION open_office(integer) IS 'Offices that are open (在册单位); a closed one hangs below its successor of the same level.';

-- Every office with the open office of its level that stands for it: itself, or its successor.
CREATE FUNCTION standing_office(p_register integer) RETURNS TABLE (code text, open_code text)
LANGUAGE sql STABLE ROWS 150 AS $$
	SELECT o.code, s.code
	FROM zhibao.office o JOIN zhibao.office_tree t ON t.register_version = o.register_version AND t.code = o.code
	JOIN zhibao.open_office(p_register) s ON s.code = t.ancestor_code AND s.level = o.level
	WHERE o.register_version = p_register
$$;
COMMENT ON FUNCTION standing_office(integer) IS 'The office or its successor (承接单位).';

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
		UNION ALL
		SELECT e.office_code, 'system', date_trunc('month', e.occurred_on)::date, 1 FROM zhibao.counted_study e WHERE e.occurred_on <= p_on
		) c GROUP BY c.office_code, c.category, c.month_on;
END $$;
COMMENT ON FUNCTION category_month(date, timestamptz) IS 'Sessions by host, category and month (分类分月场次), rulings R8, R18.';

-- Day of the first session of every office.
CREATE FUNCTION first_session(p_on date, p_as_of timestamptz) RETURNS TABLE (office_code text, occurred_on date)
LANGUAGE plpgsql STABLE ROWS 150 AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT d.office_code, min(d.occurred_on) FROM zhibao.session_day d WHERE d.occurred_on <= p_on GROUP BY d.office_code;
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

-- I-01 按时报送率: obligations received in time / obligations whose effective due instant passed by as_of and by the end of
-- p_on, exempt ones in neither (R12, R13); late, missing, extended_after_due and accepted beside it, and each milestone
-- apart; final = the accepted revision, however often it was corrected, received in time.
-- Nothing due yet: not applicable. Source: annex 1; the judgement is that of obligation_standing.
CREATE FUNCTION submission_timeliness(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	SELECT s.office_code, v.part, v.n::integer::bigint, v.d::bigint,
		CASE WHEN s.received_item_id IS NULL THEN 'obligation' ELSE coalesce((SELECT r.kind FROM zhibao.item_revision r
			WHERE r.office_code = s.office_code AND r.item_id = s.received_item_id LIMIT 1), 'obligation') END,
		s.office_code, s.received_item_id, s.milestone_no || ' ' || s.material
	FROM zhibao.obligation_standing(p_as_of) s CROSS JOIN LATERAL (VALUES ('', s.state = 'on_time', 1), ('milestone:' || s.milestone_no, s.state = 'on_time', 1),
		('late', s.state = 'late', NULL), ('missing', s.state = 'missing', NULL), ('extended_after_due', s.is_extended_after_due, NULL),
		('accepted', coalesce(s.review_state = 'accepted', false), 1), ('final', s.is_accepted_on_time, 1)) v (part, n, d)
	WHERE s.is_due AND s.state <> 'exempt' AND s.effective_at <= zhibao.day_end(p_on) AND (v.n OR v.d IS NOT NULL)
$$;
COMMENT ON FUNCTION submission_timeliness(date, timestamptz) IS 'Obligations received in time (I-01 按时报送率): annex 1; rulings R12 to R14.';

-- R10: the instant at which the plan of each office is the baseline: its due instant (lecture plan, city 03-25, county 03-31,
-- from the milestones); asked earlier, the instant asked for; for a late plan the receipt of the batch that brought its first
-- line. NULL while a late plan has not come. Offices that owe no plan: the instant asked for.
CREATE FUNCTION plan_baseline(p_as_of timestamptz) RETURNS TABLE (office_code text, level text, baseline_at timestamptz, is_late boolean)
LANGUAGE sql STABLE ROWS 150 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version, zhibao.facts_as_of(p_as_of) AS known_at
	), due AS MATERIALIZED (
		SELECT o.code, o.level, (m.due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 microsecond' AS due_at
		FROM register r JOIN zhibao.office o ON o.register_version = r.version
		LEFT JOIN zhibao.milestone m ON m.register_version = r.version AND m.submission_kind = 'lecture_plan' AND m.actor_level = o.level
	), in_force AS MATERIALIZED (
		SELECT DISTINCT d.due_at, p.office_code FROM (SELECT DISTINCT due.due_at FROM due WHERE due.due_at IS NOT NULL) d
		CROSS JOIN LATERAL zhibao.plan_item_at(d.due_at, NULL, NULL) p
	), standing AS (
		SELECT d.code, d.level, r.known_at, d.due_at, d.due_at IS NULL OR r.known_at <= d.due_at AS is_early, f.office_code IS NOT NULL AS is_in_force,
			(SELECT min(p.received_at) FROM zhibao.plan_item p WHERE p.office_code = d.code AND p.operation <> 'withdraw'
				AND p.received_at > d.due_at AND p.received_at <= r.known_at) AS first_at
		FROM register r CROSS JOIN due d LEFT JOIN in_force f ON f.office_code = d.code AND f.due_at = d.due_at
	)
	SELECT s.code, s.level, CASE WHEN s.is_early THEN s.known_at WHEN s.is_in_force THEN s.due_at ELSE s.first_at END,
		NOT s.is_early AND NOT s.is_in_force AND s.first_at IS NOT NULL
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
-- included) or withdraw a line. is_in_force: the line is still below what it was, or still withdrawn.
CREATE FUNCTION plan_cut(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, plan_item_id uuid, revision_id uuid, received_at timestamptz, change text, planned_before integer,
	planned_after integer, is_in_force boolean)
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT r.office_code, r.item_id, r.revision_id, r.received_at, CASE r.operation WHEN 'withdraw' THEN 'withdrawn' ELSE 'lowered' END,
		b.planned_min, r.planned_min,
		CASE r.operation WHEN 'withdraw' THEN c.item_id IS NULL ELSE c.item_id IS NOT NULL AND coalesce(c.planned_min, 0) < b.planned_min END
	FROM zhibao.plan_item r
	JOIN zhibao.plan_item b ON b.office_code = r.office_code AND b.item_id = r.item_id AND b.operation <> 'withdraw'
		AND b.revision_id = zhibao.stored_base('plan_item', r.office_code, r.item_id, r.base_revision_id)
	LEFT JOIN zhibao.plan_item_facts(p_as_of) c ON c.office_code = r.office_code AND c.item_id = r.item_id
	WHERE r.received_at >= (zhibao.programme_start(p_as_of) + interval '9 months') AT TIME ZONE 'Asia/Shanghai'
		AND r.received_at < (p_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AND r.received_at <= zhibao.facts_as_of(p_as_of)
		AND (r.operation = 'withdraw' OR coalesce(r.planned_min, 0) < b.planned_min)
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
CREATE FUNCTION category_members(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT s.office_code, v.part, 1::bigint, NULL::bigint, s.kind, s.office_code, s.item_id, s.category
	FROM zhibao.category_session(p_on, p_as_of) s
	JOIN zhibao.office o ON o.register_version = (SELECT zhibao.facts_register(p_as_of)) AND o.code = s.office_code
	CROSS JOIN LATERAL (VALUES ('all'), (CASE WHEN o.level IN ('city', 'county') THEN '' END),
		(CASE WHEN o.level IN ('city', 'county') THEN s.category END)) v (part)
	WHERE s.category <> 'general' AND v.part IS NOT NULL
$$;

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
CREATE FUNCTION township_members(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 20000 AS $$
	SELECT f.* FROM zhibao.township_coverage(p_on, p_as_of) f
	UNION ALL
	SELECT t.county_code, v.part, NULL, NULL, 'lecture_event', e.office_code, e.item_id, e.unit_id
	FROM (SELECT zhibao.facts_register(p_as_of) AS register) r CROSS JOIN zhibao.covering_facts(p_as_of) e
	JOIN zhibao.township_version t ON t.register_version = r.register AND t.unit_id = e.unit_id
		AND t.valid_from <= e.occurred_on AND e.occurred_on < t.valid_to
	CROSS JOIN LATERAL (VALUES ('broad.all', true), ('strict.all', e.is_strict), ('broad.rural', t.kind <> '街道'),
		('strict.rural', e.is_strict AND t.kind <> '街道'),
		('', (e.is_strict OR zhibao.rule_value(r.register, 'coverage.breadth', 'broad') = 'broad')
			AND (t.kind <> '街道' OR zhibao.rule_value(r.register, 'coverage.base', 'all') = 'all'))) v (part, is_in)
	WHERE e.occurred_on <= p_on AND v.is_in
$$;

-- I-04 分类场次: held sessions by category and month, 场, at the host (R8); system with study events (R18). Main part: the five
-- categories together; general stands apart (A2-03). Source: annex 1 L11, annex 3 items 10 to 14.
CREATE FUNCTION session_tally(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 5000 AS $$
	SELECT t.office_code, v.part, t.sessions, NULL::bigint, NULL, NULL, NULL::uuid, NULL
	FROM zhibao.category_month(p_on, p_as_of) t CROSS JOIN LATERAL (VALUES (CASE WHEN t.category <> 'general' THEN '' END), (t.category),
		(t.category || ':' || to_char(t.month_on, 'YYYY-MM'))) v (part)
	WHERE v.part IS NOT NULL
$$;
CREATE FUNCTION session_members(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 20000 AS $$
	SELECT s.office_code, v.part, 1::bigint, NULL::bigint, s.kind, s.office_code, s.item_id, NULL
	FROM zhibao.category_session(p_on, p_as_of) s CROSS JOIN LATERAL (VALUES (CASE WHEN s.category <> 'general' THEN '' END),
		(s.category), (s.category || ':' || to_char(s.occurred_on, 'YYYY-MM'))) v (part)
	WHERE v.part IS NOT NULL
$$;

-- Lectures that are sessions, counted by host.
CREATE FUNCTION session_total(p_on date, p_as_of timestamptz) RETURNS TABLE (office_code text, sessions bigint)
LANGUAGE plpgsql STABLE ROWS 150 AS $$
BEGIN
	IF p_as_of IS NULL THEN
		RETURN QUERY SELECT d.office_code, sum(d.sessions) FROM zhibao.session_day d WHERE d.occurred_on <= p_on GROUP BY d.office_code;
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
		WHERE c.is_session AND c.occurred_on <= $1 AND c.received_at >= (c.occurred_on + 31)::timestamp AT TIME ZONE 'Asia/Shanghai'
			AND (SELECT min(l.received_at) FROM zhibao.lecture_event l WHERE l.office_code = c.office_code AND l.item_id = c.item_id)
				>= (c.occurred_on + 31)::timestamp AT TIME ZONE 'Asia/Shanghai'
	$q$, zhibao.lecture_source(p_as_of)) USING p_on, p_as_of;
END $$;

CREATE FUNCTION active_speaker(p_on date, p_as_of timestamptz) RETURNS TABLE (office_code text, item_id uuid, role text)
LANGUAGE sql STABLE AS $$
	SELECT s.office_code, s.item_id, s.role FROM zhibao.counting(NULL::zhibao.speaker, p_as_of) s
	WHERE s.is_active AND s.trained_on <= p_on
$$;
COMMENT ON FUNCTION active_speaker(date, timestamptz) IS 'Speakers in service (在岗宣讲人员), ruling R18 item 15.';
-- The planner takes the join of three columns that belong together for one row and would look through all speakers for each
-- lecture; nested loops are off here.
CREATE FUNCTION speaker_pair(p_on date, p_as_of timestamptz)
RETURNS TABLE (speaker_office_code text, speaker_item_id uuid, role text, office_code text, item_id uuid)
LANGUAGE plpgsql STABLE ROWS 10000 SET enable_nestloop = off SET jit = off AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		WITH speaker AS MATERIALIZED (
			SELECT a.* FROM zhibao.active_speaker($1, $2) a
		), claimed AS MATERIALIZED (
			SELECT c.office_code, c.host_office_code, c.host_item_id FROM zhibao.claim_facts($2) c
		), named AS (
			SELECT c.office_code, c.item_id, l.speaker_item_ids
			FROM %s c JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
			WHERE c.is_session AND c.occurred_on <= $1 AND l.speaker_item_ids IS NOT NULL
		)
		SELECT DISTINCT a.office_code, a.item_id, a.role, n.office_code, n.item_id
		FROM named n CROSS JOIN LATERAL unnest(n.speaker_item_ids) AS u (id) JOIN speaker a ON a.item_id = u.id
		WHERE a.office_code = n.office_code
			OR (a.office_code, n.office_code, n.item_id) IN (SELECT c.office_code, c.host_office_code, c.host_item_id FROM claimed c)
	$q$, zhibao.lecture_source(p_as_of)) USING p_on, p_as_of;
END $$;
COMMENT ON FUNCTION speaker_pair(date, timestamptz) IS 'Pairs of speakers and held events (参与宣讲人次), ruling R18 item 15.';

-- I-05 骨干人均场次: pairs of an office's own active speakers and held events of the office, co-hosted (claimed) ones included /
-- its active speakers trained by p_on, 场/人; by role beside it. A withdrawn, inactive or later trained speaker is in neither.
-- No speaker: not applicable. Source: annex 3 item 15 (L95), annex 1 L11; ruling R18 item 15.
CREATE FUNCTION speaker_average(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH pair AS MATERIALIZED (
		SELECT p.speaker_office_code, p.speaker_item_id, count(*) AS events FROM zhibao.speaker_pair(p_on, p_as_of) p GROUP BY 1, 2
	)
	SELECT s.office_code, v.part, coalesce(p.events, 0), 1::bigint, 'speaker', s.office_code, s.item_id, NULL
	FROM zhibao.active_speaker(p_on, p_as_of) s
	LEFT JOIN pair p ON p.speaker_office_code = s.office_code AND p.speaker_item_id = s.item_id
	CROSS JOIN LATERAL (VALUES (''), (s.role)) v (part)
$$;
CREATE FUNCTION speaker_members(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT * FROM zhibao.speaker_average(p_on, p_as_of)
	UNION ALL
	SELECT p.speaker_office_code, v.part, NULL, NULL, 'lecture_event', p.office_code, p.item_id, p.speaker_item_id::text
	FROM zhibao.speaker_pair(p_on, p_as_of) p CROSS JOIN LATERAL (VALUES (''), (p.role)) v (part)
$$;

-- I-06 安排公布率: cities and counties whose arrangement stood on the portal (URL) by the due day and before their first held
-- session / those that owe it. by_due and ahead show the two conditions apart; province = the arrangement of the province
-- itself, cities = cities whose arrangement it includes / cities. Judged by published_on, the substance (R13); records made by
-- another office fulfil nothing (R3), exempt offices owe nothing (R12). Source: annex 1 L8 to L10, annex 3 item 16.
CREATE FUNCTION arrangement_publication(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version
	), due AS MATERIALIZED (
		SELECT o.code, o.level, m.due_on FROM register r CROSS JOIN zhibao.open_office(r.version) o
		JOIN zhibao.milestone m ON m.register_version = r.version AND m.submission_kind = 'schedule_publication' AND m.actor_level = o.level
		WHERE NOT EXISTS (SELECT FROM zhibao.programme_version p CROSS JOIN LATERAL zhibao.exemption_at(p.programme, zhibao.facts_as_of(p_as_of)) x
			WHERE p.register_version = r.version AND x.office_code = o.code AND x.milestone_no = m.milestone_no)
	), published AS MATERIALIZED (
		SELECT p.* FROM zhibao.counting(NULL::zhibao.publication, p_as_of) p
		WHERE p.object_kind IN ('arrangement', 'province_arrangement') AND p.channel = 'portal' AND p.published_on <= p_on
			AND p.author_office_code = p.office_code
	), first AS (
		SELECT p.office_code, p.object_kind, min(p.published_on) AS published_on FROM published p GROUP BY 1, 2
	), opening AS (
		SELECT f.* FROM zhibao.first_session(p_on, p_as_of) f
	), standing AS (
		SELECT d.code, d.level, coalesce(f.published_on <= d.due_on, false) AS is_by_due,
			coalesce(f.published_on < coalesce(h.occurred_on, 'infinity'), false) AS is_ahead
		FROM due d LEFT JOIN first f ON f.office_code = d.code
			AND f.object_kind = CASE d.level WHEN 'province' THEN 'province_arrangement' ELSE 'arrangement' END
		LEFT JOIN opening h ON h.office_code = d.code
	)
	SELECT s.code, v.part, v.n::integer::bigint, 1, 'office', s.code, NULL::uuid, NULL
	FROM standing s CROSS JOIN LATERAL (VALUES
		(CASE WHEN s.level <> 'province' THEN '' END, s.is_by_due AND s.is_ahead),
		(CASE WHEN s.level <> 'province' THEN 'by_due' END, s.is_by_due), (CASE WHEN s.level <> 'province' THEN 'ahead' END, s.is_ahead),
		(CASE WHEN s.level = 'province' THEN 'province' END, s.is_by_due)) v (part, n)
	WHERE v.part IS NOT NULL
	UNION ALL
	SELECT c.code, 'cities', (c.code IN (SELECT unnest(p.included_office_codes) FROM published p
		WHERE p.object_kind = 'province_arrangement'))::integer, 1, 'office', c.code, NULL, NULL
	FROM register r CROSS JOIN zhibao.open_office(r.version) c WHERE c.level = 'city'
	UNION ALL
	SELECT p.office_code, v.part, NULL, NULL, 'publication', p.office_code, p.item_id, p.url
	FROM published p CROSS JOIN LATERAL (SELECT unnest(CASE p.object_kind WHEN 'arrangement' THEN ARRAY['', 'by_due', 'ahead']
		ELSE ARRAY['province', 'cities'] END)) v (part)
$$;

-- Policies of the library as they stood on p_on: a status that changed later had not changed yet. Documents issued later,
-- and answers (R18 items 1 and 2), are left out.
CREATE FUNCTION library_document(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, issued_on date, effective_from date, effective_to date, status text, status_changed_on date,
	is_exempt boolean, has_reason boolean, is_online boolean, first_published_on date)
LANGUAGE sql STABLE ROWS 1000 AS $$
	SELECT d.office_code, d.item_id, d.issued_on, d.effective_from, d.effective_to,
		CASE WHEN d.status_changed_on > p_on THEN 'in_force' ELSE d.status END, d.status_changed_on,
		d.disclosure = 'exempt' OR (d.disclosure = 'on_request' AND r.on_request = 'exempt'), coalesce(d.exempt_reason, '') <> '',
		d.disclosure = 'public' AND coalesce(cardinality(d.urls), 0) > 0 AND coalesce(d.first_published_on <= p_on, true), d.first_published_on
	FROM (SELECT zhibao.rule_value(zhibao.facts_register(p_as_of), 'disclosure.on_request', 'due') AS on_request) r
	CROSS JOIN zhibao.counting(NULL::zhibao.policy_document, p_as_of) d
	WHERE d.document_kind = 'policy' AND d.issued_on <= p_on
$$;
COMMENT ON FUNCTION library_document(date, timestamptz) IS 'Policy documents of the library on a day (文件库), annex 1 L14.';

-- I-07 应上尽上公开率: policies in force on p_on, not exempt, public with a URL / policies in force, not exempt. Exempt ones are in
-- neither; without a reason they are listed under exempt_without_reason, which is an error. Documents on request are due like
-- others unless the switch disclosure.on_request says exempt. library = offices with a document / offices, (encouraged, no target).
-- No document: not applicable. Source: annex 1 L14 (A1-29, A1-30, A1-32).
CREATE FUNCTION disclosure_rate(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH document AS MATERIALIZED (
		SELECT d.* FROM zhibao.library_document(p_on, p_as_of) d
	)
	SELECT d.office_code, v.part, v.n, v.d, 'policy_document', d.office_code, d.item_id, NULL
	FROM document d CROSS JOIN LATERAL (VALUES
		(CASE WHEN NOT d.is_exempt THEN '' END, d.is_online::integer::bigint, 1::bigint),
		(CASE WHEN d.is_exempt THEN 'exempt' END, 1, NULL),
		(CASE WHEN d.is_exempt AND NOT d.has_reason THEN 'exempt_without_reason' END, 1, NULL)) v (part, n, d)
	WHERE v.part IS NOT NULL AND d.status = 'in_force' AND coalesce(d.effective_from <= p_on, true)
	UNION ALL
	SELECT o.code, 'library', (o.code IN (SELECT d.office_code FROM document d))::integer, 1, 'office', o.code, NULL, NULL
	FROM zhibao.open_office(zhibao.facts_register(p_as_of)) o
$$;

-- I-08 文件清理率: policies expired, abolished or modified by p_on whose listing was reviewed on or after the change / such
-- policies. days = days from the change to the first such review, median and longest; overdue = in force past effective_to.
-- A change without a date is not handled. A later review does not lengthen the delay: the first stored revision that shows
-- the same change counts, unless it was returned or rejected. Source: annex 1 L14 (A1-31).
CREATE FUNCTION library_cleanup(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH document AS MATERIALIZED (
		SELECT d.*, (SELECT min(r.last_reviewed_on) FROM zhibao.policy_document r
			WHERE r.office_code = d.office_code AND r.item_id = d.item_id AND r.operation <> 'withdraw' AND r.status = d.status
				AND r.status_changed_on = d.status_changed_on AND r.last_reviewed_on >= d.status_changed_on AND r.last_reviewed_on <= p_on
				AND r.received_at <= zhibao.facts_as_of(p_as_of)
				AND NOT EXISTS (SELECT FROM zhibao.verdicts_at(zhibao.facts_as_of(p_as_of)) v WHERE v.office_code = r.office_code
					AND v.item_id = r.item_id AND v.revision_id = r.revision_id AND v.verdict IN ('returned', 'rejected'))) AS handled_on
		FROM zhibao.library_document(p_on, p_as_of) d
	)
	SELECT d.office_code, v.part, v.n, v.d, 'policy_document', d.office_code, d.item_id, NULL
	FROM document d CROSS JOIN LATERAL (VALUES
		('', (d.handled_on IS NOT NULL)::integer::bigint, 1::bigint), (d.status, (d.handled_on IS NOT NULL)::integer, 1),
		('days.median', (d.handled_on - d.status_changed_on)::bigint, NULL), ('days.longest', d.handled_on - d.status_changed_on, NULL)) v (part, n, d)
	WHERE d.status <> 'in_force' AND v.n IS NOT NULL
	UNION ALL
	SELECT d.office_code, 'overdue', 1, NULL, 'policy_document', d.office_code, d.item_id, d.effective_to::text
	FROM document d WHERE d.status = 'in_force' AND d.effective_to < p_on
$$;

-- I-09 “1+2+X”解读完整率: new policies (issued in the programme year by p_on, not exempt) with original, press release and
-- article, all published by p_on by the issuing office / new policies. x = further forms, media made for them included, 件.
-- days = days from issue to first publication (the document's own date or a publication record, whichever is first), median
-- and longest; unpublished = new policies without one. No new policy: not applicable. Source: annex 1 L14 (A1-34, A1-35), Q-10.
CREATE FUNCTION interpretation_completeness(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH document AS MATERIALIZED (
		SELECT d.* FROM zhibao.library_document(p_on, p_as_of) d
		WHERE NOT d.is_exempt AND d.issued_on >= (SELECT zhibao.programme_start(p_as_of))
	), piece AS MATERIALIZED (
		SELECT i.office_code, i.policy_item_id, i.form, i.item_id FROM zhibao.counting(NULL::zhibao.interpretation, p_as_of) i
		WHERE i.published_on <= p_on
	), published AS (
		SELECT p.office_code, p.object_item_id, min(p.published_on) AS published_on
		FROM zhibao.counting(NULL::zhibao.publication, p_as_of) p WHERE p.object_kind = 'policy' AND p.published_on <= p_on GROUP BY 1, 2
	), standing AS (
		SELECT d.office_code, d.item_id, d.issued_on,
			(SELECT count(DISTINCT p.form) FROM piece p WHERE p.office_code = d.office_code AND p.policy_item_id = d.item_id
				AND p.form IN ('policy_original', 'press_release', 'article')) = 3 AS is_complete,
			least(CASE WHEN d.first_published_on <= p_on THEN d.first_published_on END, b.published_on) AS published_on
		FROM document d LEFT JOIN published b ON b.office_code = d.office_code AND b.object_item_id = d.item_id
	)
	SELECT s.office_code, v.part, v.n, v.d, 'policy_document', s.office_code, s.item_id, NULL
	FROM standing s CROSS JOIN LATERAL (VALUES ('', s.is_complete::integer::bigint, 1::bigint),
		('days.median', (s.published_on - s.issued_on)::bigint, NULL), ('days.longest', s.published_on - s.issued_on, NULL),
		('unpublished', CASE WHEN s.published_on IS NULL THEN 1 END, NULL)) v (part, n, d)
	WHERE v.n IS NOT NULL
	UNION ALL
	SELECT p.office_code, CASE WHEN p.form IN ('policy_original', 'press_release', 'article') THEN p.form ELSE 'x' END, 1, NULL,
		'interpretation', p.office_code, p.item_id, p.policy_item_id::text
	FROM piece p JOIN document d ON d.office_code = p.office_code AND d.item_id = p.policy_item_id
	UNION ALL
	SELECT m.office_code, 'x', 1, NULL, 'media_product', m.office_code, m.item_id, NULL
	FROM zhibao.counting(NULL::zhibao.media_product, p_as_of) m
	WHERE m.made_on <= p_on AND EXISTS (SELECT FROM document d WHERE d.office_code = m.office_code AND d.item_id = ANY (m.policy_item_ids))
$$;

-- I-10 专栏开设率: offices with a column on the portal and on WeChat, published by p_on / offices that owe them (all open ones);
-- portal and wechat show each channel. Records made by another office fulfil nothing (R3). Source: annex 1 L14 (A1-33), annex 3 item 4.
CREATE FUNCTION publicity_column(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH opened AS MATERIALIZED (
		SELECT p.* FROM zhibao.counting(NULL::zhibao.publication, p_as_of) p WHERE p.object_kind = 'column' AND p.channel IN ('portal', 'wechat')
			AND p.published_on <= p_on AND p.author_office_code = p.office_code
	), standing AS (
		SELECT o.code, o.code IN (SELECT c.office_code FROM opened c WHERE c.channel = 'portal') AS on_portal,
			o.code IN (SELECT c.office_code FROM opened c WHERE c.channel = 'wechat') AS on_wechat
		FROM zhibao.open_office(zhibao.facts_register(p_as_of)) o
	)
	SELECT s.code, v.part, v.n::integer::bigint, 1::bigint, 'office', s.code, NULL::uuid, NULL
	FROM standing s CROSS JOIN LATERAL (VALUES ('', s.on_portal AND s.on_wechat), ('portal', s.on_portal), ('wechat', s.on_wechat)) v (part, n)
	UNION ALL
	SELECT c.office_code, v.part, NULL, NULL, 'publication', c.office_code, c.item_id, c.title
	FROM opened c CROSS JOIN LATERAL (VALUES (''), (c.channel)) v (part)
$$;

-- The halls of each office in the profile that holds on p_on: the one that took effect last, of equals the one received last.
CREATE FUNCTION service_hall(p_on date, p_as_of timestamptz) RETURNS TABLE (office_code text, hall_id text, name_zh text)
LANGUAGE sql STABLE ROWS 500 AS $$
	SELECT DISTINCT p.office_code, h.hall ->> 'hall_id', h.hall ->> 'name_zh'
	FROM (SELECT DISTINCT ON (o.office_code) o.office_code, o.halls FROM zhibao.counting(NULL::zhibao.office_profile, p_as_of) o
		WHERE o.effective_from <= p_on ORDER BY o.office_code, o.effective_from DESC, o.received_at DESC, o.batch_id DESC, o.seq DESC) p
	CROSS JOIN LATERAL jsonb_array_elements(coalesce(p.halls, '[]')) AS h (hall)
$$;
COMMENT ON FUNCTION service_hall(date, timestamptz) IS 'Service halls of each office (服务大厅), from the profile that holds; A1-63.';

-- Copies handed out at lectures and marked as window copies (form item 21).
CREATE FUNCTION window_copies(p_on date, p_as_of timestamptz) RETURNS TABLE (office_code text, item_id uuid, copies integer)
LANGUAGE plpgsql STABLE ROWS 1000 AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT c.office_code, c.item_id, l.brochure_count
		FROM %s c JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
		WHERE c.is_session AND c.occurred_on <= $1 AND l.is_window_brochure AND l.brochure_count > 0
	$q$, zhibao.lecture_source(p_as_of)) USING p_on, p_as_of;
END $$;
COMMENT ON FUNCTION window_copies(date, timestamptz) IS 'Window copies handed out at lectures (宣讲发放的窗口资料); annex 3 item 21.';

-- I-11 窗口宣传: items 17 to 21, each summed by itself, never together: 17 boards and posters put up (flow), 18 screens (the
-- latest report of each hall, may fall), 19 films made for windows, 20 distinct works played, 21 copies handed out, those of
-- lectures marked as window copies included. halls = halls with a report / halls of the profile; unknown_hall = reports of
-- halls no profile names; unnamed_video = reports of item 20 that name no work, not counted there; staff = trained / staff in
-- the latest training report of each hall that gives both. Source: annex 3 items 17 to 21, annex 1 L24; ruling R18.
CREATE FUNCTION window_publicity(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH start AS MATERIALIZED (
		SELECT zhibao.programme_start(p_as_of) AS day
	), report AS MATERIALIZED (
		SELECT w.*, row_number() OVER (PARTITION BY w.office_code, w.hall_id, w.report_kind,
				w.staff_trained IS NOT NULL AND w.staff_total IS NOT NULL
			ORDER BY w.reported_on DESC, w.received_at DESC, w.batch_id DESC, w.seq DESC) AS age,
			row_number() OVER (PARTITION BY w.office_code, w.report_kind, w.product_item_id ORDER BY w.reported_on, w.received_at, w.batch_id, w.seq) AS showing
		FROM start s CROSS JOIN zhibao.counting(NULL::zhibao.window_report, p_as_of) w
		WHERE w.reported_on >= s.day AND w.reported_on <= p_on
	), hall AS MATERIALIZED (
		SELECT h.* FROM zhibao.service_hall(p_on, p_as_of) h
	)
	SELECT w.office_code, v.part, v.n, v.d, 'window_report', w.office_code, w.item_id, w.hall_id
	FROM report w CROSS JOIN LATERAL (VALUES
		(CASE WHEN w.report_kind = 'board_or_poster' THEN '17' END, w.quantity::bigint, NULL::bigint),
		(CASE WHEN w.report_kind = 'screen' AND w.age = 1 THEN '18' END, w.quantity, NULL),
		(CASE WHEN w.report_kind = 'video_played' AND w.product_item_id IS NOT NULL THEN '20' END, (w.showing = 1)::integer, NULL),
		(CASE WHEN w.report_kind = 'video_played' AND w.product_item_id IS NULL THEN 'unnamed_video' END, 1, NULL),
		(CASE WHEN w.report_kind = 'brochure' THEN '21' END, w.quantity, NULL),
		(CASE WHEN w.report_kind = 'staff_training' AND w.age = 1 AND w.staff_trained IS NOT NULL AND w.staff_total IS NOT NULL THEN 'staff' END,
			w.staff_trained, w.staff_total),
		(CASE WHEN NOT EXISTS (SELECT FROM hall h WHERE h.office_code = w.office_code AND h.hall_id = w.hall_id) THEN 'unknown_hall' END, 1, NULL)
		) v (part, n, d)
	WHERE v.part IS NOT NULL
	UNION ALL
	SELECT m.office_code, '19', 1, NULL, 'media_product', m.office_code, m.item_id, NULL
	FROM start s CROSS JOIN zhibao.counting(NULL::zhibao.media_product, p_as_of) m
	WHERE m.for_window AND m.media_kind IN ('short_video', 'micro_animation', 'micro_film', 'micro_lens') AND m.made_on >= s.day AND m.made_on <= p_on
	UNION ALL
	SELECT h.office_code, 'halls', (EXISTS (SELECT FROM report w WHERE w.office_code = h.office_code AND w.hall_id = h.hall_id))::integer, 1,
		'hall', h.office_code, NULL, h.hall_id
	FROM hall h
	UNION ALL
	SELECT c.office_code, '21', c.copies, NULL, 'lecture_event', c.office_code, c.item_id, NULL FROM zhibao.window_copies(p_on, p_as_of) c
$$;

-- I-12 检查覆盖率与合格率, by scheme: visited = offices checked by p_on / population (the recorded population of a draw, else the
-- offices annex 1 names for the scheme; for city_supervision the counties, checked by their own city); drawn = sample /
-- recorded population; passed = checks passed / checks with a result; verified = events confirmed; open and overdue =
-- rectifications not closed by p_on, and those past their day. online_check by channel and by finding; exchange and circular
-- are counts. An office that several inspectors visited counts once in visited. No population: not applicable.
-- Source: annex 1 L10, L14 to L17, L20, L23 (A1-17, A1-38, A1-42 to A1-49, A1-61).
CREATE FUNCTION inspection_coverage(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version
	), office AS MATERIALIZED (
		SELECT o.* FROM register r CROSS JOIN zhibao.open_office(r.version) o
	), inspection AS MATERIALIZED (
		SELECT i.* FROM zhibao.counting(NULL::zhibao.inspection, p_as_of) i
		WHERE coalesce(i.checked_on, (i.drawn_at AT TIME ZONE 'Asia/Shanghai')::date, '-infinity') <= p_on
	), recorded AS MATERIALIZED (
		SELECT DISTINCT i.scheme, c.code FROM inspection i CROSS JOIN LATERAL unnest(i.population_office_codes) AS c (code)
	), drawn AS MATERIALIZED (
		SELECT DISTINCT i.scheme, c.code FROM inspection i CROSS JOIN LATERAL unnest(i.sample_office_codes) AS c (code)
	), scheme (name, milestone_no) AS (
		VALUES ('filing_spot_check', 16), ('mid_year_check', 33), ('field_visit', 37), ('online_check', 39), ('work_style_check', 40),
			('city_supervision', 42), ('coverage_spot_check', 44), ('year_end_visit', 52)
	), population AS (
		SELECT c.scheme, c.code FROM recorded c WHERE c.scheme <> 'city_supervision'
		UNION
		SELECT s.name, o.code FROM register r CROSS JOIN scheme s
		JOIN zhibao.milestone m ON m.register_version = r.version AND m.milestone_no = s.milestone_no
		JOIN office o ON o.level = ANY (string_to_array(m.applies_to, ';')) OR (m.applies_to = 'all' AND o.level <> 'province')
		WHERE s.name = 'city_supervision' OR NOT EXISTS (SELECT FROM recorded c WHERE c.scheme = s.name)
	), visit AS MATERIALIZED (
		SELECT DISTINCT i.scheme, i.inspected_office_code AS code FROM inspection i
		WHERE i.checked_on IS NOT NULL AND (i.scheme <> 'city_supervision'
			OR i.office_code = (SELECT o.parent_code FROM office o WHERE o.code = i.inspected_office_code))
	)
	SELECT p.code, p.scheme || '.visited', (EXISTS (SELECT FROM visit v WHERE v.scheme = p.scheme AND v.code = p.code))::integer::bigint, 1::bigint,
		'office', p.code, NULL::uuid, NULL::text
	FROM population p
	UNION ALL
	SELECT c.code, c.scheme || '.drawn', (EXISTS (SELECT FROM drawn d WHERE d.scheme = c.scheme AND d.code = c.code))::integer, 1, 'office', c.code, NULL, NULL
	FROM recorded c
	UNION ALL
	SELECT i.inspected_office_code, i.scheme || v.part, v.n, v.d, 'inspection', i.office_code, i.item_id, v.label
	FROM inspection i CROSS JOIN LATERAL (
		SELECT '.visited', NULL::bigint, NULL::bigint, i.checked_on::text
		UNION ALL SELECT '.passed', (i.result = 'passed')::integer, 1, i.result WHERE i.result IS NOT NULL
		UNION ALL SELECT '.verified', cardinality(i.verified_item_ids), NULL, NULL WHERE cardinality(i.verified_item_ids) > 0
		UNION ALL SELECT '.open', 1, NULL, i.rectification_due_on::text
			WHERE i.rectification_due_on IS NOT NULL AND coalesce(i.rectification_closed_on > p_on, true)
		UNION ALL SELECT '.overdue', 1, NULL, i.rectification_due_on::text
			WHERE i.rectification_due_on < p_on AND coalesce(i.rectification_closed_on > p_on, true)
		UNION ALL SELECT '.' || i.channel || '.passed', (i.result = 'passed')::integer, 1, i.result
			WHERE i.scheme = 'online_check' AND i.channel IS NOT NULL AND i.result IS NOT NULL
		UNION ALL SELECT '.' || i.channel || '#' || (f.finding ->> 'item'), (f.finding ->> 'is_found')::boolean::integer, 1, f.finding ->> 'note'
			FROM jsonb_array_elements(i.findings) AS f (finding)
			WHERE i.scheme = 'online_check' AND i.channel IS NOT NULL AND f.finding ->> 'is_found' IS NOT NULL) v (part, n, d, label)
	WHERE i.inspected_office_code IS NOT NULL AND i.checked_on IS NOT NULL
	UNION ALL
	SELECT e.office_code, 'exchange', 1, NULL, 'exchange', e.office_code, e.item_id, e.form
	FROM zhibao.counting(NULL::zhibao.exchange, p_as_of) e WHERE e.held_on <= p_on
	UNION ALL
	SELECT c.office_code, 'circular:' || c.circular_kind, 1, NULL, 'circular', c.office_code, c.item_id, c.circular_no
	FROM zhibao.counting(NULL::zhibao.circular, p_as_of) c WHERE c.issued_on <= p_on
$$;

-- I-13 备案率: counties with a filing accepted by their own city by p_on / counties; received, returned = counties whose filing
-- got no further than that. A receipt of another office than the city, or made for it by another, confirms nothing (R3).
-- A city without counties: not applicable. Source: annex 1 L10 (A1-16).
CREATE FUNCTION filing_rate(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH county AS MATERIALIZED (
		SELECT o.* FROM zhibao.open_office(zhibao.facts_register(p_as_of)) o WHERE o.level = 'county'
	), receipt AS MATERIALIZED (
		SELECT f.* FROM zhibao.counting(NULL::zhibao.filing_receipt, p_as_of) f JOIN county c ON c.code = f.county_office_code
		WHERE f.office_code = c.parent_code AND f.author_office_code = f.office_code AND f.filed_on <= p_on
	), best AS (
		SELECT c.code, bool_or(r.filing_status = 'accepted') AS is_accepted,
			(array_agg(r.filing_status ORDER BY r.filed_on DESC, r.received_at DESC))[1] AS newest
		FROM county c LEFT JOIN receipt r ON r.county_office_code = c.code GROUP BY c.code
	)
	SELECT b.code, v.part, v.n::integer::bigint, v.d::bigint, 'office', b.code, NULL::uuid, NULL::text
	FROM best b CROSS JOIN LATERAL (VALUES ('', coalesce(b.is_accepted, false), 1),
		('received', CASE WHEN NOT b.is_accepted AND b.newest = 'received' THEN true END, NULL),
		('returned', CASE WHEN NOT b.is_accepted AND b.newest = 'returned' THEN true END, NULL)) v (part, n, d)
	WHERE v.n IS NOT NULL
	UNION ALL
	SELECT r.county_office_code, '', NULL, NULL, 'filing_receipt', r.office_code, r.item_id, r.filing_no FROM receipt r
$$;

-- Feedback that counts: periods inside the programme year that ended by p_on. A row inside a longer period of the same
-- reporter, source, office and topic is part of that row; beside a row without a topic the rows with one are its breakdown.
CREATE FUNCTION feedback_period(p_on date, p_as_of timestamptz)
RETURNS TABLE (item_id uuid, reporter_code text, about_code text, source text, topic text, period_start date, period_end date, is_total boolean,
	total_count bigint, policy_related_count bigint, closed_count bigint, satisfied_count bigint, response_count bigint,
	won_count bigint, lost_count bigint, mediated_count bigint)
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH row AS MATERIALIZED (
		SELECT f.*, coalesce(f.about_office_code, f.office_code) AS about FROM zhibao.counting(NULL::zhibao.feedback_stat, p_as_of) f
		WHERE f.period_start >= (SELECT zhibao.programme_start(p_as_of)) AND f.period_end <= p_on
	)
	SELECT r.item_id, r.office_code, r.about, r.source, r.topic, r.period_start, r.period_end,
		r.topic IS NULL OR NOT EXISTS (SELECT FROM row t WHERE t.office_code = r.office_code AND t.about = r.about AND t.source = r.source
			AND t.topic IS NULL AND t.period_start <= r.period_start AND t.period_end >= r.period_end),
		r.total_count, r.policy_related_count, r.closed_count, r.satisfied_count, r.response_count, r.won_count, r.lost_count, r.mediated_count
	FROM row r
	WHERE NOT EXISTS (SELECT FROM row w WHERE w.office_code = r.office_code AND w.about = r.about AND w.source = r.source
		AND w.topic IS NOT DISTINCT FROM r.topic AND w.period_start <= r.period_start AND w.period_end >= r.period_end
		AND (w.period_start, w.period_end) <> (r.period_start, r.period_end))
$$;
COMMENT ON FUNCTION feedback_period(date, timestamptz) IS 'Feedback rows that count (反馈统计), longer periods before shorter ones; annex 1 L21.';

-- I-14 反馈统计, by source, about the office named: <source> = total, 件; records = rows behind it; policy = policy-related /
-- total; closed = closed / total; satisfied = satisfied / responses, hidden below the switch feedback.min_responses; won,
-- lost, mediated; #topic = total of a topic; change = last period minus the one right before it / the one before. Rates look
-- only at rows that give both numbers. public_input = supervision inputs handled / received, with days to handle. Sources are
-- never added together. Source: annex 1 L21 (A1-50 to A1-55), L24 (A1-69).
CREATE FUNCTION feedback_statistics(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH feedback AS MATERIALIZED (
		SELECT f.* FROM zhibao.feedback_period(p_on, p_as_of) f
	), period AS (
		SELECT f.reporter_code, f.about_code, f.source, f.period_start, f.period_end, sum(f.total_count) AS total
		FROM feedback f WHERE f.is_total GROUP BY 1, 2, 3, 4, 5
	), latest AS (
		SELECT DISTINCT ON (p.reporter_code, p.about_code, p.source) p.* FROM period p
		ORDER BY p.reporter_code, p.about_code, p.source, p.period_end DESC, p.period_start DESC
	)
	SELECT f.about_code, f.source || v.part, v.n, v.d, 'feedback_stat', f.reporter_code, f.item_id, f.topic
	FROM feedback f CROSS JOIN LATERAL (VALUES
		('', f.total_count, NULL::bigint), ('.records', 1, NULL),
		('.policy', CASE WHEN f.policy_related_count IS NOT NULL THEN f.policy_related_count END, f.total_count),
		('.closed', f.closed_count, f.total_count),
		('.satisfied', CASE WHEN f.response_count IS NOT NULL THEN f.satisfied_count END, f.response_count),
		('.won', f.won_count, NULL), ('.lost', f.lost_count, NULL), ('.mediated', f.mediated_count, NULL)) v (part, n, d)
	WHERE f.is_total AND v.n IS NOT NULL
	UNION ALL
	SELECT f.about_code, f.source || '#' || f.topic, f.total_count, NULL, 'feedback_stat', f.reporter_code, f.item_id, f.topic
	FROM feedback f WHERE f.topic IS NOT NULL
	UNION ALL
	SELECT l.about_code, l.source || '.change', (l.total - p.total)::bigint, p.total::bigint, NULL, NULL, NULL, NULL
	FROM latest l JOIN period p ON p.reporter_code = l.reporter_code AND p.about_code = l.about_code AND p.source = l.source
		AND p.period_end = l.period_start - 1
	UNION ALL
	SELECT i.office_code, v.part, v.n, v.d, 'public_input', i.office_code, i.item_id, i.topic
	FROM zhibao.counting(NULL::zhibao.public_input, p_as_of) i CROSS JOIN LATERAL (VALUES
		('public_input', (coalesce(i.handled_on <= p_on, false))::integer::bigint, 1::bigint),
		('public_input.days.median', CASE WHEN i.handled_on <= p_on THEN i.handled_on - i.received_on END, NULL),
		('public_input.days.longest', CASE WHEN i.handled_on <= p_on THEN i.handled_on - i.received_on END, NULL)) v (part, n, d)
	WHERE i.received_on <= p_on AND v.n IS NOT NULL
$$;

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
	WHERE e.status = 'held' AND e.occurred_on <= p_on AND v.part IS NOT NULL AND v.n IS NOT NULL
$$;

-- I-16 信息报送: news and reports, 条, by kind and, for media reports, by medium. days = days from the event to the report (the
-- day the record first arrived when it names none), median and longest; silent = offices without any / offices. Source:
-- annex 1 L24 (A1-67, A1-68); no number of days is set there.
CREATE FUNCTION news_report(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH news AS MATERIALIZED (
		SELECT n.*, coalesce(n.reported_on, ((SELECT min(r.received_at) FROM zhibao.news_item r WHERE r.office_code = n.office_code
			AND r.item_id = n.item_id) AT TIME ZONE 'Asia/Shanghai')::date) - n.happened_on AS days
		FROM zhibao.counting(NULL::zhibao.news_item, p_as_of) n WHERE n.happened_on <= p_on
	)
	SELECT n.office_code, v.part, v.n, NULL::bigint, 'news_item', n.office_code, n.item_id, NULL::text
	FROM news n CROSS JOIN LATERAL (VALUES ('', 1::bigint), ('kind:' || n.news_kind, 1),
		(CASE WHEN n.news_kind = 'media_report' THEN 'medium:' || coalesce(n.medium, 'other') END, 1),
		('days.median', n.days), ('days.longest', n.days)) v (part, n)
	WHERE v.part IS NOT NULL
	UNION ALL
	SELECT o.code, 'silent', (o.code NOT IN (SELECT n.office_code FROM news n))::integer, 1, 'office', o.code, NULL, NULL
	FROM zhibao.open_office(zhibao.facts_register(p_as_of)) o WHERE o.level <> 'province'
$$;

-- I-17 填报与推算差: cells of the current forms that the records known at as_of support / cells that can be derived and are
-- answered, by period; over_claimed, under_claimed and unsupported count cells; item:<n> is reported minus derived of one
-- item (its own unit, may be negative), over cells with both numbers. Judged as form_support judges (R16: the gap of today; the gap
-- at the seal stands in the form's own pages). No form: not applicable. Source: annex 3; ruling R16.
CREATE FUNCTION form_difference(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH cell AS MATERIALIZED (
		SELECT p.period, s.* FROM (VALUES ('mid_year'), ('year_end')) p (period) CROSS JOIN LATERAL zhibao.form_support(p.period, p_as_of) s
		JOIN zhibao.statistics_form f ON f.office_code = s.office_code AND f.item_id = s.item_id AND f.revision_id = s.revision_id
		WHERE f.filled_on <= p_on AND s.live_support IN ('supported', 'over_claimed', 'under_claimed', 'unsupported')
	)
	SELECT c.office_code, v.part, v.n::bigint, v.d::bigint, 'statistics_form', c.office_code, c.item_id, concat_ws('.', c.item_no, nullif(c.sub_field, ''))
	FROM cell c CROSS JOIN LATERAL (VALUES (c.period, (c.live_support = 'supported')::integer::bigint, 1),
		(CASE WHEN c.live_support <> 'supported' THEN c.period || '.' || c.live_support END, 1, NULL),
		(CASE WHEN c.filled_count IS NOT NULL AND c.live_count IS NOT NULL THEN
			c.period || '.item:' || concat_ws('.', c.item_no, nullif(c.sub_field, '')) END, c.filled_count - c.live_count, NULL)) v (part, n, d)
	WHERE v.part IS NOT NULL
$$;
COMMENT ON FUNCTION form_difference(date, timestamptz) IS 'Forms against the records (I-17 填报与推算差): annex 3; ruling R16.';

-- I-18 宣传资料: works made in the programme year by p_on, pieces and bytes by kind; bytes of a piece without a file count
-- under without_file. submission = materials handed in, with their bytes. form = pieces / item 5 of the newest form of a
-- city or lead unit, over the period and the scope of the form (R15); no form or no answer: not applicable.
-- Source: annex 1 L22 (A1-59), annex 3 item 5; ruling R18.
CREATE FUNCTION material_received(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH media AS MATERIALIZED (
		SELECT m.* FROM zhibao.counting(NULL::zhibao.media_product, p_as_of) m WHERE m.made_on <= p_on
	), form AS (
		SELECT DISTINCT ON (f.office_code) f.office_code, f.item_id, f.scope, f.period_start, least(f.filled_on, f.period_end) AS period_end,
			(SELECT (l.line ->> 'count')::bigint FROM jsonb_array_elements(f.lines) AS l (line)
				WHERE (l.line ->> 'item_no')::integer = 5 AND l.line ->> 'count' IS NOT NULL LIMIT 1) AS declared
		FROM zhibao.counting(NULL::zhibao.statistics_form, p_as_of) f
		JOIN zhibao.office o ON o.register_version = zhibao.facts_register(p_as_of) AND o.code = f.office_code
			AND o.level IN ('city', 'province_unit')
		WHERE f.filled_on <= p_on AND f.author_office_code = f.office_code
		ORDER BY f.office_code, f.period_end DESC, f.received_at DESC, f.batch_id DESC, f.seq DESC
	)
	SELECT m.office_code, v.part, v.n, NULL::bigint, 'media_product', m.office_code, m.item_id, NULL::text
	FROM media m CROSS JOIN LATERAL (VALUES ('', 1::bigint), ('bytes', m.file_bytes), ('kind:' || m.media_kind, 1),
		('kind:' || m.media_kind || '.bytes', m.file_bytes), ('without_file', CASE WHEN m.file_bytes IS NULL THEN 1 END)) v (part, n)
	WHERE m.made_on >= (SELECT zhibao.programme_start(p_as_of)) AND v.n IS NOT NULL
	UNION ALL
	SELECT s.office_code, v.part, v.n, NULL, 'submission', s.office_code, s.item_id, NULL
	FROM zhibao.counting(NULL::zhibao.submission, p_as_of) s
	CROSS JOIN LATERAL (VALUES ('submission', 1::bigint), ('submission.bytes', s.file_bytes)) v (part, n)
	WHERE s.submission_kind = 'materials' AND v.n IS NOT NULL
		AND coalesce(s.submitted_on, (s.received_at AT TIME ZONE 'Asia/Shanghai')::date) <= p_on
	UNION ALL
	SELECT f.office_code, 'form', (SELECT count(*) FROM media m WHERE m.made_on BETWEEN f.period_start AND f.period_end
			AND CASE f.scope WHEN 'own' THEN m.office_code = f.office_code ELSE m.office_code IN (SELECT t.code FROM zhibao.office_tree t
				WHERE t.register_version = zhibao.facts_register(p_as_of) AND t.ancestor_code = f.office_code) END),
		f.declared, 'statistics_form', f.office_code, f.item_id, NULL
	FROM form f WHERE f.declared IS NOT NULL
$$;

COMMENT ON FUNCTION completion_rate(date, timestamptz) IS 'Completion (I-02 完成率): annex 1 L17, annex 2; rulings R8 to R11.';
COMMENT ON FUNCTION completion_members(date, timestamptz) IS 'Lines and events behind completion (I-02 明细): annex 1 L17.';
COMMENT ON FUNCTION category_held(date, timestamptz) IS 'Categories held of five (I-02b 五进类别): annex 1 L17; ruling R18 item 14.';
COMMENT ON FUNCTION category_members(date, timestamptz) IS 'Sessions behind the categories (I-02b 明细): annex 1 L17.';
COMMENT ON FUNCTION plan_started(date, timestamptz) IS 'Plan lines started (I-02c 计划项启动率): annex 1 L17; ruling R9.';
COMMENT ON FUNCTION township_coverage(date, timestamptz) IS 'Township coverage (I-03 乡镇覆盖率): annex 1 L20, annex 3 item 12; rulings R5 to R7.';
COMMENT ON FUNCTION township_members(date, timestamptz) IS 'Townships and the lectures that cover them (I-03 明细): annex 1 L20.';
COMMENT ON FUNCTION session_tally(date, timestamptz) IS 'Sessions by category and month (I-04 分类场次): annex 1 L11, annex 3 items 10 to 14; rulings R8, R18.';
COMMENT ON FUNCTION late_entry(date, timestamptz) IS 'Lectures entered more than 30 days after they were held (I-04b 补录率): annex 1 L11.';
COMMENT ON FUNCTION session_members(date, timestamptz) IS 'Sessions by category (I-04 明细): annex 1 L11.';
COMMENT ON FUNCTION speaker_average(date, timestamptz) IS 'Average sessions per active speaker (I-05 骨干人均场次): annex 3 item 15; ruling R18.';
COMMENT ON FUNCTION speaker_members(date, timestamptz) IS 'Speakers and their events (I-05 明细): annex 3 item 15.';
COMMENT ON FUNCTION arrangement_publication(date, timestamptz) IS 'Arrangements published in time (I-06 安排公布率): annex 1 L8 to L10, annex 3 item 16; rulings R3, R13.';
COMMENT ON FUNCTION disclosure_rate(date, timestamptz) IS 'Disclosure of policies in force (I-07 应上尽上公开率): annex 1 L14.';
COMMENT ON FUNCTION library_cleanup(date, timestamptz) IS 'Clean-up of the library (I-08 文件清理率): annex 1 L14.';
COMMENT ON FUNCTION interpretation_completeness(date, timestamptz) IS 'Interpretation of new policies (I-09 “1+2+X”解读完整率): annex 1 L14.';
COMMENT ON FUNCTION publicity_column(date, timestamptz) IS 'Columns on both channels (I-10 专栏开设率): annex 1 L14, annex 3 item 4; ruling R3.';
COMMENT ON FUNCTION window_publicity(date, timestamptz) IS 'Publicity at halls and windows (I-11 窗口宣传): annex 1 L24, annex 3 items 17 to 21; ruling R18.';
COMMENT ON FUNCTION inspection_coverage(date, timestamptz) IS 'Inspections by scheme (I-12 检查覆盖率与合格率): annex 1 L10, L14 to L17, L20, L23.';
COMMENT ON FUNCTION filing_rate(date, timestamptz) IS 'Filings of counties accepted (I-13 备案率): annex 1 L10; ruling R3.';
COMMENT ON FUNCTION feedback_statistics(date, timestamptz) IS 'Feedback by source (I-14 反馈统计): annex 1 L21, L24.';
COMMENT ON FUNCTION study_activity(date, timestamptz) IS 'Study, drills and contests (I-15 学习竞赛): annex 1 L11, annex 3 item 14; ruling R18.';
COMMENT ON FUNCTION news_report(date, timestamptz) IS 'News and reports (I-16 信息报送): annex 1 L24.';
COMMENT ON FUNCTION material_received(date, timestamptz) IS 'Materials received (I-18 宣传资料): annex 1 L22, annex 3 item 5; ruling R18.';

INSERT INTO indicator_definition (indicator_id, place, name_zh, name_en, formula_zh, unit, target, source, function_name, members_name) VALUES
	('I-01', 10, '按时报送率', 'on-time submission rate', '按期收到的报送事项 ÷ 已到期的报送事项（豁免除外）', '%', '全部', 'annex1; R12-R14', 'submission_timeliness', 'submission_timeliness'),
	('I-02', 20, '完成率', 'completion rate', '∑min(已办场次, 计划最少场次) ÷ ∑计划最少场次（有数量的计划项）', '%', '10月31日 100%', 'annex1:L17; annex2; R8-R11', 'completion_rate', 'completion_members'),
	('I-02b', 21, '五进类别', 'five categories held', '已开展的五进类别数 ÷ 5（进系统含学习活动）', '%', '5/5', 'annex1:L17; R18; Q-27', 'category_held', 'category_members'),
	('I-02c', 22, '计划项启动率', 'plan items started', '至少开展一场的计划项 ÷ 全部计划项', '%', NULL, 'annex1:L17; R9', 'plan_started', 'plan_started'),
	('I-03', 30, '乡镇覆盖率', 'township coverage', '已覆盖乡镇 ÷ 名册乡镇', '%', '11月30日 100%', 'annex1:L20; annex3:12; R5-R7', 'township_coverage', 'township_members'),
	('I-04', 40, '分类场次', 'sessions by category', '按类别、月份统计已开展场次', '场', NULL, 'annex1:L11; annex3:10-14; R8', 'session_tally', 'session_members'),
	('I-04b', 41, '补录率', 'late-entered share', '开展30天后才首次报送的宣讲 ÷ 宣讲场次', '%', NULL, 'R13', 'late_entry', 'late_entry'),
	('I-05', 50, '骨干人均场次', 'average sessions per speaker', '参与宣讲人次 ÷ 在岗宣讲人员', '场/人', NULL, 'annex3:15; R18', 'speaker_average', 'speaker_members'),
	('I-06', 60, '安排公布率', 'arrangement publication rate', '按期且先于首场活动在门户网站公布安排的单位 ÷ 应公布单位', '%', '全部', 'annex1:L8-L10; annex3:16; R13', 'arrangement_publication', 'arrangement_publication'),
	('I-07', 70, '应上尽上公开率', 'disclosure rate', '现行有效、应公开且有网址的文件 ÷ 现行有效、应公开的文件', '%', '全部', 'annex1:L14', 'disclosure_rate', 'disclosure_rate'),
	('I-08', 80, '文件清理率', 'library clean-up', '已清理的失效、废止、修改文件 ÷ 失效、废止、修改文件', '%', '全部', 'annex1:L14', 'library_cleanup', 'library_cleanup'),
	('I-09', 90, '“1+2+X”解读完整率', 'interpretation completeness', '原文、通稿、解读文章齐全的新出台文件 ÷ 新出台文件', '%', NULL, 'annex1:L14; annex3:6-9; Q-10', 'interpretation_completeness', 'interpretation_completeness'),
	('I-10', 100, '专栏开设率', 'columns on both channels', '门户网站和微信公众号均设专栏的单位 ÷ 应设单位', '%', '全部', 'annex1:L14; annex3:4', 'publicity_column', 'publicity_column'),
	('I-11', 110, '窗口宣传', 'window publicity', '统计表第17至21项分别汇总；有报告的大厅 ÷ 大厅', '个、份', NULL, 'annex1:L24; annex3:17-21; R18', 'window_publicity', 'window_publicity'),
	('I-12', 120, '检查覆盖率与合格率', 'inspection coverage and pass rate', '已检查单位 ÷ 检查范围；合格次数 ÷ 检查次数', '%', NULL, 'annex1:L10,L14-L17,L20,L23', 'inspection_coverage', 'inspection_coverage'),
	('I-13', 130, '备案率', 'filing rate', '所属市州已受理备案的县 ÷ 全部县', '%', '全部', 'annex1:L10', 'filing_rate', 'filing_rate'),
	('I-14', 140, '反馈统计', 'feedback statistics', '按来源统计总量、政策相关、办结、满意与环比变化', '件', NULL, 'annex1:L21,L24', 'feedback_statistics', 'feedback_statistics'),
	('I-15', 150, '学习竞赛', 'study and contest counts', '按形式、对象统计场次和人数', '场', NULL, 'annex1:L11; annex3:14; R18', 'study_activity', 'study_activity'),
	('I-16', 160, '信息报送', 'news and reports', '按类别、媒体统计条数；报送间隔天数', '条', NULL, 'annex1:L24', 'news_report', 'news_report'),
	('I-17', 170, '填报与推算差', 'form vs. derived difference', '与记录相符的填报项 ÷ 可推算的填报项；填报数 − 推算数', '%', '0或已说明', 'annex3; R16', 'form_difference', 'form_difference'),
	('I-18', 180, '宣传资料', 'materials received', '按类别统计件数和字节数；件数 ÷ 统计表第5项', '件', NULL, 'annex1:L22; annex3:5; R18', 'material_received', 'material_received');

INSERT INTO indicator_part (indicator_id, part, name_zh, unit, style, rollup, minimum_rule) VALUES
	('I-01', '', '按期报送', '项', 'percent', 'sum', NULL), ('I-01', 'milestone:*', '按任务', '项', 'percent', 'sum', NULL),
	('I-01', 'late', '迟报', '项', 'count', 'sum', NULL), ('I-01', 'missing', '未报', '项', 'count', 'sum', NULL),
	('I-01', 'extended_after_due', '到期后延期', '项', 'count', 'sum', NULL), ('I-01', 'accepted', '审核通过', '项', 'percent', 'sum', NULL),
	('I-01', 'final', '审核通过的版本按期', '项', 'percent', 'sum', NULL),
	('I-17', 'mid_year', '半年表相符项', '项', 'percent', 'sum', NULL), ('I-17', 'year_end', '年度表相符项', '项', 'percent', 'sum', NULL),
	('I-17', '*.over_claimed', '多报', '项', 'count', 'sum', NULL), ('I-17', '*.under_claimed', '少报', '项', 'count', 'sum', NULL),
	('I-17', '*.unsupported', '无佐证', '项', 'count', 'sum', NULL), ('I-17', '*.item:*', '填报数减推算数', '该项单位', 'count', 'sum', NULL),
	('I-02', '', '市州口径', '场', 'percent', 'sum', NULL), ('I-02', 'raw', '不封顶', '场', 'percent', 'sum', NULL),
	('I-02', 'ended', '窗口期已结束', '场', 'percent', 'sum', NULL), ('I-02', 'baseline', '基准计划', '场', 'percent', 'sum', NULL),
	('I-02', 'baseline.raw', '基准计划，不封顶', '场', 'percent', 'sum', NULL), ('I-02', 'provincial', '省厅计划', '场', 'percent', 'sum', NULL),
	('I-02', 'provincial.raw', '省厅计划，不封顶', '场', 'percent', 'sum', NULL), ('I-02', 'provincial.ended', '省厅计划，窗口期已结束', '场', 'percent', 'sum', NULL),
	('I-02', 'all', '全部口径', '场', 'percent', 'sum', NULL), ('I-02', 'unplanned', '全部口径，计划外场次', '场', 'percent', 'sum', NULL),
	('I-02b', '', '市州口径', '类', 'percent', 'distinct', NULL), ('I-02b', 'all', '全部口径', '类', 'percent', 'distinct', NULL),
	('I-02b', 'enterprise', '进企业', '类', 'percent', 'distinct', NULL), ('I-02b', 'campus', '进校园', '类', 'percent', 'distinct', NULL),
	('I-02b', 'village', '进村居', '类', 'percent', 'distinct', NULL), ('I-02b', 'site', '进工地', '类', 'percent', 'distinct', NULL),
	('I-02b', 'system', '进系统', '类', 'percent', 'distinct', NULL),
	('I-02c', '', '市州口径', '项', 'percent', 'sum', NULL), ('I-02c', 'provincial', '省厅计划', '项', 'percent', 'sum', NULL),
	('I-02c', 'none', '未定数量：未开展', '项', 'percent', 'sum', NULL), ('I-02c', 'started', '未定数量：已启动', '项', 'percent', 'sum', NULL),
	('I-02c', 'met', '未定数量：已达到', '项', 'percent', 'sum', NULL),
	('I-02c', 'provincial.none', '省厅计划，未定数量：未开展', '项', 'percent', 'sum', NULL),
	('I-02c', 'provincial.started', '省厅计划，未定数量：已启动', '项', 'percent', 'sum', NULL),
	('I-02c', 'provincial.met', '省厅计划，未定数量：已达到', '项', 'percent', 'sum', NULL),
	('I-03', '', '规定口径', '个', 'percent', 'sum', NULL), ('I-03', 'broad.all', '各类宣讲，乡镇和街道', '个', 'percent', 'sum', NULL),
	('I-03', 'broad.rural', '各类宣讲，乡镇', '个', 'percent', 'sum', NULL), ('I-03', 'strict.all', '进村居，乡镇和街道', '个', 'percent', 'sum', NULL),
	('I-03', 'strict.rural', '进村居，乡镇', '个', 'percent', 'sum', NULL), ('I-03', 'counties', '全覆盖的县', '个', 'percent', 'sum', NULL),
	('I-03', 'inherited', '沿袭待证', '个', 'count', 'sum', NULL),
	('I-04', '', '五进合计', '场', 'count', 'sum', NULL), ('I-04', 'general', '综合宣传', '场', 'count', 'sum', NULL),
	('I-04', 'enterprise', '进企业', '场', 'count', 'sum', NULL), ('I-04', 'campus', '进校园', '场', 'count', 'sum', NULL),
	('I-04', 'village', '进村居', '场', 'count', 'sum', NULL), ('I-04', 'site', '进工地', '场', 'count', 'sum', NULL),
	('I-04', 'system', '进系统', '场', 'count', 'sum', NULL), ('I-04', '*:*', '分类分月', '场', 'count', 'sum', NULL),
	('I-04b', '', '超过30天', '场', 'percent', 'sum', NULL),
	('I-05', '', '在岗宣讲人员', '场/人', 'ratio', 'sum', NULL), ('I-05', 'backbone', '宣讲骨干', '场/人', 'ratio', 'sum', NULL),
	('I-05', 'lecturer', '政策宣讲员', '场/人', 'ratio', 'sum', NULL), ('I-05', 'know_all', '人社知识通', '场/人', 'ratio', 'sum', NULL),
	('I-06', '', '按期且先于首场', '个', 'percent', 'sum', NULL), ('I-06', 'by_due', '按期公布', '个', 'percent', 'sum', NULL),
	('I-06', 'ahead', '先于首场公布', '个', 'percent', 'sum', NULL), ('I-06', 'province', '全省安排公布', '个', 'percent', 'sum', NULL),
	('I-06', 'cities', '全省安排包含的市州', '个', 'percent', 'sum', NULL),
	('I-07', '', '应公开文件', '件', 'percent', 'sum', NULL), ('I-07', 'exempt', '不公开文件', '件', 'count', 'sum', NULL),
	('I-07', 'exempt_without_reason', '不公开且无理由', '件', 'count', 'sum', NULL), ('I-07', 'library', '建有文件库的单位', '个', 'percent', 'sum', NULL),
	('I-08', '', '已清理', '件', 'percent', 'sum', NULL), ('I-08', 'expired', '失效', '件', 'percent', 'sum', NULL),
	('I-08', 'abolished', '废止', '件', 'percent', 'sum', NULL), ('I-08', 'modified', '修改', '件', 'percent', 'sum', NULL),
	('I-08', 'days.median', '清理天数中位数', '天', 'ratio', 'median', NULL), ('I-08', 'days.longest', '清理天数最长', '天', 'count', 'longest', NULL),
	('I-08', 'overdue', '逾期仍标现行有效', '件', 'count', 'sum', NULL),
	('I-09', '', '原文、通稿、文章齐全', '件', 'percent', 'sum', NULL), ('I-09', 'policy_original', '政策原文', '件', 'count', 'sum', NULL),
	('I-09', 'press_release', '新闻通稿', '件', 'count', 'sum', NULL), ('I-09', 'article', '解读文章', '件', 'count', 'sum', NULL),
	('I-09', 'x', '其他形式', '件', 'count', 'sum', NULL), ('I-09', 'days.median', '公布天数中位数', '天', 'ratio', 'median', NULL),
	('I-09', 'days.longest', '公布天数最长', '天', 'count', 'longest', NULL), ('I-09', 'unpublished', '新出台未公布', '件', 'count', 'sum', NULL),
	('I-10', '', '两个渠道', '个', 'percent', 'sum', NULL), ('I-10', 'portal', '门户网站', '个', 'percent', 'sum', NULL),
	('I-10', 'wechat', '微信公众号', '个', 'percent', 'sum', NULL),
	('I-11', '17', '宣传栏、牌、海报', '个', 'count', 'sum', NULL), ('I-11', '18', '电子显示屏', '个', 'count', 'sum', NULL),
	('I-11', '19', '制作视频、微动画', '个', 'count', 'sum', NULL), ('I-11', '20', '播放视频、微动画', '个', 'count', 'sum', NULL),
	('I-11', '21', '宣传册', '份', 'count', 'sum', NULL), ('I-11', 'halls', '有报告的大厅', '个', 'percent', 'sum', NULL),
	('I-11', 'unknown_hall', '名册外大厅的报告', '条', 'count', 'sum', NULL), ('I-11', 'unnamed_video', '未注明作品的播放', '条', 'count', 'sum', NULL),
	('I-11', 'staff', '窗口人员培训', '人', 'percent', 'sum', NULL),
	('I-12', '*.visited', '检查覆盖', '个', 'percent', 'sum', NULL), ('I-12', '*.drawn', '抽中', '个', 'percent', 'sum', NULL),
	('I-12', '*.passed', '合格', '次', 'percent', 'sum', NULL), ('I-12', '*.verified', '核实活动', '场', 'count', 'sum', NULL),
	('I-12', '*.open', '未完成整改', '项', 'count', 'sum', NULL), ('I-12', '*.overdue', '逾期整改', '项', 'count', 'sum', NULL),
	('I-12', '*#*', '检查事项', '次', 'percent', 'sum', NULL), ('I-12', 'exchange', '经验交流', '次', 'count', 'sum', NULL),
	('I-12', 'circular:*', '通报', '份', 'count', 'sum', NULL),
	('I-13', '', '已受理', '个', 'percent', 'sum', NULL), ('I-13', 'received', '已收到未受理', '个', 'count', 'sum', NULL),
	('I-13', 'returned', '被退回', '个', 'count', 'sum', NULL),
	('I-14', '*.records', '统计记录', '条', 'count', 'sum', NULL), ('I-14', '*.policy', '政策相关', '件', 'percent', 'sum', NULL),
	('I-14', '*.closed', '办结', '件', 'percent', 'sum', NULL), ('I-14', '*.satisfied', '满意', '份', 'percent', 'sum', 'feedback.min_responses'),
	('I-14', '*.won', '胜诉或维持', '件', 'count', 'sum', NULL), ('I-14', '*.lost', '败诉或变更', '件', 'count', 'sum', NULL),
	('I-14', '*.mediated', '调解', '件', 'count', 'sum', NULL), ('I-14', '*.change', '环比变化', '件', 'percent', 'sum', NULL),
	('I-14', '*#*', '分主题', '件', 'count', 'sum', NULL), ('I-14', 'hotline_12333', '12333咨询', '件', 'count', 'sum', NULL),
	('I-14', 'reconsideration', '行政复议', '件', 'count', 'sum', NULL), ('I-14', 'litigation', '行政应诉', '件', 'count', 'sum', NULL),
	('I-14', 'arbitration', '仲裁案件', '件', 'count', 'sum', NULL), ('I-14', 'petition', '信访诉求', '件', 'count', 'sum', NULL),
	('I-14', 'online_survey', '网上调查评价', '份', 'count', 'sum', NULL), ('I-14', 'public_input', '社会监督办理', '件', 'percent', 'sum', NULL),
	('I-14', 'public_input.days.median', '社会监督办理天数中位数', '天', 'ratio', 'median', NULL),
	('I-14', 'public_input.days.longest', '社会监督办理天数最长', '天', 'count', 'longest', NULL),
	('I-15', '', '学习活动', '场', 'count', 'sum', NULL), ('I-15', 'participants', '参加人数', '人', 'count', 'sum', NULL),
	('I-15', 'form:*', '按形式', '场', 'count', 'sum', NULL), ('I-15', 'form:*.participants', '按形式参加人数', '人', 'count', 'sum', NULL),
	('I-15', 'target:*', '按对象', '场', 'count', 'sum', NULL), ('I-15', 'target:*.participants', '按对象参加人数', '人', 'count', 'sum', NULL),
	('I-15', 'unknown_participants', '未填人数', '场', 'count', 'sum', NULL),
	('I-16', '', '信息', '条', 'count', 'sum', NULL), ('I-16', 'kind:*', '按类别', '条', 'count', 'sum', NULL),
	('I-16', 'medium:*', '按媒体', '条', 'count', 'sum', NULL), ('I-16', 'days.median', '报送天数中位数', '天', 'ratio', 'median', NULL),
	('I-16', 'days.longest', '报送天数最长', '天', 'count', 'longest', NULL), ('I-16', 'silent', '未报送单位', '个', 'percent', 'sum', NULL),
	('I-18', '', '作品', '件', 'count', 'sum', NULL), ('I-18', 'bytes', '作品字节数', 'B', 'count', 'sum', NULL),
	('I-18', 'kind:*', '按类别', '件', 'count', 'sum', NULL), ('I-18', 'kind:*.bytes', '按类别字节数', 'B', 'count', 'sum', NULL),
	('I-18', 'without_file', '无文件', '件', 'count', 'sum', NULL), ('I-18', 'submission', '报送资料', '份', 'count', 'sum', NULL),
	('I-18', 'submission.bytes', '报送资料字节数', 'B', 'count', 'sum', NULL), ('I-18', 'form', '件数与统计表第5项', '件', 'percent', 'sum', NULL);

-- The description of a part: the one of that name, else the longest pattern it matches; NULL when there is none.
CREATE FUNCTION indicator_part_of(p_id text, p_part text) RETURNS indicator_part
LANGUAGE sql STABLE AS $$
	SELECT p FROM zhibao.indicator_part p WHERE p.indicator_id = p_id
		AND (p.part = p_part OR (p.part LIKE '%*%' AND p_part LIKE replace(replace(p.part, '_', '\_'), '*', '%')))
	ORDER BY p.part = p_part DESC, length(p.part) DESC LIMIT 1
$$;
COMMENT ON FUNCTION indicator_part_of(text, text) IS 'Description of a sub-figure (分项说明).';

-- What a part is called: its own name, or that of its pattern with words for what the stars stand for.
CREATE FUNCTION indicator_part_name(p_register integer, p_id text, p_part text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT p.name_zh || coalesce('：' || (
		SELECT string_agg(CASE WHEN p.part = 'milestone:*' THEN (SELECT m.milestone_no || ' ' || m.obligation_zh FROM zhibao.milestone m
				WHERE m.register_version = p_register AND m.milestone_no::text = w.word)
			WHEN p.part LIKE '%.item:*' AND w.place > 1 THEN (SELECT c.label_zh FROM zhibao.form_item c
				WHERE c.register_version = p_register AND c.item_no::text = w.word)
			ELSE coalesce((SELECT v.label_zh FROM zhibao.value_label v WHERE v.value = w.word
				ORDER BY split_part(p_part, ':', 1) IN (v.kind, v.field) DESC, v.kind DESC LIMIT 1), w.word) END, ' ' ORDER BY w.place)
		FROM unnest(regexp_match(p_part, '^' || replace(replace(p.part, '.', '\.'), '*', '(.+)') || '$')) WITH ORDINALITY AS w (word, place)
		WHERE p.part LIKE '%*%'), '')
	FROM zhibao.indicator_part_of(p_id, p_part) p
$$;
COMMENT ON FUNCTION indicator_part_name(integer, text, text) IS 'Name of a sub-figure (分项名称).';

-- The day asked for, or the day of the instant of the facts.
CREATE FUNCTION facts_on(p_on date, p_as_of timestamptz) RETURNS date
LANGUAGE sql STABLE AS $$
	SELECT coalesce(p_on, (zhibao.facts_as_of(p_as_of) AT TIME ZONE 'Asia/Shanghai')::date)
$$;
COMMENT ON FUNCTION facts_on(date, timestamptz) IS 'The day asked for, or that of the facts (截至日期).';

CREATE FUNCTION indicator_facts(p_name name, p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE plpgsql STABLE ROWS 5000 AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT * FROM zhibao.%I($1, $2)', p_name) USING p_on, p_as_of;
END $$;
COMMENT ON FUNCTION indicator_facts(name, date, timestamptz) IS 'Facts of a function of the catalogue (指标明细).';

CREATE FUNCTION known_indicator(p_id text) RETURNS indicator_definition
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_definition zhibao.indicator_definition;
BEGIN
	SELECT * INTO v_definition FROM zhibao.indicator_definition d WHERE d.indicator_id = p_id;
	IF NOT FOUND THEN
		PERFORM zhibao.refuse('E_INDICATOR_UNKNOWN', format('没有指标“%s”', p_id));
	END IF;
	RETURN v_definition;
END $$;
COMMENT ON FUNCTION known_indicator(text) IS 'An indicator of the catalogue (指标定义), or a refusal.';

-- The figures of one indicator at every node of the tree. Every part without a pattern is there for every node: 0 when
-- nothing counts, 0/0 (不适用) for a rate without a denominator. A sum below its minimum is hidden: numerator NULL.
CREATE FUNCTION indicator(p_id text, p_on date, p_as_of timestamptz)
RETURNS TABLE (node_code text, part text, numerator bigint, denominator bigint)
LANGUAGE sql STABLE ROWS 2000 SET jit = off AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version, d.function_name FROM zhibao.known_indicator(p_id) d
	), fact AS MATERIALIZED (
		SELECT f.* FROM register r CROSS JOIN LATERAL zhibao.indicator_facts(r.function_name, zhibao.facts_on(p_on, p_as_of), p_as_of) f
	), total AS MATERIALIZED (
		SELECT t.ancestor_code, f.part, sum(f.numerator) AS n, sum(f.denominator) AS d, max(f.numerator) AS longest, max(f.denominator) AS largest,
			count(DISTINCT f.label) FILTER (WHERE f.numerator > 0) AS labels,
			(2 * percentile_cont(0.5) WITHIN GROUP (ORDER BY f.numerator))::bigint AS twice_median
		FROM register r JOIN zhibao.office_tree t ON t.register_version = r.version JOIN fact f ON f.office_code = t.code
		GROUP BY t.ancestor_code, f.part
	), described AS MATERIALIZED (
		SELECT k.part, p.style, p.rollup, zhibao.rule_value(r.version, p.minimum_rule, NULL)::bigint AS minimum
		FROM register r CROSS JOIN (SELECT f.part FROM fact f UNION SELECT i.part FROM zhibao.indicator_part i
			WHERE i.indicator_id = p_id AND i.part NOT LIKE '%*%') k
		CROSS JOIN LATERAL zhibao.indicator_part_of(p_id, k.part) p
	), figure AS (
		SELECT o.code, k.part, k.minimum,
			CASE k.rollup WHEN 'distinct' THEN coalesce(t.labels, 0) WHEN 'median' THEN t.twice_median WHEN 'longest' THEN t.longest
				ELSE coalesce(t.n, 0) END::bigint AS n,
			CASE WHEN k.style = 'count' THEN NULL WHEN k.rollup = 'distinct' THEN coalesce(t.largest, 0)
				WHEN k.rollup = 'median' THEN CASE WHEN t.twice_median IS NOT NULL THEN 2 END ELSE coalesce(t.d, 0) END::bigint AS d
		FROM register r JOIN zhibao.office o ON o.register_version = r.version CROSS JOIN described k
		LEFT JOIN total t ON t.ancestor_code = o.code AND t.part = k.part
		WHERE t.part IS NOT NULL OR EXISTS (SELECT FROM zhibao.indicator_part i WHERE i.indicator_id = p_id AND i.part = k.part)
	)
	SELECT f.code, f.part, CASE WHEN f.d < f.minimum THEN NULL ELSE f.n END, f.d FROM figure f
$$;
COMMENT ON FUNCTION indicator(text, date, timestamptz) IS 'Figures of an indicator at every node (指标), sums over the subtree; interface of pages, reports and frozen figures.';

-- The records behind a figure of a node: what each adds, and records without a part in the sum that it rests on (NULLs).
-- Records shows as item of an office; offices, halls and townships have no item but a label.
CREATE FUNCTION indicator_members(p_id text, p_node text, p_on date, p_as_of timestamptz, p_part text)
RETURNS TABLE (kind text, office_code text, item_id uuid, label text, numerator bigint, denominator bigint, counts_for text)
LANGUAGE sql STABLE ROWS 1000 SET jit = off AS $$
	SELECT f.kind, f.record_office_code, f.item_id, f.label, f.numerator, f.denominator, f.office_code
	FROM zhibao.known_indicator(p_id) d
	CROSS JOIN LATERAL zhibao.indicator_facts(d.members_name, zhibao.facts_on(p_on, p_as_of), p_as_of) f
	JOIN zhibao.office_tree t ON t.register_version = zhibao.facts_register(p_as_of) AND t.ancestor_code = p_node AND t.code = f.office_code
	WHERE f.part = p_part
$$;
COMMENT ON FUNCTION indicator_members(text, text, date, timestamptz, text) IS 'Records behind a figure (指标构成记录).';

-- Silent offices as an interval: low = townships proven covered, high = low plus the uncovered ones of county-level offices
-- that were not heard in the 24 hours before as_of (no batch received, ends included); official breadth and base.
CREATE FUNCTION coverage_interval(p_on date, p_as_of timestamptz)
RETURNS TABLE (node_code text, low bigint, high bigint, denominator bigint, unheard text[])
LANGUAGE sql STABLE ROWS 150 SET jit = off AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version, zhibao.facts_as_of(p_as_of) AS known_at
	), heard AS MATERIALIZED (
		SELECT DISTINCT b.office_code FROM register r JOIN zhibao.batch b
			ON b.received_at >= r.known_at - interval '24 hours' AND b.received_at <= r.known_at
	), county AS MATERIALIZED (
		SELECT s.open_code AS office_code, sum(f.numerator) AS covered, sum(f.denominator) AS units,
			s.open_code NOT IN (SELECT h.office_code FROM heard h) AS is_silent
		FROM register r CROSS JOIN zhibao.township_coverage(zhibao.facts_on(p_on, p_as_of), p_as_of) f
		JOIN zhibao.standing_office(r.version) s ON s.code = f.office_code
		WHERE f.part = '' GROUP BY s.open_code
	)
	SELECT o.code, coalesce(sum(c.covered), 0)::bigint, coalesce(sum(CASE WHEN c.is_silent THEN c.units ELSE c.covered END), 0)::bigint,
		coalesce(sum(c.units), 0)::bigint, coalesce(array_agg(c.office_code ORDER BY c.office_code) FILTER (WHERE c.is_silent), '{}')
	FROM register r JOIN zhibao.office o ON o.register_version = r.version
	LEFT JOIN zhibao.office_tree t ON t.register_version = r.version AND t.ancestor_code = o.code
	LEFT JOIN county c ON c.office_code = t.code
	GROUP BY o.code
$$;
COMMENT ON FUNCTION coverage_interval(date, timestamptz) IS 'Coverage as an interval while offices are silent (覆盖率区间), annex 1 L20.';

-- A1-56: the effect sheet of every city and county: I-02, I-03, I-06, I-12 and I-14 side by side, no combined score. A figure
-- without anything behind it is named as missing, in words.
CREATE FUNCTION effect_sheet(p_on date, p_as_of timestamptz)
RETURNS TABLE (node_code text, indicator_id text, part text, name_zh text, unit text, style text, numerator bigint, denominator bigint, missing_zh text)
LANGUAGE sql STABLE ROWS 5000 SET jit = off AS $$
	WITH figure AS MATERIALIZED (
		SELECT d.id, f.* FROM unnest(ARRAY['I-02', 'I-02b', 'I-03', 'I-06', 'I-12', 'I-14']) AS d (id)
		CROSS JOIN LATERAL zhibao.indicator(d.id, p_on, p_as_of) f
	), source (id, part, records_part) AS (
		VALUES ('I-02', '', NULL), ('I-02', 'baseline', NULL), ('I-02b', '', NULL), ('I-03', '', NULL), ('I-06', '', NULL)
		UNION ALL SELECT 'I-12', s || '.visited', NULL FROM unnest(ARRAY['filing_spot_check', 'field_visit', 'online_check', 'work_style_check',
			'city_supervision', 'coverage_spot_check', 'mid_year_check', 'year_end_visit']) AS s
		UNION ALL SELECT 'I-14', s || p, s || '.records' FROM unnest(ARRAY['hotline_12333', 'reconsideration', 'litigation', 'arbitration',
			'petition', 'online_survey']) AS s CROSS JOIN unnest(ARRAY['', '.policy', '.closed', '.satisfied', '.change']) AS p
	)
	SELECT o.code, s.id, s.part, k.name_zh, k.unit, k.style, f.n, f.d,
		CASE WHEN s.id = 'I-02' AND coalesce(f.d, 0) = 0 THEN '没有带数量的计划项'
			WHEN s.id = 'I-03' AND coalesce(f.d, 0) = 0 THEN '名册中没有乡镇'
			WHEN s.id = 'I-06' AND coalesce(f.d, 0) = 0 THEN '不属于应公布单位'
			WHEN s.id = 'I-12' AND coalesce(f.d, 0) = 0 THEN '不在检查范围'
			WHEN s.id = 'I-12' AND f.n = 0 THEN '尚未检查'
			WHEN s.id = 'I-14' AND NOT EXISTS (SELECT FROM figure r WHERE r.id = 'I-14' AND r.part = s.records_part AND r.node_code = o.code)
				THEN '没有这个来源的统计数据' END
	FROM zhibao.office o CROSS JOIN source s
	CROSS JOIN LATERAL zhibao.indicator_part_of(s.id, s.part) k
	LEFT JOIN LATERAL (SELECT g.numerator AS n, g.denominator AS d FROM figure g WHERE g.id = s.id AND g.part = s.part AND g.node_code = o.code) f ON true
	WHERE o.register_version = zhibao.facts_register(p_as_of) AND o.level IN ('city', 'county')
$$;
COMMENT ON FUNCTION effect_sheet(date, timestamptz) IS 'Effect sheets of cities and counties (落实效果检验表), annex 1 L21; missing sources are named.';

COMMIT;
