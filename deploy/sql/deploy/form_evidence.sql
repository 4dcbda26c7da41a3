-- Deploy form_evidence: the statistics form (统计表): what the records prove for each cell, what the centre proposes.
--
-- p_as_of  instant up to which revisions had been received; NULL means what the aggregator has folded
-- The formula of every cell stands in form_cell (what it is), form_measure (what is tallied) and, for the cells that no
-- tally gives, in form_flag, form_township and form_participation; docs/statistics-form.md explains them one by one.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE form_cell (
	item_no integer NOT NULL,
	sub_field text NOT NULL,
	place integer NOT NULL UNIQUE,
	value_type text NOT NULL CHECK (value_type IN ('count', 'boolean', 'text', 'url', 'percent', 'ratio')),
	unit text,
	label_zh text NOT NULL,
	is_cumulative boolean NOT NULL,
	is_mandatory boolean NOT NULL,
	source_line text NOT NULL,
	PRIMARY KEY (item_no, sub_field)
);
COMMENT ON TABLE form_cell IS 'Cells of items 1 to 21 of annex 3 (统计表单元格). Written by this change only; read by the aggregator and the collector.';
COMMENT ON COLUMN form_cell.item_no IS 'row of annex 3 (项号)';
COMMENT ON COLUMN form_cell.sub_field IS 'sub-figure, empty for the item itself (子项)';
COMMENT ON COLUMN form_cell.place IS 'order on the form (顺序)';
COMMENT ON COLUMN form_cell.value_type IS 'count, boolean, text, url, percent or ratio (值类型)';
COMMENT ON COLUMN form_cell.unit IS 'unit on the form (单位)';
COMMENT ON COLUMN form_cell.label_zh IS 'short name of the cell (名称)';
COMMENT ON COLUMN form_cell.is_cumulative IS 'the year-end figure is not below the mid-year one (累计项)';
COMMENT ON COLUMN form_cell.is_mandatory IS 'a form without an answer here is incomplete, ruling R14 (必填)';
COMMENT ON COLUMN form_cell.source_line IS 'line of the official text (原文行号)';
INSERT INTO form_cell VALUES
	(1, '', 1, 'count', '个', '政策文件公开数量', true, true, 'annex3:L81'),
	(2, '', 2, 'count', '个', '政策解答文件数量', true, true, 'annex3:L82'),
	(3, '', 3, 'boolean', NULL, '在门户网站及微信公众号公布', false, false, 'annex3:L83'),
	(3, 'portal_published', 4, 'boolean', NULL, '门户网站公布', false, true, 'annex3:L83'),
	(3, 'wechat_published', 5, 'boolean', NULL, '微信公众号公布', false, true, 'annex3:L83'),
	(4, '', 6, 'boolean', NULL, '在门户网站及微信公众号设立宣传栏目', false, false, 'annex3:L84'),
	(4, 'portal_has_column', 7, 'boolean', NULL, '门户网站设立栏目', false, true, 'annex3:L84'),
	(4, 'wechat_has_column', 8, 'boolean', NULL, '微信公众号设立栏目', false, true, 'annex3:L84'),
	(4, 'column_names', 9, 'text', NULL, '栏目名称', false, false, 'annex3:L84'),
	(5, '', 10, 'count', '个', '制作微动漫、短视频、图表（文）等', true, true, 'annex3:L85'),
	(6, '', 11, 'count', '个', '政策原文、新闻通稿、解读文章、政策问答等', true, true, 'annex3:L86'),
	(7, '', 12, 'count', '次', '专家访谈', true, true, 'annex3:L87'),
	(8, '', 13, 'count', '场', '新闻发布会', true, true, 'annex3:L88'),
	(9, '', 14, 'count', '次', '答记者问', true, true, 'annex3:L89'),
	(10, '', 15, 'count', '场', '进企业活动', true, true, 'annex3:L90'),
	(11, '', 16, 'count', '场', '进校园活动', true, true, 'annex3:L91'),
	(12, 'sessions', 17, 'count', '场', '进村居活动', true, true, 'annex3:L92'),
	(12, 'townships_covered', 18, 'count', '个', '进村居覆盖乡镇', true, true, 'annex3:L92'),
	(12, 'coverage_rate', 19, 'percent', '%', '进村居乡镇覆盖率', false, true, 'annex3:L92'),
	(13, '', 20, 'count', '场', '进工地活动', true, true, 'annex3:L93'),
	(14, '', 21, 'count', '场', '进系统学习活动', true, true, 'annex3:L94'),
	(15, 'people', 22, 'count', '人', '宣讲骨干', true, true, 'annex3:L95'),
	(15, 'avg_sessions_per_person', 23, 'ratio', '场/人', '人均开展或者参与宣讲', false, true, 'annex3:L95'),
	(16, '', 24, 'url', NULL, '活动安排公布网址', false, true, 'annex3:L96'),
	(17, '', 25, 'count', '个', '宣传栏、宣传牌、宣传海报等', true, true, 'annex3:L97'),
	(18, '', 26, 'count', '个', '宣传电子显示屏', false, true, 'annex3:L98'),
	(19, '', 27, 'count', '个', '制作宣传视频、微动画', true, true, 'annex3:L99'),
	(20, '', 28, 'count', '个', '发布、播放宣传视频、微动画', true, true, 'annex3:L100'),
	(21, '', 29, 'count', '份', '发放宣传册（宣传活页等资料）', true, true, 'annex3:L101');
