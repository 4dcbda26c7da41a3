-- Deploy form_findings: what does not agree in one form (一致性核对), and how its figures moved.
--
-- p_as_of  instant up to which revisions had been received; NULL means what the aggregator has folded

BEGIN;

SET LOCAL search_path TO zhibao;

-- What does not agree in one form. reject: refused on receipt (the codes of the catalogue) or incomplete, the form is not
-- received; explain: wants words in the cell or a correction; note: for the reviewer. A gap with words is a note.
CREATE FUNCTION form_findings(p_office text, p_item uuid, p_revision uuid, p_as_of timestamptz)
RETURNS TABLE (code text, severity text, item_no integer, sub_field text, text_zh text)
LANGUAGE sql STABLE ROWS 20 AS $$
	WITH form AS MATERIALIZED (
		SELECT f.*, i.as_of, y.sealed_at, d.first_on, d.last_on, least(f.filled_on, f.period_end) AS upto
		FROM (SELECT zhibao.facts_as_of(p_as_of) AS as_of) i
		JOIN zhibao.statistics_form f ON f.office_code = p_office AND f.item_id = p_item AND f.revision_id = p_revision
			AND f.operation <> 'withdraw'
		CROSS JOIN LATERAL (SELECT zhibao.year_instant(f.period_end, f.received_at) AS sealed_at) y
		CROSS JOIN LATERAL zhibao.form_period(f.period, zhibao.register_at(y.sealed_at)) d
	), cell AS MATERIALIZED (
		SELECT s.*, NOT zhibao.text_is_blank(s.reason) AS has_reason
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
			max(c.filled) FILTER (WHERE c.item_no = 16) AS url,
			bool_or(c.has_reason) FILTER (WHERE c.sub_field = 'townships_covered') AS has_covered_reason,
			bool_or(c.has_reason) FILTER (WHERE c.sub_field = 'coverage_rate') AS has_rate_reason
		FROM cell c
	), area AS MATERIALIZED (
		SELECT count(t.*) AS total FROM form f LEFT JOIN LATERAL
			zhibao.form_township(f.office_code, '{}', f.period_start, f.upto, f.sealed_at) t ON true
	), event AS MATERIALIZED ( -- what one person can have taken part in, as form_participation counts it
		SELECT count(DISTINCT e.fingerprint) AS held
		FROM form f CROSS JOIN LATERAL (SELECT CASE f.scope WHEN 'own' THEN ARRAY[f.office_code] ELSE
			ARRAY(SELECT t.code FROM zhibao.office_tree t WHERE t.register_version = zhibao.register_at(f.sealed_at)
				AND t.ancestor_code = f.office_code) END AS offices) a
		CROSS JOIN LATERAL (
			SELECT h.occurred_on, h.fingerprint FROM unnest(zhibao.form_held(a.offices, f.sealed_at)) h
			UNION ALL
			SELECT h.occurred_on, h.fingerprint
			FROM (SELECT array_agg(c.host_office_code) AS offices, array_agg(c.host_item_id) AS items
				FROM zhibao.claim_of(a.offices, f.sealed_at) c) k
			CROSS JOIN LATERAL zhibao.held_lecture(f.sealed_at, k.offices, k.items) h WHERE cardinality(k.items) > 0) e
		WHERE e.occurred_on BETWEEN f.period_start AND f.upto
	), earlier AS MATERIALIZED ( -- a year-end with subordinates holds the office's own as well; the other way round nothing is said
		SELECT l.* FROM form f CROSS JOIN LATERAL zhibao.form_filing('mid_year', f.as_of, extract(year FROM f.period_end)::integer) m
		JOIN zhibao.statistics_form e ON e.office_code = m.office_code AND e.item_id = m.item_id AND e.revision_id = m.revision_id
		CROSS JOIN LATERAL zhibao.form_line(e.lines) l
		WHERE f.period = 'year_end' AND m.is_current AND m.office_code = f.office_code
			AND (m.scope = f.scope OR f.scope = 'with_subordinates') AND l.state = 'value'
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
		SELECT 'F_RATE', CASE WHEN g.has_rate_reason THEN 'note' ELSE 'explain' END, 12, 'coverage_rate',
			CASE a.total WHEN 0 THEN '辖区内没有乡镇，覆盖率应填不适用'
			ELSE format('覆盖率填报 %s%%，按覆盖乡镇 %s、名册乡镇 %s 应为 %s%%', g.rate, g.covered, a.total, zhibao.percent_text(g.covered, a.total)) END
		FROM figure g CROSS JOIN area a WHERE g.rate IS NOT NULL AND g.covered IS NOT NULL AND (a.total = 0
			OR abs(g.rate::numeric - 100 * g.covered::numeric / a.total) > CASE WHEN strpos(g.rate, '.') > 0 THEN 0.01 ELSE 0.5 END)
		UNION ALL
		SELECT 'F_COVERED_TOTAL', CASE WHEN g.has_covered_reason THEN 'note' ELSE 'explain' END, 12, 'townships_covered',
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
			zhibao.submission_of(ARRAY[f.office_code], f.as_of) s WHERE s.submission_kind = 'materials'
				AND coalesce(s.submitted_on, (s.received_at AT TIME ZONE 'Asia/Shanghai')::date) >= f.first_on)
		UNION ALL
		SELECT 'F_URL_HOST', 'note', 16, '', format('网址不在本单位登记的门户 %s 上：%s', p.portal_host, g.url)
		FROM form f CROSS JOIN figure g CROSS JOIN LATERAL (SELECT o.portal_host
			FROM zhibao.office_profile_of(ARRAY[f.office_code], f.as_of) o
			WHERE NOT zhibao.text_is_blank(o.portal_host) ORDER BY o.effective_from DESC, o.received_at DESC, o.batch_id DESC, o.seq DESC LIMIT 1) p
		WHERE lower(substring(g.url FROM '^https?://([^/:?#]+)')) <> lower(p.portal_host)
		UNION ALL
		SELECT 'F_SCAN_MISSING', 'explain', NULL, '', '填报已盖章，但没有附盖章件的扫描件'
		FROM form f WHERE f.is_stamped AND f.scan_digest IS NULL
		UNION ALL
		SELECT 'F_SCAN_UNKNOWN', 'explain', NULL, '', '盖章件的扫描件（' || left(encode(f.scan_digest, 'hex'), 16) || '…）尚未收到，请用 attach 报送'
		FROM form f WHERE f.scan_digest IS NOT NULL AND NOT zhibao.file_is_here(f.scan_digest, f.office_code, f.author_office_code, f.as_of)
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
		WHERE q.item_office_code = p_office AND q.item_id = p_item AND q.revision_id = p_revision AND q.received_at <= zhibao.facts_as_of(p_as_of)
			AND NOT EXISTS (SELECT FROM form)
	)
	SELECT n.* FROM finding n ORDER BY array_position(ARRAY['reject', 'explain', 'note'], n.severity), n.item_no NULLS LAST, n.sub_field, n.code
