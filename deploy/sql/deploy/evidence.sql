-- Deploy evidence: what meets an obligation (履行依据): papers, forms and acts of the city, and when the centre received them.
--
-- Rulings R13, R14.

BEGIN;

SET LOCAL search_path TO zhibao;

-- The own revisions of a kind that obligations look at: those on the branch that counts, as revision_tip has it (rulings R1, R2),
-- and those returned or rejected that stood on it, in the order of receipt; what came before its base stands behind it. Records made by another office for this
-- one are left out (R3); a withdrawal that was returned or rejected withdrew nothing (R2).
CREATE FUNCTION filed_revision(p_kind text, p_as_of timestamptz, p_where text DEFAULT 'true')
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, is_withdrawal boolean, received_at timestamptz, place bigint)
LANGUAGE plpgsql STABLE ROWS 2000 AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		WITH RECURSIVE verdict AS MATERIALIZED (
			SELECT v.office_code, v.item_id, v.revision_id FROM zhibao.verdicts_at($1) v
			WHERE v.verdict IN ('returned', 'rejected')
		), wanted AS MATERIALIZED (
			SELECT DISTINCT r.office_code, r.item_id FROM zhibao.%1$I r WHERE r.received_at <= $1 AND (%2$s)
		), revision AS MATERIALIZED (
			SELECT r.office_code, r.item_id, r.revision_id, r.operation, r.author_office_code, r.received_at, r.batch_id, r.seq,
				v.revision_id IS NOT NULL AS is_refused,
				CASE WHEN r.base_revision_id IS NULL THEN NULL
					ELSE zhibao.stored_base(%1$L, r.office_code, r.item_id, r.base_revision_id, $1) END AS base
			FROM wanted w JOIN zhibao.%1$I r USING (office_code, item_id)
			LEFT JOIN verdict v USING (office_code, item_id, revision_id)
			WHERE r.received_at <= $1
		), branch AS (
			SELECT t.office_code, t.item_id, t.revision_id, 1 AS step
			FROM zhibao.revision_tip(%1$L, $1, NULL, NULL) t WHERE t.state IN ('counting', 'withdrawn')
			UNION ALL
			SELECT v.office_code, v.item_id, v.base, b.step + 1 FROM branch b JOIN revision v USING (office_code, item_id, revision_id) WHERE v.base IS NOT NULL
		), refused AS (
			SELECT v.office_code, v.item_id, v.revision_id FROM revision v LEFT JOIN branch b ON b.office_code = v.office_code
				AND b.item_id = v.item_id AND b.revision_id = v.base
			WHERE v.is_refused AND (v.base IS NULL OR b.revision_id IS NOT NULL)
			UNION
			SELECT v.office_code, v.item_id, v.revision_id FROM refused f JOIN revision v ON v.office_code = f.office_code
				AND v.item_id = f.item_id AND v.base = f.revision_id
			WHERE v.is_refused
		), received AS (
			SELECT v.*, b.step, row_number() OVER (ORDER BY v.received_at, v.batch_id, v.seq) AS n -- of all: two items of one batch have an order, too
			FROM revision v LEFT JOIN branch b USING (office_code, item_id, revision_id) LEFT JOIN refused f USING (office_code, item_id, revision_id)
			WHERE b.step IS NOT NULL OR f.revision_id IS NOT NULL
		), placed AS (
			SELECT r.*, CASE WHEN r.step IS NULL THEN r.n
				ELSE max(r.n) OVER (PARTITION BY r.office_code, r.item_id, r.step IS NULL ORDER BY r.step DESC) END AS last
			FROM received r
		)
		SELECT k.office_code, k.item_id, k.revision_id, k.operation = 'withdraw', k.received_at, row_number() OVER (ORDER BY k.last, k.step DESC)
		FROM placed k
		WHERE k.author_office_code = k.office_code
			AND NOT (k.operation = 'withdraw' AND k.is_refused)
	$q$, p_kind, p_where) USING p_as_of;
