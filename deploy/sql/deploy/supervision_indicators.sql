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

-- Who inspects whom, by scheme, in the order of annex 1: the rows of the pack whose evidence is an inspection of that scheme,
-- whatever their numbers. A scheme that no row names is not of the programme: nobody is to make it.
CREATE FUNCTION inspection_scheme(p_register integer) RETURNS TABLE (scheme text, milestone_no integer, inspector_levels text[], applies_to text)
LANGUAGE sql STABLE ROWS 8 AS $$
	SELECT split_part(m.evidence, ':', 2), m.milestone_no, string_to_array(m.actor_level, ';'), m.applies_to
	FROM zhibao.milestone m WHERE m.register_version = p_register AND m.evidence LIKE 'inspection:%'
$$;
COMMENT ON FUNCTION inspection_scheme(integer) IS 'Who inspects whom (检查类别、检查层级与范围): annex 1 L10, L14 to L17, L20, L23.';

-- Inspections. is_entitled: an office of the level that annex 1 has inspect, in its own name, looked at one below it. A record of
-- any other office counts nowhere, in no figure and as no result of a draw, so that nobody can fill or empty what is of others.
CREATE FUNCTION inspection_standing(p_as_of timestamptz) RETURNS TABLE (record inspection, is_entitled boolean)
LANGUAGE sql STABLE ROWS 500 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version
	)
	SELECT i, coalesce(i.author_office_code = i.office_code
		AND EXISTS (SELECT FROM zhibao.inspection_scheme(r.version) s WHERE s.scheme = i.scheme AND o.level = ANY (s.inspector_levels))
		AND (i.inspected_office_code IS NULL OR i.inspected_office_code <> i.office_code AND EXISTS (SELECT FROM zhibao.office_tree t
			WHERE t.register_version = r.version AND t.ancestor_code = i.office_code AND t.code = i.inspected_office_code)), false)
	FROM register r CROSS JOIN zhibao.counting(NULL::zhibao.inspection, p_as_of) i
	LEFT JOIN zhibao.office o ON o.register_version = r.version AND o.code = i.office_code
$$;
COMMENT ON FUNCTION inspection_standing(timestamptz) IS 'Inspections and whether their office was to make them (检查记录与检查主体).';

-- Those of the year by p_on.
CREATE FUNCTION inspection_recorded(p_on date, p_as_of timestamptz) RETURNS TABLE (record inspection, is_entitled boolean)
LANGUAGE sql STABLE ROWS 500 AS $$
	SELECT s.* FROM zhibao.inspection_standing(p_as_of) s
	WHERE coalesce((s.record).checked_on, ((s.record).drawn_at AT TIME ZONE 'Asia/Shanghai')::date, p_on)
		BETWEEN (SELECT zhibao.programme_start(p_as_of)) AND p_on
$$;
COMMENT ON FUNCTION inspection_recorded(date, timestamptz) IS 'Inspections of the year (年度检查记录).';

