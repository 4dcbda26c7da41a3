-- Deploy causes: what moved a figure between two points (差异原因): what was done, what passed by itself, the records behind a member.

BEGIN;

SET LOCAL search_path TO zhibao;

-- Items of a kind that something was done to after p_a and up to p_b, and what. is_counted: another revision counts than at p_a;
-- else a verdict or a revision beside the branch that counts, which figures of deadlines and forms look at. p_a is not after p_b.
CREATE FUNCTION item_change(p_kind text, p_a timestamptz, p_b timestamptz)
RETURNS TABLE (kind text, office_code text, item_id uuid, revision_a uuid, revision_b uuid, depth integer, change text, is_counted boolean)
LANGUAGE plpgsql STABLE ROWS 100 AS $$
DECLARE
	v_offices text[];
	v_items uuid[];
BEGIN
	EXECUTE format($q$
		SELECT array_agg(i.office_code), array_agg(i.item_id) FROM (
			SELECT r.office_code, r.item_id FROM zhibao.%1$I r WHERE r.received_at > $1 AND r.received_at <= $2
			UNION SELECT r.office_code, r.item_id FROM zhibao.review r WHERE r.reviewed_at > $1 AND r.reviewed_at <= $2
			UNION SELECT p.office_code, p.item_id FROM zhibao.branch_pick p WHERE p.picked_at > $1 AND p.picked_at <= $2
			UNION SELECT q.item_office_code, q.item_id FROM zhibao.quarantine q WHERE q.received_at > $1 AND q.received_at <= $2) i -- a base to look through
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
		SELECT %1$L::text, office_code, item_id, b.revision_id,
			CASE WHEN b.revision_id IS DISTINCT FROM a.counting_id THEN a.counting_id ELSE coalesce(v.revision_id, l.revision_id) END,
			coalesce(a.depth, b.depth),
			CASE WHEN b.revision_id IS NOT DISTINCT FROM a.counting_id THEN CASE WHEN v.verdict = 'pending' THEN 'reopened' ELSE coalesce(v.verdict, 'received') END
				WHEN a.state IN ('returned', 'rejected') THEN a.state
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
				ELSE 'corrected' END,
			b.revision_id IS DISTINCT FROM a.counting_id
		FROM before b FULL JOIN after a USING (office_code, item_id)
		LEFT JOIN LATERAL (SELECT r.revision_id FROM zhibao.%1$I r WHERE r.office_code = a.office_code AND r.item_id = a.item_id
			AND r.received_at > $1 AND r.received_at <= $2 ORDER BY r.received_at DESC, r.batch_id DESC, r.seq DESC LIMIT 1) l ON true
		LEFT JOIN LATERAL (SELECT r.revision_id, r.verdict FROM zhibao.review r WHERE r.office_code = a.office_code AND r.item_id = a.item_id
			AND r.reviewed_at > $1 AND r.reviewed_at <= $2 ORDER BY r.review_no DESC LIMIT 1) v ON true
	$q$, p_kind) USING p_a, p_b, v_offices, v_items;
END $$;
COMMENT ON FUNCTION item_change(text, timestamptz, timestamptz) IS 'What was done to items between two instants (记录变化), rulings R1 and R2.';

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

