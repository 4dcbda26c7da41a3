-- Deploy differences: what made a figure change (差异): steps between two points, members, records.

BEGIN;

SET LOCAL search_path TO zhibao;

-- Items of a kind whose counting revision at p_b is not the one at p_a, and how that came. p_a is not after p_b.
CREATE FUNCTION item_change(p_kind text, p_a timestamptz, p_b timestamptz)
RETURNS TABLE (kind text, office_code text, item_id uuid, revision_a uuid, revision_b uuid, depth integer, change text)
LANGUAGE plpgsql STABLE ROWS 100 AS $$
DECLARE
	v_offices text[];
	v_items uuid[];
BEGIN
	EXECUTE format($q$
		SELECT array_agg(i.office_code), array_agg(i.item_id) FROM (
			SELECT r.office_code, r.item_id FROM zhibao.%1$I r WHERE r.received_at > $1 AND r.received_at <= $2
			UNION SELECT r.office_code, r.item_id FROM zhibao.review r WHERE r.reviewed_at > $1 AND r.reviewed_at <= $2
			UNION SELECT p.office_code, p.item_id FROM zhibao.branch_pick p WHERE p.picked_at > $1 AND p.picked_at <= $2) i
	$q$, p_kind) INTO v_offices, v_items USING p_a, p_b;
	IF v_items IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY EXECUTE format($q$
		WITH before AS MATERIALIZED (
			SELECT * FROM zhibao.counting_revision(%1$L, $1, $3, $4)
		), after AS MATERIALIZED (
			SELECT t.*, CASE WHEN t.state IN ('counting', 'withdrawn') THEN t.revision_id END AS counting_id,
				(SELECT r.received_at <= $1 FROM zhibao.%1$I r WHERE r.office_code = t.office_code AND r.item_id = t.item_id
					AND r.revision_id = t.revision_id) AS was_there
			FROM zhibao.revision_tip(%1$L, $2, $3, $4) t
		), verdict AS MATERIALIZED (
			SELECT * FROM zhibao.verdicts_at($2)
		)
		SELECT %1$L::text, office_code, item_id, b.revision_id, a.counting_id, coalesce(a.depth, b.depth),
			CASE WHEN a.state IN ('returned', 'rejected') THEN a.state
				WHEN a.operation = 'withdraw' THEN 'withdrawn'
				WHEN b.operation = 'withdraw' THEN 'reinstated'
				WHEN b.revision_id IS NULL AND a.was_there THEN 'reopened'
				WHEN b.revision_id IS NULL AND EXISTS (SELECT FROM zhibao.%1$I r WHERE r.office_code = a.office_code
					AND r.item_id = a.item_id AND r.received_at <= $1) THEN 'cured'
				WHEN b.revision_id IS NULL THEN 'new'
				WHEN EXISTS (SELECT FROM zhibao.branch_pick p WHERE p.office_code = a.office_code AND p.item_id = a.item_id
					AND p.picked_at > $1 AND p.picked_at <= $2) THEN 'picked'
				WHEN a.depth <= b.depth THEN coalesce((SELECT v.verdict FROM verdict v WHERE v.office_code = b.office_code
					AND v.item_id = b.item_id AND v.revision_id = b.revision_id AND v.verdict IN ('returned', 'rejected')), 'reopened')
				WHEN a.was_there THEN 'reopened'
				ELSE 'corrected' END
		FROM before b FULL JOIN after a USING (office_code, item_id)
		WHERE b.revision_id IS DISTINCT FROM a.counting_id
	$q$, p_kind) USING p_a, p_b, v_offices, v_items;
END $$;
COMMENT ON FUNCTION item_change(text, timestamptz, timestamptz) IS 'Items that count otherwise at a later instant and why (记录变化), rulings R1 and R2.';

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

