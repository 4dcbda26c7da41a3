-- Deploy freezes: frozen figures (冻结数据), once for each indicator and milestone. Ruling R6.

BEGIN;

SET LOCAL search_path TO zhibao;

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
-- today as known now (ruling R6); of a year that is over, as known when its registers were last in force.
CREATE FUNCTION figures_beside(p_node text, p_milestone date, p_indicator text DEFAULT NULL)
RETURNS TABLE (indicator text, part text, frozen_numerator bigint, frozen_denominator bigint, later_numerator bigint,
	later_denominator bigint, live_numerator bigint, live_denominator bigint)
LANGUAGE sql VOLATILE AS $$
	WITH now_at AS MATERIALIZED (
		SELECT (y.as_of AT TIME ZONE 'Asia/Shanghai')::date AS day, nullif(y.as_of, f.as_of) AS as_of FROM zhibao.fold_state f
		CROSS JOIN LATERAL (SELECT zhibao.year_instant(p_milestone, f.as_of) AS as_of) y
	), source AS MATERIALIZED (
		SELECT s.indicator, s.order_no FROM zhibao.figure_source s
		WHERE EXISTS (SELECT FROM zhibao.frozen_set z WHERE z.milestone_on = p_milestone AND z.indicator = s.indicator)
			AND zhibao.figure_exists(s) AND (p_indicator IS NULL OR s.indicator = p_indicator)
	), later AS MATERIALIZED (
		SELECT s.indicator, f.* FROM now_at n CROSS JOIN source s CROSS JOIN LATERAL zhibao.figures_at(s.indicator, p_milestone, n.as_of, NULL) f
		WHERE f.node_code = p_node
	), live AS MATERIALIZED (
		SELECT s.indicator, f.* FROM now_at n CROSS JOIN source s CROSS JOIN LATERAL zhibao.figures_at(s.indicator, n.day, n.as_of, NULL) f
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

COMMIT;