-- Which kinds move a fact of a part that has no record of its own, such as an office without news, or whose record did not
-- itself change, such as a policy that was published. All of the indicator, but where fewer do.
CREATE FUNCTION figure_basis(p_indicator text, p_part text) RETURNS text[]
LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN p_indicator = 'I-06' AND p_part IN ('by_due', 'province', 'cities') THEN '{publication,exemption}'
		WHEN p_indicator = 'I-09' AND p_part = '' THEN '{interpretation}'
		WHEN p_indicator = 'I-09' AND (p_part = 'unpublished' OR p_part LIKE 'days.%') THEN '{publication}'
		WHEN p_indicator = 'I-11' AND p_part IN ('halls', 'unknown_hall', '17', '18', '20', 'staff') THEN '{window_report,office_profile}'
		WHEN p_indicator = 'I-14' THEN (CASE WHEN p_part LIKE 'public_input%' THEN '{public_input}' ELSE '{feedback_stat}' END)::text[]
		WHEN p_indicator = 'I-18' AND p_part = 'form' THEN '{statistics_form,media_product}'
		WHEN p_indicator = 'I-17' AND p_part LIKE '%.item:%' THEN CASE split_part(split_part(p_part, 'item:', 2), '.', 1)::integer
			WHEN 1 THEN '{policy_document}' WHEN 2 THEN '{policy_document}' WHEN 3 THEN '{publication}' WHEN 4 THEN '{publication}'
			WHEN 5 THEN '{media_product}' WHEN 6 THEN '{interpretation}' WHEN 7 THEN '{interpretation}' WHEN 8 THEN '{interpretation}'
			WHEN 9 THEN '{interpretation}' WHEN 14 THEN '{lecture_event,claim,study_event}' WHEN 15 THEN '{lecture_event,claim,speaker}'
			WHEN 16 THEN '{publication}' WHEN 17 THEN '{window_report}' WHEN 18 THEN '{window_report}' WHEN 19 THEN '{media_product}'
			WHEN 20 THEN '{window_report}' WHEN 21 THEN '{window_report,lecture_event,claim}' ELSE '{lecture_event,claim}' END::text[] || '{statistics_form}'
		ELSE s.kinds END::text[]
	FROM zhibao.figure_source s WHERE s.indicator = p_indicator
$$;
COMMENT ON FUNCTION figure_basis(text, text) IS 'Kinds of records that move a part of a figure (分项所依据的记录类别).';

-- The milestones whose deadlines and exemptions an indicator looks at.
CREATE FUNCTION figure_milestone(p_indicator text, p_register integer) RETURNS SETOF milestone
LANGUAGE sql STABLE ROWS 50 AS $$
	SELECT m.* FROM zhibao.figure_source s JOIN zhibao.milestone m ON m.register_version = p_register AND m.due_on IS NOT NULL
	WHERE s.indicator = p_indicator AND 'exemption' = ANY (s.kinds) AND CASE p_indicator WHEN 'I-01' THEN m.judged_by = 'receipt' WHEN 'I-06' THEN m.submission_kind = 'schedule_publication'
		WHEN 'I-13' THEN m.evidence LIKE 'filing:%' ELSE true END
$$;
COMMENT ON FUNCTION figure_milestone(text, integer) IS 'Milestones that an indicator looks at (指标所涉任务).';

-- What anybody did after p_a and up to p_b that an indicator looks at: records, and extensions, exemptions and draws. ref is the
-- item, or the number of the act. touched: the offices it speaks of, its own first, those it names, and those that claim it.
CREATE FUNCTION figure_act(p_indicator text, p_a timestamptz, p_b timestamptz, p_register integer)
RETURNS TABLE (kind text, office_code text, ref text, revision_a uuid, revision_b uuid, depth integer, change text, touched text[], milestone_no integer)
LANGUAGE plpgsql STABLE ROWS 100 AS $$
DECLARE
	v_source zhibao.figure_source := (SELECT s FROM zhibao.figure_source s WHERE s.indicator = p_indicator);
	v_kind text;
