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
		SELECT q.item_office_code, q.item_id FROM zhibao.batch b JOIN zhibao.quarantine q ON q.batch_id = b.batch_id
		WHERE b.xid >= p_from AND b.xid < p_until AND b.received_at <= p_limit AND num_nulls(q.item_office_code, q.item_id, q.revision_id) = 0;
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

COMMIT;
