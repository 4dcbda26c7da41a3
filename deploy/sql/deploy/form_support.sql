-- Deploy form_support: forms filed (填报) and how far the records support them (佐证程度). Ruling R16.
--
-- p_as_of  instant up to which revisions had been received; NULL means what the aggregator has folded

BEGIN;

SET LOCAL search_path TO zhibao;

-- Lines of a form as rows. The one yes of items 3 and 4 follows from its two channels where it was left out.
CREATE FUNCTION form_line(p_lines jsonb)
RETURNS TABLE (item_no integer, sub_field text, state text, count bigint, is_yes boolean, text text, rate_text text, reason text,
	proposed_count bigint)
LANGUAGE sql IMMUTABLE ROWS 29 AS $$
	WITH line AS (
		SELECT l.item_no, coalesce(l.sub_field, '') AS sub_field, l.state, l.count, l.is_yes, l.text, l.rate_text, l.reason, l.proposed_count
		FROM jsonb_to_recordset(p_lines) AS l (item_no integer, sub_field text, state text, count bigint, is_yes boolean, text text,
			rate_text text, reason text, proposed_count bigint)
	)
	SELECT l.* FROM line l
	UNION ALL
	SELECT l.item_no, '', 'value', NULL, bool_and(l.is_yes), NULL, NULL, NULL, NULL
	FROM line l WHERE l.item_no IN (3, 4) AND l.is_yes IS NOT NULL
	GROUP BY l.item_no HAVING count(*) = 2 AND bool_and(l.sub_field <> '')
$$;
COMMENT ON FUNCTION form_line(jsonb) IS 'Lines of a form as rows (统计项).';

CREATE FUNCTION form_is_complete(p_lines jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT NOT EXISTS (SELECT FROM zhibao.form_cell c LEFT JOIN zhibao.form_line(p_lines) l USING (item_no, sub_field)
		WHERE c.is_mandatory AND (l.state IS NULL OR l.state NOT IN ('value', 'not_applicable')))
$$;
COMMENT ON FUNCTION form_is_complete(jsonb) IS 'Is every mandatory cell of a form answered (结构完整)? Ruling R14.';

-- Forms of a period, one row per item: the newest revision received, and the one that stands: the newest complete one on the
-- counting branch, neither returned nor rejected (rulings R2, R14). is_current marks the office's own newest filing (R3). state says
-- what became of the newest revision where it was returned or rejected, otherwise how the branch that counts ends. p_year: the year
-- of the form, NULL for that of the registers in force.
CREATE FUNCTION form_filing(p_period text, p_as_of timestamptz, p_year integer DEFAULT NULL)
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, received_at timestamptz, scope text, newest_revision_id uuid,
	newest_received_at timestamptz, is_proxy boolean, verdict text, state text, is_current boolean)