BEGIN
	FOREACH v_kind IN ARRAY v_source.kinds LOOP
		IF v_kind IN ('extension', 'exemption') THEN
			RETURN QUERY EXECUTE format($q$
				SELECT %1$L::text, e.office_code, e.%2$I::text, NULL::uuid, NULL::uuid, NULL::integer, w.change, ARRAY[e.office_code], e.milestone_no
				FROM zhibao.%1$I e JOIN zhibao.programme_version p ON p.register_version = $3 AND p.programme = e.programme
				JOIN zhibao.figure_milestone($4, $3) m ON m.milestone_no = e.milestone_no
				CROSS JOIN LATERAL (VALUES ('granted', e.granted_at), ('taken_back', e.withdrawn_at)) w (change, at)
				WHERE w.at > $1 AND w.at <= $2
			$q$, v_kind, v_kind || '_no') USING p_a, p_b, p_register, p_indicator;
		ELSIF v_kind = 'draw' THEN
			RETURN QUERY SELECT v_kind, d.committed_office_code, d.draw_id::text, NULL::uuid, NULL::uuid, NULL::integer, 'drawn'::text,
				array_prepend(d.committed_office_code, ARRAY(SELECT m.office_code FROM zhibao.draw_member m WHERE m.draw_id = d.draw_id)), NULL::integer
			FROM zhibao.draw d JOIN zhibao.draw_run r USING (draw_id) WHERE r.run_at > p_a AND r.run_at <= p_b;
		ELSE
			RETURN QUERY EXECUTE format($q$
				WITH changed AS MATERIALIZED (
					SELECT c.* FROM zhibao.item_change(%1$L, $1, $2) c WHERE c.is_counted OR $3
				), named AS (
					SELECT c.office_code, c.item_id, v.code #>> '{}' AS code
					FROM changed c JOIN zhibao.%1$I r ON r.office_code = c.office_code AND r.item_id = c.item_id AND r.received_at <= $2
					CROSS JOIN LATERAL jsonb_each(zhibao.record_body(to_jsonb(r))) f
					CROSS JOIN LATERAL jsonb_path_query(f.value, '$[*]') v (code)
					WHERE f.key LIKE '%%office\_code%%' AND jsonb_typeof(v.code) = 'string'
					UNION
					SELECT c.office_code, c.item_id, q.office_code FROM changed c JOIN zhibao.claim q ON q.host_office_code = c.office_code
						AND q.host_item_id = c.item_id AND q.received_at <= $2 WHERE c.kind = 'lecture_event'
				)
				SELECT c.kind, c.office_code, c.item_id::text, c.revision_a, c.revision_b, c.depth, c.change, array_prepend(c.office_code,
					ARRAY(SELECT n.code FROM named n WHERE n.office_code = c.office_code AND n.item_id = c.item_id AND n.code <> c.office_code)), NULL::integer
				FROM changed c
			$q$, v_kind) USING p_a, p_b, v_source.has_refused;
		END IF;
	END LOOP;
END $$;
COMMENT ON FUNCTION figure_act(text, timestamptz, timestamptz, integer) IS 'What was done between two instants that an indicator looks at (期间变动).';

-- What passed by itself after p_a and up to p_b: deadlines (as known at p_b) and ends of exemptions, for the indicators that look at them.
CREATE FUNCTION figure_time(p_indicator text, p_a timestamptz, p_b timestamptz, p_register integer)
RETURNS TABLE (office_code text, milestone_no integer, code text, text_zh text)
LANGUAGE sql STABLE ROWS 100 AS $$
	WITH owed AS (
		SELECT a.office_code, m.milestone_no, m.obligation_zh, p.programme, zhibao.day_end(zhibao.deadline_day(p_register, m.due_on)) AS due_at
		FROM zhibao.figure_milestone(p_indicator, p_register) m JOIN zhibao.programme_version p USING (register_version)
		JOIN zhibao.milestone_actors(p_register) a USING (milestone_no)
	)
	SELECT o.office_code, o.milestone_no, 'due', format('第 %s 项“%s”于 %s 到期', o.milestone_no, o.obligation_zh, zhibao.deadline_text(d.effective_at))
	FROM owed o LEFT JOIN (SELECT e.* FROM (SELECT DISTINCT owed.programme FROM owed) p
		CROSS JOIN LATERAL zhibao.extension_at(p.programme, p_b) e) e ON p_indicator = 'I-01' AND e.office_code = o.office_code AND e.milestone_no = o.milestone_no
	CROSS JOIN LATERAL (SELECT greatest(o.due_at, e.until_at) AS effective_at) d
	WHERE p_indicator <> 'I-13' AND d.effective_at > p_a + interval '1 microsecond' AND d.effective_at <= p_b + interval '1 microsecond'
	UNION ALL
	SELECT o.office_code, o.milestone_no, 'exemption_ended', format('第 %s 项“%s”的免报于 %s 期满', o.milestone_no, o.obligation_zh, zhibao.deadline_text(x.until_at))
	FROM owed o JOIN zhibao.exemption x ON x.programme = o.programme AND x.office_code = o.office_code AND x.milestone_no = o.milestone_no
	WHERE x.until_at > p_a AND x.until_at <= p_b AND x.granted_at <= p_b AND (x.withdrawn_at IS NULL OR x.withdrawn_at > x.until_at)
