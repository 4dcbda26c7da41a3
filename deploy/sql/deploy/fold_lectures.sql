-- Deploy fold_lectures: the part of the fold that judges lectures and moves the counters; what it works on is found by fold and fold_anew.

BEGIN;

SET LOCAL search_path TO zhibao;

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
	WITH claim AS MATERIALIZED (
		-- Those that came or went, of offices with new rows, and of rows that came or went.
		SELECT f.* FROM pg_temp.fold_claim f
		UNION SELECT k.office_code, k.host_office_code, k.host_item_id FROM zhibao.current_claim k
			WHERE k.office_code IN (SELECT n.office_code FROM pg_temp.fold_new n)
		UNION SELECT k.office_code, k.host_office_code, k.host_item_id
			FROM (SELECT n.* FROM pg_temp.fold_new n UNION ALL SELECT o.* FROM pg_temp.fold_old o) h
			JOIN zhibao.current_claim k ON k.host_office_code = h.office_code AND k.host_item_id = h.item_id
	), link AS (
		-- In two parts: what was ever counted is looked up, what moves is not.
		SELECT k.office_code, h.office_code AS host_office_code, h.occurred_on, h.fingerprint
		FROM claim k JOIN zhibao.counted_lecture h ON h.office_code = k.host_office_code AND h.item_id = k.host_item_id
		UNION ALL
		SELECT k.office_code, h.office_code, h.occurred_on, h.fingerprint
		FROM claim k JOIN (SELECT n.* FROM pg_temp.fold_new n UNION ALL SELECT o.* FROM pg_temp.fold_old o) h
			ON h.office_code = k.host_office_code AND h.item_id = k.host_item_id
	)
	-- Looked up one by one (OFFSET 0 keeps it so): a join of a window of 100,000 reads all that was ever counted.
	SELECT n.office_code, n.occurred_on, n.fingerprint FROM pg_temp.fold_new n WHERE EXISTS (
		SELECT FROM zhibao.counted_lecture c
		WHERE c.office_code = n.office_code AND c.occurred_on = n.occurred_on AND c.fingerprint = n.fingerprint OFFSET 0)
	UNION
	SELECT o.office_code, o.occurred_on, o.fingerprint FROM pg_temp.fold_old o
	UNION
	-- Own records of the offices that claim, and those of their hosts.
	SELECT g.office_code, l.occurred_on, l.fingerprint FROM link l CROSS JOIN LATERAL (VALUES (l.office_code), (l.host_office_code)) g (office_code)
	EXCEPT SELECT * FROM pg_temp.fold_group;
	-- Whoever claims one of these or is claimed by it, and so on: a claim opens or closes a circle that others stand in.
	LOOP
		INSERT INTO pg_temp.fold_group
		WITH office AS (
			SELECT DISTINCT g.office_code FROM pg_temp.fold_group g
		), claim AS MATERIALIZED (
			SELECT k.office_code, k.host_office_code, k.host_item_id FROM office o JOIN zhibao.current_claim k ON k.office_code = o.office_code
			UNION SELECT k.office_code, k.host_office_code, k.host_item_id FROM office o JOIN zhibao.current_claim k ON k.host_office_code = o.office_code
		), link AS MATERIALIZED (
			SELECT k.office_code, k.host_office_code, h.occurred_on, h.fingerprint
			FROM claim k JOIN zhibao.counted_lecture h ON h.office_code = k.host_office_code AND h.item_id = k.host_item_id
			UNION ALL
			SELECT k.office_code, k.host_office_code, n.occurred_on, n.fingerprint
			FROM claim k JOIN pg_temp.fold_new n ON n.office_code = k.host_office_code AND n.item_id = k.host_item_id
		)
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
		WITH claim AS MATERIALIZED (
			SELECT h.fingerprint, k.office_code, k.host_office_code, k.host_item_id
			FROM (SELECT DISTINCT g.office_code FROM pg_temp.fold_group g) o JOIN zhibao.current_claim k USING (office_code)
			JOIN zhibao.counted_lecture h ON h.office_code = k.host_office_code AND h.item_id = k.host_item_id
			WHERE h.office_code <> k.office_code
		), joined AS (
			SELECT j.* FROM zhibao.joined_lecture(
				ARRAY(SELECT (n.fingerprint, n.office_code, n.item_id, n.received_at, n.batch_id, n.seq)::zhibao.joint_lecture
					FROM pg_temp.fold_group g JOIN zhibao.counted_lecture n USING (office_code, occurred_on, fingerprint)
					WHERE EXISTS (SELECT FROM claim c WHERE c.office_code = g.office_code AND c.fingerprint = g.fingerprint)),
				ARRAY(SELECT DISTINCT c::zhibao.joint_claim FROM claim c)) j
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
COMMENT ON FUNCTION fold_groups(boolean) IS 'Groups of twins and joined lectures that a fold must judge again.';
COMMENT ON FUNCTION fold_counters() IS 'Moves the counters of the roll-ups by the rows that went and came.';

COMMIT;
