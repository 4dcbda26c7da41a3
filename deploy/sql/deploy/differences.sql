-- Deploy differences: figures of two points compared (差异): what changed, what each member contributed, with its records or reasons.

BEGIN;

SET LOCAL search_path TO zhibao;

-- A point of a comparison: a date (its end), an instant with a zone, `live`, or `frozen:DATE`.
CREATE FUNCTION figure_point(p_word text, p_on date, p_register integer)
RETURNS TABLE (on_day date, as_of timestamptz, register integer, frozen_on date)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_folded timestamptz := (SELECT f.as_of FROM zhibao.fold_state f);
BEGIN
	IF v_folded IS NULL THEN
		PERFORM zhibao.refuse('E_NOT_READY', '尚未汇总，请稍后重试');
	END IF;
	BEGIN
		IF p_word ~ '^frozen:\d{4}-\d\d-\d\d$' THEN
			frozen_on := substr(p_word, 8)::date;
		ELSIF p_word = 'live' THEN
			as_of := v_folded;
		ELSIF p_word ~ '^\d{4}-\d\d-\d\d$' THEN
			as_of := zhibao.day_last(p_word::date);
			on_day := p_word::date;
		ELSIF p_word ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)$' THEN
			as_of := p_word::timestamptz;
		ELSE
			PERFORM zhibao.refuse('E_POINT_BAD', '时点应为日期 YYYY-MM-DD、带时区的时间、live 或 frozen:日期');
		END IF;
	EXCEPTION WHEN datetime_field_overflow OR invalid_datetime_format THEN
		PERFORM zhibao.refuse('E_POINT_BAD', format('没有“%s”这个日期', p_word));
	END;
	IF frozen_on IS NOT NULL THEN
		SELECT min(z.on_day), min(z.as_of), min(z.register_version) INTO on_day, as_of, register
		FROM zhibao.frozen_set z WHERE z.milestone_on = frozen_on;
		IF as_of IS NULL THEN
			PERFORM zhibao.refuse('E_NOT_FROZEN', format('%s 没有冻结数据', frozen_on));
		END IF;
		IF (p_on IS NOT NULL AND p_on <> on_day) OR (p_register IS NOT NULL AND p_register <> register) THEN
			PERFORM zhibao.refuse('E_POINT_BAD', '冻结数据的统计日和名册版本不能另选');
		END IF;
	END IF;
	as_of := least(as_of, v_folded);
	on_day := coalesce(p_on, on_day, (as_of AT TIME ZONE 'Asia/Shanghai')::date);
	register := coalesce(p_register, register, zhibao.register_at(as_of));
	IF register IS NULL OR zhibao.rule_version(register) IS NULL THEN
		PERFORM zhibao.refuse('E_REGISTER', format('%s 时没有可用的名册版本', p_word));
	END IF;
	RETURN NEXT;
END $$;
COMMENT ON FUNCTION figure_point(text, date, integer) IS 'Reads a point of a comparison (对比时点).';

