-- Deploy forms: the statistics form (统计表): evidence, proposals, support, consistency findings, consolidation.
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

-- Lectures of some offices, as two arrays that go pairwise, for the functions that take them so.
CREATE FUNCTION lecture_keys(p_offices text[], OUT offices text[], OUT items uuid[])
LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(k.office_code ORDER BY k.office_code, k.item_id), '{}'),
		coalesce(array_agg(k.item_id ORDER BY k.office_code, k.item_id), '{}')
	FROM (SELECT DISTINCT l.office_code, l.item_id FROM zhibao.lecture_event l WHERE l.office_code = ANY (p_offices)) k
$$;
COMMENT ON FUNCTION lecture_keys(text[]) IS 'Lecture items of some offices (宣讲记录编号).';

-- Ruling R8 for some offices: twins of one office count once, the first received; one that its office claims as another's does
-- not count. A test compares it with session().
CREATE FUNCTION form_session(p_offices text[], p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, category text, occurred_on date, received_at timestamptz)
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH held AS MATERIALIZED (
		SELECT h AS lecture, h.office_code, h.item_id, h.fingerprint,
			row_number() OVER (PARTITION BY h.fingerprint, h.office_code ORDER BY h.received_at, h.batch_id, h.seq) AS place
		FROM zhibao.lecture_keys(p_offices) k CROSS JOIN LATERAL zhibao.held_lecture(p_as_of, k.offices, k.items) h
	), claim AS MATERIALIZED (
		SELECT c.office_code, c.host_office_code, c.host_item_id FROM zhibao.claim_of(p_offices, p_as_of) c
	), host AS MATERIALIZED (
		SELECT h AS lecture, h.office_code, h.item_id, h.fingerprint
		FROM (SELECT coalesce(array_agg(c.host_office_code), '{}') AS offices, coalesce(array_agg(c.host_item_id), '{}') AS items FROM claim c) k
		CROSS JOIN LATERAL zhibao.held_lecture(p_as_of, k.offices, k.items) h
	), joined AS (
		SELECT DISTINCT o.office_code, o.item_id
		FROM claim c JOIN host h ON h.office_code = c.host_office_code AND h.item_id = c.host_item_id
		JOIN held o ON o.office_code = c.office_code AND o.fingerprint = h.fingerprint
		WHERE zhibao.is_joined(o.lecture, h.lecture, EXISTS (SELECT
			FROM zhibao.claim_of(ARRAY[h.office_code], p_as_of) d
			WHERE d.host_office_code = o.office_code AND d.host_item_id = o.item_id))
	)
	SELECT h.office_code, h.item_id, (h.lecture).revision_id, (h.lecture).category, (h.lecture).occurred_on, (h.lecture).received_at
	FROM held h LEFT JOIN joined j USING (office_code, item_id)
	WHERE h.place = 1 AND j.item_id IS NULL
$$;
COMMENT ON FUNCTION form_session(text[], timestamptz) IS 'Sessions of some offices (场次), rulings R8 and R15.';

-- Everything the form counts, one row per record, whatever its day: ref is the hall of a screen, the work played, otherwise the item.
CREATE FUNCTION form_record(p_offices text[], p_as_of timestamptz)
RETURNS TABLE (office_code text, source text, category text, happened_on date, quantity bigint, ref text, received_at timestamptz)
LANGUAGE sql STABLE ROWS 5000 AS $$
	WITH session AS MATERIALIZED (SELECT s.* FROM zhibao.form_session(p_offices, p_as_of) s),
	product AS MATERIALIZED (SELECT m.* FROM zhibao.media_product_of(p_offices, p_as_of) m)
	SELECT d.office_code, 'policy_document', d.document_kind, d.first_published_on, 1::bigint, d.item_id::text, d.received_at
	FROM zhibao.policy_document_of(p_offices, p_as_of) d WHERE d.disclosure = 'public'
	UNION ALL
	SELECT m.office_code, 'media_product', m.media_kind, m.made_on, 1, m.item_id::text, m.received_at FROM product m
	UNION ALL
	SELECT m.office_code, 'window_product', m.media_kind, m.made_on, 1, m.item_id::text, m.received_at FROM product m WHERE m.for_window
	UNION ALL
	SELECT i.office_code, 'interpretation', i.form, i.published_on, 1, i.item_id::text, i.received_at
	FROM zhibao.interpretation_of(p_offices, p_as_of) i
	UNION ALL
	SELECT s.office_code, 'session', s.category, s.occurred_on, 1, s.item_id::text, s.received_at FROM session s
	UNION ALL
	SELECT s.office_code, 'handout', s.category, s.occurred_on, l.brochure_count, s.item_id::text, s.received_at
	FROM session s JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
	WHERE l.is_window_brochure AND l.brochure_count > 0
	UNION ALL
	SELECT t.office_code, 'staff_study', t.form, t.occurred_on, 1, t.item_id::text, t.received_at
	FROM zhibao.study_event_of(p_offices, p_as_of) t WHERE t.status = 'held' AND t.target = 'staff'
	UNION ALL
	SELECT w.office_code, 'window_report', w.report_kind, w.reported_on, w.quantity,
		CASE w.report_kind WHEN 'screen' THEN w.hall_id ELSE w.product_item_id::text END, w.received_at
	FROM zhibao.window_report_of(p_offices, p_as_of) w
$$;
COMMENT ON FUNCTION form_record(text[], timestamptz) IS 'Records the statistics form counts (统计来源), ruling R18.';

