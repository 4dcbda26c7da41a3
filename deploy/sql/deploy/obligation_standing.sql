-- Deploy obligation_standing: what is met, late, missing or exempt at an instant (期限状态), and figures of it. Rulings R12 to R14.

BEGIN;

SET LOCAL search_path TO zhibao;

-- Rulings R12 to R14: every obligation that receipt judges, as of an instant (NULL: what is folded). An as_of is
-- inclusive, and that of a day is its last microsecond: everything before as_of + 1 µs is known, so that is the instant
-- held against d_eff, and a report as of the due day shows missing. p_on: what a city answered to its county by that day; all
-- else is judged by receipt alone (R13).
CREATE FUNCTION obligation_standing(p_as_of timestamptz, p_on date DEFAULT 'infinity')
RETURNS TABLE (office_code text, milestone_no integer, material text, to_office_code text, due_on date, due_at timestamptz,
	effective_at timestamptz, state text, days_late integer, received_at timestamptz, item_id uuid, revision_id uuid,
	review_state text, substance_on date, is_substance_late boolean, is_extended_after_due boolean, is_corrected_late boolean,
	responsible_name text, responsible_contact text, evidence text, is_due boolean, days_overdue integer,
	received_item_id uuid, received_revision_id uuid, extended_until timestamptz, exempt_reason text,
	is_accepted_on_time boolean)
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH point AS MATERIALIZED (
		SELECT a.as_of, a.as_of + interval '1 microsecond' AS known_to, p.register_version, p.programme FROM (SELECT zhibao.facts_as_of(p_as_of)) a (as_of)
		JOIN zhibao.programme_version p ON p.register_version = zhibao.register_at(a.as_of)
	), receipt AS MATERIALIZED (
		SELECT e.* FROM point p CROSS JOIN zhibao.evidence_received(p.as_of, p_on) e
	), person AS MATERIALIZED (
		-- From the profile that holds on the day, as the list of persons of the audit has it: nobody is named by one that was returned (R2),
		-- nor whose last day in charge has passed.
		SELECT h.office_code, h.responsible_name, h.responsible_contact FROM (
			SELECT DISTINCT ON (o.office_code) o.*, d.day FROM point p CROSS JOIN LATERAL (SELECT (p.as_of AT TIME ZONE 'Asia/Shanghai')::date) d (day)
			CROSS JOIN LATERAL zhibao.counting(NULL::zhibao.office_profile, p.as_of) o WHERE o.effective_from <= d.day
			ORDER BY o.office_code, o.effective_from DESC, o.received_at DESC, o.batch_id DESC, o.seq DESC) h
		WHERE NOT zhibao.text_is_blank(h.responsible_name) AND coalesce(h.responsible_to, 'infinity') >= h.day
	), owed AS (
		SELECT b.*, p.known_to, e.until_at, e.granted_at, greatest(b.due_at, e.until_at) AS effective_at,
			x.reason AS exempt_reason, x.office_code IS NOT NULL AS is_exempt
		FROM point p JOIN zhibao.obligation b ON b.register_version = p.register_version AND b.judged_by = 'receipt'
		LEFT JOIN zhibao.extension_at(p.programme, p.as_of) e ON e.office_code = b.office_code AND e.milestone_no = b.milestone_no
		LEFT JOIN zhibao.exemption_at(p.programme, p.as_of) x ON x.office_code = b.office_code AND x.milestone_no = b.milestone_no
	), judged AS (
		SELECT o.*, r.received_at, r.item_id, r.revision_id, r.review_state, r.was_refused, r.revised_at, r.substance_on,
			r.received_item_id, r.received_revision_id,
			CASE WHEN o.is_exempt THEN 'exempt' WHEN r.received_at < o.effective_at THEN 'on_time'
				WHEN r.received_at IS NOT NULL THEN 'late' WHEN o.known_to >= o.effective_at THEN 'missing' ELSE 'not_due' END AS state
		FROM owed o LEFT JOIN receipt r ON r.office_code = o.office_code AND r.word = o.evidence
	)
	SELECT j.office_code, j.milestone_no, m.obligation_zh, j.to_office_code, j.due_on, j.due_at, j.effective_at, j.state,
		CASE WHEN j.state = 'late' THEN zhibao.days_after(j.effective_at, j.received_at) END,
		j.received_at, j.item_id, j.revision_id, j.review_state, j.substance_on,
		zhibao.day_end(j.substance_on) > j.due_at,
		coalesce(j.granted_at >= j.due_at, false),
		j.state = 'on_time' AND j.was_refused AND j.revised_at >= j.effective_at,
		w.responsible_name, w.responsible_contact, j.evidence, j.known_to >= j.effective_at,
		CASE WHEN j.state = 'missing' THEN zhibao.days_after(j.effective_at, j.known_to) END,
		j.received_item_id, j.received_revision_id, j.until_at, j.exempt_reason,
		coalesce(j.review_state = 'accepted' AND j.revised_at < j.effective_at, false)
	FROM judged j
	JOIN zhibao.milestone m ON m.register_version = j.register_version AND m.milestone_no = j.milestone_no
	LEFT JOIN person w ON w.office_code = j.office_code