$$;
COMMENT ON FUNCTION figure_time(text, timestamptz, timestamptz, integer) IS 'Deadlines and ends of exemptions that passed between two instants (期间到期).';

-- The records behind: what belongs to a member on one side of a step and not on the other; sign +1 came, -1 went. In the step of
-- the records every one named was itself changed between the two instants: the record of the fact; of a lecture a twin of it, or a
-- claim or a host that joined it; for a fact whose own record did not change, or that has none (an office without news), what
-- touches its office (sign 0), and where nothing does, what touches offices above or below; nothing where a deadline passed.
CREATE FUNCTION figure_cause(p_indicator text, p_on_a date, p_as_of_a timestamptz, p_register_a integer,
	p_on_b date, p_as_of_b timestamptz, p_register_b integer)
RETURNS TABLE (step text, part_prefix text, member text, sign integer, kind text, office_code text, ref text,
	revision_a uuid, revision_b uuid, depth integer, change text)
LANGUAGE sql VOLATILE AS $$
	WITH RECURSIVE step AS MATERIALIZED (
		SELECT * FROM zhibao.figure_step(p_on_a, p_as_of_a, p_register_a, p_on_b, p_as_of_b, p_register_b)
	), side AS MATERIALIZED (
		SELECT s.step, -1 AS sign, s.on_a AS on_day, s.as_of_a AS as_of, s.register_a AS register FROM step s
		UNION ALL SELECT s.step, 1, s.on_b, s.as_of_b, s.register_b FROM step s
	), evidence AS MATERIALIZED (
		SELECT d.on_day, d.as_of, d.register, e.*
		FROM (SELECT DISTINCT x.on_day, x.as_of, x.register FROM side x) d
		CROSS JOIN LATERAL zhibao.figure_evidence(p_indicator, d.on_day, d.as_of, d.register) e
	), moved AS MATERIALIZED (
		SELECT x.step, m.part_prefix, m.member, m.kind, m.office_code, m.item_id, m.detail, sum(x.sign)::integer AS sign,
			m.item_id IS NOT NULL AND m.kind IN (SELECT k.kind FROM zhibao.record_kind() k) AS is_record
		FROM side x JOIN evidence m ON m.on_day = x.on_day AND m.as_of = x.as_of AND m.register = x.register
		GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(x.sign) <> 0
	), act AS MATERIALIZED (
		SELECT row_number() OVER () AS n, a.* FROM zhibao.figure_act(p_indicator, p_as_of_a, p_as_of_b, p_register_b) a WHERE p_as_of_a < p_as_of_b
	), own AS (
		SELECT m.part_prefix, m.member, m.sign, m.kind AS of_kind, m.office_code AS of_office, m.item_id AS of_item, a.*
		FROM moved m JOIN act a ON a.kind = m.kind AND a.office_code = m.office_code AND a.ref = m.item_id::text WHERE m.step = 'records'
	), lone AS MATERIALIZED ( -- lectures that moved though their own record did not, with their events
		SELECT DISTINCT m.part_prefix, m.member, m.sign, m.kind, m.office_code, m.item_id, l.occurred_on, l.place, l.theme
		FROM moved m JOIN zhibao.lecture_event l ON l.office_code = m.office_code AND l.item_id = m.item_id AND l.received_at <= p_as_of_b
		WHERE m.step = 'records' AND m.kind = 'lecture_event' AND NOT EXISTS (SELECT FROM own o
			WHERE (o.of_kind, o.of_office, o.of_item) = (m.kind, m.office_code, m.item_id))
	), event_act AS MATERIALIZED ( -- what was done to lectures and to claims of them, by event
		SELECT a.n, t.occurred_on, t.place, t.theme FROM act a JOIN zhibao.lecture_event t ON t.office_code = a.office_code
			AND t.item_id = CASE WHEN a.kind = 'lecture_event' THEN a.ref::uuid END AND t.received_at <= p_as_of_b
		UNION
		SELECT a.n, t.occurred_on, t.place, t.theme FROM act a JOIN zhibao.claim q ON q.office_code = a.office_code
			AND q.item_id = CASE WHEN a.kind = 'claim' THEN a.ref::uuid END AND q.received_at <= p_as_of_b
		JOIN zhibao.lecture_event t ON t.office_code = q.host_office_code AND t.item_id = q.host_item_id AND t.received_at <= p_as_of_b
	), tie AS MATERIALIZED ( -- claims of the events that moved
		SELECT DISTINCT q.office_code, q.host_office_code, t.occurred_on, t.place, t.theme
		FROM zhibao.claim q JOIN zhibao.lecture_event t ON t.office_code = q.host_office_code AND t.item_id = q.host_item_id
		WHERE q.received_at <= p_as_of_b AND t.received_at <= p_as_of_b AND (t.occurred_on, t.place, t.theme) IN (SELECT l.occurred_on, l.place, l.theme FROM lone l)
	), kin AS ( -- offices that claims of an event bind to the office of a lecture that moved: a circle (R8) may be long
		SELECT l.office_code, l.occurred_on, l.place, l.theme, l.office_code AS code FROM lone l
		UNION
		SELECT k.office_code, k.occurred_on, k.place, k.theme, CASE k.code WHEN t.office_code THEN t.host_office_code ELSE t.office_code END
		FROM kin k JOIN tie t USING (occurred_on, place, theme) WHERE k.code IN (t.office_code, t.host_office_code)
	), stand_in AS ( -- a twin of the own office, a record of the event or a claim of it, of an office bound to it
		SELECT m.part_prefix, m.member, m.sign, m.kind AS of_kind, m.office_code AS of_office, m.item_id AS of_item, a.n, a.kind, a.office_code, a.ref,
			a.revision_a, a.revision_b, a.depth,
			CASE WHEN a.kind = 'claim' THEN CASE WHEN EXISTS (SELECT FROM zhibao.claim q WHERE q.office_code = a.office_code AND q.item_id::text = a.ref
					AND q.host_office_code = m.office_code AND q.host_item_id = m.item_id AND q.received_at <= p_as_of_b) THEN a.change ELSE 'joined' END
				WHEN a.office_code = m.office_code THEN 'twin_' || a.change ELSE 'host_' || a.change END,
			a.touched, a.milestone_no
		FROM lone m JOIN event_act e USING (occurred_on, place, theme) JOIN act a USING (n)
		WHERE EXISTS (SELECT FROM kin k WHERE (k.office_code, k.occurred_on, k.place, k.theme, k.code)
			= (m.office_code, m.occurred_on, m.place, m.theme, a.office_code))
	), precise AS MATERIALIZED (
		SELECT * FROM own UNION ALL SELECT * FROM stand_in
	), passed AS MATERIALIZED (
		SELECT t.* FROM zhibao.figure_time(p_indicator, p_as_of_a, p_as_of_b, p_register_b) t
	), fact AS ( -- that nothing precise moved, of figures whose members are offices
		SELECT DISTINCT m.part_prefix, m.member, m.kind, CASE WHEN p_indicator = 'I-01'
			THEN substring(split_part(m.detail, '|', 3) FROM '^\d+')::integer END AS milestone_no
		FROM moved m JOIN zhibao.figure_source s ON s.indicator = p_indicator AND s.members_function IS NULL
		WHERE m.step = 'records' AND NOT EXISTS (SELECT FROM precise o WHERE (o.of_kind, o.of_office, o.of_item) = (m.kind, m.office_code, m.item_id))
	), need AS MATERIALIZED (
		SELECT f.*, zhibao.figure_basis(p_indicator, substr(f.part_prefix, 2)) AS kinds,
			ARRAY(SELECT o.kind FROM precise o WHERE o.member = f.member AND o.part_prefix IN ('', f.part_prefix) AND o.kind IS DISTINCT FROM f.kind) AS named,
			f.part_prefix <> '=cities' AND EXISTS (SELECT FROM passed t WHERE t.office_code = f.member AND (f.milestone_no IS NULL OR t.milestone_no = f.milestone_no)) AS is_timed
		FROM fact f
	), touch AS MATERIALIZED (
		SELECT a.n, a.kind, a.milestone_no, u.code FROM act a CROSS JOIN LATERAL unnest(a.touched) u (code)
	), near AS MATERIALIZED (
		SELECT d.part_prefix, d.member, t.n, t.kind FROM need d JOIN touch t ON t.code = d.member
		WHERE CASE WHEN t.milestone_no IS NULL THEN NOT d.is_timed ELSE coalesce(t.milestone_no = d.milestone_no, true) END
			AND t.kind = ANY (d.kinds) AND t.kind <> ALL (d.named)
		UNION -- a form is held against what the offices below have
		SELECT d.part_prefix, d.member, t.n, t.kind FROM need d JOIN zhibao.office_tree e ON e.register_version = p_register_b AND e.ancestor_code = d.member
		JOIN touch t ON t.code = e.code WHERE d.kind = 'statistics_form' AND t.kind = ANY (d.kinds) AND t.kind <> ALL (d.named)
		UNION -- lists drawn from, and counts about an office above
		SELECT d.part_prefix, d.member, t.n, t.kind FROM need d JOIN zhibao.office_tree e ON e.register_version = p_register_b AND e.code = d.member
		JOIN touch t ON t.code = e.ancestor_code WHERE t.kind IN ('inspection', 'draw', 'feedback_stat') AND t.kind = ANY (d.kinds) AND t.kind <> ALL (d.named)
	), far AS (
		SELECT d.part_prefix, d.member, t.n FROM need d JOIN zhibao.office_tree e ON e.register_version = p_register_b
			AND d.member IN (e.code, e.ancestor_code) JOIN touch t ON t.code IN (e.code, e.ancestor_code)
		WHERE NOT d.is_timed AND t.kind = ANY (d.kinds) AND cardinality(d.named) = 0
			AND NOT EXISTS (SELECT FROM near k WHERE k.part_prefix = d.part_prefix AND k.member = d.member)
			AND NOT EXISTS (SELECT FROM precise k WHERE k.part_prefix = d.part_prefix AND k.member = d.member)
	)
	SELECT DISTINCT m.step, m.part_prefix, m.member, m.sign, m.kind, m.office_code, m.item_id::text, NULL::uuid, NULL::uuid, NULL::integer, m.step
	FROM moved m WHERE m.step <> 'records' AND m.is_record
	UNION
	SELECT 'records', o.part_prefix, o.member, o.sign, o.kind, o.office_code, o.ref, o.revision_a, o.revision_b, o.depth, o.change FROM precise o
	UNION
	SELECT 'records', w.part_prefix, w.member, 0, a.kind, a.office_code, a.ref, a.revision_a, a.revision_b, a.depth, a.change
	FROM (SELECT near.part_prefix, near.member, near.n FROM near UNION SELECT * FROM far) w JOIN act a USING (n)
$$;
COMMENT ON FUNCTION figure_cause(text, date, timestamptz, integer, date, timestamptz, integer) IS 'Records behind a change (差异原因记录).';

COMMIT;
