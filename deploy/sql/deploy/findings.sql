-- Deploy findings: what is to be said of a record while it waits for a reviewer.

BEGIN;

SET LOCAL search_path TO zhibao;

-- Amendments and withdrawals of items that were accepted when they were received: some verdict that held then on a revision of
-- the item was an acceptance. Later verdicts change nothing in that. Agents ask for a reason as far as they have heard of the
-- acceptance; one without a reason is stored and counts as any other, and is shown to the reviewer, who may return or accept it.
CREATE FUNCTION accepted_correction(p_kind text, p_as_of timestamptz, p_offices text[], p_items uuid[])
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, operation text, author text, received_at timestamptz, correction_reason text)
LANGUAGE plpgsql STABLE ROWS 100 AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT r.office_code, r.item_id, r.revision_id, r.operation, r.author, r.received_at, r.correction_reason
		FROM zhibao.%I r %s
		WHERE r.operation <> 'submit' AND r.received_at <= $1
			AND EXISTS (SELECT FROM zhibao.review v WHERE v.office_code = r.office_code AND v.item_id = r.item_id
				AND v.verdict = 'accepted' AND v.reviewed_at <= r.received_at
				AND NOT EXISTS (SELECT FROM zhibao.review n WHERE n.office_code = v.office_code AND n.item_id = v.item_id
					AND n.revision_id = v.revision_id AND n.review_no > v.review_no AND n.reviewed_at <= r.received_at))
	$q$, p_kind, CASE WHEN p_items IS NULL THEN ''
		ELSE 'JOIN unnest($2, $3) AS named (office_code, item_id) ON named.office_code = r.office_code AND named.item_id = r.item_id' END)
	USING p_as_of, p_offices, p_items;
END $$;
COMMENT ON FUNCTION accepted_correction(text, timestamptz, text[], uuid[]) IS 'Corrections after acceptance (审核通过后的更正) with their reasons. Read by the aggregator.';

-- What is to be said of such a correction; NULL when nothing is.
CREATE FUNCTION correction_finding(p_operation text, p_reason text) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
	SELECT json_build_object('code', 'F_CORRECTION_REASON', 'severity', 'explain', 'text', format('更正缺少原因：审核通过后的%s没有写明原因',
		CASE p_operation WHEN 'withdraw' THEN '撤回' ELSE '更正' END))
	WHERE zhibao.text_is_blank(p_reason)
$$;
COMMENT ON FUNCTION correction_finding(text, text) IS 'Finding on a correction after acceptance without a reason (更正缺少原因).';

-- What is to be said of a paper that nobody is said to have approved; NULL when nothing is.
CREATE FUNCTION approval_finding(p_approved_by text) RETURNS json
LANGUAGE sql IMMUTABLE AS $$
	SELECT json_build_object('code', 'F_UNAPPROVED', 'severity', 'explain', 'text', '没有填写审核人')
	WHERE zhibao.text_is_blank(p_approved_by)
$$;
COMMENT ON FUNCTION approval_finding(text) IS 'Finding on a paper without an approver (没有填写审核人).';

-- Has a file arrived whole from the office of a record, or from the one that wrote it?
CREATE FUNCTION file_is_here(p_digest bytea, p_office text, p_author_office text, p_as_of timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM zhibao.upload u WHERE u.file_id = p_digest AND u.office_code IN (p_office, p_author_office) AND u.completed_at <= p_as_of)
$$;
COMMENT ON FUNCTION file_is_here(bytea, text, text, timestamptz) IS 'Has a file been received (附件已收到)?';