LANGUAGE sql STABLE ROWS 200 AS $$
	WITH RECURSIVE instant AS MATERIALIZED (
		SELECT a.as_of, coalesce(p_year, extract(year FROM zhibao.year_start(zhibao.register_at(a.as_of)))) AS year
		FROM (SELECT zhibao.facts_as_of(p_as_of)) a (as_of)
	), newest AS MATERIALIZED (
		SELECT DISTINCT ON (f.office_code, f.item_id) f.* FROM instant i JOIN zhibao.statistics_form f ON f.received_at <= i.as_of
		ORDER BY f.office_code, f.item_id, f.received_at DESC, f.batch_id DESC, f.seq DESC
	), verdict AS MATERIALIZED (
		SELECT v.office_code, v.item_id, v.revision_id, v.verdict FROM instant i CROSS JOIN LATERAL zhibao.verdicts_at(i.as_of) v
	), tip AS MATERIALIZED (
		SELECT t.* FROM instant i CROSS JOIN LATERAL zhibao.revision_tip('statistics_form', i.as_of, NULL, NULL) t
	), chain AS (
		SELECT t.office_code, t.item_id, t.revision_id, 1 AS step FROM tip t WHERE t.state = 'counting'
		UNION ALL
		SELECT h.office_code, h.item_id, zhibao.stored_base('statistics_form', f.office_code, f.item_id, f.base_revision_id, i.as_of), h.step + 1
		FROM instant i CROSS JOIN chain h JOIN zhibao.statistics_form f USING (office_code, item_id, revision_id)
		LEFT JOIN verdict v USING (office_code, item_id, revision_id)
		WHERE f.base_revision_id IS NOT NULL AND (v.verdict IN ('returned', 'rejected')
			OR (f.operation <> 'withdraw' AND NOT zhibao.form_is_complete(f.lines)))
	), standing AS MATERIALIZED (
		SELECT DISTINCT ON (f.office_code, f.item_id) f.*
		FROM chain h JOIN zhibao.statistics_form f USING (office_code, item_id, revision_id)
		LEFT JOIN verdict v USING (office_code, item_id, revision_id)
		WHERE f.operation <> 'withdraw' AND zhibao.form_is_complete(f.lines)
			AND coalesce(v.verdict, 'pending') NOT IN ('returned', 'rejected')
		ORDER BY f.office_code, f.item_id, h.step
	), filing AS (
		SELECT n.office_code, n.item_id, s.revision_id, s.received_at, s.batch_id, s.seq, s.scope, n.revision_id AS newest_revision_id,
			n.received_at AS newest_received_at, n.author_office_code <> n.office_code AS is_proxy, c.state AS tip_state, c.revision_id AS tip_revision_id,
			coalesce(s.period, t.period) AS period, coalesce(s.period_end, t.period_end) AS period_end, v.verdict AS newest_verdict, w.verdict AS standing_verdict,
			coalesce(s.author_office_code = s.office_code, false) AS may_stand
		FROM newest n LEFT JOIN standing s USING (office_code, item_id) LEFT JOIN tip c USING (office_code, item_id)
		LEFT JOIN LATERAL (SELECT f.period, f.period_end FROM zhibao.statistics_form f WHERE f.office_code = n.office_code
			AND f.item_id = n.item_id AND f.period IS NOT NULL AND f.received_at <= (SELECT i.as_of FROM instant i)
			ORDER BY f.received_at DESC, f.batch_id DESC, f.seq DESC LIMIT 1) t ON true
		LEFT JOIN verdict v ON v.office_code = n.office_code AND v.item_id = n.item_id AND v.revision_id = n.revision_id
		LEFT JOIN verdict w ON w.office_code = s.office_code AND w.item_id = s.item_id AND w.revision_id = s.revision_id
	), placed AS (
		SELECT f.*, f.may_stand AND row_number() OVER (PARTITION BY f.office_code, f.may_stand
			ORDER BY f.received_at DESC, f.batch_id DESC, f.seq DESC) = 1 AS is_current
		FROM filing f WHERE f.period = p_period AND extract(year FROM f.period_end) = (SELECT i.year FROM instant i)
	)
	SELECT p.office_code, p.item_id, p.revision_id, p.received_at, p.scope, p.newest_revision_id, p.newest_received_at, p.is_proxy,
		coalesce(CASE WHEN p.revision_id IS NOT NULL THEN p.standing_verdict ELSE p.newest_verdict END, 'pending'),
		CASE WHEN p.newest_verdict IN ('returned', 'rejected') THEN p.newest_verdict
			WHEN p.tip_state <> 'counting' THEN p.tip_state
			WHEN p.revision_id IS DISTINCT FROM p.tip_revision_id THEN 'incomplete' WHEN p.is_proxy THEN 'proxy'
			WHEN NOT p.is_current THEN 'superseded' ELSE 'current' END,
		p.is_current
	FROM placed p
$$;
COMMENT ON FUNCTION form_filing(text, timestamptz, integer) IS 'Forms received and the revision of each that stands (已报统计表), rulings R2, R3, R14 and R19.';

-- Ruling R16: a cell against the records. Tolerance 0; p_copies_percent of the larger figure for copies (份); ruling R17 for rates.
CREATE FUNCTION form_judge(p_value_type text, p_unit text, p_copies_percent numeric, p_state text, p_count bigint, p_yes boolean,
	p_text text, p_rate text, p_evidence_count bigint, p_evidence_yes boolean, p_evidence_text text, p_numerator bigint, p_denominator bigint)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_filled numeric := CASE WHEN p_value_type = 'count' THEN p_count WHEN p_value_type = 'boolean' THEN p_yes::integer
		WHEN p_value_type IN ('percent', 'ratio') AND p_rate ~ '^[0-9]+(\.[0-9]+)?$' THEN p_rate::numeric END;
	v_proven numeric := CASE p_value_type WHEN 'count' THEN p_evidence_count WHEN 'boolean' THEN p_evidence_yes::integer
		WHEN 'percent' THEN 100 * p_numerator::numeric / nullif(p_denominator, 0)
		WHEN 'ratio' THEN p_numerator::numeric / nullif(p_denominator, 0) END;
	v_tolerance numeric := CASE WHEN p_unit = '份' THEN p_copies_percent * greatest(v_filled, v_proven) / 100
		WHEN p_value_type NOT IN ('percent', 'ratio') THEN 0 WHEN strpos(p_rate, '.') > 0 THEN 0.01 ELSE 0.5 END;
