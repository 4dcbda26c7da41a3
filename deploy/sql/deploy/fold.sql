-- Deploy fold: keeps the roll-ups at what the records say, step by step as they arrive (anew from zero: fold_anew).
--
-- One statement of the wire's order is enough for all: a source (batch, verdict, pick) has the transaction that wrote it
-- and the instant at which it was received. The cursor is a transaction, never a number or a time, so that what commits
-- late, or under a clock that stepped back, is not passed over.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE VIEW fold_source AS
SELECT b.xid, b.received_at, b.last_seq - b.first_seq + 1 AS records, true AS is_batch FROM batch b
UNION ALL SELECT r.xid, r.reviewed_at, 1, false FROM review r
UNION ALL SELECT p.xid, p.picked_at, 1, false FROM branch_pick p;
COMMENT ON VIEW fold_source IS 'What changes figures (汇总来源): batches, verdicts and picks. Read by the aggregator.';
GRANT SELECT ON fold_source TO zhibao_aggregator;
CREATE INDEX review_by_reviewed_at ON review (reviewed_at);
CREATE INDEX branch_pick_by_picked_at ON branch_pick (picked_at);

-- Instant up to which nothing can still appear: the start of the oldest transaction of a collector, or of one that holds a
-- table of what people at the centre decide (verdicts, picks, grants, reminders, draws, accounts, disclosures), or now. Who writes to one of them
-- locks it before he reads the clock. In PL/pgSQL, as it names what later changes make.
CREATE FUNCTION fold_horizon() RETURNS timestamptz
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN least(clock_timestamp(), (SELECT min(a.xact_start) FROM pg_stat_activity a
		WHERE a.datname = current_database() AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()
			AND a.backend_type = 'client backend' AND (pg_has_role(a.usesysid, 'zhibao_collector', 'MEMBER')
				OR a.pid IN (SELECT l.pid FROM pg_locks l WHERE l.mode = 'RowExclusiveLock' AND l.relation IN ('zhibao.review'::regclass,
					'zhibao.branch_pick'::regclass, 'zhibao.extension'::regclass, 'zhibao.exemption'::regclass, 'zhibao.reminder'::regclass,
					'zhibao.draw'::regclass, 'zhibao.draw_run'::regclass, 'zhibao.account_change'::regclass, 'zhibao.report_disclosure'::regclass)))))
		- interval '1 microsecond';
END $$;
COMMENT ON FUNCTION fold_horizon() IS 'Instant up to which nothing can still appear.';

-- Only one fold at a time, whoever runs it.
CREATE FUNCTION fold_lock_key() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 7304 $$;
COMMENT ON FUNCTION fold_lock_key() IS 'Key of the advisory lock of the fold.';

-- What a fold works on, empty: revisions of lectures that arrived, items to be judged from all their revisions, rows taken
-- out of counted_lecture and rows put in, claims that changed, groups of twins to be judged again, sessions by which the counters move. Emptied by TRUNCATE,
-- so that statements are planned for what is in them now.
CREATE FUNCTION fold_tables() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF to_regclass('pg_temp.fold_lecture') IS NULL THEN
		CREATE TEMP TABLE fold_lecture (LIKE zhibao.lecture_row, is_held boolean, is_fresh boolean);
		CREATE TEMP TABLE fold_item (office_code text, item_id uuid);
		CREATE TEMP TABLE fold_old (LIKE zhibao.counted_lecture);
		CREATE TEMP TABLE fold_new (LIKE zhibao.counted_lecture);
		CREATE TEMP TABLE fold_claim (office_code text, host_office_code text, host_item_id uuid);
		CREATE TEMP TABLE fold_session (LIKE zhibao.session_day);
		CREATE TEMP TABLE fold_group (office_code text, occurred_on date, fingerprint uuid);
	END IF;
	TRUNCATE pg_temp.fold_lecture, pg_temp.fold_item, pg_temp.fold_old, pg_temp.fold_new, pg_temp.fold_claim, pg_temp.fold_group,
		pg_temp.fold_session;
END $$;
COMMENT ON FUNCTION fold_tables() IS 'Makes or empties the work tables of a fold.';