GRANT SELECT ON form_cell TO zhibao_aggregator, zhibao_collector, zhibao_admin;

CREATE TABLE form_measure (
	item_no integer NOT NULL,
	sub_field text NOT NULL,
	source text NOT NULL,
	categories text[] NOT NULL,
	tally text NOT NULL CHECK (tally IN ('count', 'sum', 'distinct', 'latest')),
	PRIMARY KEY (item_no, sub_field, source),
	FOREIGN KEY (item_no, sub_field) REFERENCES form_cell
);
COMMENT ON TABLE form_measure IS 'What a count of the form tallies (统计口径), ruling R18; a cell with several rows is their sum. Written by this change only.';
COMMENT ON COLUMN form_measure.item_no IS 'row of annex 3 (项号)';
COMMENT ON COLUMN form_measure.sub_field IS 'sub-figure (子项)';
COMMENT ON COLUMN form_measure.source IS 'source of form_record (来源)';
COMMENT ON COLUMN form_measure.categories IS 'its categories that count (类别)';
COMMENT ON COLUMN form_measure.tally IS 'count of records, sum of quantities, distinct works, or latest snapshot per hall (计法)';
INSERT INTO form_measure VALUES
	(1, '', 'policy_document', '{policy}', 'count'),
	(2, '', 'policy_document', '{answer}', 'count'),
	(5, '', 'media_product', '{micro_animation,short_video,micro_film,micro_comic,micro_lens,chart_or_graphic,other}', 'count'),
	(6, '', 'interpretation', '{policy_original,press_release,article,qa,other}', 'count'),
	(7, '', 'interpretation', '{expert_interview}', 'count'),
	(8, '', 'interpretation', '{press_conference}', 'count'),
	(9, '', 'interpretation', '{reporter_qa}', 'count'),
	(10, '', 'session', '{enterprise}', 'count'),
	(11, '', 'session', '{campus}', 'count'),
	(12, 'sessions', 'session', '{village}', 'count'),
	(13, '', 'session', '{site}', 'count'),
	(14, '', 'session', '{system}', 'count'),
	(14, '', 'staff_study', '{daily_study,online_drill,skill_contest,law_quiz,training}', 'count'),
	(17, '', 'window_report', '{board_or_poster}', 'sum'),
	(18, '', 'window_report', '{screen}', 'latest'),
	(19, '', 'window_product', '{short_video,micro_animation,micro_film,micro_lens}', 'count'),
	(20, '', 'window_report', '{video_played}', 'distinct'),
	(21, '', 'window_report', '{brochure}', 'sum'),
	(21, '', 'handout', '{general,enterprise,campus,village,site,system}', 'sum');