-- Lists that offices were drawn from by p_on, with those drawn: of the draws run at the centre; for a scheme without one, those
-- typed into inspections of entitled offices, as far as they name offices below. In PL/pgSQL, as draws are made by a later change.
CREATE FUNCTION inspection_list(p_on date, p_as_of timestamptz)
RETURNS TABLE (scheme text, lister_code text, code text, is_drawn boolean, kind text, item_id uuid, label text)
LANGUAGE plpgsql STABLE ROWS 200 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH official AS MATERIALIZED (
		SELECT d.scheme, d.committed_office_code AS lister_code, m.office_code AS code, s.office_code IS NOT NULL AS is_drawn, d.draw_id
		FROM zhibao.draw d JOIN zhibao.draw_run r USING (draw_id) JOIN zhibao.draw_member m USING (draw_id)
		LEFT JOIN zhibao.draw_sample s USING (draw_id, office_code)
		WHERE r.run_at <= zhibao.facts_as_of(p_as_of) AND (r.run_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN (SELECT zhibao.programme_start(p_as_of)) AND p_on
	)
	SELECT o.scheme, o.lister_code, o.code, o.is_drawn, 'office', NULL::uuid, format('第 %s 号抽查', o.draw_id) FROM official o
	UNION ALL
	SELECT (i.record).scheme, (i.record).office_code, c.code, coalesce(c.code = ANY ((i.record).sample_office_codes), false),
		'inspection', (i.record).item_id, NULL
	FROM zhibao.inspection_recorded(p_on, p_as_of) i CROSS JOIN LATERAL unnest((i.record).population_office_codes) AS c (code)
	JOIN zhibao.office_tree t ON t.register_version = zhibao.facts_register(p_as_of) AND t.ancestor_code = (i.record).office_code
		AND t.code = c.code AND t.code <> t.ancestor_code
	WHERE i.is_entitled AND (i.record).scheme NOT IN (SELECT o.scheme FROM official o);
END $$;
COMMENT ON FUNCTION inspection_list(date, timestamptz) IS 'Offices drawn from and drawn (抽查范围与抽中单位): annex 1 L10, L20; requirements A1-17, A1-49.';

-- I-12 检查覆盖率与合格率, by scheme: visited = offices checked by p_on / population; drawn = sample / list drawn from; passed =
-- checks passed / checks with a result; verified = events confirmed; open and overdue = rectifications not closed by p_on, and
-- those past their day. online_check by channel and by finding; exchange and circular are counts. Only entitled inspections
-- count; the others are listed as unentitled, at their office. The population of a scheme is the list drawn from in the area of
-- who drew, elsewhere the offices annex 1 names; a city supervises every county, drawn or not. An office that several
-- inspectors visited counts once in visited. No population: not applicable.
-- Source: annex 1 L10, L14 to L17, L20, L23 (A1-17, A1-38, A1-42 to A1-49, A1-61).
CREATE FUNCTION inspection_coverage(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version
	), recorded AS MATERIALIZED (
		SELECT r.* FROM zhibao.inspection_recorded(p_on, p_as_of) r
	), inspection AS MATERIALIZED (
		SELECT (r.record).* FROM recorded r WHERE r.is_entitled AND (r.record).inspected_office_code IS NOT NULL AND (r.record).checked_on IS NOT NULL
	), listed AS MATERIALIZED (
		SELECT l.* FROM zhibao.inspection_list(p_on, p_as_of) l
	), population AS (
		SELECT l.scheme, l.code FROM listed l WHERE l.scheme <> 'city_supervision'
		UNION
		SELECT s.scheme, o.code FROM register r CROSS JOIN zhibao.inspection_scheme(r.version) s
		JOIN zhibao.open_office(r.version) o ON o.level = ANY (string_to_array(s.applies_to, ';')) OR (s.applies_to = 'all' AND o.level <> 'province')
		WHERE s.scheme = 'city_supervision' OR NOT EXISTS (SELECT FROM listed l JOIN zhibao.office_tree t ON t.register_version = r.version
			AND t.ancestor_code = l.lister_code WHERE l.scheme = s.scheme AND t.code = o.code)
	)
	SELECT p.code, p.scheme || '.visited', (EXISTS (SELECT FROM inspection i WHERE i.scheme = p.scheme AND i.inspected_office_code = p.code))::integer::bigint,
		1::bigint, 'office', p.code, NULL::uuid, NULL::text
	FROM population p
	UNION ALL
	(SELECT DISTINCT ON (l.scheme, l.code) l.code, l.scheme || '.drawn', l.is_drawn::integer, 1, l.kind,
		CASE l.kind WHEN 'office' THEN l.code ELSE l.lister_code END, l.item_id, l.label
	FROM listed l ORDER BY l.scheme, l.code, l.is_drawn DESC, l.label, l.item_id)
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
	UNION ALL
	SELECT (r.record).office_code, 'unentitled', 1, NULL, 'inspection', (r.record).office_code, (r.record).item_id, (r.record).scheme
	FROM recorded r WHERE NOT r.is_entitled
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

-- I-13 备案率: counties whose own city accepted their papers / counties that owed a filing and were not exempt, as the filing
-- matrix has it: the newest answer dated by p_on, about the papers that stand, once all of them are there. received, returned =
-- counties that got no further than that. A city without counties: not applicable. Source: annex 1 L10 (A1-16); rulings R3, R14.
CREATE FUNCTION filing_rate(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH filing AS MATERIALIZED (
		SELECT s.* FROM zhibao.filing_standing(p_as_of, p_on) s WHERE s.state <> 'exempt'
	)
	SELECT f.county_code, v.part, v.n::integer::bigint, v.d::bigint, 'office', f.county_code, NULL::uuid, NULL::text
	FROM filing f CROSS JOIN LATERAL (VALUES ('', coalesce(f.is_confirmed AND f.confirmation = 'accepted', false), 1),
		('received', f.received_at IS NOT NULL AND f.confirmation = 'received', NULL),
		('returned', coalesce(f.is_confirmed AND f.confirmation = 'returned', false), NULL)) v (part, n, d)
	WHERE v.n OR v.d IS NOT NULL
	UNION ALL
	SELECT f.county_code, '', NULL, NULL, 'filing_receipt', f.city_code, f.receipt_item_id, f.filing_no FROM filing f WHERE f.receipt_item_id IS NOT NULL
$$;
COMMENT ON FUNCTION filing_rate(date, timestamptz) IS 'Filings of counties accepted (I-13 备案率): annex 1 L10; rulings R3 and R14.';

-- Feedback of periods inside the programme year that ended by p_on. The same calls count once: is_contained says that a row is
-- part of another one about the same office and source, of a longer period, or of the same period by a higher office or received
-- before; with the same topic, or by another reporter, whose row without a topic holds every topic. Rows with a topic beside one
-- without are its breakdown, no totals.
CREATE FUNCTION feedback_period(p_on date, p_as_of timestamptz)
RETURNS TABLE (item_id uuid, reporter_code text, about_code text, source text, topic text, period_start date, period_end date, is_total boolean,
	total_count bigint, policy_related_count bigint, closed_count bigint, satisfied_count bigint, response_count bigint,
	won_count bigint, lost_count bigint, mediated_count bigint, is_contained boolean)
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH row AS MATERIALIZED (
		SELECT f.*, coalesce(f.about_office_code, f.office_code) AS about,
			array_position(ARRAY['province', 'province_unit', 'city', 'county'], o.level) AS rank
		FROM zhibao.counting(NULL::zhibao.feedback_stat, p_as_of) f
		JOIN zhibao.office o ON o.register_version = zhibao.facts_register(p_as_of) AND o.code = f.office_code
		WHERE f.period_start >= (SELECT zhibao.programme_start(p_as_of)) AND f.period_end <= p_on
	), judged AS (
		SELECT r.*, EXISTS (SELECT FROM row w WHERE w.about = r.about AND w.source = r.source
			AND w.period_start <= r.period_start AND w.period_end >= r.period_end
			AND (w.topic IS NOT DISTINCT FROM r.topic OR w.topic IS NULL AND w.office_code <> r.office_code)
			AND ((w.period_start, w.period_end) <> (r.period_start, r.period_end)
				OR (w.rank, w.received_at, w.batch_id, w.seq) < (r.rank, r.received_at, r.batch_id, r.seq))) AS is_contained
		FROM row r
	)
	SELECT r.item_id, r.office_code, r.about, r.source, r.topic, r.period_start, r.period_end,
		NOT r.is_contained AND (r.topic IS NULL OR NOT EXISTS (SELECT FROM row t WHERE t.about = r.about AND t.source = r.source
			AND t.topic IS NULL AND t.period_start <= r.period_start AND t.period_end >= r.period_end)),
		r.total_count, r.policy_related_count, r.closed_count, r.satisfied_count, r.response_count, r.won_count, r.lost_count, r.mediated_count,
		r.is_contained
	FROM judged r
$$;
COMMENT ON FUNCTION feedback_period(date, timestamptz) IS 'Feedback rows (反馈统计) and which of them count: each call once, longer periods and higher offices first; annex 1 L21.';

-- I-14 反馈统计, by source, about the office named, which is that office without those below it: <source> = total, 件; records =
-- rows behind it; policy = policy-related / total; closed = closed / total; satisfied = satisfied / responses, hidden below the
-- switch feedback.min_responses; won, lost, mediated; #topic = total of a topic; change = last period minus the one right before
-- it / the one before. contained = rows that are part of another one and are not added; nested = rows about an office beside
-- one about an office above it, of days in common: to be checked for calls counted in both. Rates look only at rows that give both numbers.
-- public_input = supervision inputs handled / received, with days to handle. Sources are never added together.
-- Source: annex 1 L21 (A1-50 to A1-55), L24 (A1-69).
CREATE FUNCTION feedback_statistics(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH feedback AS MATERIALIZED (
		SELECT f.* FROM zhibao.feedback_period(p_on, p_as_of) f
	), period AS (
		SELECT f.about_code, f.source, f.period_start, f.period_end, sum(f.total_count) AS total
		FROM feedback f WHERE f.is_total GROUP BY 1, 2, 3, 4
	), latest AS (
		SELECT DISTINCT ON (p.about_code, p.source) p.* FROM period p ORDER BY p.about_code, p.source, p.period_end DESC, p.period_start DESC
	)
	SELECT f.about_code, f.source || v.part, v.n, v.d, 'feedback_stat', f.reporter_code, f.item_id, f.topic
	FROM feedback f CROSS JOIN LATERAL (VALUES
		('', f.total_count, NULL::bigint), ('.records', 1, NULL),
		('.policy', CASE WHEN f.policy_related_count IS NOT NULL THEN f.policy_related_count END, f.total_count),
		('.closed', f.closed_count, f.total_count),
		('.satisfied', CASE WHEN f.response_count IS NOT NULL THEN f.satisfied_count END, f.response_count),
		('.won', f.won_count, NULL), ('.lost', f.lost_count, NULL), ('.mediated', f.mediated_count, NULL),
		('.nested', CASE WHEN EXISTS (SELECT FROM feedback w JOIN zhibao.office_tree t ON t.register_version = zhibao.facts_register(p_as_of)
			AND t.ancestor_code = w.about_code AND t.code = f.about_code AND t.code <> t.ancestor_code
			WHERE w.is_total AND w.source = f.source AND w.period_start <= f.period_end AND w.period_end >= f.period_start) THEN 1 END, NULL)) v (part, n, d)
	WHERE f.is_total AND v.n IS NOT NULL
	UNION ALL
	SELECT f.about_code, f.source || CASE WHEN f.is_contained THEN '.contained' ELSE '#' || f.topic END,
		CASE WHEN f.is_contained THEN 1 ELSE f.total_count END, NULL, 'feedback_stat', f.reporter_code, f.item_id, f.topic
	FROM feedback f WHERE f.is_contained OR f.topic IS NOT NULL
	UNION ALL
	SELECT f.about_code, f.source || '.change', CASE WHEN f.period_end = l.period_end THEN f.total_count ELSE -f.total_count END,
		CASE WHEN f.period_end < l.period_end THEN f.total_count END, 'feedback_stat', f.reporter_code, f.item_id, f.topic
	FROM latest l JOIN period p ON p.about_code = l.about_code AND p.source = l.source AND p.period_end = l.period_start - 1
	JOIN feedback f ON f.about_code = l.about_code AND f.source = l.source AND f.is_total
		AND (f.period_start, f.period_end) IN ((l.period_start, l.period_end), (p.period_start, p.period_end))
	UNION ALL
	SELECT i.office_code, v.part, v.n, v.d, 'public_input', i.office_code, i.item_id, i.topic
	FROM zhibao.counting(NULL::zhibao.public_input, p_as_of) i CROSS JOIN LATERAL (VALUES
		('public_input', (coalesce(i.handled_on <= p_on, false))::integer::bigint, 1::bigint),
		('public_input.days.median', CASE WHEN i.handled_on <= p_on THEN i.handled_on - i.received_on END, NULL),
		('public_input.days.longest', CASE WHEN i.handled_on <= p_on THEN i.handled_on - i.received_on END, NULL)) v (part, n, d)
	WHERE i.received_on BETWEEN (SELECT zhibao.programme_start(p_as_of)) AND p_on AND v.n IS NOT NULL
$$;
COMMENT ON FUNCTION feedback_statistics(date, timestamptz) IS 'Feedback by source (I-14 反馈统计): annex 1 L21, L24.';

-- I-17 填报与推算差: cells of the current forms that the records known at the seal support / cells that were judged: answered, and
-- derivable, words and addresses too, or said not to apply against records, by period (R16); over_claimed, under_claimed,
-- unsupported and differs (another word or address) count cells; explained = cells with words / cells not supported; item:<n> is reported minus derived of one item (its own unit, may be negative), over cells with both numbers.
-- live and live.item:<n> beside it: the same against the records known at as_of. No form: not applicable. Source: annex 3; ruling R16.
CREATE FUNCTION form_difference(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH cell AS MATERIALIZED (
		SELECT p.period || w.way AS part, w.way, f.office_code, f.item_id, concat_ws('.', s.item_no, nullif(s.sub_field, '')) AS name,
			w.support, s.filled_count - w.evidence_count AS gap, NOT zhibao.text_is_blank(s.reason) AS is_explained
		FROM (VALUES ('mid_year'), ('year_end')) p (period)
		CROSS JOIN LATERAL zhibao.form_filing(p.period, p_as_of) c
		JOIN zhibao.statistics_form f ON f.office_code = c.office_code AND f.item_id = c.item_id AND f.revision_id = c.revision_id
		CROSS JOIN LATERAL zhibao.form_support_of(f.office_code, f.item_id, f.revision_id, p_as_of) s
		CROSS JOIN LATERAL (VALUES ('', s.support, s.evidence_count), ('.live', s.live_support, s.live_count)) w (way, support, evidence_count)
		WHERE c.is_current AND f.filled_on <= p_on AND w.support NOT IN ('not_answered', 'not_applicable', 'not_derivable')
	)
	SELECT c.office_code, c.part || v.part, v.n::bigint, v.d::bigint, 'statistics_form', c.office_code, c.item_id, c.name
	FROM cell c CROSS JOIN LATERAL (VALUES ('', (c.support = 'supported')::integer::bigint, 1), ('.item:' || c.name, c.gap, NULL)) v (part, n, d)
	WHERE v.n IS NOT NULL
	UNION ALL
	SELECT c.office_code, c.part || v.part, v.n::bigint, v.d::bigint, 'statistics_form', c.office_code, c.item_id, c.name
	FROM cell c CROSS JOIN LATERAL (VALUES ('.' || c.support, 1, NULL), ('.explained', c.is_explained::integer, 1)) v (part, n, d)
	WHERE c.way = '' AND c.support <> 'supported'
$$;
COMMENT ON FUNCTION form_difference(date, timestamptz) IS 'Forms against the records (I-17 填报与推算差): annex 3; ruling R16.';

COMMIT;