-- What is to be said of a file that a record names by its digest and that is not here whole; NULL when nothing is.
CREATE FUNCTION file_finding(p_digest bytea, p_office text, p_author_office text, p_severity text, p_as_of timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
	SELECT json_build_object('code', 'F_FILE_UNKNOWN', 'severity', p_severity,
		'text', '附件（' || left(encode(p_digest, 'hex'), 16) || '…）尚未收到')
	WHERE p_digest IS NOT NULL AND NOT zhibao.file_is_here(p_digest, p_office, p_author_office, p_as_of)
$$;
COMMENT ON FUNCTION file_finding(bytea, text, text, text, timestamptz) IS 'Finding on a file that is not here (附件尚未收到).';

-- What a paper wants before it can be accepted.
CREATE FUNCTION paper_findings(p_paper submission, p_as_of timestamptz) RETURNS SETOF json
LANGUAGE sql STABLE ROWS 1 AS $$
	SELECT f.finding FROM zhibao.approval_finding(p_paper.approved_by) AS f (finding) WHERE f.finding IS NOT NULL
	UNION ALL
	SELECT f.finding FROM zhibao.file_finding(p_paper.file_digest, p_paper.office_code, p_paper.author_office_code, 'explain', p_as_of) AS f (finding)
	WHERE f.finding IS NOT NULL
$$;
COMMENT ON FUNCTION paper_findings(submission, timestamptz) IS 'Findings on a paper (报送材料核对): no approver, a file that is not here.';

-- Counting records of every other kind that name a file and wait for a verdict: a note, which binds nobody. Every column *_digest of a record is a file
-- (integration.schema holds the catalogue to that); a form has findings of its own for its scan.
CREATE FUNCTION file_notes(p_kind text, p_as_of timestamptz, p_offices text[], p_items uuid[])
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, received_at timestamptz, finding json)
LANGUAGE plpgsql STABLE ROWS 10 AS $$
DECLARE
	v_column text;
BEGIN
	FOR v_column IN SELECT a.attname FROM pg_attribute a WHERE a.attrelid = format('zhibao.%I', p_kind)::regclass AND a.attname LIKE '%\_digest'
			AND p_kind NOT IN ('submission', 'statistics_form') LOOP
		RETURN QUERY EXECUTE format($q$
			SELECT r.office_code, r.item_id, r.revision_id, r.received_at, zhibao.file_finding(r.%2$I, r.office_code, r.author_office_code, 'note', $1)
			FROM zhibao.revision_tip(%1$L, $1, $2, $3) t JOIN zhibao.%1$I r USING (office_code, item_id, revision_id)
			LEFT JOIN zhibao.verdicts_at($1) v USING (office_code, item_id, revision_id)
			WHERE t.state = 'counting' AND r.%2$I IS NOT NULL AND coalesce(v.verdict, 'pending') = 'pending'
		$q$, p_kind, v_column) USING p_as_of, p_offices, p_items;
	END LOOP;
END $$;
COMMENT ON FUNCTION file_notes(text, timestamptz, text[], uuid[]) IS 'Notes on files that records name and that are not here (附件尚未收到提示).';

-- An event first received from this instant on was entered late (I-04b): more than 30 days after the day it was held.
CREATE FUNCTION late_entry_from(p_occurred_on date) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
	SELECT (p_occurred_on + 31)::timestamp AT TIME ZONE 'Asia/Shanghai'
$$;
COMMENT ON FUNCTION late_entry_from(date) IS 'Instant from which an event counts as entered late (补录起算时点), indicator I-04b.';