-- Items 3, 4 and 16, per office: a policy published in the period; a column that exists on the channel by the day; the newest
-- address of the arrangement by the day. They speak for the one office, never for its area.
CREATE FUNCTION form_flag(p_offices text[], p_from date, p_upto date, p_as_of timestamptz)
RETURNS TABLE (office_code text, item_no integer, sub_field text, is_yes boolean, text text, sources bigint)
LANGUAGE sql STABLE AS $$
	WITH published AS MATERIALIZED (
		SELECT p.* FROM zhibao.publication_of(p_offices, p_as_of) p WHERE p.published_on <= p_upto
	), channel AS (
		SELECT o.code,
			count(*) FILTER (WHERE p.object_kind = 'policy' AND p.channel = 'portal' AND p.published_on >= p_from) AS policy_portal,
			count(*) FILTER (WHERE p.object_kind = 'policy' AND p.channel = 'wechat' AND p.published_on >= p_from) AS policy_wechat,
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
			AND p.channel = 'portal' ORDER BY p.published_on DESC, p.received_at DESC, p.seq DESC LIMIT 1),
			(SELECT count(*) FROM published p WHERE p.office_code = c.code AND p.object_kind = 'arrangement' AND p.channel = 'portal'))
	) AS f (item_no, sub_field, is_yes, text, sources)
$$;
COMMENT ON FUNCTION form_flag(text[], date, date, timestamptz) IS 'Yes/no items, column names and the address of the arrangement per office (公布情况); annex 3 lines 83, 84 and 96.';

-- Item 12: townships of the area of p_office valid on p_upto (official base), and whether the village lectures hosted by
-- p_offices from p_from to p_upto cover them (rulings R5, R7, R15). A merged unit is covered if a predecessor was.
CREATE FUNCTION form_township(p_office text, p_offices text[], p_from date, p_upto date, p_as_of timestamptz)
RETURNS TABLE (unit_id text, code text, name_zh text, is_covered boolean)
LANGUAGE sql STABLE ROWS 100 AS $$
	WITH RECURSIVE rule AS MATERIALIZED (
		SELECT r.register, zhibao.rule_value(r.register, 'coverage.base', 'all') AS base
		FROM (SELECT zhibao.register_at(p_as_of) AS register) r
	), named AS MATERIALIZED (
		SELECT DISTINCT u.unit_id FROM zhibao.lecture_keys(p_offices) k
		CROSS JOIN LATERAL zhibao.held_lecture(p_as_of, k.offices, k.items) h CROSS JOIN LATERAL unnest(h.unit_ids) AS u (unit_id)
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
COMMENT ON FUNCTION form_township(text, text[], date, date, timestamptz) IS 'Townships of an area and whether village lectures cover them (进村居覆盖乡镇), rulings R5, R7 and R15; annex 3 line 92.';

-- Item 15: active speakers trained by p_upto, and pairs of such a speaker and a held event, hosted or co-hosted, of the period.
-- Records of one event have one fingerprint, so that a speaker named in two of them took part once.
CREATE FUNCTION form_participation(p_offices text[], p_from date, p_upto date, p_as_of timestamptz, OUT people bigint, OUT participations bigint)
LANGUAGE sql STABLE AS $$
	WITH own AS MATERIALIZED (
		SELECT s.item_id FROM zhibao.speaker_of(p_offices, p_as_of) s
		WHERE s.is_active AND s.trained_on <= p_upto
	), claimed AS MATERIALIZED (
		SELECT coalesce(array_agg(c.host_office_code), '{}') AS offices, coalesce(array_agg(c.host_item_id), '{}') AS items
		FROM zhibao.claim_of(p_offices, p_as_of) c
	), event AS (
		SELECT h.office_code, h.item_id, h.revision_id, h.occurred_on, h.fingerprint
		FROM zhibao.lecture_keys(p_offices) k CROSS JOIN LATERAL zhibao.held_lecture(p_as_of, k.offices, k.items) h
		UNION
		SELECT h.office_code, h.item_id, h.revision_id, h.occurred_on, h.fingerprint
		FROM claimed c CROSS JOIN LATERAL zhibao.held_lecture(p_as_of, c.offices, c.items) h
	)
	SELECT (SELECT count(*) FROM own), (SELECT count(DISTINCT (o.item_id, e.fingerprint))
		FROM event e JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)
		CROSS JOIN LATERAL unnest(l.speaker_item_ids) AS spoke (item_id) JOIN own o ON o.item_id = spoke.item_id
		WHERE e.occurred_on BETWEEN p_from AND p_upto)
$$;
COMMENT ON FUNCTION form_participation(text[], date, date, timestamptz) IS 'Speakers and their participations (宣讲骨干参与人次), ruling R18; annex 3 line 95.';

-- What the records prove for each cell of a form filled in on p_filled_on, as known at p_as_of.
CREATE FUNCTION form_evidence(p_office text, p_scope text, p_period_start date, p_period_end date, p_filled_on date, p_as_of timestamptz)
RETURNS TABLE (item_no integer, sub_field text, evidence_count bigint, evidence_yes boolean, evidence_text text,
	numerator bigint, denominator bigint, sources bigint)