GRANT SELECT ON form_measure TO zhibao_aggregator, zhibao_collector, zhibao_admin;

-- First and last day of a form: cumulative from 01-01 (requirement Q-13).
CREATE FUNCTION form_period(p_period text, p_register integer) RETURNS TABLE (first_on date, last_on date)
LANGUAGE sql STABLE ROWS 1 AS $$
	SELECT make_date(year, 1, 1), CASE p_period WHEN 'mid_year' THEN make_date(year, 6, 30) ELSE make_date(year, 12, 31) END
	FROM zhibao.programme_version WHERE register_version = p_register
$$;
COMMENT ON FUNCTION form_period(text, integer) IS 'Days a form covers (报告期): cumulative from the first of January; annex 3 line 74.';

-- Counting records of each kind of the named offices, without a look at the others: policy_document_of(offices, as_of) and so on.
DO $do$
DECLARE
	v_kind text;
BEGIN
	FOR v_kind IN SELECT k.kind FROM zhibao.record_kind() k LOOP
		EXECUTE format($f$
			CREATE FUNCTION zhibao.%1$I(p_offices text[], p_as_of timestamptz) RETURNS SETOF zhibao.%2$I
			LANGUAGE plpgsql STABLE ROWS 10 AS $b$
			DECLARE
				v_offices text[];
				v_items uuid[];
			BEGIN
				SELECT array_agg(m.office_code ORDER BY m.office_code, m.item_id), array_agg(m.item_id ORDER BY m.office_code, m.item_id)
				INTO v_offices, v_items
				FROM (SELECT DISTINCT k.office_code, k.item_id FROM zhibao.%2$I k WHERE k.office_code = ANY (p_offices)) m;
				IF cardinality(v_items) <= 1000 THEN
					RETURN QUERY SELECT r.* FROM zhibao.%3$I(p_as_of, v_offices, v_items) c
						JOIN zhibao.%2$I r ON r.office_code = c.office_code AND r.item_id = c.item_id AND r.revision_id = c.revision_id
						WHERE c.state = 'counting';
				ELSIF v_items IS NOT NULL THEN
					RETURN QUERY SELECT r.* FROM zhibao.revision_tip(%2$L, p_as_of, v_offices, v_items) c
						JOIN zhibao.%2$I r ON r.office_code = c.office_code AND r.item_id = c.item_id AND r.revision_id = c.revision_id
						WHERE c.state = 'counting';
				END IF;
			END $b$
		$f$, v_kind || '_of', v_kind, v_kind || '_tip');
	END LOOP;
END $do$;

-- Everything the form counts, one row per record, whatever its day: ref is the hall of a screen, the work played, otherwise the item.
CREATE FUNCTION form_record(p_offices text[], p_held counted_lecture[], p_as_of timestamptz)
RETURNS TABLE (office_code text, source text, category text, happened_on date, quantity bigint, ref text, received_at timestamptz, batch_id bigint, seq bigint)
LANGUAGE sql STABLE ROWS 5000 AS $$
	WITH session AS MATERIALIZED (SELECT s.* FROM zhibao.form_session(p_offices, p_held, p_as_of) s),
	product AS MATERIALIZED (SELECT m.* FROM zhibao.media_product_of(p_offices, p_as_of) m)
	SELECT d.office_code, 'policy_document', d.document_kind, d.first_published_on, 1::bigint, d.item_id::text, d.received_at, d.batch_id, d.seq
	FROM zhibao.policy_document_of(p_offices, p_as_of) d WHERE d.disclosure = 'public'
	UNION ALL
	SELECT m.office_code, 'media_product', m.media_kind, m.made_on, 1, m.item_id::text, m.received_at, m.batch_id, m.seq FROM product m
	UNION ALL
	SELECT m.office_code, 'window_product', m.media_kind, m.made_on, 1, m.item_id::text, m.received_at, m.batch_id, m.seq FROM product m WHERE m.for_window
	UNION ALL
	SELECT i.office_code, 'interpretation', i.form, i.published_on, 1, i.item_id::text, i.received_at, i.batch_id, i.seq
	FROM zhibao.interpretation_of(p_offices, p_as_of) i
	UNION ALL
	SELECT s.office_code, 'session', s.category, s.occurred_on, 1, s.item_id::text, s.received_at, s.batch_id, s.seq FROM session s
	UNION ALL
	SELECT s.office_code, 'handout', s.category, s.occurred_on, l.brochure_count, s.item_id::text, s.received_at, s.batch_id, s.seq
	FROM session s JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
	WHERE l.is_window_brochure AND l.brochure_count > 0
	UNION ALL
	SELECT t.office_code, 'staff_study', t.form, t.occurred_on, 1, t.item_id::text, t.received_at, t.batch_id, t.seq
	FROM zhibao.study_event_of(p_offices, p_as_of) t WHERE t.status = 'held' AND t.target = 'staff'
	UNION ALL
	SELECT w.office_code, 'window_report', w.report_kind, w.reported_on, w.quantity,
		CASE w.report_kind WHEN 'screen' THEN w.hall_id ELSE w.product_item_id::text END, w.received_at, w.batch_id, w.seq
	FROM zhibao.window_report_of(p_offices, p_as_of) w