$$;
COMMENT ON FUNCTION form_findings(text, uuid, uuid, timestamptz) IS 'What does not agree in a statistics form (统计表核对), annex 3 and rulings R14 to R17.';

-- How far the accepted figures moved from those first received: along the branch that counts, counts of its first complete
-- revision beside those of the last one accepted. revision_rate = (accepted - first) / first, NULL when the first was 0.
CREATE FUNCTION form_revision(p_office text, p_item uuid, p_as_of timestamptz)
RETURNS TABLE (item_no integer, sub_field text, first_count bigint, accepted_count bigint, revision_rate numeric)
LANGUAGE sql STABLE ROWS 29 AS $$
	WITH RECURSIVE branch AS (
		SELECT i.as_of, c.office_code, c.item_id, c.revision_id, 1 AS step FROM (SELECT zhibao.facts_as_of(p_as_of) AS as_of) i
		CROSS JOIN LATERAL zhibao.counting_revision('statistics_form', i.as_of, ARRAY[p_office], ARRAY[p_item]) c
		UNION ALL
		SELECT b.as_of, b.office_code, b.item_id, zhibao.stored_base('statistics_form', b.office_code, b.item_id, f.base_revision_id, b.as_of), b.step + 1
		FROM branch b JOIN zhibao.statistics_form f USING (office_code, item_id, revision_id) WHERE f.base_revision_id IS NOT NULL
	), revision AS MATERIALIZED (
		SELECT f.lines, b.step, v.verdict FROM branch b JOIN zhibao.statistics_form f USING (office_code, item_id, revision_id)
		LEFT JOIN zhibao.verdicts_at(b.as_of) v USING (office_code, item_id, revision_id)
		WHERE f.operation <> 'withdraw' AND zhibao.form_is_complete(f.lines)
	), first AS (
		SELECT l.* FROM (SELECT r.lines FROM revision r ORDER BY r.step DESC LIMIT 1) r
		CROSS JOIN LATERAL zhibao.form_line(r.lines) l
	), accepted AS (
		SELECT l.* FROM (SELECT r.lines FROM revision r WHERE r.verdict = 'accepted' ORDER BY r.step LIMIT 1) r CROSS JOIN LATERAL zhibao.form_line(r.lines) l
	)
	SELECT f.item_no, f.sub_field, f.count, a.count, round((a.count - f.count)::numeric / nullif(f.count, 0), 4)
	FROM first f JOIN accepted a USING (item_no, sub_field) WHERE f.count IS NOT NULL AND a.count IS NOT NULL
$$;
COMMENT ON FUNCTION form_revision(text, uuid, timestamptz) IS 'First and accepted counts of a form (首报与审定数).';

GRANT EXECUTE ON FUNCTION form_revision(text, uuid, timestamptz), form_findings(text, uuid, uuid, timestamptz) TO zhibao_aggregator;

COMMIT;