LANGUAGE sql STABLE ROWS 29 AS $$
	WITH base AS MATERIALIZED (
		SELECT f.as_of, least(p_filled_on, p_period_end) AS upto, CASE WHEN p_scope = 'with_subordinates' THEN
			ARRAY(SELECT t.code FROM zhibao.office_tree t WHERE t.register_version = zhibao.register_at(f.as_of) AND t.ancestor_code = p_office)
			ELSE ARRAY[p_office] END AS offices
		FROM (SELECT zhibao.facts_as_of(p_as_of) AS as_of) f
	), record AS MATERIALIZED (
		SELECT r.*, row_number() OVER (PARTITION BY r.office_code, r.source, r.category, r.ref
			ORDER BY r.happened_on DESC, r.received_at DESC) = 1 AS is_latest
		FROM base b CROSS JOIN LATERAL zhibao.form_record(b.offices, b.as_of) r WHERE r.happened_on <= b.upto
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
		FROM base b CROSS JOIN LATERAL zhibao.form_township(p_office, b.offices, p_period_start, b.upto, b.as_of) t
	), joined AS MATERIALIZED (
		SELECT p.people, p.participations
		FROM base b CROSS JOIN LATERAL zhibao.form_participation(b.offices, p_period_start, b.upto, b.as_of) p
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
-- counting branch, neither returned nor rejected (rulings R2, R14). is_current marks the office's own newest filing (R3).
CREATE FUNCTION form_filing(p_period text, p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, received_at timestamptz, scope text, newest_revision_id uuid,
	newest_received_at timestamptz, is_proxy boolean, verdict text, state text, is_current boolean)
LANGUAGE sql STABLE ROWS 200 AS $$
	WITH RECURSIVE instant AS MATERIALIZED (
		SELECT zhibao.facts_as_of(p_as_of) AS as_of
	), newest AS MATERIALIZED (
		SELECT DISTINCT ON (f.office_code, f.item_id) f.* FROM instant i JOIN zhibao.statistics_form f ON f.received_at <= i.as_of
		ORDER BY f.office_code, f.item_id, f.received_at DESC, f.batch_id DESC, f.seq DESC
	), verdict AS MATERIALIZED (
		SELECT v.office_code, v.item_id, v.revision_id, v.verdict FROM instant i CROSS JOIN LATERAL zhibao.verdicts_at(i.as_of) v
	), chain AS (
		SELECT c.office_code, c.item_id, c.revision_id, 1 AS step
		FROM instant i CROSS JOIN LATERAL zhibao.counting_revision('statistics_form', i.as_of, NULL, NULL) c
		WHERE c.operation <> 'withdraw'
		UNION ALL
		SELECT h.office_code, h.item_id, zhibao.stored_base('statistics_form', f.office_code, f.item_id, f.base_revision_id), h.step + 1
		FROM chain h JOIN zhibao.statistics_form f USING (office_code, item_id, revision_id)
		WHERE f.operation <> 'withdraw' AND NOT zhibao.form_is_complete(f.lines) AND f.base_revision_id IS NOT NULL
	), standing AS MATERIALIZED (
		SELECT DISTINCT ON (f.office_code, f.item_id) f.*
		FROM chain h JOIN zhibao.statistics_form f USING (office_code, item_id, revision_id)
		LEFT JOIN verdict v USING (office_code, item_id, revision_id)
		WHERE f.operation <> 'withdraw' AND zhibao.form_is_complete(f.lines)
			AND coalesce(v.verdict, 'pending') NOT IN ('returned', 'rejected')
		ORDER BY f.office_code, f.item_id, h.step
	), filing AS (
		SELECT n.office_code, n.item_id, s.revision_id, s.received_at, s.scope, n.revision_id AS newest_revision_id,
			n.received_at AS newest_received_at, n.author_office_code <> n.office_code AS is_proxy, n.operation, n.lines,
			coalesce(s.period, n.period, (SELECT f.period FROM zhibao.statistics_form f WHERE f.office_code = n.office_code
				AND f.item_id = n.item_id AND f.period IS NOT NULL ORDER BY f.received_at DESC LIMIT 1)) AS period,
			v.verdict AS newest_verdict, w.verdict AS standing_verdict,
			coalesce(s.author_office_code = s.office_code, false) AS may_stand
		FROM newest n LEFT JOIN standing s USING (office_code, item_id)
		LEFT JOIN verdict v ON v.office_code = n.office_code AND v.item_id = n.item_id AND v.revision_id = n.revision_id
		LEFT JOIN verdict w ON w.office_code = s.office_code AND w.item_id = s.item_id AND w.revision_id = s.revision_id
	), placed AS (
		SELECT f.*, f.may_stand AND row_number() OVER (PARTITION BY f.office_code, f.may_stand
			ORDER BY f.received_at DESC, f.item_id DESC) = 1 AS is_current
		FROM filing f WHERE f.period = p_period
	)
	SELECT p.office_code, p.item_id, p.revision_id, p.received_at, p.scope, p.newest_revision_id, p.newest_received_at, p.is_proxy,
		coalesce(CASE WHEN p.revision_id IS NOT NULL THEN p.standing_verdict ELSE p.newest_verdict END, 'pending'),
		CASE WHEN p.operation = 'withdraw' THEN 'withdrawn' WHEN p.newest_verdict IN ('returned', 'rejected') THEN p.newest_verdict
			WHEN NOT zhibao.form_is_complete(p.lines) THEN 'incomplete' WHEN p.is_proxy THEN 'proxy'
			WHEN NOT p.is_current THEN 'superseded' ELSE 'current' END,
		p.is_current
	FROM placed p
$$;
COMMENT ON FUNCTION form_filing(text, timestamptz) IS 'Forms received and the revision of each that stands (已报统计表), rulings R2, R3, R14 and R19.';

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

-- Every cell of one form revision against the records: as known at the seal (its receipt), and as known at p_as_of.
CREATE FUNCTION form_support_of(p_office text, p_item uuid, p_revision uuid, p_as_of timestamptz)
RETURNS TABLE (item_no integer, sub_field text, state text, filled text, evidence text, support text, verification_factor numeric,
	live_evidence text, live_support text, reason text, place integer, label_zh text, unit text, filled_count bigint,
	evidence_count bigint, live_count bigint, proposed_count bigint)
LANGUAGE sql STABLE ROWS 29 AS $$
	WITH form AS MATERIALIZED (
		SELECT f.*, zhibao.facts_as_of(p_as_of) AS as_of, zhibao.rule_value(zhibao.register_at(f.received_at),
			'form.copies_tolerance_percent', '5')::numeric AS copies_percent
		FROM zhibao.statistics_form f WHERE f.office_code = p_office AND f.item_id = p_item AND f.revision_id = p_revision
	), line AS MATERIALIZED (
		SELECT l.* FROM form f CROSS JOIN LATERAL zhibao.form_line(f.lines) l
	), seal AS MATERIALIZED (
		SELECT e.* FROM form f CROSS JOIN LATERAL
			zhibao.form_evidence(f.office_code, f.scope, f.period_start, f.period_end, f.filled_on, f.received_at) e
	), live AS MATERIALIZED (
		SELECT e.* FROM form f CROSS JOIN LATERAL
			zhibao.form_evidence(f.office_code, f.scope, f.period_start, f.period_end, f.filled_on, f.as_of) e
	), cell AS (
		SELECT c.*, f.copies_percent, coalesce(l.state, 'not_answered') AS answer, l.count, l.is_yes, l.text, l.rate_text, l.reason,
			l.proposed_count, s AS seal, v AS live
		FROM form f CROSS JOIN zhibao.form_cell c LEFT JOIN line l USING (item_no, sub_field)
		LEFT JOIN seal s ON (s.item_no, s.sub_field) = (c.item_no, c.sub_field)
		LEFT JOIN live v ON (v.item_no, v.sub_field) = (c.item_no, c.sub_field)
		WHERE c.is_mandatory OR l.state IS NOT NULL OR (s).evidence_text IS NOT NULL
	)
	SELECT c.item_no, c.sub_field,
		CASE WHEN c.answer = 'value' AND (c.count = 0 OR c.rate_text ~ '^0+(\.0+)?$') THEN 'zero' ELSE c.answer END,
		CASE WHEN c.answer = 'value' THEN coalesce(c.count::text, CASE c.is_yes WHEN true THEN '是' WHEN false THEN '否' END, c.rate_text, c.text) END,
		coalesce((c.seal).evidence_count::text, CASE (c.seal).evidence_yes WHEN true THEN '是' WHEN false THEN '否' END, (c.seal).evidence_text),
		zhibao.form_judge(c.value_type, c.unit, c.copies_percent, c.answer, c.count, c.is_yes, c.text, c.rate_text, (c.seal).evidence_count,
			(c.seal).evidence_yes, (c.seal).evidence_text, (c.seal).numerator, (c.seal).denominator),
		CASE WHEN c.answer <> 'value' THEN NULL
			WHEN c.count > 0 THEN round((c.seal).evidence_count::numeric / c.count, 4)
			WHEN c.count = 0 AND (c.seal).evidence_count = 0 THEN 1
			WHEN c.value_type IN ('percent', 'ratio') AND c.rate_text ~ '^[0-9]+(\.[0-9]+)?$' AND c.rate_text::numeric > 0 THEN
				round((c.seal).evidence_text::numeric / c.rate_text::numeric, 4) END,
		coalesce((c.live).evidence_count::text, CASE (c.live).evidence_yes WHEN true THEN '是' WHEN false THEN '否' END, (c.live).evidence_text),
		zhibao.form_judge(c.value_type, c.unit, c.copies_percent, c.answer, c.count, c.is_yes, c.text, c.rate_text, (c.live).evidence_count,
			(c.live).evidence_yes, (c.live).evidence_text, (c.live).numerator, (c.live).denominator),
		c.reason, c.place, c.label_zh, c.unit, c.count, (c.seal).evidence_count, (c.live).evidence_count, c.proposed_count
	FROM cell c
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

-- Ruling R19: whose forms a node's figures come from. Going down from the node: a form with subordinates stands for the whole
-- subtree; an own form goes with those below; an office without one is marked and those below stand alone. The province is
-- never represented by a form with subordinates.
CREATE FUNCTION form_member(p_node text, p_period text, p_as_of timestamptz)
RETURNS TABLE (office_code text, name_zh text, level text, role text, item_id uuid, revision_id uuid, received_at timestamptz, verdict text)
LANGUAGE sql STABLE ROWS 200 AS $$
	WITH RECURSIVE office AS MATERIALIZED (
		SELECT o.* FROM zhibao.office o WHERE o.register_version = zhibao.register_at(zhibao.facts_as_of(p_as_of))
	), filing AS MATERIALIZED (
		SELECT f.* FROM zhibao.form_filing(p_period, p_as_of) f WHERE f.is_current
	), walk AS (
		SELECT o.code, o.level, coalesce(f.scope = 'with_subordinates' AND o.level <> 'province', false) AS is_end
		FROM office o LEFT JOIN filing f ON f.office_code = o.code WHERE o.code = p_node
		UNION ALL
		SELECT o.code, o.level, coalesce(f.scope = 'with_subordinates', false)
		FROM walk w JOIN office o ON o.parent_code = w.code LEFT JOIN filing f ON f.office_code = o.code
		WHERE NOT w.is_end
	)
	SELECT o.code, o.name_zh, o.level, CASE WHEN f.item_id IS NULL THEN 'none' WHEN o.level = 'province' AND f.scope = 'with_subordinates' THEN 'left_out'
		ELSE f.scope END, f.item_id, f.revision_id, f.received_at, f.verdict
	FROM walk w JOIN office o USING (code) LEFT JOIN filing f ON f.office_code = o.code
$$;
COMMENT ON FUNCTION form_member(text, text, timestamptz) IS 'Offices whose forms make up a node, and those without one (汇总来源), ruling R19.';

-- Ruling R19: the consolidated form of a node: what the offices declared, added up by each item''s rule, beside what the records prove.
CREATE FUNCTION form_consolidated(p_node text, p_period text, p_as_of timestamptz)
RETURNS TABLE (item_no integer, sub_field text, section text, label_zh text, unit text, declared_count bigint, numerator bigint,
	denominator bigint, percent text, true_count bigint, reporting_count bigint, accepted_count bigint, derived_count bigint,
	derived_numerator bigint, derived_denominator bigint, note text, place integer, value_type text, derived_percent text)
LANGUAGE sql STABLE ROWS 40 AS $$
	WITH base AS MATERIALIZED (
		SELECT f.as_of, r.register, d.first_on, d.last_on FROM (SELECT zhibao.facts_as_of(p_as_of) AS as_of) f
		CROSS JOIN LATERAL (SELECT zhibao.register_at(f.as_of) AS register) r
		CROSS JOIN LATERAL zhibao.form_period(p_period, r.register) d
	), member AS MATERIALIZED (
		SELECT m.* FROM zhibao.form_member(p_node, p_period, p_as_of) m
	), form AS MATERIALIZED (
		SELECT m.name_zh, m.verdict, f.* FROM member m JOIN zhibao.statistics_form f USING (office_code, item_id, revision_id)
		WHERE m.role IN ('own', 'with_subordinates')
	), line AS MATERIALIZED (
		SELECT f.office_code, f.name_zh, f.verdict, f.participation_total, l.*
		FROM form f CROSS JOIN LATERAL zhibao.form_line(f.lines) l
	), derived AS MATERIALIZED (
		SELECT e.* FROM base b CROSS JOIN LATERAL
			zhibao.form_evidence(p_node, 'with_subordinates', b.first_on, b.last_on, b.last_on, b.as_of) e
	), flag AS MATERIALIZED (
		SELECT g.* FROM base b CROSS JOIN LATERAL zhibao.form_flag(ARRAY(SELECT f.office_code FROM form f), b.first_on, b.last_on, b.as_of) g
	), declared AS (
		SELECT c.item_no, c.sub_field, count(*) FILTER (WHERE l.state = 'value') AS reporting,
			count(*) FILTER (WHERE l.state = 'value' AND l.verdict = 'accepted') AS accepted,
			sum(l.count) FILTER (WHERE l.state = 'value') AS total, count(*) FILTER (WHERE l.state = 'value' AND l.is_yes) AS yes,
			string_agg(l.name_zh || '：' || coalesce(l.text, CASE l.is_yes WHEN true THEN '是' ELSE '否' END), '；' ORDER BY l.office_code)
				FILTER (WHERE l.state = 'value' AND c.value_type IN ('boolean', 'text', 'url')) AS list
		FROM zhibao.form_cell c LEFT JOIN line l USING (item_no, sub_field) GROUP BY c.item_no, c.sub_field
	), ratio AS (
		SELECT sum(p.participation_total) AS participations, sum(p.count) AS people
		FROM line p WHERE p.item_no = 15 AND p.sub_field = 'people' AND p.state = 'value' AND p.participation_total IS NOT NULL
	), due AS (
		SELECT count(*) AS offices FROM member m WHERE m.level IN ('city', 'province_unit') OR m.office_code = p_node AND m.level <> 'province'
	), cell AS (
		SELECT c.*, i.section, CASE WHEN c.sub_field = '' THEN i.label_zh ELSE c.label_zh END AS label, d.reporting, d.accepted, d.list,
			CASE WHEN c.value_type = 'count' AND d.reporting > 0 THEN d.total END AS total,
			CASE WHEN c.value_type = 'boolean' THEN d.yes END AS yes,
			CASE WHEN c.value_type = 'percent' THEN (SELECT k.total FROM declared k WHERE k.item_no = 12 AND k.sub_field = 'townships_covered')
				WHEN c.value_type = 'ratio' THEN r.participations
				WHEN c.value_type = 'boolean' THEN d.yes WHEN c.value_type = 'url' THEN d.reporting END AS n,
			CASE WHEN c.value_type = 'percent' THEN e.denominator WHEN c.value_type = 'ratio' THEN r.people
				WHEN c.value_type = 'boolean' THEN d.reporting WHEN c.value_type = 'url' THEN due.offices END AS m,
			CASE WHEN c.value_type = 'count' THEN e.evidence_count
				WHEN c.value_type = 'boolean' THEN (SELECT count(*) FROM flag g WHERE (g.item_no, g.sub_field) = (c.item_no, c.sub_field) AND g.is_yes)
				WHEN c.value_type IN ('text', 'url') THEN (SELECT count(*) FROM flag g WHERE (g.item_no, g.sub_field) = (c.item_no, c.sub_field) AND g.text <> '')
			END AS proven, e.numerator AS proven_n, e.denominator AS proven_m
		FROM zhibao.form_cell c CROSS JOIN base b CROSS JOIN ratio r CROSS JOIN due
		JOIN declared d USING (item_no, sub_field) JOIN derived e USING (item_no, sub_field)
		LEFT JOIN zhibao.form_item i ON i.register_version = b.register AND i.item_no = c.item_no
	)
	SELECT c.item_no, c.sub_field, c.section, c.label, c.unit, c.total::bigint, c.n::bigint, c.m::bigint,
		CASE c.value_type WHEN 'ratio' THEN CASE WHEN c.m > 0 THEN round(c.n::numeric / c.m, 2)::text END
			ELSE zhibao.percent_text(c.n::bigint, c.m::bigint) END,
		c.yes, c.reporting, c.accepted, c.proven, c.proven_n, c.proven_m, c.list, c.place, c.value_type,
		CASE c.value_type WHEN 'ratio' THEN CASE WHEN c.proven_m > 0 THEN round(c.proven_n::numeric / c.proven_m, 2)::text END
			ELSE zhibao.percent_text(c.proven_n, c.proven_m) END
	FROM cell c
	UNION ALL
	SELECT 22, e.label, i.section, e.label, e.unit, e.count, NULL, NULL, NULL, NULL, 1, (f.verdict = 'accepted')::integer, NULL, NULL, NULL,
		f.name_zh || coalesce('：' || e.note, ''), 100 + row_number() OVER (ORDER BY f.office_code, e.ordinal)::integer, 'text', NULL
	FROM base b CROSS JOIN form f LEFT JOIN zhibao.form_item i ON i.register_version = b.register AND i.item_no = 22
	CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(coalesce(f.entries, '[]')) AS (label text, count bigint, unit text, note text))
		WITH ORDINALITY AS e (label, count, unit, note, ordinal)
	ORDER BY place