$$;
COMMENT ON FUNCTION form_record(text[], counted_lecture[], timestamptz) IS 'Records the statistics form counts (统计来源), ruling R18.';

-- Items 3, 4 and 16, per office: a policy published in the period; a column that exists on the channel by the day; the newest
-- address of the arrangement of the period by the day. They speak for the one office, never for its area.
CREATE FUNCTION form_flag(p_offices text[], p_from date, p_upto date, p_as_of timestamptz)
RETURNS TABLE (office_code text, item_no integer, sub_field text, is_yes boolean, text text, sources bigint)
LANGUAGE sql STABLE AS $$
	WITH published AS MATERIALIZED (
		SELECT p.* FROM zhibao.publication_of(p_offices, p_as_of) p
		WHERE p.published_on <= p_upto AND (p.published_on >= p_from OR p.object_kind = 'column')
	), channel AS (
		SELECT o.code,
			count(*) FILTER (WHERE p.object_kind = 'policy' AND p.channel = 'portal') AS policy_portal,
			count(*) FILTER (WHERE p.object_kind = 'policy' AND p.channel = 'wechat') AS policy_wechat,
			count(*) FILTER (WHERE p.object_kind = 'column' AND p.channel = 'portal') AS column_portal,
			count(*) FILTER (WHERE p.object_kind = 'column' AND p.channel = 'wechat') AS column_wechat
		FROM unnest(p_offices) AS o (code) LEFT JOIN published p ON p.office_code = o.code
		GROUP BY o.code
	)
	SELECT c.code, f.item_no, f.sub_field, f.is_yes, f.text, f.sources
	FROM channel c CROSS JOIN LATERAL (VALUES
		(3, '', c.policy_portal > 0 AND c.policy_wechat > 0, NULL, c.policy_portal + c.policy_wechat),
		(3, 'portal_published', c.policy_portal > 0, NULL, c.policy_portal),
		(3, 'wechat_published', c.policy_wechat > 0, NULL, c.policy_wechat),
		(4, '', c.column_portal > 0 AND c.column_wechat > 0, NULL, c.column_portal + c.column_wechat),
		(4, 'portal_has_column', c.column_portal > 0, NULL, c.column_portal),
		(4, 'wechat_has_column', c.column_wechat > 0, NULL, c.column_wechat),
		(4, 'column_names', NULL, (SELECT string_agg(t.title, '；' ORDER BY t.title)
			FROM (SELECT DISTINCT p.title FROM published p WHERE p.office_code = c.code AND p.object_kind = 'column'
				AND p.channel IN ('portal', 'wechat')) t), c.column_portal + c.column_wechat),
		(16, '', NULL, (SELECT p.url FROM published p WHERE p.office_code = c.code AND p.object_kind = 'arrangement'
			AND p.channel = 'portal' ORDER BY p.published_on DESC, p.received_at DESC, p.batch_id DESC, p.seq DESC LIMIT 1),
			(SELECT count(*) FROM published p WHERE p.office_code = c.code AND p.object_kind = 'arrangement' AND p.channel = 'portal'))
	) AS f (item_no, sub_field, is_yes, text, sources)