BEGIN
	IF p_state = 'not_answered' THEN
		RETURN 'not_answered';
	ELSIF p_state = 'not_applicable' THEN
		RETURN CASE WHEN v_proven > 0 OR p_evidence_text <> '' AND p_value_type IN ('text', 'url') THEN 'under_claimed' ELSE 'not_applicable' END;
	ELSIF p_value_type IN ('text', 'url') THEN
		RETURN CASE WHEN coalesce(p_evidence_text, '') = '' THEN 'unsupported'
			WHEN (SELECT array_agg(DISTINCT btrim(w) ORDER BY btrim(w)) FROM regexp_split_to_table(p_text, '[;；、]') w)
				= (SELECT array_agg(DISTINCT btrim(w) ORDER BY btrim(w)) FROM regexp_split_to_table(p_evidence_text, '[;；、]') w)
			THEN 'supported' ELSE 'differs' END;
	ELSIF v_filled IS NULL THEN
		RETURN 'not_derivable';
	ELSIF v_filled > 0 AND coalesce(v_proven, 0) = 0 THEN
		RETURN 'unsupported';
	ELSIF abs(v_filled - coalesce(v_proven, 0)) <= v_tolerance THEN
		RETURN 'supported';
	END IF;
	RETURN CASE WHEN v_filled > v_proven THEN 'over_claimed' ELSE 'under_claimed' END;
END $$;
COMMENT ON FUNCTION form_judge(text, text, numeric, text, bigint, boolean, text, text, bigint, boolean, text, bigint, bigint) IS
	'Is a cell supported by the records (佐证判定)? Rulings R16 and R17.';