$$;
COMMENT ON FUNCTION form_consolidated(text, text, timestamptz) IS 'Consolidated statistics form of a node (统计表汇总): declared and derived, ruling R19; annex 3.';

-- What does not agree in one form. reject: refused on receipt (the codes of the catalogue) or incomplete, the form is not
-- received; explain: wants words in the cell or a correction; note: for the reviewer. A gap with words is a note.
CREATE FUNCTION form_findings(p_office text, p_item uuid, p_revision uuid, p_as_of timestamptz)
RETURNS TABLE (code text, severity text, item_no integer, sub_field text, text_zh text)
LANGUAGE sql STABLE ROWS 20 AS $$
	WITH form AS MATERIALIZED (
		SELECT f.*, i.as_of, d.first_on, d.last_on, least(f.filled_on, f.period_end) AS upto
		FROM (SELECT zhibao.facts_as_of(p_as_of) AS as_of) i
		JOIN zhibao.statistics_form f ON f.office_code = p_office AND f.item_id = p_item AND f.revision_id = p_revision
			AND f.operation <> 'withdraw'
		CROSS JOIN LATERAL zhibao.form_period(f.period, zhibao.register_at(f.received_at)) d
	), cell AS MATERIALIZED (
		SELECT s.*, coalesce(s.reason, '') <> '' AS has_reason
		FROM form f CROSS JOIN LATERAL zhibao.form_support_of(f.office_code, f.item_id, f.revision_id, f.as_of) s
	), figure AS MATERIALIZED (
		SELECT max(c.filled_count) FILTER (WHERE c.item_no = 1) AS policies, max(c.filled_count) FILTER (WHERE c.item_no = 2) AS answers,
			bool_or(c.filled = '是') FILTER (WHERE c.item_no = 3 AND c.sub_field = '') AS is_published,
			max(c.filled_count) FILTER (WHERE c.item_no = 5) AS works, max(c.filled_count) FILTER (WHERE c.item_no = 19) AS window_works,
			max(c.filled_count) FILTER (WHERE c.sub_field = 'townships_covered') AS covered,
			max(c.filled) FILTER (WHERE c.sub_field = 'coverage_rate') AS rate,
			max(c.filled_count) FILTER (WHERE c.sub_field = 'people') AS people,
			max(c.filled) FILTER (WHERE c.sub_field = 'avg_sessions_per_person')::numeric AS average,
			sum(c.filled_count) FILTER (WHERE c.item_no IN (10, 11, 13) OR c.sub_field = 'sessions') AS sessions,
			max(c.filled) FILTER (WHERE c.item_no = 16) AS url, bool_or(c.has_reason) FILTER (WHERE c.item_no = 12) AS has_reason
		FROM cell c
	), area AS MATERIALIZED (
		SELECT count(t.*) AS total FROM form f LEFT JOIN LATERAL
			zhibao.form_township(f.office_code, '{}', f.period_start, f.upto, f.received_at) t ON true
	), event AS MATERIALIZED (
		SELECT count(s.*) + (SELECT count(*) FROM form f CROSS JOIN LATERAL
			zhibao.claim_of(ARRAY[f.office_code], f.received_at)) AS held
		FROM form f LEFT JOIN LATERAL zhibao.form_session(CASE f.scope WHEN 'own' THEN ARRAY[f.office_code] ELSE
			ARRAY(SELECT t.code FROM zhibao.office_tree t WHERE t.register_version = zhibao.register_at(f.received_at)
				AND t.ancestor_code = f.office_code) END, f.received_at) s ON s.occurred_on BETWEEN f.period_start AND f.upto
	), earlier AS MATERIALIZED (
		SELECT l.* FROM form f CROSS JOIN LATERAL zhibao.form_filing('mid_year', f.as_of) m
		JOIN zhibao.statistics_form e ON e.office_code = m.office_code AND e.item_id = m.item_id AND e.revision_id = m.revision_id
		CROSS JOIN LATERAL zhibao.form_line(e.lines) l
		WHERE f.period = 'year_end' AND m.is_current AND m.office_code = f.office_code AND m.scope = f.scope AND l.state = 'value'
	), finding AS (
		SELECT 'E_FORM_INCOMPLETE' AS code, 'reject' AS severity, c.item_no, c.sub_field,
			format('“%s”未填，统计表不完整，不作为已报送', c.label_zh) AS text_zh
		FROM cell c JOIN zhibao.form_cell k USING (item_no, sub_field) WHERE k.is_mandatory AND c.state = 'not_answered'
		UNION ALL
		SELECT 'F_URL_REQUIRED', 'explain', 16, '', format('活动安排已公布在 %s，网址不能填不适用', c.evidence)
		FROM cell c WHERE c.item_no = 16 AND c.state = 'not_applicable' AND c.support = 'under_claimed'
		UNION ALL
		SELECT 'F_GAP', CASE WHEN c.has_reason THEN 'note' ELSE 'explain' END, c.item_no, c.sub_field,
			format('“%s”填报 %s，记录佐证 %s，%s', c.label_zh, coalesce(c.filled, '不适用'), coalesce(c.evidence, '无'),
				CASE WHEN c.has_reason THEN '说明：' || c.reason ELSE '须填写说明' END)
		FROM cell c WHERE c.support IN ('over_claimed', 'under_claimed', 'unsupported', 'differs')
			AND NOT (c.item_no = 16 AND c.state = 'not_applicable')
		UNION ALL
		SELECT 'F_GAP_REOPENED', 'note', c.item_no, c.sub_field,
			format('“%s”报送后记录有变：当时佐证 %s，现在佐证 %s，填报 %s', c.label_zh, coalesce(c.evidence, '无'),
				coalesce(c.live_evidence, '无'), coalesce(c.filled, '不适用'))
		FROM cell c WHERE c.live_evidence IS DISTINCT FROM c.evidence AND c.state <> 'not_answered' AND c.support <> c.live_support
		UNION ALL
		SELECT 'F_RATE', CASE WHEN g.has_reason THEN 'note' ELSE 'explain' END, 12, 'coverage_rate',
			CASE a.total WHEN 0 THEN '辖区内没有乡镇，覆盖率应填不适用'
			ELSE format('覆盖率填报 %s%%，按覆盖乡镇 %s、名册乡镇 %s 应为 %s%%', g.rate, g.covered, a.total, zhibao.percent_text(g.covered, a.total)) END
		FROM figure g CROSS JOIN area a WHERE g.rate IS NOT NULL AND g.covered IS NOT NULL AND (a.total = 0
			OR abs(g.rate::numeric - 100 * g.covered::numeric / a.total) > CASE WHEN strpos(g.rate, '.') > 0 THEN 0.01 ELSE 0.5 END)
		UNION ALL
		SELECT 'F_COVERED_TOTAL', CASE WHEN g.has_reason THEN 'note' ELSE 'explain' END, 12, 'townships_covered',
			format('覆盖乡镇 %s 个，多于名册中辖区乡镇 %s 个', g.covered, a.total)
		FROM figure g CROSS JOIN area a WHERE g.covered > a.total
		UNION ALL
		SELECT 'F_BELOW_MID_YEAR', CASE WHEN c.has_reason THEN 'note' ELSE 'explain' END, c.item_no, c.sub_field,
			format('“%s”年终填报 %s，少于上半年的 %s', c.label_zh, c.filled_count, e.count)
		FROM cell c JOIN zhibao.form_cell k USING (item_no, sub_field) JOIN earlier e USING (item_no, sub_field)
		WHERE k.is_cumulative AND c.filled_count < e.count
		UNION ALL
		SELECT 'F_AVERAGE_PEOPLE', 'note', 15, 'avg_sessions_per_person',
			format('骨干参与宣讲 %s 人次，少于各类宣讲 %s 场，每场至少应有一名宣讲人', coalesce(f.participation_total, round(g.people * g.average)), g.sessions)
		FROM form f CROSS JOIN figure g WHERE coalesce(f.participation_total, round(g.people * g.average)) < g.sessions
		UNION ALL
		SELECT 'F_PARTICIPATION', 'note', 15, 'avg_sessions_per_person', '没有填报参与宣讲人次，汇总的人均场次不含本单位'
		FROM form f CROSS JOIN figure g WHERE g.people > 0 AND f.participation_total IS NULL
		UNION ALL
		SELECT 'F_AVERAGE_EVENTS', 'note', 15, 'avg_sessions_per_person',
			format('人均 %s 场，多于记录的全部 %s 场宣讲，一人每场至多计一次', g.average, e.held)
		FROM figure g CROSS JOIN event e WHERE g.average > e.held
		UNION ALL
		SELECT 'F_POLICY_YES', 'note', 3, '', '填报已在门户网站及微信公众号公布，但政策文件、政策解答文件均为 0'
		FROM figure g WHERE g.is_published AND g.policies = 0 AND g.answers = 0
		UNION ALL
		SELECT 'F_POLICY_NO', 'note', 3, '', format('填报公开政策文件 %s 个，但未在两个渠道都公布', g.policies)
		FROM figure g WHERE NOT g.is_published AND g.policies > 0
		UNION ALL
		SELECT 'F_WINDOW_WORKS', 'note', 19, '', format('窗口宣传视频、微动画 %s 个，多于制作的全部作品 %s 个', g.window_works, g.works)
		FROM figure g WHERE g.window_works > g.works
		UNION ALL
		SELECT 'F_MATERIALS', 'note', 5, '', format('年终填报制作作品 %s 个，但没有报送宣传资料', g.works)
		FROM form f CROSS JOIN figure g WHERE f.period = 'year_end' AND g.works > 0 AND NOT EXISTS (SELECT FROM
			zhibao.submission_of(ARRAY[f.office_code], f.as_of) s WHERE s.submission_kind = 'materials')
		UNION ALL
		SELECT 'F_URL_HOST', 'note', 16, '', format('网址不在本单位登记的门户 %s 上：%s', p.portal_host, g.url)
		FROM form f CROSS JOIN figure g CROSS JOIN LATERAL (SELECT o.portal_host
			FROM zhibao.office_profile_of(ARRAY[f.office_code], f.as_of) o
			WHERE o.portal_host <> '' ORDER BY o.effective_from DESC, o.received_at DESC LIMIT 1) p
		WHERE lower(substring(g.url FROM '^https?://([^/:?#]+)')) <> lower(p.portal_host)
		UNION ALL
		SELECT 'F_SCAN_MISSING', 'explain', NULL, '', '填报已盖章，但没有附盖章件的扫描件'
		FROM form f WHERE f.is_stamped AND f.scan_digest IS NULL
		UNION ALL
		SELECT 'F_SCAN_UNKNOWN', 'explain', NULL, '', '盖章件的扫描件（' || left(encode(f.scan_digest, 'hex'), 16) || '…）尚未收到，请用 attach 报送'
		FROM form f WHERE f.scan_digest IS NOT NULL AND NOT EXISTS (SELECT FROM zhibao.upload u WHERE u.file_id = f.scan_digest
			AND u.office_code IN (f.office_code, f.author_office_code) AND u.completed_at <= f.as_of)
		UNION ALL
		SELECT 'F_UNSTAMPED', 'note', NULL, '', '没有填报已盖章' FROM form f WHERE f.is_stamped IS NOT TRUE
		UNION ALL
		SELECT 'F_UNAPPROVED', 'explain', NULL, '', '没有填写审核人' FROM form f WHERE zhibao.approval_finding(f.approved_by) IS NOT NULL
		UNION ALL
		SELECT 'F_PROXY', 'note', NULL, '', format('由 %s 代报，不作为本单位的统计表', f.author_office_code)
		FROM form f WHERE f.author_office_code <> f.office_code
		UNION ALL
		SELECT 'F_PERIOD', 'note', NULL, '', format('起止日期 %s 至 %s，应为 %s 至 %s', f.period_start, f.period_end, f.first_on, f.last_on)
		FROM form f WHERE (f.period_start, f.period_end) <> (f.first_on, f.last_on)
		UNION ALL
		SELECT q.code, 'reject', NULL, q.field, q.text FROM zhibao.quarantine q
		WHERE q.office_code = p_office AND q.item_id = p_item AND q.revision_id = p_revision AND q.received_at <= zhibao.facts_as_of(p_as_of)
			AND NOT EXISTS (SELECT FROM form)
	)
	SELECT n.* FROM finding n ORDER BY array_position(ARRAY['reject', 'explain', 'note'], n.severity), n.item_no NULLS LAST, n.sub_field, n.code