$$;
COMMENT ON FUNCTION form_flag(text[], date, date, timestamptz) IS 'Yes/no items, column names and the address of the arrangement per office (公布情况); annex 3 lines 83, 84 and 96.';

-- Item 12: townships of the area of p_office valid on p_upto (official base), and whether the village lectures among p_held
-- from p_from to p_upto cover them (rulings R5, R7, R15). A merged unit is covered if a predecessor was.
CREATE FUNCTION form_township(p_office text, p_held counted_lecture[], p_from date, p_upto date, p_as_of timestamptz)
RETURNS TABLE (unit_id text, code text, name_zh text, is_covered boolean)
LANGUAGE sql STABLE ROWS 100 AS $$
	WITH RECURSIVE rule AS MATERIALIZED (
		SELECT r.register, zhibao.rule_value(r.register, 'coverage.base', 'all') AS base
		FROM (SELECT zhibao.register_at(p_as_of) AS register) r
	), named AS MATERIALIZED (
		SELECT DISTINCT u.unit_id FROM unnest(p_held) h CROSS JOIN LATERAL unnest(h.unit_ids) AS u (unit_id)
		WHERE h.category = 'village' AND h.occurred_on BETWEEN p_from AND p_upto
	), reached AS (
		SELECT n.unit_id FROM named n
		UNION
		SELECT l.to_unit_id FROM reached d CROSS JOIN rule r JOIN zhibao.township_lineage l
			ON l.register_version = r.register AND l.change = 'merge' AND l.changed_on <= p_upto AND l.from_unit_id = d.unit_id
	)
	SELECT t.unit_id, t.code, t.name_zh, EXISTS (SELECT FROM reached d WHERE d.unit_id = t.unit_id)
	FROM rule r JOIN zhibao.township_version t ON t.register_version = r.register
	JOIN zhibao.office_tree a ON a.register_version = r.register AND a.ancestor_code = p_office AND a.code = t.county_code
	WHERE t.valid_from <= p_upto AND p_upto < t.valid_to AND (r.base = 'all' OR t.kind <> '街道')
$$;
COMMENT ON FUNCTION form_township(text, counted_lecture[], date, date, timestamptz) IS 'Townships of an area and whether village lectures cover them (进村居覆盖乡镇), rulings R5, R7 and R15; annex 3 line 92.';