END $$;
COMMENT ON FUNCTION filed_revision(text, timestamptz, text) IS 'Own revisions that obligations look at (本单位报送版本), rulings R1 to R3, R14.';

-- The words of evidence of a paper: its kind, and with the period; one that names no period stands for each.
CREATE FUNCTION submission_word(p_kind text, p_period text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE ROWS 2 AS $$
	SELECT p_kind WHERE p_kind IS NOT NULL
	UNION ALL
	SELECT p_kind || ':' || p FROM unnest(ARRAY['mid_year', 'year_end', 'whole_year']) p WHERE p_kind IS NOT NULL AND coalesce(p_period, p) = p
$$;
COMMENT ON FUNCTION submission_word(text, text) IS 'Words of evidence of a paper (报送材料对应的证明材料).';

-- A paper has a title, and a document named by file, digest or number; a plan and materials stand by their records instead.
CREATE FUNCTION submission_is_complete(p_paper submission) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(NOT zhibao.text_is_blank(p_paper.title) AND (p_paper.submission_kind IN ('lecture_plan', 'materials')
		OR p_paper.file_digest IS NOT NULL OR NOT zhibao.text_is_blank(p_paper.file_name) OR NOT zhibao.text_is_blank(p_paper.doc_no)), false)
$$;
COMMENT ON FUNCTION submission_is_complete(submission) IS 'Is a paper structurally complete (要素完整)? Ruling R14.';

-- Every own revision of what can meet an obligation: the word of the evidence, whether it is structurally complete
-- (R14) and the date claimed in it (R13). What is complete, word by word, is written in docs/deadlines.md. Without a word is what
-- belongs to another year: a form by its period, what was published by its day, a paper by its first receipt and, as a report
-- cannot tell of days to come, by its date. A profile is what is so: confirmed in the year, it is of the year. In PL/pgSQL, as
-- what builds on it, so that the planner takes the number of rows from here: it guesses 1 for joins of three columns; and
-- as form_is_complete is made by a later change.
CREATE FUNCTION evidence_event(p_as_of timestamptz)
RETURNS TABLE (kind text, office_code text, item_id uuid, revision_id uuid, is_withdrawal boolean, received_at timestamptz,
	place bigint, word text, is_complete boolean, substance_on date)
LANGUAGE plpgsql STABLE ROWS 5000 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH year AS MATERIALIZED (
		SELECT zhibao.year_start(r.register) AS first_on, zhibao.year_opened(r.register) AS opened_at
		FROM (SELECT zhibao.register_at(p_as_of)) r (register)
	)
	SELECT 'submission', f.office_code, f.item_id, f.revision_id, f.is_withdrawal, f.received_at, f.place, w.word,
		zhibao.submission_is_complete(s), s.issued_on
	FROM year y CROSS JOIN (SELECT r.*, min(r.received_at) OVER (PARTITION BY r.office_code, r.item_id) AS first_at
		FROM zhibao.filed_revision('submission', p_as_of) r) f
	JOIN zhibao.submission s USING (office_code, item_id, revision_id)
	LEFT JOIN LATERAL zhibao.submission_word(s.submission_kind, s.period) AS w (word) ON f.first_at >= y.opened_at
		AND (s.submission_kind IN ('work_plan', 'lecture_plan') OR s.issued_on < y.first_on IS NOT TRUE)
	UNION ALL
	SELECT 'office_profile', f.office_code, f.item_id, f.revision_id, f.is_withdrawal, f.received_at, f.place, w.word,
		w.is_complete, w.substance_on
	FROM zhibao.filed_revision('office_profile', p_as_of) f
	JOIN zhibao.office_profile s USING (office_code, item_id, revision_id)
	LEFT JOIN LATERAL (VALUES ('mechanism', s.mechanism_established_on IS NOT NULL, s.mechanism_established_on),
		('ledger', s.ledger_established_on IS NOT NULL, s.ledger_established_on),
		('responsible_person', NOT zhibao.text_is_blank(s.responsible_name) AND (s.responsible_to IS NULL
			OR s.responsible_to >= (f.received_at AT TIME ZONE 'Asia/Shanghai')::date), coalesce(s.responsible_from, s.effective_from)))
		AS w (word, is_complete, substance_on) ON NOT f.is_withdrawal
	UNION ALL
	SELECT 'publication', f.office_code, f.item_id, f.revision_id, f.is_withdrawal, f.received_at, f.place,
		CASE WHEN s.channel = 'portal' AND s.published_on >= y.first_on THEN s.object_kind END, s.url ~ '^https?://', s.published_on
	FROM year y CROSS JOIN zhibao.filed_revision('publication', p_as_of, 'r.object_kind IN (''arrangement'', ''province_arrangement'') AND r.channel = ''portal''') f
	JOIN zhibao.publication s USING (office_code, item_id, revision_id)
	UNION ALL
	SELECT 'statistics_form', f.office_code, f.item_id, f.revision_id, f.is_withdrawal, f.received_at, f.place,
		CASE WHEN extract(year FROM s.period_end) = extract(year FROM y.first_on) THEN 'statistics_form:' || s.period END,
		zhibao.form_is_complete(s.lines), s.filled_on
	FROM year y CROSS JOIN zhibao.filed_revision('statistics_form', p_as_of) f
	JOIN zhibao.statistics_form s USING (office_code, item_id, revision_id);
END $$;
COMMENT ON FUNCTION evidence_event(timestamptz) IS 'Revisions that can meet obligations (证明材料版本), rulings R13 and R14.';

-- First own line of the plan of the year, first own piece of material made in it: what must stand beside the paper that declares
-- them. One that is withdrawn or rejected later has still been received (R13).
CREATE FUNCTION evidence_companion(p_as_of timestamptz) RETURNS TABLE (word text, office_code text, received_at timestamptz)
LANGUAGE sql STABLE ROWS 200 AS $$
	WITH year AS MATERIALIZED (
		SELECT zhibao.year_start(zhibao.register_at(p_as_of)) AS first_on
	)
	SELECT 'lecture_plan', p.office_code, min(p.received_at) FROM zhibao.plan_item p
	WHERE p.received_at <= p_as_of AND p.author_office_code = p.office_code AND p.operation <> 'withdraw'
		AND p.window_end >= (SELECT y.first_on FROM year y)
	GROUP BY p.office_code
	UNION ALL
	SELECT 'materials', m.office_code, min(m.received_at) FROM zhibao.media_product m
	WHERE m.received_at <= p_as_of AND m.author_office_code = m.office_code AND m.operation <> 'withdraw'
		AND num_nonnulls(m.file_digest, m.url) > 0 AND m.made_on >= (SELECT y.first_on FROM year y)
	GROUP BY m.office_code
$$;
COMMENT ON FUNCTION evidence_companion(timestamptz) IS 'First plan line and first piece of material per office (首个计划项、首件宣传资料), rulings R10 and R14.';

-- R14, per office and word of evidence: when it was received (the first complete revision since the last withdrawal),
-- the newest complete revision and its verdict. A revision that became something else ends like a withdrawal; an
-- incomplete one changes nothing.
CREATE FUNCTION evidence_standing(p_as_of timestamptz)
RETURNS TABLE (office_code text, word text, received_at timestamptz, item_id uuid, revision_id uuid, revised_at timestamptz,
	review_state text, was_refused boolean, substance_on date, received_item_id uuid, received_revision_id uuid, item_ids uuid[])
LANGUAGE plpgsql STABLE ROWS 2000 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH event AS (
		SELECT e.kind, e.office_code, e.item_id, e.revision_id, e.received_at, e.place, e.is_complete, e.substance_on,
			CASE WHEN NOT e.is_withdrawal THEN e.word END AS word, coalesce(v.verdict, 'pending') AS verdict,
			coalesce(v.verdict IN ('returned', 'rejected'), false) AS is_refused,
			row_number() OVER (PARTITION BY e.kind, e.office_code, e.item_id, e.place) = 1 AS is_first
		FROM zhibao.evidence_event(p_as_of) e
		LEFT JOIN zhibao.verdicts_at(p_as_of) v USING (office_code, item_id, revision_id)
	), run AS (
		-- A word was never gone again where every later revision has it, but for those refused, which change nothing (R2).
		SELECT e.*, coalesce(sum((e.is_first AND NOT e.is_refused)::integer) OVER (PARTITION BY e.kind, e.office_code, e.item_id
				ORDER BY e.place DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
			= count(*) FILTER (WHERE NOT e.is_refused) OVER (PARTITION BY e.kind, e.office_code, e.item_id, e.word
				ORDER BY e.place DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_standing
		FROM event e
	), live AS (
		SELECT r.word, r.office_code, r.item_id, r.revision_id, r.place, r.substance_on, r.received_at AS revised_at,
			CASE WHEN c.office_code IS NOT NULL THEN greatest(r.received_at, c.received_at) ELSE r.received_at END AS received_at, r.verdict
		FROM run r
		LEFT JOIN zhibao.evidence_companion(p_as_of) c ON c.word = r.word AND c.office_code = r.office_code
		WHERE r.word IS NOT NULL AND r.is_complete AND r.is_standing
			AND (r.word NOT IN ('lecture_plan', 'materials') OR c.office_code IS NOT NULL)
			AND r.received_at >= (SELECT zhibao.year_opened(zhibao.register_at(p_as_of)))
	), whole AS (
		SELECT l.office_code, l.word, min(l.received_at) AS received_at,
			array_agg(l.revised_at ORDER BY l.place DESC, l.item_id DESC) AS revised,
			array_agg(l.item_id ORDER BY l.received_at, l.place, l.item_id) AS first_items,
			array_agg(l.revision_id ORDER BY l.received_at, l.place, l.item_id) AS first_revisions,
			array_agg(l.item_id ORDER BY l.place DESC, l.item_id DESC) AS items,
			array_agg(l.revision_id ORDER BY l.place DESC, l.item_id DESC) AS revisions,
			array_agg(l.verdict ORDER BY l.place DESC, l.item_id DESC) AS verdicts,
			array_agg(l.substance_on ORDER BY l.place DESC, l.item_id DESC) AS substances
		FROM live l
		GROUP BY l.office_code, l.word
	)
	SELECT w.office_code, w.word, w.received_at, w.items[1], w.revisions[1], w.revised[1], w.verdicts[1],
		w.verdicts[2:] && ARRAY['returned', 'rejected'], w.substances[1], w.first_items[1], w.first_revisions[1], w.items
	FROM whole w;
END $$;
COMMENT ON FUNCTION evidence_standing(timestamptz) IS 'What was received of each office and kind of evidence (材料接收情况), rulings R13 and R14.';

-- A1-16, the hop from county to city: what the city answered to the papers of its county. Only the city the county
-- belongs to can answer, in its own name; its newest answer that counts holds, of those dated by p_on where a day is given. An
-- answer given before the year, or in it about a paper of before, is one of the year before.
CREATE FUNCTION filing_answer(p_as_of timestamptz, p_on date DEFAULT 'infinity')
RETURNS TABLE (county_code text, city_code text, filing_status text, filing_no text, reason text, filed_on date,
	answered_at timestamptz, receipt_item_id uuid, receipt_revision_id uuid, submission_item_ids uuid[])
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT DISTINCT ON (o.code) o.code, r.office_code, r.filing_status, r.filing_no, r.reason, r.filed_on, r.received_at,
		r.item_id, r.revision_id, r.submission_item_ids
	FROM (SELECT zhibao.year_opened(zhibao.register_at(p_as_of)) AS opened_at) y
	CROSS JOIN zhibao.counting(NULL::zhibao.filing_receipt, p_as_of) r
	JOIN zhibao.office o ON o.register_version = zhibao.register_at(p_as_of) AND o.code = r.county_office_code
		AND o.parent_code = r.office_code
	WHERE r.author_office_code = r.office_code AND r.filed_on <= p_on
		AND NOT EXISTS (SELECT FROM zhibao.filing_receipt f
			WHERE f.office_code = r.office_code AND f.item_id = r.item_id AND f.received_at < y.opened_at)
		AND NOT EXISTS (SELECT FROM zhibao.submission s
			WHERE s.office_code = r.county_office_code AND s.item_id = ANY (r.submission_item_ids) AND s.received_at < y.opened_at)
	ORDER BY o.code, r.received_at DESC, r.batch_id DESC, r.seq DESC
$$;
COMMENT ON FUNCTION filing_answer(timestamptz, date) IS 'What a city answered to the papers its county filed (备案回执), annex 1 L10, requirement A1-16.';

-- The same, and the papers a county files (the words after filing:): received when the last of them was. The review state
-- is the city's answer about them, as dated by p_on: accepted or returned; none, or received only, is pending.
CREATE FUNCTION evidence_received(p_as_of timestamptz, p_on date DEFAULT 'infinity')
RETURNS TABLE (office_code text, word text, received_at timestamptz, item_id uuid, revision_id uuid, revised_at timestamptz,
	review_state text, was_refused boolean, substance_on date, received_item_id uuid, received_revision_id uuid)
LANGUAGE plpgsql STABLE ROWS 2000 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH word AS (
		SELECT DISTINCT m.evidence AS word, string_to_array(split_part(m.evidence, ':', 2), '+') AS papers
		FROM zhibao.milestone m WHERE m.register_version = zhibao.register_at(p_as_of) AND m.evidence LIKE 'filing:%'
	), paper AS MATERIALIZED (
		SELECT e.* FROM zhibao.evidence_standing(p_as_of) e
	), stack AS (
		SELECT w.word, w.papers, p.office_code, p.received_at, p.item_id, p.revision_id, p.received_item_id, p.received_revision_id,
			max(p.revised_at) OVER office AS revised_at, max(p.substance_on) OVER office AS substance_on,
			count(*) OVER office AS there, row_number() OVER (office ORDER BY p.received_at DESC, p.word) AS place
		FROM word w JOIN paper p ON p.word = ANY (w.papers)
		WINDOW office AS (PARTITION BY w.word, p.office_code)
	), filed AS (
		SELECT t.* FROM stack t WHERE t.place = 1 AND t.there = cardinality(t.papers)
	), about AS (
		SELECT w.word, p.office_code, i.item_id FROM word w JOIN paper p ON p.word = ANY (w.papers) CROSS JOIN unnest(p.item_ids) i (item_id)
	), answered AS (
		SELECT DISTINCT b.word, a.county_code, a.filing_status
		FROM zhibao.filing_answer(p_as_of, p_on) a CROSS JOIN unnest(a.submission_item_ids) s (item_id)
		JOIN about b ON b.office_code = a.county_code AND b.item_id = s.item_id
		WHERE a.filing_status IN ('accepted', 'returned')
	)
	SELECT p.office_code, p.word, p.received_at, p.item_id, p.revision_id, p.revised_at, p.review_state, p.was_refused, p.substance_on,
		p.received_item_id, p.received_revision_id
	FROM paper p
	UNION ALL
	SELECT f.office_code, f.word, f.received_at, f.item_id, f.revision_id, f.revised_at, coalesce(a.filing_status, 'pending'), false,
		f.substance_on, f.received_item_id, f.received_revision_id
	FROM filed f LEFT JOIN answered a ON a.word = f.word AND a.county_code = f.office_code;
END $$;
COMMENT ON FUNCTION evidence_received(timestamptz, date) IS 'What was received of each office, filings of counties included (材料与备案接收情况), annex 1 L10, requirement A1-16.';

COMMIT;
