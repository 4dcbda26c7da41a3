-- Deploy publicity_indicators: I-06 to I-11 what is published, explained and shown, I-16 news, I-18 materials.
--
-- Each is a function of (p_on, p_as_of) that returns facts, see indicator_catalogue.

BEGIN;

SET LOCAL search_path TO zhibao;

-- I-06 安排公布率: cities and counties whose arrangement stood on the portal (URL) by the due day and before their first held
-- lecture / those whose due day (moved where deadline.shift says so) has ended by p_on and as_of, as in I-01; until then an
-- office stands under not_due. by_due and ahead show the two conditions apart; province = the arrangement of the province
-- itself, cities = cities whose arrangement it includes / cities. Judged by published_on, the substance (R13); records made by
-- another office fulfil nothing (R3), exempt offices owe nothing (R12). First is the first lecture that the office hosts: the
-- arrangement tells the public what will be held; study of the staff is not for the public, and a joint lecture is its host's.
-- Source: annex 1 L8 to L10, annex 3 item 16.
CREATE FUNCTION arrangement_publication(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.facts_register(p_as_of) AS version
	), due AS MATERIALIZED (
		SELECT o.code, o.level, m.due_on, zhibao.day_end(m.due_on) <= least(zhibao.day_end(p_on), zhibao.facts_as_of(p_as_of) + interval '1 microsecond') AS is_due
		FROM register r CROSS JOIN zhibao.open_office(r.version) o
		JOIN (SELECT n.register_version, n.milestone_no, n.actor_level, zhibao.deadline_day(n.register_version, n.due_on) AS due_on
			FROM zhibao.milestone n WHERE n.submission_kind = 'schedule_publication') m ON m.register_version = r.version AND m.actor_level = o.level
		WHERE o.code IN (SELECT w.code FROM zhibao.owing_office(r.version, zhibao.day_end(m.due_on)) w)
			AND NOT EXISTS (SELECT FROM zhibao.programme_version p CROSS JOIN LATERAL zhibao.exemption_at(p.programme, zhibao.facts_as_of(p_as_of)) x
			WHERE p.register_version = r.version AND x.office_code = o.code AND x.milestone_no = m.milestone_no)
	), published AS MATERIALIZED (
		SELECT p.* FROM zhibao.counting(NULL::zhibao.publication, p_as_of) p
		WHERE p.object_kind IN ('arrangement', 'province_arrangement') AND p.channel = 'portal'
			AND p.published_on >= (SELECT zhibao.programme_start(p_as_of)) AND p.published_on <= p_on AND p.author_office_code = p.office_code
	), first AS (
		SELECT p.office_code, p.object_kind, min(p.published_on) AS published_on FROM published p GROUP BY 1, 2
	), opening AS (
		SELECT f.* FROM zhibao.first_session(p_on, p_as_of) f
	), standing AS (
		SELECT d.code, d.level, d.is_due, coalesce(f.published_on <= d.due_on, false) AS is_by_due,
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
	WHERE v.part IS NOT NULL AND s.is_due
	UNION ALL
	SELECT s.code, 'not_due', 1, NULL, 'office', s.code, NULL, NULL FROM standing s WHERE NOT s.is_due
	UNION ALL
	SELECT c.code, 'cities', (c.code IN (SELECT unnest(p.included_office_codes) FROM published p
		WHERE p.object_kind = 'province_arrangement'))::integer, 1, 'office', c.code, NULL, NULL
	FROM register r CROSS JOIN zhibao.open_office(r.version) c WHERE c.level = 'city'
	UNION ALL
	SELECT p.office_code, v.part, NULL, NULL, 'publication', p.office_code, p.item_id, p.url
	FROM published p CROSS JOIN LATERAL (SELECT unnest(CASE p.object_kind WHEN 'arrangement' THEN ARRAY['', 'by_due', 'ahead']
		ELSE ARRAY['province', 'cities'] END)) v (part)
$$;
COMMENT ON FUNCTION arrangement_publication(date, timestamptz) IS 'Arrangements published in time (I-06 安排公布率): annex 1 L8 to L10, annex 3 item 16; rulings R3, R13.';

-- Policies of the library as they stood on p_on: a status that changed later had not changed yet. Documents issued later,
-- and answers (R18 items 1 and 2), are left out.
CREATE FUNCTION library_document(p_on date, p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, issued_on date, effective_from date, effective_to date, status text, status_changed_on date,
	is_exempt boolean, has_reason boolean, is_online boolean, first_published_on date)
LANGUAGE sql STABLE ROWS 1000 AS $$
	SELECT d.office_code, d.item_id, d.issued_on, d.effective_from, d.effective_to,
		CASE WHEN d.status_changed_on > p_on THEN 'in_force' ELSE d.status END, d.status_changed_on,
		d.disclosure = 'exempt' OR (d.disclosure = 'on_request' AND r.on_request = 'exempt'), NOT zhibao.text_is_blank(d.exempt_reason),
		d.disclosure = 'public' AND coalesce(cardinality(d.urls), 0) > 0 AND coalesce(d.first_published_on <= p_on, true), d.first_published_on
	FROM (SELECT zhibao.rule_value(zhibao.facts_register(p_as_of), 'disclosure.on_request', 'due') AS on_request) r
	CROSS JOIN zhibao.counting(NULL::zhibao.policy_document, p_as_of) d
	WHERE d.document_kind = 'policy' AND d.issued_on <= p_on
$$;
COMMENT ON FUNCTION library_document(date, timestamptz) IS 'Policy documents of the library on a day (文件库), annex 1 L14.';

-- I-07 应上尽上率: policies in force on p_on, not exempt, public with a URL / policies in force, not exempt. Exempt ones are in
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
COMMENT ON FUNCTION disclosure_rate(date, timestamptz) IS 'Disclosure of policies in force (I-07 应上尽上率): annex 1 L14.';

-- I-08 文件清理率: policies expired, abolished or modified by p_on whose listing was reviewed on or after the change / such
-- policies. days = days from the change to the first such review, median and longest; overdue = in force past effective_to.
-- A change without a date is not handled. A later review does not lengthen the delay: the first counts, be it of a revision that the
-- one that counts was corrected from and that had the same status, unless it was returned or rejected. Source: annex 1 L14 (A1-31).
CREATE FUNCTION library_cleanup(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH RECURSIVE document AS MATERIALIZED (
		SELECT d.* FROM zhibao.library_document(p_on, p_as_of) d
	), chain AS (
		SELECT c.office_code, c.item_id, c.revision_id
		FROM zhibao.counting_revision('policy_document', zhibao.facts_as_of(p_as_of), NULL, NULL) c JOIN document d USING (office_code, item_id)
		WHERE d.status <> 'in_force'
		UNION
		SELECT r.office_code, r.item_id, zhibao.stored_base('policy_document', r.office_code, r.item_id, r.base_revision_id, zhibao.facts_as_of(p_as_of))
		FROM chain h JOIN zhibao.policy_document r USING (office_code, item_id, revision_id) WHERE r.base_revision_id IS NOT NULL
	), handled AS (
		SELECT d.office_code, d.item_id, min(r.last_reviewed_on) AS handled_on
		FROM document d JOIN chain h USING (office_code, item_id) JOIN zhibao.policy_document r USING (office_code, item_id, revision_id)
		WHERE r.status = d.status AND r.last_reviewed_on >= d.status_changed_on AND r.last_reviewed_on <= p_on
			AND NOT EXISTS (SELECT FROM zhibao.verdicts_at(zhibao.facts_as_of(p_as_of)) v WHERE v.office_code = r.office_code
				AND v.item_id = r.item_id AND v.revision_id = r.revision_id AND v.verdict IN ('returned', 'rejected'))
		GROUP BY d.office_code, d.item_id
	)
	SELECT d.office_code, v.part, v.n, v.d, 'policy_document', d.office_code, d.item_id, NULL
	FROM document d LEFT JOIN handled h USING (office_code, item_id) CROSS JOIN LATERAL (VALUES
		('', (h.handled_on IS NOT NULL)::integer::bigint, 1::bigint), (d.status, (h.handled_on IS NOT NULL)::integer, 1),
		('days.median', (h.handled_on - d.status_changed_on)::bigint, NULL), ('days.longest', h.handled_on - d.status_changed_on, NULL)) v (part, n, d)
	WHERE d.status <> 'in_force' AND v.n IS NOT NULL
	UNION ALL
	SELECT d.office_code, 'overdue', 1, NULL, 'policy_document', d.office_code, d.item_id, d.effective_to::text
	FROM document d WHERE d.status = 'in_force' AND d.effective_to < p_on
$$;
COMMENT ON FUNCTION library_cleanup(date, timestamptz) IS 'Clean-up of the library (I-08 文件清理率): annex 1 L14.';

-- I-09 “1+2+X”解读完整率: new policies (issued in the programme year by p_on, not exempt) with original, press release and
-- article, all published by p_on by the issuing office / new policies. x = further forms, media made for them included, 件.
-- days = days from issue to first publication (the document's own date or a publication record, whichever is first; a draft
-- published before it was issued has none, 0), median and longest; unpublished = new policies without one. No new policy: not applicable. Source: annex 1 L14 (A1-34, A1-35), Q-10.
CREATE FUNCTION interpretation_completeness(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH document AS MATERIALIZED (
		SELECT d.* FROM zhibao.library_document(p_on, p_as_of) d
		WHERE NOT d.is_exempt AND d.issued_on >= (SELECT zhibao.programme_start(p_as_of))
	), piece AS MATERIALIZED (
		SELECT i.office_code, i.policy_item_id, i.form, i.item_id FROM zhibao.counting(NULL::zhibao.interpretation, p_as_of) i
		WHERE i.published_on >= (SELECT zhibao.programme_start(p_as_of)) AND i.published_on <= p_on
	), published AS (
		SELECT p.office_code, p.object_item_id, min(p.published_on) AS published_on
		FROM zhibao.counting(NULL::zhibao.publication, p_as_of) p WHERE p.object_kind = 'policy'
			AND p.published_on >= (SELECT zhibao.programme_start(p_as_of)) AND p.published_on <= p_on GROUP BY 1, 2
	), standing AS (
		SELECT d.office_code, d.item_id,
			(SELECT count(DISTINCT p.form) FROM piece p WHERE p.office_code = d.office_code AND p.policy_item_id = d.item_id
				AND p.form IN ('policy_original', 'press_release', 'article')) = 3 AS is_complete,
			f.published_on, greatest(f.published_on - d.issued_on, CASE WHEN f.published_on IS NOT NULL THEN 0 END) AS days
		FROM document d LEFT JOIN published b ON b.office_code = d.office_code AND b.object_item_id = d.item_id
		CROSS JOIN LATERAL (SELECT least(CASE WHEN d.first_published_on <= p_on THEN d.first_published_on END, b.published_on)) f (published_on)
	)
	SELECT s.office_code, v.part, v.n, v.d, 'policy_document', s.office_code, s.item_id, NULL
	FROM standing s CROSS JOIN LATERAL (VALUES ('', s.is_complete::integer::bigint, 1::bigint),
		('days.median', s.days::bigint, NULL), ('days.longest', s.days, NULL),
		('unpublished', CASE WHEN s.published_on IS NULL THEN 1 END, NULL)) v (part, n, d)
	WHERE v.n IS NOT NULL
	UNION ALL
	SELECT p.office_code, CASE WHEN p.form IN ('policy_original', 'press_release', 'article') THEN p.form ELSE 'x' END, 1, NULL,
		'interpretation', p.office_code, p.item_id, p.policy_item_id::text
	FROM piece p JOIN document d ON d.office_code = p.office_code AND d.item_id = p.policy_item_id
	UNION ALL
	SELECT m.office_code, 'x', 1, NULL, 'media_product', m.office_code, m.item_id, NULL
	FROM zhibao.counting(NULL::zhibao.media_product, p_as_of) m
	WHERE m.made_on >= (SELECT zhibao.programme_start(p_as_of)) AND m.made_on <= p_on
		AND EXISTS (SELECT FROM document d WHERE d.office_code = m.office_code AND d.item_id = ANY (m.policy_item_ids))
$$;
COMMENT ON FUNCTION interpretation_completeness(date, timestamptz) IS 'Interpretation of new policies (I-09 “1+2+X”解读完整率): annex 1 L14.';

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
COMMENT ON FUNCTION publicity_column(date, timestamptz) IS 'Columns on both channels (I-10 专栏开设率): annex 1 L14, annex 3 item 4; ruling R3.';

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
-- latest report of each hall, a stock: also one of before the year; may fall), 19 films made for windows, 20 distinct works
-- played, 21 copies handed out, those of lectures marked as window copies included. halls = halls with a report / halls of the profile; unknown_hall = reports of
-- halls no profile names; unnamed_video = reports of item 20 that name no work, not counted there; staff = trained / staff in
-- the latest training report of each hall that gives both. Source: annex 3 items 17 to 21, annex 1 L24; ruling R18.
CREATE FUNCTION window_publicity(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH start AS MATERIALIZED (
		SELECT zhibao.programme_start(p_as_of) AS day
	), stored AS MATERIALIZED (
		SELECT w.*, w.reported_on >= s.day AS is_of_year
		FROM start s CROSS JOIN zhibao.counting(NULL::zhibao.window_report, p_as_of) w WHERE w.reported_on <= p_on
	), screen AS (
		SELECT DISTINCT ON (w.office_code, w.hall_id) w.office_code, w.item_id, w.hall_id, w.quantity FROM stored w
		WHERE w.report_kind = 'screen'
		ORDER BY w.office_code, w.hall_id, w.reported_on DESC, w.received_at DESC, w.batch_id DESC, w.seq DESC
	), report AS MATERIALIZED (
		SELECT w.*, row_number() OVER (PARTITION BY w.office_code, w.hall_id, w.report_kind,
				w.report_kind = 'staff_training' AND w.staff_trained IS NOT NULL AND w.staff_total IS NOT NULL
			ORDER BY w.reported_on DESC, w.received_at DESC, w.batch_id DESC, w.seq DESC) AS age,
			row_number() OVER (PARTITION BY w.office_code, w.report_kind, w.product_item_id ORDER BY w.reported_on, w.received_at, w.batch_id, w.seq) AS showing
		FROM stored w WHERE w.is_of_year
	), hall AS MATERIALIZED (
		SELECT h.* FROM zhibao.service_hall(p_on, p_as_of) h
	)
	SELECT w.office_code, v.part, v.n, v.d, 'window_report', w.office_code, w.item_id, w.hall_id
	FROM report w CROSS JOIN LATERAL (VALUES
		(CASE WHEN w.report_kind = 'board_or_poster' THEN '17' END, w.quantity::bigint, NULL::bigint),
		(CASE WHEN w.report_kind = 'video_played' AND w.product_item_id IS NOT NULL THEN '20' END, (w.showing = 1)::integer, NULL),
		(CASE WHEN w.report_kind = 'video_played' AND w.product_item_id IS NULL THEN 'unnamed_video' END, 1, NULL),
		(CASE WHEN w.report_kind = 'brochure' THEN '21' END, w.quantity, NULL),
		(CASE WHEN w.report_kind = 'staff_training' AND w.age = 1 AND w.staff_trained IS NOT NULL AND w.staff_total IS NOT NULL THEN 'staff' END,
			w.staff_trained, w.staff_total),
		(CASE WHEN NOT EXISTS (SELECT FROM hall h WHERE h.office_code = w.office_code AND h.hall_id = w.hall_id) THEN 'unknown_hall' END, 1, NULL)
		) v (part, n, d)
	WHERE v.part IS NOT NULL
	UNION ALL
	SELECT w.office_code, '18', w.quantity, NULL, 'window_report', w.office_code, w.item_id, w.hall_id FROM screen w
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
COMMENT ON FUNCTION window_publicity(date, timestamptz) IS 'Publicity at halls and windows (I-11 窗口宣传): annex 1 L24, annex 3 items 17 to 21; ruling R18.';

-- I-16 信息报送: news and reports, 条, by kind and, for media reports, by medium. days = days from the event to the report (the
-- day the record first arrived when it names none), median and longest; silent = offices without any / offices. Source:
-- annex 1 L24 (A1-67, A1-68); no number of days is set there.
CREATE FUNCTION news_report(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH news AS MATERIALIZED (
		SELECT n.*, coalesce(n.reported_on, ((SELECT min(r.received_at) FROM zhibao.news_item r WHERE r.office_code = n.office_code
			AND r.item_id = n.item_id) AT TIME ZONE 'Asia/Shanghai')::date) - n.happened_on AS days
		FROM zhibao.counting(NULL::zhibao.news_item, p_as_of) n
		WHERE n.happened_on >= (SELECT zhibao.programme_start(p_as_of)) AND n.happened_on <= p_on
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
COMMENT ON FUNCTION news_report(date, timestamptz) IS 'News and reports (I-16 信息报送): annex 1 L24.';

-- I-18 宣传资料: works made in the programme year by p_on, pieces and bytes by kind; bytes of a piece without a file count
-- under without_file; handbooks and poster templates are works, too. submission = materials handed in, with their bytes. form = pieces of the kinds of item 5 (R18) / item 5 of the newest form of a
-- city or lead unit that stands (R14), over the period and the scope of the form (R15); no form or no answer: not applicable.
-- Source: annex 1 L22 (A1-59), annex 3 item 5; ruling R18.
CREATE FUNCTION material_received(p_on date, p_as_of timestamptz) RETURNS SETOF indicator_fact
LANGUAGE sql STABLE ROWS 2000 AS $$
	WITH media AS MATERIALIZED (
		SELECT m.* FROM zhibao.counting(NULL::zhibao.media_product, p_as_of) m WHERE m.made_on <= p_on
	), form AS (
		SELECT DISTINCT ON (f.office_code) f.office_code, f.item_id, f.scope, f.period_start, least(f.filled_on, f.period_end) AS period_end,
			(SELECT (l.line ->> 'count')::bigint FROM jsonb_array_elements(f.lines) AS l (line)
				WHERE (l.line ->> 'item_no')::integer = 5 AND l.line ->> 'count' IS NOT NULL LIMIT 1) AS declared
		FROM (VALUES ('mid_year'), ('year_end')) p (period) CROSS JOIN LATERAL zhibao.form_filing(p.period, p_as_of) c
		JOIN zhibao.statistics_form f ON f.office_code = c.office_code AND f.item_id = c.item_id AND f.revision_id = c.revision_id
		JOIN zhibao.office o ON o.register_version = zhibao.facts_register(p_as_of) AND o.code = f.office_code
			AND o.level IN ('city', 'province_unit')
		WHERE c.is_current AND f.filled_on <= p_on
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
		AND coalesce(s.submitted_on, (s.received_at AT TIME ZONE 'Asia/Shanghai')::date) BETWEEN (SELECT zhibao.programme_start(p_as_of)) AND p_on
	UNION ALL
	SELECT f.office_code, 'form', (SELECT count(*) FROM media m WHERE m.made_on BETWEEN f.period_start AND f.period_end
			AND m.media_kind IN (SELECT unnest(r.categories) FROM zhibao.form_measure r WHERE r.item_no = 5)
			AND CASE f.scope WHEN 'own' THEN m.office_code = f.office_code ELSE m.office_code IN (SELECT t.code FROM zhibao.office_tree t
				WHERE t.register_version = zhibao.facts_register(p_as_of) AND t.ancestor_code = f.office_code) END),
		f.declared, 'statistics_form', f.office_code, f.item_id, NULL
	FROM form f WHERE f.declared IS NOT NULL
$$;
COMMENT ON FUNCTION material_received(date, timestamptz) IS 'Materials received (I-18 宣传资料): annex 1 L22, annex 3 item 5; ruling R18.';

COMMIT;
