-- Deploy supervision_indicators: I-01 submissions in time, I-12 inspections, I-13 filings, I-14 feedback, I-17 forms against records.
--
-- Each is a function of (p_on, p_as_of) that returns facts, see indicator_catalogue.

BEGIN;

SET LOCAL search_path TO zhibao;

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
		WHERE coalesce(i.checked_on, (i.drawn_at AT TIME ZONE 'Asia/Shanghai')::date, p_on) BETWEEN (SELECT zhibao.programme_start(p_as_of)) AND p_on
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
	FROM zhibao.counting(NULL::zhibao.exchange, p_as_of) e
	WHERE e.held_on BETWEEN (SELECT zhibao.programme_start(p_as_of)) AND p_on
	UNION ALL
	SELECT c.office_code, 'circular:' || c.circular_kind, 1, NULL, 'circular', c.office_code, c.item_id, c.circular_no
	FROM zhibao.counting(NULL::zhibao.circular, p_as_of) c
	WHERE c.issued_on BETWEEN (SELECT zhibao.programme_start(p_as_of)) AND p_on
$$;
COMMENT ON FUNCTION inspection_coverage(date, timestamptz) IS 'Inspections by scheme (I-12 检查覆盖率与合格率): annex 1 L10, L14 to L17, L20, L23.';

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
COMMENT ON FUNCTION filing_rate(date, timestamptz) IS 'Filings of counties accepted (I-13 备案率): annex 1 L10; ruling R3.';

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
	WHERE i.received_on BETWEEN (SELECT zhibao.programme_start(p_as_of)) AND p_on AND v.n IS NOT NULL
$$;
COMMENT ON FUNCTION feedback_statistics(date, timestamptz) IS 'Feedback by source (I-14 反馈统计): annex 1 L21, L24.';

-- I-17 填报与推算差: cells of the current forms that the records known at as_of support / cells that can be derived and are
-- answered, by period; over_claimed, under_claimed and unsupported count cells; item:<n> is reported minus derived of one
-- item (its own unit, may be negative), over cells with both numbers. Judged as form_support judges live (R16: the gap of today; the gap
-- at the seal stands in the form's own pages). No form: not applicable. Source: annex 3; ruling R16.
CREATE FUNCTION form_difference(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH cell AS MATERIALIZED (
		SELECT p.period, f.office_code, f.item_id, s.* FROM (VALUES ('mid_year'), ('year_end')) p (period)
		CROSS JOIN LATERAL zhibao.form_filing(p.period, p_as_of) c
		JOIN zhibao.statistics_form f ON f.office_code = c.office_code AND f.item_id = c.item_id AND f.revision_id = c.revision_id
		CROSS JOIN LATERAL zhibao.form_cell_support(f.office_code, f.item_id, f.revision_id, zhibao.facts_as_of(p_as_of)) s
		WHERE c.is_current AND f.filled_on <= p_on AND s.support IN ('supported', 'over_claimed', 'under_claimed', 'unsupported')
	)
	SELECT c.office_code, v.part, v.n::bigint, v.d::bigint, 'statistics_form', c.office_code, c.item_id, concat_ws('.', c.item_no, nullif(c.sub_field, ''))
	FROM cell c CROSS JOIN LATERAL (VALUES (c.period, (c.support = 'supported')::integer::bigint, 1),
		(CASE WHEN c.support <> 'supported' THEN c.period || '.' || c.support END, 1, NULL),
		(CASE WHEN c.filled_count IS NOT NULL AND c.evidence_count IS NOT NULL THEN
			c.period || '.item:' || concat_ws('.', c.item_no, nullif(c.sub_field, '')) END, c.filled_count - c.evidence_count, NULL)) v (part, n, d)
	WHERE v.part IS NOT NULL
$$;
COMMENT ON FUNCTION form_difference(date, timestamptz) IS 'Forms against the records (I-17 填报与推算差): annex 3; ruling R16.';

COMMIT;