$$;
COMMENT ON FUNCTION form_findings(text, uuid, uuid, timestamptz) IS 'What does not agree in a statistics form (统计表核对), annex 3 and rulings R14 to R17.';

-- How far the accepted figures moved from those first received: counts of the first complete revision of a form beside
-- those of the one accepted last. revision_rate = (accepted - first) / first, NULL when the first was 0.
CREATE FUNCTION form_revision(p_office text, p_item uuid, p_as_of timestamptz)
RETURNS TABLE (item_no integer, sub_field text, first_count bigint, accepted_count bigint, revision_rate numeric)
LANGUAGE sql STABLE ROWS 29 AS $$
	WITH revision AS MATERIALIZED (
		SELECT f.*, v.verdict FROM (SELECT zhibao.facts_as_of(p_as_of) AS as_of) i
		JOIN zhibao.statistics_form f ON f.office_code = p_office AND f.item_id = p_item AND f.received_at <= i.as_of
		LEFT JOIN zhibao.verdicts_at(i.as_of) v USING (office_code, item_id, revision_id)
		WHERE f.operation <> 'withdraw' AND zhibao.form_is_complete(f.lines)
	), first AS (
		SELECT l.* FROM (SELECT r.lines FROM revision r ORDER BY r.received_at, r.batch_id, r.seq LIMIT 1) r
		CROSS JOIN LATERAL zhibao.form_line(r.lines) l
	), accepted AS (
		SELECT l.* FROM (SELECT r.lines FROM revision r WHERE r.verdict = 'accepted'
			ORDER BY r.received_at DESC, r.batch_id DESC, r.seq DESC LIMIT 1) r CROSS JOIN LATERAL zhibao.form_line(r.lines) l
	)
	SELECT f.item_no, f.sub_field, f.count, a.count, round((a.count - f.count)::numeric / nullif(f.count, 0), 4)
	FROM first f JOIN accepted a USING (item_no, sub_field) WHERE f.count IS NOT NULL AND a.count IS NOT NULL
$$;
COMMENT ON FUNCTION form_revision(text, uuid, timestamptz) IS 'First and accepted counts of a form (首报与审定数).';

-- Definer functions keep their own grants.
GRANT EXECUTE ON FUNCTION form_evidence(text, text, date, date, date, timestamptz), form_support(text, timestamptz),
	form_support_of(text, uuid, uuid, timestamptz), form_revision(text, uuid, timestamptz), form_findings(text, uuid, uuid, timestamptz), form_filing(text, timestamptz),
	form_member(text, text, timestamptz), form_consolidated(text, text, timestamptz) TO zhibao_aggregator;

COMMIT;