-- The day of every revision of an item whose kind is counted, or meets what is owed, by its day within the year (year_start); stocks
-- and plans, which may be issued before their year, have none.
CREATE FUNCTION counted_day(p_office text, p_item uuid, p_as_of timestamptz) RETURNS TABLE (revision_id uuid, day date)
LANGUAGE plpgsql STABLE ROWS 5 AS $$
DECLARE
	v_kind text := (SELECT r.kind FROM zhibao.item_revision r WHERE r.office_code = p_office AND r.item_id = p_item LIMIT 1);
	v_day text := CASE v_kind WHEN 'lecture_event' THEN 'occurred_on' WHEN 'study_event' THEN 'occurred_on' WHEN 'plan_item' THEN 'window_end'
		WHEN 'publication' THEN $d$CASE WHEN object_kind <> 'column' THEN published_on END$d$ WHEN 'media_product' THEN 'made_on' WHEN 'interpretation' THEN 'published_on'
		WHEN 'window_report' THEN $d$CASE WHEN report_kind <> 'screen' THEN reported_on END$d$ WHEN 'feedback_stat' THEN 'period_start'
		WHEN 'inspection' THEN $d$coalesce(checked_on, (drawn_at AT TIME ZONE 'Asia/Shanghai')::date)$d$ WHEN 'exchange' THEN 'held_on'
		WHEN 'submission' THEN $d$CASE WHEN submission_kind NOT IN ('work_plan', 'lecture_plan') THEN issued_on END$d$ WHEN 'statistics_form' THEN 'period_end'
		WHEN 'circular' THEN 'issued_on' WHEN 'news_item' THEN 'happened_on' WHEN 'public_input' THEN 'received_on' END;
BEGIN
	IF v_day IS NOT NULL THEN
		RETURN QUERY EXECUTE format('SELECT revision_id, %s FROM zhibao.%I WHERE office_code = $1 AND item_id = $2 AND received_at <= $3', v_day, v_kind)
			USING p_office, p_item, p_as_of;
	END IF;
END $$;
COMMENT ON FUNCTION counted_day(text, uuid, timestamptz) IS 'Day by which a record counts within the year (计入年度的日期), by revision.';

-- Notes on the day of a record: that of a held event was first received late, or lies before the first machine of its office was
-- enrolled: both count as any other, and an office that never had a machine has no such day. A day before the year of the registers
-- in force: it counts for no figure of that year. And on more cases closed than came in, as they may be of earlier periods. All are
-- accepted; nothing waits for them.
CREATE FUNCTION event_notes(p_office text, p_item uuid, p_as_of timestamptz) RETURNS TABLE (revision_id uuid, finding json)
LANGUAGE sql STABLE ROWS 10 AS $$
	WITH event AS (
		SELECT e.*, min(e.received_at) OVER () AS first_at FROM (
			SELECT l.revision_id, l.occurred_on, l.status, l.received_at FROM zhibao.lecture_event l
			WHERE l.office_code = p_office AND l.item_id = p_item AND l.received_at <= p_as_of
			UNION ALL
			SELECT s.revision_id, s.occurred_on, s.status, s.received_at FROM zhibao.study_event s
			WHERE s.office_code = p_office AND s.item_id = p_item AND s.received_at <= p_as_of) e
	), enrolled AS (
		SELECT (min(k.enrolled_at) AT TIME ZONE 'Asia/Shanghai')::date AS enrolled_on
		FROM zhibao.agent_key k WHERE k.office_code = p_office AND k.enrolled_at <= p_as_of
	)
	SELECT e.revision_id, json_build_object('code', n.code, 'severity', 'note', 'text', n.text)
	FROM event e CROSS JOIN enrolled k CROSS JOIN LATERAL (VALUES
		('F_BEFORE_ENROLMENT', e.occurred_on < k.enrolled_on, format('开展日期 %s 早于本单位接入系统的日期 %s', e.occurred_on, k.enrolled_on)),
		('F_LATE_ENTRY', e.first_at >= zhibao.late_entry_from(e.occurred_on), format('补录：开展日期 %s，%s 才首次报送，超过 30 天', e.occurred_on,
			(e.first_at AT TIME ZONE 'Asia/Shanghai')::date))) n (code, is_so, text)
	WHERE e.status = 'held' AND n.is_so
	UNION ALL
	SELECT d.revision_id, json_build_object('code', 'F_OUTSIDE_YEAR', 'severity', 'note', 'text',
		format('日期 %s 早于活动年度（%s 年），不计入本年度的指标', d.day, extract(year FROM y.first_on)))
	FROM zhibao.year_start(zhibao.register_at(p_as_of)) AS y (first_on) CROSS JOIN LATERAL zhibao.counted_day(p_office, p_item, p_as_of) d
	WHERE d.day < y.first_on
	UNION ALL
	SELECT f.revision_id, json_build_object('code', 'F_CLOSED_TOTAL', 'severity', 'note', 'text',
		format('办结 %s 件多于总数 %s 件，请核对是否含以前时期收到的', f.closed_count, f.total_count))
	FROM zhibao.feedback_stat f WHERE f.office_code = p_office AND f.item_id = p_item AND f.received_at <= p_as_of AND f.closed_count > f.total_count