-- What the judgement is called, everywhere.
CREATE FUNCTION support_zh(p_support text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE p_support WHEN 'supported' THEN '相符' WHEN 'over_claimed' THEN '多报' WHEN 'under_claimed' THEN '少报'
		WHEN 'unsupported' THEN '无记录佐证' WHEN 'differs' THEN '不一致' WHEN 'not_applicable' THEN '不适用' WHEN 'not_answered' THEN '未填'
		WHEN 'not_derivable' THEN '不核对' END
$$;
COMMENT ON FUNCTION support_zh(text) IS 'Words for the judgement of a cell (佐证判定).';

-- Every cell of one form revision against the records as known at an instant; is_asked: mandatory, or answered.
CREATE FUNCTION form_cell_support(p_office text, p_item uuid, p_revision uuid, p_known_at timestamptz)
RETURNS TABLE (item_no integer, sub_field text, place integer, label_zh text, unit text, is_asked boolean, state text, filled text,
	filled_count bigint, filled_rate numeric, reason text, proposed_count bigint, evidence text, evidence_count bigint, evidence_text text,
	support text)
LANGUAGE sql STABLE ROWS 29 AS $$
	WITH form AS MATERIALIZED (
		SELECT f.*, zhibao.rule_value(zhibao.register_at(f.received_at), 'form.copies_tolerance_percent', '5')::numeric AS copies_percent
		FROM zhibao.statistics_form f WHERE f.office_code = p_office AND f.item_id = p_item AND f.revision_id = p_revision
	), line AS MATERIALIZED (
		SELECT l.* FROM form f CROSS JOIN LATERAL zhibao.form_line(f.lines) l
	), proven AS MATERIALIZED (
		SELECT e.* FROM form f CROSS JOIN LATERAL
			zhibao.form_evidence(f.office_code, f.scope, f.period_start, f.period_end, f.filled_on, p_known_at) e
	)
	SELECT c.item_no, c.sub_field, c.place, c.label_zh, c.unit, c.is_mandatory OR l.state IS NOT NULL,
		CASE WHEN l.state = 'value' AND (l.count = 0 OR l.rate_text ~ '^0+(\.0+)?$') THEN 'zero' ELSE coalesce(l.state, 'not_answered') END,
		CASE WHEN l.state = 'value' THEN coalesce(l.count::text, CASE l.is_yes WHEN true THEN '是' WHEN false THEN '否' END, l.rate_text, l.text) END,
		l.count, CASE WHEN c.value_type IN ('percent', 'ratio') AND l.rate_text ~ '^[0-9]+(\.[0-9]+)?$' THEN l.rate_text::numeric END,
		l.reason, l.proposed_count,
		coalesce(e.evidence_count::text, CASE e.evidence_yes WHEN true THEN '是' WHEN false THEN '否' END, e.evidence_text),
		e.evidence_count, e.evidence_text,
		zhibao.form_judge(c.value_type, c.unit, f.copies_percent, coalesce(l.state, 'not_answered'), l.count, l.is_yes, l.text, l.rate_text,
			e.evidence_count, e.evidence_yes, e.evidence_text, e.numerator, e.denominator)
	FROM form f CROSS JOIN zhibao.form_cell c LEFT JOIN line l USING (item_no, sub_field) LEFT JOIN proven e USING (item_no, sub_field)
$$;
COMMENT ON FUNCTION form_cell_support(text, uuid, uuid, timestamptz) IS 'Cells of one form against the records as known at an instant (某时点的佐证情况), ruling R16.';

-- The same as known at the seal (its receipt) and, beside it, as known at p_as_of.
CREATE FUNCTION form_support_of(p_office text, p_item uuid, p_revision uuid, p_as_of timestamptz)
RETURNS TABLE (item_no integer, sub_field text, state text, filled text, evidence text, support text, verification_factor numeric,
	live_evidence text, live_support text, reason text, place integer, label_zh text, unit text, filled_count bigint,
	evidence_count bigint, live_count bigint, proposed_count bigint)
LANGUAGE sql STABLE ROWS 29 AS $$
	WITH form AS MATERIALIZED (
		SELECT f.* FROM zhibao.statistics_form f WHERE f.office_code = p_office AND f.item_id = p_item AND f.revision_id = p_revision
	), seal AS MATERIALIZED (
		SELECT s.* FROM form f CROSS JOIN LATERAL zhibao.form_cell_support(p_office, p_item, p_revision, f.received_at) s
		WHERE s.is_asked OR s.evidence_text IS NOT NULL
	), live AS MATERIALIZED (
		SELECT s.* FROM zhibao.form_cell_support(p_office, p_item, p_revision, zhibao.facts_as_of(p_as_of)) s
	)
	SELECT s.item_no, s.sub_field, s.state, s.filled, s.evidence, s.support,
		CASE WHEN s.state NOT IN ('value', 'zero') THEN NULL
			WHEN s.filled_count > 0 THEN round(s.evidence_count::numeric / s.filled_count, 4)
			WHEN s.filled_count = 0 AND s.evidence_count = 0 THEN 1
			WHEN s.filled_rate = 0 AND s.evidence_text ~ '^0+(\.0+)?$' THEN 1
			WHEN s.filled_rate > 0 THEN round(s.evidence_text::numeric / s.filled_rate, 4) END,
		l.evidence, l.support, s.reason, s.place, s.label_zh, s.unit, s.filled_count, s.evidence_count, l.evidence_count, s.proposed_count
	FROM seal s JOIN live l USING (item_no, sub_field)
	UNION ALL
	SELECT 22, e.label, CASE e.count WHEN 0 THEN 'zero' ELSE 'value' END, e.count::text, NULL, 'not_derivable', NULL, NULL, 'not_derivable',
		e.note, 100 + e.ordinal::integer, e.label, e.unit, e.count, NULL, NULL, NULL
	FROM form f CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(coalesce(f.entries, '[]')) AS (label text, count bigint, unit text, note text))
		WITH ORDINALITY AS e (label, count, unit, note, ordinal)
	ORDER BY place
$$;
COMMENT ON FUNCTION form_support_of(text, uuid, uuid, timestamptz) IS 'Cells of one form against the records (佐证情况), at the seal and live; rulings R16 and R17.';

CREATE FUNCTION form_support(p_period text, p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, item_no integer, sub_field text, state text, filled text, evidence text,
	support text, verification_factor numeric, live_evidence text, live_support text, reason text, place integer, label_zh text,
	unit text, filled_count bigint, evidence_count bigint, live_count bigint, proposed_count bigint)
LANGUAGE sql STABLE ROWS 3000 AS $$
	SELECT f.office_code, f.item_id, f.revision_id, s.*
	FROM zhibao.form_filing(p_period, p_as_of) f
	CROSS JOIN LATERAL zhibao.form_support_of(f.office_code, f.item_id, f.revision_id, zhibao.facts_as_of(p_as_of)) s
	WHERE f.is_current
$$;
COMMENT ON FUNCTION form_support(text, timestamptz) IS 'Cells of every current form of a period against the records (佐证情况), indicator I-17; ruling R16.';

GRANT EXECUTE ON FUNCTION form_support(text, timestamptz), form_support_of(text, uuid, uuid, timestamptz), form_filing(text, timestamptz, integer) TO zhibao_aggregator;

COMMIT;