-- Lectures whose rows, old or new, may stand in a group of twins or in a claim; see fold_lectures.
CREATE FUNCTION fold_groups(p_is_first boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO pg_temp.fold_group
	SELECT n.office_code, n.occurred_on, n.fingerprint FROM pg_temp.fold_new n GROUP BY 1, 2, 3 HAVING count(*) > 1;
	IF p_is_first THEN
		RETURN;
	END IF;
	INSERT INTO pg_temp.fold_group
	-- Looked up one by one (OFFSET 0 keeps it so): a join of a window of 100,000 reads all that was ever counted.
	SELECT n.office_code, n.occurred_on, n.fingerprint FROM pg_temp.fold_new n WHERE EXISTS (
		SELECT FROM zhibao.counted_lecture c
		WHERE c.office_code = n.office_code AND c.occurred_on = n.occurred_on AND c.fingerprint = n.fingerprint OFFSET 0)
	UNION
	SELECT o.office_code, o.occurred_on, o.fingerprint FROM pg_temp.fold_old o
	UNION
	-- Own records of the offices that claim a row that came or went, or whose claim came or went, and of its host.
	SELECT g.office_code, h.occurred_on, h.fingerprint
	FROM (SELECT * FROM pg_temp.fold_new UNION ALL SELECT * FROM pg_temp.fold_old) h
	JOIN zhibao.current_claim k ON k.host_office_code = h.office_code AND k.host_item_id = h.item_id
	CROSS JOIN LATERAL (VALUES (k.office_code), (k.host_office_code)) g (office_code)
	UNION
	SELECT g.office_code, h.occurred_on, h.fingerprint
	FROM (SELECT f.* FROM pg_temp.fold_claim f
		UNION SELECT k.office_code, k.host_office_code, k.host_item_id FROM zhibao.current_claim k
		WHERE k.office_code IN (SELECT n.office_code FROM pg_temp.fold_new n)) k
	JOIN (SELECT c.* FROM zhibao.counted_lecture c UNION ALL SELECT * FROM pg_temp.fold_new) h
		ON h.office_code = k.host_office_code AND h.item_id = k.host_item_id
	CROSS JOIN LATERAL (VALUES (k.office_code), (k.host_office_code)) g (office_code)
	EXCEPT SELECT * FROM pg_temp.fold_group;
	-- Whoever claims one of these or is claimed by it, and so on: a claim opens or closes a circle that others stand in.
	LOOP
		WITH office AS (
			SELECT DISTINCT g.office_code FROM pg_temp.fold_group g
		), claim AS (
			SELECT k.* FROM office o JOIN zhibao.current_claim k ON k.office_code = o.office_code
			UNION SELECT k.* FROM office o JOIN zhibao.current_claim k ON k.host_office_code = o.office_code
		), link AS MATERIALIZED (
			SELECT k.office_code, k.host_office_code, h.occurred_on, h.fingerprint FROM claim k
			JOIN (SELECT c.* FROM zhibao.counted_lecture c UNION ALL SELECT * FROM pg_temp.fold_new) h
				ON h.office_code = k.host_office_code AND h.item_id = k.host_item_id
		)
		INSERT INTO pg_temp.fold_group
		SELECT l.host_office_code, l.occurred_on, l.fingerprint FROM link l JOIN pg_temp.fold_group g USING (office_code, occurred_on, fingerprint)
		UNION
		SELECT l.office_code, l.occurred_on, l.fingerprint FROM link l
		JOIN pg_temp.fold_group g ON (g.office_code, g.occurred_on, g.fingerprint) = (l.host_office_code, l.occurred_on, l.fingerprint)
		EXCEPT SELECT * FROM pg_temp.fold_group;
		EXIT WHEN NOT FOUND;
	END LOOP;
END $$;

-- Moves the counters from fold_old to fold_new, and those of sessions by the study events of fold_session.
CREATE FUNCTION fold_counters() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	MERGE INTO zhibao.covering_day c
	USING (SELECT u.unit_id, d.occurred_on, d.office_code, sum(d.sign)::integer AS broad,
			coalesce(sum(d.sign) FILTER (WHERE d.category = 'village'), 0)::integer AS strict
		FROM (SELECT 1 AS sign, n.* FROM pg_temp.fold_new n UNION ALL SELECT -1, o.* FROM pg_temp.fold_old o) d
		CROSS JOIN LATERAL unnest(d.unit_ids) AS u (unit_id)
		GROUP BY u.unit_id, d.occurred_on, d.office_code) d
	ON c.unit_id = d.unit_id AND c.occurred_on = d.occurred_on AND c.office_code = d.office_code
	WHEN MATCHED AND c.broad + d.broad = 0 THEN DELETE
	WHEN MATCHED AND (d.broad <> 0 OR d.strict <> 0) THEN UPDATE SET broad = c.broad + d.broad, strict = c.strict + d.strict
	WHEN NOT MATCHED AND d.broad > 0 THEN INSERT VALUES (d.unit_id, d.occurred_on, d.office_code, d.broad, d.strict);

	-- Lectures are many and are added up once; study events stand here already, one by one.
	INSERT INTO pg_temp.fold_session
		SELECT d.office_code, d.occurred_on, d.category, d.plan_item_id, false, sum(d.sign), sum(d.sign * coalesce(d.attendance, 0))
		FROM (SELECT 1 AS sign, n.* FROM pg_temp.fold_new n UNION ALL SELECT -1, o.* FROM pg_temp.fold_old o) d
		WHERE d.is_session GROUP BY d.office_code, d.occurred_on, d.category, d.plan_item_id;

	MERGE INTO zhibao.session_day c
	USING (SELECT s.office_code, s.occurred_on, s.category, s.plan_item_id, s.is_study,
			sum(s.sessions)::integer AS sessions, sum(s.attendance)::bigint AS attendance
		FROM pg_temp.fold_session s GROUP BY 1, 2, 3, 4, 5) d
	ON c.office_code = d.office_code AND c.occurred_on = d.occurred_on AND c.category = d.category AND c.is_study = d.is_study
		AND c.plan_item_id IS NOT DISTINCT FROM d.plan_item_id
	WHEN MATCHED AND c.sessions + d.sessions = 0 THEN DELETE
	WHEN MATCHED AND (d.sessions <> 0 OR d.attendance <> 0) THEN
		UPDATE SET sessions = c.sessions + d.sessions, attendance = c.attendance + d.attendance
	WHEN NOT MATCHED AND d.sessions > 0 THEN
		INSERT VALUES (d.office_code, d.occurred_on, d.category, d.plan_item_id, d.is_study, d.sessions, d.attendance);

	MERGE INTO zhibao.session_month c
	USING (SELECT s.office_code, date_trunc('month', s.occurred_on)::date AS month_on, s.category, s.plan_item_id,
			sum(s.sessions)::integer AS sessions, sum(s.attendance)::bigint AS attendance
		FROM pg_temp.fold_session s GROUP BY 1, 2, 3, 4) d
	ON c.office_code = d.office_code AND c.month_on = d.month_on AND c.category = d.category
		AND c.plan_item_id IS NOT DISTINCT FROM d.plan_item_id
	WHEN MATCHED AND c.sessions + d.sessions = 0 THEN DELETE
	WHEN MATCHED AND (d.sessions <> 0 OR d.attendance <> 0) THEN
		UPDATE SET sessions = c.sessions + d.sessions, attendance = c.attendance + d.attendance
	WHEN NOT MATCHED AND d.sessions > 0 THEN
		INSERT VALUES (d.office_code, d.month_on, d.category, d.plan_item_id, d.sessions, d.attendance);

	MERGE INTO zhibao.session_sum c
	USING (SELECT s.office_code, s.category, s.plan_item_id,
			sum(s.sessions)::integer AS sessions, sum(s.attendance)::bigint AS attendance
		FROM pg_temp.fold_session s GROUP BY 1, 2, 3) d
	ON c.office_code = d.office_code AND c.category = d.category
		AND c.plan_item_id IS NOT DISTINCT FROM d.plan_item_id
	WHEN MATCHED AND c.sessions + d.sessions = 0 THEN DELETE
	WHEN MATCHED AND (d.sessions <> 0 OR d.attendance <> 0) THEN
		UPDATE SET sessions = c.sessions + d.sessions, attendance = c.attendance + d.attendance
	WHEN NOT MATCHED AND d.sessions > 0 THEN
		INSERT VALUES (d.office_code, d.category, d.plan_item_id, d.sessions, d.attendance);
END $$;

-- First days of the named units, from covering_day.
CREATE FUNCTION fold_units(p_units text[]) RETURNS void
LANGUAGE sql AS $$
	MERGE INTO zhibao.covering_unit c
	USING (SELECT u.unit_id, (SELECT min(d.occurred_on) FROM zhibao.covering_day d WHERE d.unit_id = u.unit_id) AS broad_on,
			(SELECT min(d.occurred_on) FROM zhibao.covering_day d WHERE d.unit_id = u.unit_id AND d.strict > 0) AS strict_on
		FROM unnest(p_units) AS u (unit_id)) n
	ON c.unit_id = n.unit_id
	WHEN MATCHED AND n.broad_on IS NULL THEN DELETE
	WHEN MATCHED AND (c.first_broad_on, c.first_strict_on) IS DISTINCT FROM (n.broad_on, n.strict_on) THEN
		UPDATE SET first_broad_on = n.broad_on, first_strict_on = n.strict_on
	WHEN NOT MATCHED AND n.broad_on IS NOT NULL THEN INSERT VALUES (n.unit_id, n.broad_on, n.strict_on);
$$;
COMMENT ON FUNCTION fold_units(text[]) IS 'First days of coverage of the named units, from the day counts (首次覆盖).';

-- Brings counted_lecture and its counters to what holds at p_as_of for the lectures of fold_lecture and fold_item and for the
-- claims of fold_claim. Rows that may be twins or joined are taken out with their whole group and put back judged anew, so
-- that every change is a row that went and a row that came, and counters are their difference. p_has_units is false
-- while offices are made anew beside others: then first days are made at the end. p_is_first: nothing of these offices,
-- and no claim, was folded before, so that nothing is looked for among what is there.
CREATE FUNCTION fold_lectures(p_as_of timestamptz, p_has_units boolean, p_is_first boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_offices text[];
	v_items uuid[];
BEGIN
	IF NOT p_is_first THEN
		WITH gone AS (
			DELETE FROM zhibao.counted_lecture c USING (SELECT DISTINCT * FROM pg_temp.fold_item) i
			WHERE c.office_code = i.office_code AND c.item_id = i.item_id RETURNING c.*
		) INSERT INTO pg_temp.fold_old SELECT * FROM gone;
	END IF;
	EXECUTE 'INSERT INTO pg_temp.fold_new ' || zhibao.judged_lectures($q$
		SELECT l.office_code, l.item_id, l.revision_id, l.category, l.occurred_on, l.plan_item_id, l.attendance, l.township_codes,
			l.mode, l.area_explanation, l.place, l.theme, l.received_at, l.batch_id, l.seq
		FROM pg_temp.fold_lecture l WHERE l.is_fresh AND l.is_held
			AND NOT EXISTS (SELECT FROM pg_temp.fold_item i WHERE i.office_code = l.office_code AND i.item_id = l.item_id)$q$) USING p_as_of;
	SELECT array_agg(i.office_code), array_agg(i.item_id) INTO v_offices, v_items FROM (SELECT DISTINCT * FROM pg_temp.fold_item) i;
	IF v_items IS NOT NULL THEN
		INSERT INTO pg_temp.fold_new SELECT * FROM zhibao.held_lecture(p_as_of, v_offices, v_items);
	END IF;
	PERFORM zhibao.fold_groups(p_is_first);
	IF NOT p_is_first THEN
		WITH gone AS (
			DELETE FROM zhibao.counted_lecture c USING pg_temp.fold_group g
			WHERE c.office_code = g.office_code AND c.occurred_on = g.occurred_on AND c.fingerprint = g.fingerprint RETURNING c.*
		), kept AS (
			INSERT INTO pg_temp.fold_old SELECT * FROM gone
		) INSERT INTO pg_temp.fold_new SELECT g.office_code, g.item_id, g.revision_id, g.category, g.occurred_on, g.plan_item_id,
			g.attendance, g.unit_ids, g.fingerprint, g.received_at, g.batch_id, g.seq, true FROM gone g;
	END IF;
	INSERT INTO zhibao.counted_lecture SELECT * FROM pg_temp.fold_new;
	IF EXISTS (SELECT FROM pg_temp.fold_group) THEN
		WITH joined AS (
			SELECT j.* FROM zhibao.joined_lecture(ARRAY(
				SELECT (n.office_code, n.item_id, n.received_at, n.batch_id, n.seq, h.office_code, h.item_id)::zhibao.joint_claim
				FROM pg_temp.fold_group g JOIN zhibao.counted_lecture n USING (office_code, occurred_on, fingerprint)
				JOIN zhibao.current_claim k ON k.office_code = n.office_code
				JOIN zhibao.counted_lecture h ON h.office_code = k.host_office_code AND h.item_id = k.host_item_id
				WHERE h.fingerprint = n.fingerprint AND h.office_code <> n.office_code)) j
		), twin AS ( -- as lecture_at: joined ones, and of the others all but the first
			SELECT n.office_code, n.item_id FROM (
				SELECT n.office_code, n.item_id, j.item_id IS NOT NULL AS is_joined, row_number() OVER (
					PARTITION BY n.office_code, n.fingerprint, j.item_id IS NULL ORDER BY n.received_at, n.batch_id, n.seq) AS place
				FROM pg_temp.fold_new n JOIN pg_temp.fold_group USING (office_code, occurred_on, fingerprint)
				LEFT JOIN joined j USING (office_code, item_id)) n
			WHERE n.is_joined OR n.place > 1
		), marked AS (
			UPDATE pg_temp.fold_new n SET is_session = false FROM twin t WHERE n.office_code = t.office_code AND n.item_id = t.item_id
		)
		UPDATE zhibao.counted_lecture c SET is_session = false FROM twin t WHERE c.office_code = t.office_code AND c.item_id = t.item_id;
	END IF;
	PERFORM zhibao.fold_counters();
	IF p_has_units THEN
		-- Grouped, not DISTINCT in the aggregate, which sorts a window of a hundred thousand for a thousand units.
		PERFORM zhibao.fold_units((SELECT array_agg(t.unit_id) FROM (
			SELECT u.unit_id FROM (SELECT n.unit_ids FROM pg_temp.fold_new n UNION ALL SELECT o.unit_ids FROM pg_temp.fold_old o) c
			CROSS JOIN LATERAL unnest(c.unit_ids) AS u (unit_id) GROUP BY u.unit_id) t));
	END IF;
END $$;
COMMENT ON FUNCTION fold_lectures(timestamptz, boolean, boolean) IS 'Folds lectures and what claims change in them (宣讲汇总).';

-- Plan items, claims and study events: few, replaced item by item. Before fold_lectures, which reads the claims and counts the sessions.
CREATE FUNCTION fold_small(p_kind text, p_as_of timestamptz, p_offices text[], p_items uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_kind
	WHEN 'plan_item' THEN
		DELETE FROM zhibao.current_plan_item WHERE (office_code, item_id) IN (SELECT * FROM unnest(p_offices, p_items));
		INSERT INTO zhibao.current_plan_item SELECT * FROM zhibao.plan_item_at(p_as_of, p_offices, p_items);
	WHEN 'study_event' THEN
		WITH gone AS (
			DELETE FROM zhibao.counted_study c WHERE (c.office_code, c.item_id) IN (SELECT * FROM unnest(p_offices, p_items)) RETURNING c.*
		) INSERT INTO pg_temp.fold_session SELECT g.office_code, g.occurred_on, 'system', g.plan_item_id, true, -1, 0 FROM gone g;
		WITH come AS (
			INSERT INTO zhibao.counted_study AS c SELECT * FROM zhibao.study_at(p_as_of, p_offices, p_items) RETURNING c.*
		) INSERT INTO pg_temp.fold_session SELECT g.office_code, g.occurred_on, 'system', g.plan_item_id, true, 1, 0 FROM come g;
	WHEN 'claim' THEN
		WITH gone AS (
			DELETE FROM zhibao.current_claim c WHERE (c.office_code, c.item_id) IN (SELECT * FROM unnest(p_offices, p_items)) RETURNING c.*
		) INSERT INTO pg_temp.fold_claim SELECT g.office_code, g.host_office_code, g.host_item_id FROM gone g;
		WITH come AS (
			INSERT INTO zhibao.current_claim AS c SELECT * FROM zhibao.claim_at(p_as_of, p_offices, p_items) RETURNING c.*
		) INSERT INTO pg_temp.fold_claim SELECT g.office_code, g.host_office_code, g.host_item_id FROM come g;
	END CASE;
END $$;
COMMENT ON FUNCTION fold_small(text, timestamptz, text[], uuid[]) IS 'Folds the named items of a small kind.';

-- Folds the sources of transactions p_from up to, not with, p_until that were received by p_limit.
CREATE FUNCTION fold_window(p_from xid8, p_until xid8, p_limit timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_kind text;
	v_offices text[];
	v_items uuid[];
	v_folded timestamptz := coalesce((SELECT as_of FROM zhibao.fold_state), '-infinity');
BEGIN
	PERFORM zhibao.fold_tables();
	INSERT INTO pg_temp.fold_item
		SELECT r.office_code, r.item_id FROM zhibao.review r WHERE r.xid >= p_from AND r.xid < p_until AND r.reviewed_at <= p_limit
		UNION
		SELECT p.office_code, p.item_id FROM zhibao.branch_pick p WHERE p.xid >= p_from AND p.xid < p_until AND p.picked_at <= p_limit
		UNION
		-- What was built on a revision stands elsewhere once that one is known to lie in quarantine.
		SELECT q.office_code, q.item_id FROM zhibao.batch b JOIN zhibao.quarantine q ON q.batch_id = b.batch_id
		WHERE b.xid >= p_from AND b.xid < p_until AND b.received_at <= p_limit AND q.item_id IS NOT NULL AND q.revision_id IS NOT NULL;
	FOREACH v_kind IN ARRAY ARRAY['plan_item', 'study_event', 'claim'] LOOP
		EXECUTE format($q$
			SELECT array_agg(i.office_code), array_agg(i.item_id) FROM (
				SELECT r.office_code, r.item_id
				FROM zhibao.batch b JOIN zhibao.%I r ON r.batch_id = b.batch_id
				WHERE b.xid >= $1 AND b.xid < $2 AND b.received_at <= $3
				UNION SELECT i.office_code, i.item_id FROM pg_temp.fold_item i) i
		$q$, v_kind) INTO v_offices, v_items USING p_from, p_until, p_limit;
		IF v_items IS NOT NULL THEN
			PERFORM zhibao.fold_small(v_kind, p_limit, v_offices, v_items);
		END IF;
	END LOOP;
	INSERT INTO pg_temp.fold_lecture
		SELECT l.office_code, l.item_id, l.revision_id, l.category, l.occurred_on, l.plan_item_id, l.attendance, l.township_codes,
			l.mode, l.area_explanation, l.place, l.theme, l.received_at, l.batch_id, l.seq, l.status = 'held',
			-- The only revision of its item, never judged and not folded before: it counts as it is. A transaction that was
			-- received after the last limit is where this window begins; behind it stands what was folded already. What is
			-- beyond the mark of its office has no elder; what comes later than this window is judged when it comes.
			l.base_revision_id IS NULL AND l.operation = 'submit' AND l.received_at > v_folded
				AND (m.item_id IS NULL OR l.item_id > m.item_id OR NOT EXISTS (SELECT FROM zhibao.lecture_event x
					WHERE x.office_code = l.office_code AND x.item_id = l.item_id AND x.revision_id <> l.revision_id))
				AND NOT EXISTS (SELECT FROM zhibao.review v WHERE v.office_code = l.office_code AND v.item_id = l.item_id)
		FROM zhibao.batch b JOIN zhibao.lecture_event l ON l.batch_id = b.batch_id
		LEFT JOIN zhibao.fold_mark m ON m.office_code = l.office_code
		WHERE b.xid >= p_from AND b.xid < p_until AND b.received_at <= p_limit;
	INSERT INTO pg_temp.fold_item
		SELECT l.office_code, l.item_id FROM pg_temp.fold_lecture l GROUP BY 1, 2 HAVING count(*) > 1 OR NOT bool_and(l.is_fresh);
	PERFORM zhibao.fold_lectures(p_limit, true, false);
	INSERT INTO zhibao.fold_mark AS m SELECT l.office_code, max(l.item_id::text)::uuid FROM pg_temp.fold_lecture l GROUP BY 1
		ON CONFLICT (office_code) DO UPDATE SET item_id = greatest(m.item_id, excluded.item_id);
END $$;
COMMENT ON FUNCTION fold_window(xid8, xid8, timestamptz) IS 'Folds a window of transactions (增量汇总).';

-- One fold. p_horizon is fold_horizon(), read in a statement of its own before this one, so that this snapshot sees
-- everything received by then. What was received after the limit waits for the next fold, so that the roll-ups are
-- exactly what was known at as_of. A long tail is folded in windows of about 100,000 records, whole transactions each,
-- so that memory and the time until others see something stay small; what is behind the window counts as received after
-- the limit. Returns the number of batches folded, NULL when another connection is folding.
CREATE FUNCTION fold(p_horizon timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_state zhibao.fold_state;
	v_xmin xid8 := pg_snapshot_xmin(pg_current_snapshot());
	v_limit timestamptz;
	v_end xid8;
	v_cut timestamptz;
	v_sources bigint;
	v_batches bigint;
	v_anew record;
BEGIN
	IF NOT pg_try_advisory_xact_lock(zhibao.fold_lock_key()) THEN
		RETURN NULL;
	END IF;
	v_limit := least(p_horizon, (SELECT min(s.received_at) - interval '1 microsecond' FROM zhibao.fold_source s WHERE s.xid >= v_xmin));
	IF zhibao.fold_is_anew(v_limit) THEN
		SELECT * INTO v_anew FROM zhibao.fold_anew_begin(p_horizon);
		PERFORM zhibao.fold_anew_part(v_anew.as_of, 0, 1);
		RETURN zhibao.fold_anew_end(v_anew.as_of, v_anew.next_xid, v_anew.register);
	END IF;
	SELECT * INTO v_state FROM zhibao.fold_state;
	-- Never before what was folded: under a clock that stepped back an item would be judged without what is known of it already.
	v_limit := greatest(v_limit, v_state.as_of);
	SELECT min(w.xid) INTO v_end FROM (
		SELECT t.xid, sum(t.records) OVER (ORDER BY t.xid) - t.records AS records_before FROM (
			SELECT s.xid, s.records FROM zhibao.fold_source s
			WHERE s.xid >= v_state.next_xid AND s.xid < v_xmin ORDER BY s.xid LIMIT 100001) t) w
	WHERE w.records_before >= 100000 AND w.xid > v_state.next_xid;
	IF v_end IS NOT NULL THEN
		-- Up to the last instant of the window, unless something behind it was received before that; what was received before the last
		-- fold already is met again by its transaction. Looked for among what was received meanwhile, not in the whole tail.
		SELECT least(v_limit, max(s.received_at)) INTO v_cut FROM zhibao.fold_source s WHERE s.xid >= v_state.next_xid AND s.xid < v_end;
		SELECT greatest(least(v_cut, min(s.received_at) - interval '1 microsecond'), v_state.as_of) INTO v_cut FROM zhibao.fold_source s
			WHERE s.xid >= v_end AND s.received_at > v_state.as_of AND s.received_at <= v_cut;
		-- Under a clock that stepped back a window can hold nothing that was received before the rest: then all at once.
		IF EXISTS (SELECT FROM zhibao.fold_source s WHERE s.xid >= v_state.next_xid AND s.xid < v_end AND s.received_at <= v_cut) THEN
			v_limit := v_cut;
			v_xmin := v_end;
		END IF;
	END IF;
	-- What was received by the last fold and is met again does not count twice.
	SELECT count(*), count(*) FILTER (WHERE s.is_batch AND s.received_at > v_state.as_of) INTO v_sources, v_batches FROM zhibao.fold_source s
		WHERE s.xid >= v_state.next_xid AND s.xid < v_xmin AND s.received_at <= v_limit;
	IF v_sources > 0 THEN
		PERFORM zhibao.fold_window(v_state.next_xid, v_xmin, v_limit);
	END IF;
	UPDATE zhibao.fold_state SET batches_folded = batches_folded + v_batches,
		as_of = greatest(as_of, v_limit),
		next_xid = coalesce((SELECT min(s.xid) FROM zhibao.fold_source s
			WHERE s.xid >= v_state.next_xid AND s.xid < v_xmin AND s.received_at > v_limit), v_xmin);
	RETURN v_batches;
END $$;
COMMENT ON FUNCTION fold(timestamptz) IS 'Folds what arrived since the last time into the roll-ups (增量汇总).';
COMMENT ON FUNCTION fold_groups(boolean) IS 'Groups of twins and joined lectures that a fold must judge again.';
COMMENT ON FUNCTION fold_counters() IS 'Moves the counters of the roll-ups by the rows that went and came.';

COMMIT;