$$;
COMMENT ON FUNCTION obligation_standing(timestamptz, date) IS 'How every obligation stands at an instant (报送情况), rulings R12 to R14; annex 1.';

-- Figures of I-01 per node of the office tree and milestone, the node and everything below it. Rates count obligations
-- whose effective due instant has passed: due = on_time + late + missing.
CREATE FUNCTION timeliness(p_as_of timestamptz)
RETURNS TABLE (node_code text, milestone_no integer, due bigint, on_time bigint, late bigint, missing bigint, not_due bigint,
	exempt bigint, extended_after_due bigint, accepted bigint, received_early bigint, returned bigint)
LANGUAGE sql STABLE ROWS 1000 AS $$
	SELECT t.ancestor_code, s.milestone_no,
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt'),
		count(*) FILTER (WHERE s.is_due AND s.state = 'on_time'),
		count(*) FILTER (WHERE s.is_due AND s.state = 'late'),
		count(*) FILTER (WHERE s.is_due AND s.state = 'missing'),
		count(*) FILTER (WHERE NOT s.is_due AND s.state <> 'exempt'),
		count(*) FILTER (WHERE s.state = 'exempt'),
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt' AND s.is_extended_after_due),
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt' AND s.review_state = 'accepted'),
		count(*) FILTER (WHERE NOT s.is_due AND s.state = 'on_time'),
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt' AND s.review_state IN ('returned', 'rejected'))
	FROM zhibao.obligation_standing(p_as_of) s
	JOIN zhibao.office_tree t ON t.code = s.office_code
		AND t.register_version = (SELECT zhibao.register_at(zhibao.facts_as_of(p_as_of)))
	GROUP BY t.ancestor_code, s.milestone_no
$$;
COMMENT ON FUNCTION timeliness(timestamptz) IS 'Timeliness per node and milestone (报送及时率), indicator I-01, rulings R12 to R14.';

-- The filing matrix: every county that files with a city, and what the city answered by p_on.
CREATE FUNCTION filing_standing(p_as_of timestamptz, p_on date DEFAULT 'infinity')
RETURNS TABLE (county_code text, city_code text, milestone_no integer, state text, due_at timestamptz, effective_at timestamptz,
	days_late integer, received_at timestamptz, confirmation text, filing_no text, reason text, filed_on date,
	answered_at timestamptz, is_confirmed boolean, receipt_item_id uuid)
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT s.office_code, s.to_office_code, s.milestone_no, s.state, s.due_at, s.effective_at, s.days_late, s.received_at,
		coalesce(a.filing_status, 'none'), a.filing_no, a.reason, a.filed_on, a.answered_at,
		CASE WHEN s.received_at IS NOT NULL THEN s.review_state IN ('accepted', 'returned') END, a.receipt_item_id
	FROM zhibao.obligation_standing(p_as_of, p_on) s
	LEFT JOIN zhibao.filing_answer(zhibao.facts_as_of(p_as_of), p_on) a ON a.county_code = s.office_code
	WHERE s.evidence LIKE 'filing:%'
$$;
COMMENT ON FUNCTION filing_standing(timestamptz, date) IS 'Filings of counties with their cities (备案矩阵), annex 1 L10, requirement A1-16.';

COMMIT;