$$;
COMMENT ON FUNCTION event_notes(text, uuid, timestamptz) IS 'Notes on records of before the year, on events entered late or held before their office was enrolled, on more closed than came in (年度外、补录、接入前与办结多于总数提示), by revision.';

-- Items with findings on revisions that wait for a verdict; a verdict settles them. Corrections without a reason, on whatever
-- branch; papers without an approver or their file; works, circulars and profiles without the file they name; forms with a gap left
-- without words or worse. Notes are told with them, but an item that has nothing else is not flagged: nothing waits for it. Named
-- offices without items: those offices. In PL/pgSQL, as it names what later changes make.
CREATE FUNCTION open_findings(p_kind text, p_as_of timestamptz, p_offices text[], p_items uuid[])
RETURNS TABLE (office_code text, item_id uuid, findings json, is_flagged boolean)
LANGUAGE plpgsql STABLE ROWS 100 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH waiting AS MATERIALIZED ( -- a form costs much, so only those that can still be judged
		SELECT t.office_code, t.item_id, t.revision_id FROM zhibao.revision_tip('statistics_form', p_as_of, p_offices, p_items) t
		LEFT JOIN zhibao.verdicts_at(p_as_of) v USING (office_code, item_id, revision_id)
		WHERE p_kind = 'statistics_form' AND t.state = 'counting' AND coalesce(v.verdict, 'pending') = 'pending'
	), found AS (
		SELECT c.office_code, c.item_id, c.revision_id, c.received_at, f.finding
		FROM zhibao.accepted_correction(p_kind, p_as_of, p_offices, p_items) c
		CROSS JOIN LATERAL zhibao.correction_finding(c.operation, c.correction_reason) AS f (finding)
		UNION ALL
		SELECT s.office_code, s.item_id, s.revision_id, s.received_at, f.finding
		FROM zhibao.revision_tip('submission', p_as_of, p_offices, p_items) t JOIN zhibao.submission s USING (office_code, item_id, revision_id)
		CROSS JOIN LATERAL zhibao.paper_findings(s, p_as_of) AS f (finding)
		WHERE p_kind = 'submission' AND t.state = 'counting'
		UNION ALL
		SELECT n.* FROM zhibao.file_notes(p_kind, p_as_of, p_offices, p_items) n
		UNION ALL
		SELECT t.office_code, t.item_id, t.revision_id, NULL, json_build_object('code', d.code, 'severity', d.severity, 'text', d.text_zh)
		FROM waiting t CROSS JOIN LATERAL zhibao.form_findings(t.office_code, t.item_id, t.revision_id, p_as_of) d
		WHERE d.severity IN ('reject', 'explain')
	)
	SELECT c.office_code, c.item_id, json_agg(json_build_object('revision_id', c.revision_id, 'code', c.finding ->> 'code',
		'severity', c.finding ->> 'severity', 'text', c.finding ->> 'text') ORDER BY c.received_at, c.revision_id),
		bool_or(c.finding ->> 'severity' <> 'note')
	FROM found c LEFT JOIN zhibao.verdicts_at(p_as_of) v USING (office_code, item_id, revision_id)
	WHERE c.finding IS NOT NULL AND coalesce(v.verdict, 'pending') = 'pending'
	GROUP BY c.office_code, c.item_id;
END $$;
COMMENT ON FUNCTION open_findings(text, timestamptz, text[], uuid[]) IS 'Findings that wait for a reviewer (待处理的提示), by item.';

COMMIT;