-- Changed figures of a node and of everything below it.
CREATE FUNCTION figure_diff(p_indicator text, p_node text, p_on_a date, p_as_of_a timestamptz, p_register_a integer, p_frozen_a date,
	p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (node_code text, part text, before_numerator bigint, before_denominator bigint, after_numerator bigint, after_denominator bigint)
LANGUAGE sql VOLATILE AS $$
	WITH below AS MATERIALIZED (
		SELECT DISTINCT t.code FROM zhibao.office_tree t WHERE t.register_version IN (p_register_a, p_register_b) AND t.ancestor_code = p_node
	), a AS MATERIALIZED (
		SELECT f.node_code, f.part, f.numerator, f.denominator FROM zhibao.frozen_figure f
		WHERE f.milestone_on = p_frozen_a AND f.indicator = p_indicator
		UNION ALL
		SELECT f.* FROM (SELECT WHERE p_frozen_a IS NULL) w CROSS JOIN LATERAL zhibao.figures_at(p_indicator, p_on_a, p_as_of_a, p_register_a) f
	), b AS MATERIALIZED (
		SELECT * FROM zhibao.figures_at(p_indicator, p_on_b, p_as_of_b, p_register_b)
	)
	SELECT node_code, part, a.numerator, a.denominator, b.numerator, b.denominator
	FROM a FULL JOIN b USING (node_code, part)
	WHERE node_code IN (SELECT code FROM below) AND (a.numerator, a.denominator) IS DISTINCT FROM (b.numerator, b.denominator)
$$;
COMMENT ON FUNCTION figure_diff(text, text, date, timestamptz, integer, date, date, timestamptz, integer) IS 'Changed figures between two points (数据差异).';

-- What each member contributed to each change of each node, step by step. The sums over a node and part are the difference
-- of its figures, to the last unit: every step is the signed sum of the members after and before it. Parts to which shares do not
-- add up (figure_part) have none; figure_diff_one names their records or reasons.
CREATE FUNCTION figure_contribution(p_indicator text, p_node text, p_on_a date, p_as_of_a timestamptz, p_register_a integer, p_frozen_a date,
	p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (step text, node_code text, part text, member text, label_zh text, numerator bigint, denominator bigint)
LANGUAGE sql VOLATILE AS $$
	WITH step AS MATERIALIZED (
		SELECT * FROM zhibao.figure_step(p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b)
	), side AS MATERIALIZED (
		SELECT s.step, -1 AS sign, s.on_a AS on_day, s.as_of_a AS as_of, s.register_a AS register FROM step s
		UNION ALL SELECT s.step, 1, s.on_b, s.as_of_b, s.register_b FROM step s
	), below AS MATERIALIZED (
		SELECT DISTINCT t.code FROM zhibao.office_tree t WHERE t.register_version IN (p_register_a, p_register_b) AND t.ancestor_code = p_node
	), member AS MATERIALIZED ( -- apart from the join below, so that each state is made once
		SELECT d.on_day, d.as_of, d.register, m.*
		FROM (SELECT DISTINCT x.on_day, x.as_of, x.register FROM side x) d
		CROSS JOIN LATERAL zhibao.figure_members(p_indicator, d.on_day, d.as_of, d.register) m
	), counted AS MATERIALIZED (
		SELECT m.on_day, m.as_of, m.register, t.ancestor_code, m.part, m.member, m.label_zh, m.numerator, m.denominator
		FROM member m JOIN zhibao.office_tree t ON t.register_version = m.register AND t.code = m.owner_code
		WHERE t.ancestor_code IN (SELECT code FROM below)
	), stored AS (
		SELECT node_code, part, coalesce(z.numerator, 0) AS zn, coalesce(z.denominator, 0) AS zd, coalesce(f.numerator, 0) AS fn, coalesce(f.denominator, 0) AS fd
		FROM (SELECT * FROM zhibao.frozen_figure f WHERE f.milestone_on = p_frozen_a AND f.indicator = p_indicator) z
		FULL JOIN (SELECT f.* FROM (SELECT WHERE p_frozen_a IS NOT NULL) w
			CROSS JOIN LATERAL zhibao.figures_at(p_indicator, p_on_a, p_as_of_a, p_register_a) f) f USING (node_code, part)
	)
	SELECT x.step, c.ancestor_code, c.part, c.member, max(c.label_zh), sum(x.sign * c.numerator)::bigint, sum(x.sign * coalesce(c.denominator, 0))::bigint
	FROM side x JOIN counted c ON c.on_day = x.on_day AND c.as_of = x.as_of AND c.register = x.register
	GROUP BY x.step, c.ancestor_code, c.part, c.member
	HAVING sum(x.sign * c.numerator) <> 0 OR sum(x.sign * coalesce(c.denominator, 0)) <> 0
	UNION ALL
	-- A frozen figure that cannot be made again: other rules in the program, or a changed store. Said, not hidden.
	SELECT 'frozen', s.node_code, s.part, 'frozen', '冻结值与重算值不同', CASE WHEN p.is_additive THEN s.fn - s.zn END,
		CASE WHEN p.is_additive THEN s.fd - s.zd END
	FROM stored s LEFT JOIN LATERAL zhibao.figure_part(p_register_b, p_indicator, s.part) p ON true
	WHERE s.node_code IN (SELECT code FROM below) AND (s.fn <> s.zn OR s.fd <> s.zd)
$$;
COMMENT ON FUNCTION figure_contribution(text, text, date, timestamptz, integer, date, date, timestamptz, integer) IS 'What each member contributed to a change (差异明细).';

-- What was done, as a page shows it and as it was known at p_as_of: a record with the fields that the change touched, before and
-- after, and the newest verdict; an extension, an exemption or a draw with who, when and why. The latter have no item.
CREATE FUNCTION figure_record(p_kind text, p_office text, p_ref text, p_revision_a uuid, p_revision_b uuid, p_change text, p_as_of timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_a jsonb;
	v_b jsonb;
	v_shown jsonb;
	v_sql text := format('SELECT to_jsonb(r) FROM zhibao.%I r WHERE r.office_code = $1 AND r.item_id = $2 AND r.revision_id = $3', p_kind);
BEGIN
	IF p_kind = 'draw' THEN
		RETURN (SELECT jsonb_build_object('kind', p_kind, 'office_code', p_office, 'received_at', r.run_at, 'author', r.run_by, 'author_office_code', r.run_office_code,
			'title', format('第 %s 号抽查', r.draw_id)) FROM zhibao.draw_run r WHERE r.draw_id = p_ref::bigint);
	ELSIF p_kind IN ('extension', 'exemption') THEN
		EXECUTE format('SELECT to_jsonb(r) FROM zhibao.%1$I r WHERE r.office_code = $1 AND r.%1$s_no = $2', p_kind) INTO v_shown USING p_office, p_ref::bigint;
		RETURN jsonb_build_object('kind', p_kind, 'office_code', p_office) || CASE p_change WHEN 'taken_back' THEN
				jsonb_build_object('received_at', v_shown -> 'withdrawn_at', 'author', v_shown -> 'withdrawn_by', 'author_office_code', v_shown -> 'withdrawer_office_code')
			ELSE jsonb_build_object('received_at', v_shown -> 'granted_at', 'author', v_shown -> 'granted_by', 'author_office_code', v_shown -> 'granter_office_code') END
			|| jsonb_build_object('title', format('第 %s 项任务%s：%s', v_shown ->> 'milestone_no',
				coalesce('，至 ' || zhibao.deadline_text((v_shown ->> 'until_at')::timestamptz), ''),
				CASE p_change WHEN 'taken_back' THEN v_shown ->> 'withdraw_reason' ELSE v_shown ->> 'reason' END));
	END IF;
	EXECUTE v_sql INTO v_a USING p_office, p_ref::uuid, p_revision_a;
	EXECUTE v_sql INTO v_b USING p_office, p_ref::uuid, p_revision_b;
	IF v_a IS NULL AND v_b IS NULL THEN
		EXECUTE format('SELECT to_jsonb(r) FROM zhibao.%I r WHERE r.office_code = $1 AND r.item_id = $2 AND r.received_at <= $3
			ORDER BY r.received_at DESC, r.batch_id DESC, r.seq DESC LIMIT 1', p_kind) INTO v_shown USING p_office, p_ref::uuid, p_as_of;
	END IF;
	v_shown := coalesce(v_b, v_a, v_shown);
	RETURN jsonb_build_object('kind', p_kind, 'office_code', p_office, 'item_id', p_ref, 'revision_id', v_shown -> 'revision_id',
		'operation', v_shown -> 'operation', 'received_at', v_shown -> 'received_at', 'recorded_at', v_shown -> 'recorded_at',
		'author', v_shown -> 'author', 'author_office_code', v_shown -> 'author_office_code',
		'title', coalesce(v_shown ->> 'theme', v_a ->> 'theme', v_shown ->> 'title', v_shown ->> 'name'),
		'occurred_on', coalesce(v_shown ->> 'occurred_on', v_a ->> 'occurred_on'),
		'fields', CASE WHEN v_a IS NOT NULL AND v_b IS NOT NULL AND v_b ->> 'operation' <> 'withdraw' THEN
			(SELECT jsonb_object_agg(key, jsonb_build_array(a.value, b.value))
			FROM jsonb_each(zhibao.record_body(v_a)) a FULL JOIN jsonb_each(zhibao.record_body(v_b)) b USING (key)
			WHERE a.value IS DISTINCT FROM b.value) END,
		'review', (SELECT jsonb_build_object('verdict', v.verdict, 'reason', v.reason, 'reviewer', v.reviewer, 'reviewed_at', v.reviewed_at)
			FROM zhibao.review v WHERE v.office_code = p_office AND v.item_id = p_ref::uuid AND v.reviewed_at <= p_as_of
				AND v.revision_id IN (p_revision_a, p_revision_b, (v_shown ->> 'revision_id')::uuid)
			ORDER BY v.review_no DESC LIMIT 1));
END $$;
COMMENT ON FUNCTION figure_record(text, text, text, uuid, uuid, text, timestamptz) IS 'What was done behind a change, for pages (差异原因记录内容).';

-- Why a contribution is there when no record moved it, as a stable code and words: another day, other registers, a figure that
-- cannot be made again, or what passed by itself (p_passed: rows of figure_time of the member).
CREATE FUNCTION figure_reason(p_step text, p_indicator text, p_part text, p_on_a date, p_register_a integer, p_on_b date,
	p_register_b integer, p_passed jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'text_zh', r.text_zh) ORDER BY r.code, r.text_zh), '[]') FROM (
		SELECT 'day', format('统计日由 %s 移到 %s，记录与名册不变', p_on_a, p_on_b) WHERE p_step = 'on'
		UNION ALL SELECT 'register', format('名册由 %s 换为 %s，记录不变', zhibao.rule_version(p_register_a), zhibao.rule_version(p_register_b)) WHERE p_step = 'register'
		UNION ALL SELECT 'frozen', '冻结值与按现存记录重算的值不同' WHERE p_step = 'frozen'
		UNION ALL SELECT t ->> 'code', t ->> 'text_zh' FROM jsonb_array_elements(p_passed) t
		WHERE p_step = 'records' AND p_part <> 'cities' AND (p_indicator <> 'I-01' OR p_part NOT LIKE 'milestone:%' OR p_part = 'milestone:' || (t ->> 'milestone_no'))) r (code, text_zh)
$$;
COMMENT ON FUNCTION figure_reason(text, text, text, date, integer, date, integer, jsonb) IS 'Why figures changed without a record (无记录变化的原因): code and words.';

-- In which steps the figures that are no sums moved. The others have contributions.
CREATE FUNCTION figure_moved(p_indicator text, p_on_a date, p_as_of_a timestamptz, p_register_a integer, p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (step text, node_code text, part text)
LANGUAGE sql VOLATILE AS $$
	WITH step AS MATERIALIZED (
		SELECT * FROM zhibao.figure_step(p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b)
	), state AS MATERIALIZED (
		SELECT d.*, f.node_code, f.part, f.numerator, f.denominator
		FROM (SELECT s.on_a AS on_day, s.as_of_a AS as_of, s.register_a AS register FROM step s UNION SELECT s.on_b, s.as_of_b, s.register_b FROM step s) d
		CROSS JOIN LATERAL zhibao.figures_at(p_indicator, d.on_day, d.as_of, d.register) f
	)
	SELECT s.step, m.node_code, m.part FROM step s CROSS JOIN LATERAL (
		SELECT node_code, part FROM (SELECT * FROM state a WHERE (a.on_day, a.as_of, a.register) = (s.on_a, s.as_of_a, s.register_a)) a
		FULL JOIN (SELECT * FROM state b WHERE (b.on_day, b.as_of, b.register) = (s.on_b, s.as_of_b, s.register_b)) b USING (node_code, part)
		WHERE (a.numerator, a.denominator) IS DISTINCT FROM (b.numerator, b.denominator)) m
$$;
COMMENT ON FUNCTION figure_moved(text, date, timestamptz, integer, date, timestamptz, integer) IS 'Steps in which figures moved (数据变化步骤).';

-- The name of an office in the newer of two versions that has it.
CREATE FUNCTION office_name(p_register_a integer, p_register_b integer, p_code text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT o.short_name FROM zhibao.office o WHERE o.code = p_code AND o.register_version IN (p_register_a, p_register_b) ORDER BY o.register_version DESC LIMIT 1
$$;
COMMENT ON FUNCTION office_name(integer, integer, text) IS 'Name of an office in either of two versions of the registers (单位简称).';

-- One indicator of a comparison: changed figures, and contributions with their records and reasons. Contributions that are alike
-- are told once, with the parts and the nodes whose difference they belong to.
CREATE FUNCTION figure_diff_one(p_indicator text, p_node text, p_on_a date, p_as_of_a timestamptz, p_register_a integer, p_frozen_a date,
	p_on_b date, p_as_of_b timestamptz, p_register_b integer) RETURNS jsonb
LANGUAGE sql VOLATILE AS $$
	WITH figure AS MATERIALIZED (
		SELECT * FROM zhibao.figure_diff(p_indicator, p_node, p_on_a, p_as_of_a, p_register_a, p_frozen_a, p_on_b, p_as_of_b, p_register_b)
	), share AS MATERIALIZED (
		SELECT c.* FROM zhibao.figure_contribution(p_indicator, p_node, p_on_a, p_as_of_a, p_register_a, p_frozen_a, p_on_b, p_as_of_b, p_register_b) c
	), part AS MATERIALIZED (
		SELECT k.part, p.* FROM (SELECT f.part FROM figure f UNION SELECT s.part FROM share s) k
		LEFT JOIN LATERAL zhibao.figure_part(p_register_b, p_indicator, k.part) p ON true
	), cause AS MATERIALIZED (
		SELECT c.* FROM (SELECT WHERE EXISTS (SELECT FROM figure) OR EXISTS (SELECT FROM share)) w
		CROSS JOIN LATERAL zhibao.figure_cause(p_indicator, p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b) c
	), passed AS MATERIALIZED (
		SELECT t.office_code, jsonb_agg(to_jsonb(t)) AS list FROM zhibao.figure_time(p_indicator, p_as_of_a, p_as_of_b, p_register_b) t GROUP BY t.office_code
	), shareless AS MATERIALIZED ( -- a median, a longest or a distinct count, of which nobody has a share; or what is there now, with nothing in it
		SELECT f.node_code, f.part, CASE WHEN p.is_additive THEN 0::bigint END AS share
		FROM figure f JOIN part p USING (part) WHERE NOT p.is_additive OR NOT EXISTS (SELECT FROM share s WHERE s.node_code = f.node_code AND s.part = f.part)
	), named AS MATERIALIZED ( -- its records
		SELECT DISTINCT c.step, f.node_code, f.part, c.member, o.short_name AS label_zh, f.share
		FROM shareless f JOIN cause c ON c.part_prefix = '=' || f.part
		JOIN zhibao.office_tree t ON t.register_version = p_register_b AND t.ancestor_code = f.node_code AND t.code = c.member
		JOIN zhibao.office o ON o.register_version = p_register_b AND o.code = c.member
	), contribution AS MATERIALIZED (
		SELECT * FROM share
		UNION ALL
		SELECT n.step, n.node_code, n.part, n.member, n.label_zh, n.share, n.share FROM named n
		UNION ALL -- and the step by itself where it moved one without any record
		SELECT m.step, f.node_code, f.part, f.node_code, zhibao.office_name(p_register_a, p_register_b, f.node_code), f.share, f.share
		FROM shareless f JOIN zhibao.figure_moved(p_indicator, p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b) m
			ON m.node_code = f.node_code AND m.part = f.part
		WHERE NOT EXISTS (SELECT FROM named n WHERE (n.step, n.node_code, n.part) = (m.step, f.node_code, f.part))
	), told AS MATERIALIZED ( -- each record once, however many parts it moved
		SELECT r.*, zhibao.figure_record(r.kind, r.office_code, r.ref, r.revision_a, r.revision_b, r.change, p_as_of_b)
			|| jsonb_build_object('change', r.change, 'depth', r.depth) AS record
		FROM (SELECT DISTINCT c.kind, c.office_code, c.ref, c.revision_a, c.revision_b, c.depth, c.change FROM cause c
			WHERE (c.step, c.member) IN (SELECT k.step, k.member FROM contribution k)) r
	), cause_told AS MATERIALIZED (
		SELECT DISTINCT c.step, c.part_prefix, c.member, c.sign, t.record FROM cause c
		JOIN told t ON (t.kind, t.office_code, t.ref, t.change) = (c.kind, c.office_code, c.ref, c.change)
			AND t.revision_a IS NOT DISTINCT FROM c.revision_a AND t.revision_b IS NOT DISTINCT FROM c.revision_b
	), per_part AS (
		SELECT c.step, c.part, c.member, c.label_zh, c.numerator, c.denominator, array_agg(c.node_code ORDER BY c.node_code) AS nodes
		FROM contribution c GROUP BY c.step, c.part, c.member, c.label_zh, c.numerator, c.denominator
	), matched AS ( -- those of the sign of the change, else all
		SELECT p.step, p.part, p.member, p.label_zh, p.nodes, p.numerator, p.denominator,
			jsonb_agg(DISTINCT c.record) FILTER (WHERE coalesce(p.numerator, 0) = 0 OR c.sign = 0 OR sign(c.sign) = sign(p.numerator)) AS alike,
			jsonb_agg(DISTINCT c.record) FILTER (WHERE c.record IS NOT NULL) AS every
		FROM per_part p LEFT JOIN cause_told c ON c.step = p.step AND c.member = p.member
			AND (c.part_prefix = '' OR p.part = substr(c.part_prefix, 2) OR starts_with(p.part, c.part_prefix || '_'))
		GROUP BY p.step, p.part, p.member, p.label_zh, p.nodes, p.numerator, p.denominator
	), with_records AS (
		SELECT m.step, m.part, m.member, m.label_zh, m.nodes, m.numerator, m.denominator,
			coalesce(CASE WHEN m.every IS NOT NULL THEN m.alike END, m.every, '[]') AS records, zhibao.figure_reason(m.step, p_indicator, m.part,
				p_on_a, p_register_a, p_on_b, p_register_b, w.list) AS reasons
		FROM matched m LEFT JOIN passed w ON w.office_code = m.member
	)
	SELECT jsonb_build_object('indicator', p_indicator, 'label_zh', zhibao.figure_name(p_indicator),
		'figures', (SELECT coalesce(jsonb_agg(jsonb_build_object('node_code', f.node_code, 'name_zh', zhibao.office_name(p_register_a, p_register_b, f.node_code),
			'part', f.part, 'part_zh', p.name_zh, 'unit', p.unit, 'style', p.style, 'is_additive', p.is_additive,
			'before', zhibao.figure_json(p.style, f.before_numerator, f.before_denominator),
			'after', zhibao.figure_json(p.style, f.after_numerator, f.after_denominator))
			ORDER BY f.node_code <> p_node, f.node_code, f.part), '[]') FROM figure f JOIN part p USING (part)),
		'contributions', (SELECT coalesce(jsonb_agg(jsonb_build_object('step', g.step, 'member', g.member, 'label_zh', g.label_zh, 'parts', g.parts,
			'parts_zh', (SELECT jsonb_agg(p.name_zh ORDER BY p.part) FROM part p WHERE p.part = ANY (g.parts)), 'nodes', g.nodes,
			'numerator', g.numerator, 'denominator', g.denominator, 'records', g.records, 'reasons', g.reasons) ORDER BY g.step, g.nodes, g.label_zh, g.parts), '[]')
			FROM (SELECT w.step, w.member, w.label_zh, w.nodes, w.numerator, w.denominator, w.records, w.reasons, array_agg(w.part ORDER BY w.part) AS parts
				FROM with_records w GROUP BY w.step, w.member, w.label_zh, w.nodes, w.numerator, w.denominator, w.records, w.reasons) g))
$$;
COMMENT ON FUNCTION figure_diff_one(text, text, date, timestamptz, integer, date, date, timestamptz, integer) IS 'Comparison of one indicator for pages (指标差异).';

-- The whole comparison; p_indicator NULL means every figure there is.
CREATE FUNCTION figure_diff_json(p_a text, p_b text, p_node text, p_on date, p_register integer, p_indicator text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	v_a record;
	v_b record;
	v_source text;
	v_result jsonb := '[]';
BEGIN
	SELECT * INTO v_a FROM zhibao.figure_point(p_a, p_on, p_register);
	SELECT * INTO v_b FROM zhibao.figure_point(p_b, p_on, p_register);
	IF v_b.frozen_on IS NOT NULL THEN
		PERFORM zhibao.refuse('E_POINT_BAD', '冻结数据应写在前面');
	END IF;
	IF v_b.as_of < v_a.as_of THEN
		PERFORM zhibao.refuse('E_POINT_ORDER', '前一个时点应不晚于后一个');
	END IF;
	IF NOT EXISTS (SELECT FROM zhibao.office o WHERE o.register_version IN (v_a.register, v_b.register) AND o.code = p_node) THEN
		PERFORM zhibao.refuse('E_NODE_UNKNOWN', format('没有单位 %s', p_node));
	END IF;
	IF p_indicator IS NOT NULL AND NOT EXISTS (SELECT FROM zhibao.figure_source s WHERE s.indicator = p_indicator) THEN
		PERFORM zhibao.refuse('E_INDICATOR_UNKNOWN', format('没有指标 %s', p_indicator));
	END IF;
	FOR v_source IN SELECT s.indicator FROM zhibao.figure_source s WHERE zhibao.figure_exists(s)
			AND (p_indicator IS NULL OR s.indicator = p_indicator)
			AND (v_a.frozen_on IS NULL OR EXISTS (SELECT FROM zhibao.frozen_set z WHERE z.milestone_on = v_a.frozen_on AND z.indicator = s.indicator))
			ORDER BY s.order_no LOOP
		v_result := v_result || zhibao.figure_diff_one(v_source, p_node, v_a.on_day, v_a.as_of, v_a.register, v_a.frozen_on,
			v_b.on_day, v_b.as_of, v_b.register);
	END LOOP;
	RETURN jsonb_build_object('node', p_node,
		'a', jsonb_build_object('word', p_a, 'on', v_a.on_day, 'as_of', v_a.as_of, 'register_version', v_a.register,
			'rule_version', zhibao.rule_version(v_a.register), 'frozen', v_a.frozen_on),
		'b', jsonb_build_object('word', p_b, 'on', v_b.on_day, 'as_of', v_b.as_of, 'register_version', v_b.register,
			'rule_version', zhibao.rule_version(v_b.register)),
		'indicators', v_result);
END $$;
COMMENT ON FUNCTION figure_diff_json(text, text, text, date, integer, text) IS 'Comparison of two points with the records behind (数据差异及原因).';

COMMIT;