-- The way from A to B in three steps, so that what the boundary alone did is told apart from what records did: first the
-- day, then the registers, both with the records of A; then the records.
CREATE FUNCTION figure_step(p_on_a date, p_as_of_a timestamptz, p_register_a integer, p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (step text, on_a date, as_of_a timestamptz, register_a integer, on_b date, as_of_b timestamptz, register_b integer)
LANGUAGE sql IMMUTABLE AS $$
	SELECT * FROM (VALUES
		('on', p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_a, p_register_a),
		('register', p_on_b, p_as_of_a, p_register_a, p_on_b, p_as_of_a, p_register_b),
		('records', p_on_b, p_as_of_a, p_register_b, p_on_b, p_as_of_b, p_register_b)) s (step, on_a, as_of_a, register_a, on_b, as_of_b, register_b)
	WHERE (s.on_a, s.as_of_a, s.register_a) <> (s.on_b, s.as_of_b, s.register_b)
$$;
COMMENT ON FUNCTION figure_step(date, timestamptz, integer, date, timestamptz, integer) IS 'Steps of a comparison: day, registers, records (对比步骤).';

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
-- add up (figure_part) have none; figure_diff_one names their records.
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

-- The records behind: what belongs to a member on one side of a step and not on the other; sign +1 came, -1 went. In the
-- step of the records a record that did not itself change stands for the one that did: a twin of it, or a claim that joined it.
CREATE FUNCTION figure_cause(p_indicator text, p_on_a date, p_as_of_a timestamptz, p_register_a integer,
	p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (step text, part_prefix text, member text, sign integer, kind text, office_code text, item_id uuid, revision_id uuid,
	revision_a uuid, revision_b uuid, depth integer, change text)
LANGUAGE sql VOLATILE AS $$
	WITH step AS MATERIALIZED (
		SELECT * FROM zhibao.figure_step(p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b)
	), side AS MATERIALIZED (
		SELECT s.step, -1 AS sign, s.on_a AS on_day, s.as_of_a AS as_of, s.register_a AS register FROM step s
		UNION ALL SELECT s.step, 1, s.on_b, s.as_of_b, s.register_b FROM step s
	), evidence AS MATERIALIZED (
		SELECT d.on_day, d.as_of, d.register, e.*
		FROM (SELECT DISTINCT x.on_day, x.as_of, x.register FROM side x) d
		CROSS JOIN LATERAL zhibao.figure_evidence(p_indicator, d.on_day, d.as_of, d.register) e
	), moved AS MATERIALIZED (
		SELECT DISTINCT x.step, m.part_prefix, m.member, sum(x.sign) OVER w AS sign, m.kind, m.office_code, m.item_id
		FROM side x JOIN evidence m ON m.on_day = x.on_day AND m.as_of = x.as_of AND m.register = x.register
		WINDOW w AS (PARTITION BY x.step, m.part_prefix, m.member, m.kind, m.office_code, m.item_id, m.detail)
	), changed AS MATERIALIZED (
		SELECT c.* FROM zhibao.figure_source s CROSS JOIN LATERAL unnest(s.kinds) k (kind)
		CROSS JOIN LATERAL zhibao.item_change(k.kind, p_as_of_a, p_as_of_b) c
		WHERE s.indicator = p_indicator AND p_as_of_a < p_as_of_b
	), own AS (
		SELECT m.step, m.part_prefix, m.member, m.sign::integer AS sign, m.kind, m.office_code, m.item_id, c.revision_a, c.revision_b, c.depth,
			CASE m.step WHEN 'records' THEN coalesce(c.change, CASE WHEN m.part_prefix LIKE '=%' THEN 'dependent' END) ELSE m.step END AS change
		FROM moved m LEFT JOIN changed c ON m.step = 'records' AND c.kind = m.kind AND c.office_code = m.office_code AND c.item_id = m.item_id
		WHERE m.sign <> 0
	), stand_in AS (
		SELECT o.step, o.part_prefix, o.member, o.sign, c.kind, c.office_code, c.item_id, c.revision_a, c.revision_b, c.depth,
			CASE c.kind WHEN 'claim' THEN 'joined' ELSE 'twin_' || c.change END
		FROM own o JOIN zhibao.lecture_event l ON l.office_code = o.office_code AND l.item_id = o.item_id
		JOIN changed c ON c.office_code = o.office_code
		WHERE o.step = 'records' AND o.change IS NULL AND o.kind = 'lecture_event' AND CASE c.kind
			WHEN 'lecture_event' THEN EXISTS (SELECT FROM zhibao.lecture_event t WHERE t.office_code = c.office_code AND t.item_id = c.item_id
				AND (t.occurred_on, t.place, t.theme) = (l.occurred_on, l.place, l.theme))
			WHEN 'claim' THEN EXISTS (SELECT FROM zhibao.claim q JOIN zhibao.lecture_event t ON t.office_code = q.host_office_code
					AND t.item_id = q.host_item_id WHERE q.office_code = c.office_code AND q.item_id = c.item_id
				AND (t.occurred_on, t.place, t.theme) = (l.occurred_on, l.place, l.theme)) END
	), whole_office AS (
		-- No evidence of its own: every changed record of the office.
		SELECT 'records', '', c.office_code AS member, 0, c.kind, c.office_code, c.item_id, c.revision_a, c.revision_b, c.depth, c.change
		FROM changed c WHERE EXISTS (SELECT FROM zhibao.figure_source s WHERE s.indicator = p_indicator AND s.evidence_function IS NULL)
	)
	SELECT DISTINCT r.step, r.part_prefix, r.member, r.sign, r.kind, r.office_code, r.item_id, coalesce(r.revision_b, r.revision_a),
		r.revision_a, r.revision_b, r.depth, r.change
	FROM (SELECT * FROM own WHERE change IS NOT NULL UNION ALL SELECT * FROM stand_in UNION ALL SELECT * FROM whole_office)
		r (step, part_prefix, member, sign, kind, office_code, item_id, revision_a, revision_b, depth, change)
$$;
COMMENT ON FUNCTION figure_cause(text, date, timestamptz, integer, date, timestamptz, integer) IS 'Records behind a change (差异原因记录).';

-- One revision as a page shows it: the fields that the change touched, before and after.
CREATE FUNCTION figure_record(p_kind text, p_office text, p_item uuid, p_revision_a uuid, p_revision_b uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_a jsonb;
	v_b jsonb;
	v_shown jsonb;
	v_sql text := format('SELECT to_jsonb(r) FROM zhibao.%I r WHERE r.office_code = $1 AND r.item_id = $2 AND r.revision_id = $3', p_kind);
BEGIN
	EXECUTE v_sql INTO v_a USING p_office, p_item, p_revision_a;
	EXECUTE v_sql INTO v_b USING p_office, p_item, p_revision_b;
	IF v_a IS NULL AND v_b IS NULL THEN
		EXECUTE format('SELECT to_jsonb(r) FROM zhibao.%I r WHERE r.office_code = $1 AND r.item_id = $2
			ORDER BY r.received_at DESC, r.batch_id DESC, r.seq DESC LIMIT 1', p_kind) INTO v_shown USING p_office, p_item;
	END IF;
	v_shown := coalesce(v_b, v_a, v_shown);
	RETURN jsonb_build_object('kind', p_kind, 'office_code', p_office, 'item_id', p_item, 'revision_id', v_shown -> 'revision_id',
		'operation', v_shown -> 'operation', 'received_at', v_shown -> 'received_at', 'recorded_at', v_shown -> 'recorded_at',
		'author', v_shown -> 'author', 'author_office_code', v_shown -> 'author_office_code',
		'title', coalesce(v_shown ->> 'theme', v_a ->> 'theme', v_shown ->> 'title', v_shown ->> 'name'),
		'occurred_on', coalesce(v_shown ->> 'occurred_on', v_a ->> 'occurred_on'),
		'fields', CASE WHEN v_a IS NOT NULL AND v_b IS NOT NULL AND v_b ->> 'operation' <> 'withdraw' THEN
			(SELECT jsonb_object_agg(key, jsonb_build_array(a.value, b.value))
			FROM jsonb_each(zhibao.record_body(v_a)) a FULL JOIN jsonb_each(zhibao.record_body(v_b)) b USING (key)
			WHERE a.value IS DISTINCT FROM b.value) END,
		'review', (SELECT jsonb_build_object('verdict', v.verdict, 'reason', v.reason, 'reviewer', v.reviewer, 'reviewed_at', v.reviewed_at)
			FROM zhibao.review v WHERE v.office_code = p_office AND v.item_id = p_item AND v.revision_id IN (p_revision_a, p_revision_b)
			ORDER BY v.review_no DESC LIMIT 1));
END $$;
COMMENT ON FUNCTION figure_record(text, text, uuid, uuid, uuid) IS 'A record behind a change for pages (差异原因记录内容).';

-- One indicator of a comparison: changed figures, and contributions with their records. Contributions that are alike are
-- told once, with the parts and the nodes whose difference they belong to.
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
		SELECT c.* FROM (SELECT WHERE EXISTS (SELECT FROM share) OR EXISTS (SELECT FROM part p WHERE NOT p.is_additive)) w
		CROSS JOIN LATERAL zhibao.figure_cause(p_indicator, p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b) c
	), contribution AS MATERIALIZED ( -- of a median, a longest or a distinct count nobody has a share: its records, without numbers
		SELECT * FROM share
		UNION
		SELECT c.step, f.node_code, f.part, c.member, o.short_name, NULL, NULL
		FROM figure f JOIN part p ON p.part = f.part AND NOT p.is_additive
		JOIN cause c ON c.part_prefix = '=' || f.part
		JOIN zhibao.office_tree t ON t.register_version = p_register_b AND t.ancestor_code = f.node_code AND t.code = c.member
		JOIN zhibao.office o ON o.register_version = p_register_b AND o.code = c.member
	), told AS MATERIALIZED ( -- each record once, however many parts it moved
		SELECT r.*, zhibao.figure_record(r.kind, r.office_code, r.item_id, r.revision_a, r.revision_b)
			|| jsonb_build_object('change', r.change, 'depth', r.depth) AS record
		FROM (SELECT DISTINCT c.kind, c.office_code, c.item_id, c.revision_a, c.revision_b, c.depth, c.change FROM cause c
			WHERE (c.step, c.member) IN (SELECT k.step, k.member FROM contribution k)) r
	), cause_told AS MATERIALIZED (
		SELECT DISTINCT c.step, c.part_prefix, c.member, c.sign, t.record FROM cause c
		JOIN told t ON (t.kind, t.office_code, t.item_id, t.change) = (c.kind, c.office_code, c.item_id, c.change)
			AND t.revision_a IS NOT DISTINCT FROM c.revision_a AND t.revision_b IS NOT DISTINCT FROM c.revision_b
	), per_part AS (
		SELECT c.step, c.part, c.member, c.label_zh, c.numerator, c.denominator, array_agg(c.node_code ORDER BY c.node_code) AS nodes
		FROM contribution c GROUP BY c.step, c.part, c.member, c.label_zh, c.numerator, c.denominator
	), with_records AS (
		SELECT p.step, p.part, p.member, p.label_zh, p.nodes, p.numerator, p.denominator, coalesce(jsonb_agg(DISTINCT c.record)
			FILTER (WHERE c.record IS NOT NULL AND (c.part_prefix = '' OR (p.part = substr(c.part_prefix, 2) OR starts_with(p.part, c.part_prefix || '_'))
				AND (coalesce(p.numerator, 0) = 0 OR sign(c.sign) = sign(p.numerator)))), '[]') AS records
		FROM per_part p LEFT JOIN cause_told c ON c.step = p.step AND c.member = p.member
		GROUP BY p.step, p.part, p.member, p.label_zh, p.nodes, p.numerator, p.denominator
	)
	SELECT jsonb_build_object('indicator', p_indicator, 'label_zh', zhibao.figure_name(p_indicator),
		'figures', (SELECT coalesce(jsonb_agg(jsonb_build_object('node_code', f.node_code, 'name_zh', (SELECT o.short_name FROM zhibao.office o
				WHERE o.code = f.node_code AND o.register_version IN (p_register_a, p_register_b) ORDER BY o.register_version DESC LIMIT 1),
			'part', f.part, 'part_zh', p.name_zh, 'unit', p.unit, 'style', p.style, 'is_additive', p.is_additive,
			'before', zhibao.figure_json(p.style, f.before_numerator, f.before_denominator),
			'after', zhibao.figure_json(p.style, f.after_numerator, f.after_denominator))
			ORDER BY f.node_code <> p_node, f.node_code, f.part), '[]') FROM figure f JOIN part p USING (part)),
		'contributions', (SELECT coalesce(jsonb_agg(jsonb_build_object('step', g.step, 'member', g.member, 'label_zh', g.label_zh, 'parts', g.parts,
			'parts_zh', (SELECT jsonb_agg(p.name_zh ORDER BY p.part) FROM part p WHERE p.part = ANY (g.parts)),
			'nodes', g.nodes, 'numerator', g.numerator, 'denominator', g.denominator, 'records', g.records) ORDER BY g.step, g.nodes, g.label_zh, g.parts), '[]')
			FROM (SELECT w.step, w.member, w.label_zh, w.nodes, w.numerator, w.denominator, w.records, array_agg(w.part ORDER BY w.part) AS parts
				FROM with_records w GROUP BY w.step, w.member, w.label_zh, w.nodes, w.numerator, w.denominator, w.records) g))
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