-- Item 15 and I-05, ruling R18: query of the speakers of p_speakers, each with the held events of p_lectures that it took part in and
-- that its own office hosts or claims; one row without an event for who took part in none. Records of one event have one
-- fingerprint: a speaker named in two of them took part once, so count fingerprints. Twins and joined records are read for that too.
CREATE FUNCTION speaker_pair_query(p_speakers text, p_claims text, p_lectures text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT format($q$
		WITH speaker AS MATERIALIZED (%s), claimed AS MATERIALIZED (%s), named AS (
			SELECT h.office_code, h.item_id, h.fingerprint, u.id
			FROM (%s) h JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
			CROSS JOIN LATERAL unnest(l.speaker_item_ids) AS u (id)
		)
		SELECT a.office_code AS speaker_office_code, a.item_id AS speaker_item_id, a.role, n.office_code, n.item_id, n.fingerprint
		FROM speaker a LEFT JOIN named n ON n.id = a.item_id AND (n.office_code = a.office_code
			OR (a.office_code, n.office_code, n.item_id) IN (SELECT c.office_code, c.host_office_code, c.host_item_id FROM claimed c))
	$q$, p_speakers, p_claims, p_lectures)
$$;
COMMENT ON FUNCTION speaker_pair_query(text, text, text) IS 'Query of speakers and the events they took part in (参与宣讲人次), ruling R18 item 15.';

-- Item 15 of some offices, whose held lectures are given, with the lectures they claim.
DO $do$
BEGIN
	EXECUTE format($f$
		CREATE FUNCTION zhibao.form_participation(p_offices text[], p_held zhibao.counted_lecture[], p_from date, p_upto date, p_as_of timestamptz,
			OUT people bigint, OUT participations bigint)
		LANGUAGE sql STABLE AS $b$
			SELECT count(DISTINCT (p.speaker_office_code, p.speaker_item_id)),
				count(DISTINCT (p.speaker_office_code, p.speaker_item_id, p.fingerprint)) FILTER (WHERE p.fingerprint IS NOT NULL)
			FROM (%s) p
		$b$
	$f$, zhibao.speaker_pair_query(
		'SELECT s.office_code, s.item_id, s.role FROM zhibao.speaker_of(p_offices, p_as_of) s WHERE s.is_active AND s.trained_on <= p_upto',
		'SELECT c.office_code, c.host_office_code, c.host_item_id FROM zhibao.claim_of(p_offices, p_as_of) c',
		$q$ SELECT e.* FROM (SELECT h.office_code, h.item_id, h.revision_id, h.occurred_on, h.fingerprint FROM unnest(p_held) h
			UNION
			SELECT h.office_code, h.item_id, h.revision_id, h.occurred_on, h.fingerprint
			FROM (SELECT array_agg(c.host_office_code) AS offices, array_agg(c.host_item_id) AS items FROM claimed c) k
			CROSS JOIN LATERAL zhibao.held_lecture(p_as_of, k.offices, k.items) h WHERE cardinality(k.items) > 0) e
		WHERE e.occurred_on BETWEEN p_from AND p_upto $q$));
END $do$;
COMMENT ON FUNCTION form_participation(text[], counted_lecture[], date, date, timestamptz) IS 'Speakers and their participations (宣讲骨干参与人次), ruling R18; annex 3 line 95.';

-- What the records prove for each cell of a form filled in on p_filled_on, as known at p_as_of, in the year of the form.
CREATE FUNCTION form_evidence(p_office text, p_scope text, p_period_start date, p_period_end date, p_filled_on date, p_as_of timestamptz)
RETURNS TABLE (item_no integer, sub_field text, evidence_count bigint, evidence_yes boolean, evidence_text text,
	numerator bigint, denominator bigint, sources bigint)
LANGUAGE sql STABLE ROWS 29 AS $$
	WITH area AS MATERIALIZED (
		SELECT f.as_of, least(p_filled_on, p_period_end) AS upto, CASE WHEN p_scope = 'with_subordinates' THEN
			ARRAY(SELECT t.code FROM zhibao.office_tree t WHERE t.register_version = zhibao.register_at(f.as_of) AND t.ancestor_code = p_office)
			ELSE ARRAY[p_office] END AS offices
		FROM (SELECT zhibao.year_instant(p_period_end, zhibao.facts_as_of(p_as_of)) AS as_of) f
	), base AS MATERIALIZED (
		SELECT a.*, zhibao.form_held(a.offices, a.as_of) AS held FROM area a
	), record AS MATERIALIZED (
		SELECT r.*, row_number() OVER (PARTITION BY r.office_code, r.source, r.category, r.ref
			ORDER BY r.happened_on DESC, r.received_at DESC, r.batch_id DESC, r.seq DESC) = 1 AS is_latest
		FROM base b CROSS JOIN LATERAL zhibao.form_record(b.offices, b.held, b.as_of) r WHERE r.happened_on <= b.upto
	), tallied AS (
		SELECT m.item_no, m.sub_field, sum(CASE m.tally WHEN 'count' THEN t.records WHEN 'sum' THEN t.quantity
			WHEN 'distinct' THEN t.works ELSE t.newest END)::bigint AS n, sum(t.records)::bigint AS sources
		FROM zhibao.form_measure m CROSS JOIN LATERAL (
			SELECT count(*) AS records, coalesce(sum(r.quantity), 0) AS quantity, count(DISTINCT r.ref) AS works,
				coalesce(sum(r.quantity) FILTER (WHERE r.is_latest), 0) AS newest
			FROM record r WHERE r.source = m.source AND r.category = ANY (m.categories)
				AND (r.happened_on >= p_period_start OR m.tally = 'latest')) t
		GROUP BY m.item_no, m.sub_field
	), township AS MATERIALIZED (
		SELECT count(*) AS total, count(*) FILTER (WHERE t.is_covered) AS covered
		FROM base b CROSS JOIN LATERAL zhibao.form_township(p_office, b.held, p_period_start, b.upto, b.as_of) t
	), joined AS MATERIALIZED (
		SELECT p.people, p.participations
		FROM base b CROSS JOIN LATERAL zhibao.form_participation(b.offices, b.held, p_period_start, b.upto, b.as_of) p
	), found AS (
		SELECT t.item_no, t.sub_field, t.n, NULL::boolean AS is_yes, NULL::text AS text, NULL::bigint AS numerator,
			NULL::bigint AS denominator, t.sources
		FROM tallied t
		UNION ALL
		SELECT f.item_no, f.sub_field, NULL, f.is_yes, f.text, NULL, NULL, f.sources
		FROM base b CROSS JOIN LATERAL zhibao.form_flag(ARRAY[p_office], p_period_start, b.upto, b.as_of) f
		UNION ALL
		SELECT 12, 'townships_covered', t.covered, NULL, NULL, NULL, NULL, t.covered FROM township t
		UNION ALL
		SELECT 12, 'coverage_rate', NULL, NULL, zhibao.percent_text(t.covered, t.total), t.covered, t.total, t.covered FROM township t
		UNION ALL
		SELECT 15, 'people', j.people, NULL, NULL, NULL, NULL, j.people FROM joined j
		UNION ALL
		SELECT 15, 'avg_sessions_per_person', NULL, NULL, CASE WHEN j.people > 0
			THEN round(j.participations::numeric / j.people, 2)::text END, j.participations, j.people, j.participations FROM joined j
	)
	SELECT c.item_no, c.sub_field, f.n, f.is_yes, f.text, f.numerator, f.denominator, f.sources
	FROM zhibao.form_cell c JOIN found f USING (item_no, sub_field) ORDER BY c.place
$$;
COMMENT ON FUNCTION form_evidence(text, text, date, date, date, timestamptz) IS 'What the records prove per cell of the statistics form (统计表依据), rulings R15, R16 and R18; annex 3 lines 81 to 101.';

-- What the centre proposes to the office of a key, as of now. Definer, as the collector may not read every table it needs.
CREATE FUNCTION form_proposal(p_office text, p_period text, p_scope text, p_filled_on date)
RETURNS TABLE (item_no integer, sub_field text, place integer, label_zh text, value_type text, unit text, evidence_count bigint,
	evidence_yes boolean, evidence_text text, numerator bigint, denominator bigint, sources bigint,
	first_on date, last_on date, as_of timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
	SELECT c.item_no, c.sub_field, c.place, c.label_zh, c.value_type, c.unit, e.evidence_count, e.evidence_yes, e.evidence_text,
		e.numerator, e.denominator, e.sources, d.first_on, d.last_on, n.at
	FROM (SELECT clock_timestamp() AS at) n
	CROSS JOIN LATERAL zhibao.form_period(p_period, zhibao.register_at(n.at)) d
	CROSS JOIN LATERAL zhibao.form_evidence(p_office, p_scope, d.first_on, d.last_on, p_filled_on, n.at) e
	JOIN zhibao.form_cell c USING (item_no, sub_field) ORDER BY c.place
$$;
COMMENT ON FUNCTION form_proposal(text, text, text, date) IS 'Proposed values of the statistics form (统计表建议数), as of now; ruling R16.';
REVOKE ALL ON FUNCTION form_proposal(text, text, text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION form_proposal(text, text, text, date) TO zhibao_collector, zhibao_aggregator;

-- Definer functions keep their own grants.
GRANT EXECUTE ON FUNCTION form_evidence(text, text, date, date, date, timestamptz) TO zhibao_aggregator;

COMMIT;
