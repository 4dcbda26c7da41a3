-- Deploy fold_anew: makes the roll-ups anew from zero, when there are none or the registers changed.

BEGIN;

SET LOCAL search_path TO zhibao;

-- From zero, in three parts that may run on several connections: begin (one), part (each its share of the offices, side by
-- side), end (one). Between begin and end there is no fold_state, so pages say that figures are being made.
-- Returns the limit, the transaction to go on from and the registers.
CREATE FUNCTION fold_anew_begin(p_horizon timestamptz) RETURNS TABLE (as_of timestamptz, next_xid xid8, register integer)
LANGUAGE plpgsql AS $$
DECLARE
	v_xmin xid8 := pg_snapshot_xmin(pg_current_snapshot());
	v_limit timestamptz := least(p_horizon,
		(SELECT min(s.received_at) - interval '1 microsecond' FROM zhibao.fold_source s WHERE s.xid >= v_xmin));
BEGIN
	TRUNCATE zhibao.fold_state, zhibao.fold_mark, zhibao.counted_lecture, zhibao.covering_day, zhibao.covering_unit, zhibao.session_day,
		zhibao.session_month, zhibao.session_sum, zhibao.counted_study, zhibao.current_plan_item, zhibao.current_claim;
	RETURN QUERY SELECT v_limit, coalesce(least(v_xmin, (SELECT min(s.xid) FROM zhibao.fold_source s
		WHERE s.xid < v_xmin AND s.received_at > v_limit)), v_xmin), zhibao.register_at(v_limit);
END $$;
COMMENT ON FUNCTION fold_anew_begin(timestamptz) IS 'Empties the roll-ups to make them anew (重新汇总).';

-- The lectures of every p_parts-th lot of offices, as they stand at p_as_of. Offices share a lot until about 100,000 records
-- are together: what a lot costs by itself would otherwise be paid for every small office.
CREATE FUNCTION fold_anew_part(p_as_of timestamptz, p_part integer, p_parts integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_offices text[];
	v_rows bigint := 0;
	v_count bigint;
BEGIN
	FOR v_offices IN
		WITH size AS (
			SELECT o.code, coalesce(b.records, 0) AS records FROM (SELECT DISTINCT code FROM zhibao.office) o
			LEFT JOIN (SELECT office_code AS code, sum(last_seq - first_seq + 1) AS records FROM zhibao.batch GROUP BY 1) b USING (code)
		), lot AS (
			SELECT s.code, floor((sum(s.records) OVER (ORDER BY s.code) - s.records)
				/ greatest(1, least(100000, (SELECT sum(records) FROM size) / p_parts))) AS lot FROM size s
		)
		SELECT array_agg(l.code) FROM lot l GROUP BY l.lot HAVING l.lot % p_parts = p_part ORDER BY l.lot
	LOOP
		PERFORM zhibao.fold_tables();
		INSERT INTO pg_temp.fold_lecture
			SELECT l.office_code, l.item_id, l.revision_id, l.category, l.occurred_on, l.plan_item_id, l.attendance, l.township_codes,
				l.mode, l.area_explanation, l.place, l.theme, l.received_at, l.batch_id, l.seq, l.status = 'held',
				count(*) OVER (PARTITION BY l.item_id, l.office_code) = 1 AND l.base_revision_id IS NULL AND l.operation = 'submit'
					AND NOT EXISTS (SELECT FROM zhibao.review v WHERE v.office_code = l.office_code AND v.item_id = l.item_id)
			FROM zhibao.lecture_event l WHERE l.office_code = ANY (v_offices) AND l.received_at <= p_as_of;
		GET DIAGNOSTICS v_count = ROW_COUNT;
		CONTINUE WHEN v_count = 0;
		v_rows := v_rows + v_count;
		INSERT INTO pg_temp.fold_item SELECT l.office_code, l.item_id FROM pg_temp.fold_lecture l WHERE NOT l.is_fresh;
		PERFORM zhibao.fold_lectures(p_as_of, false, true);
	END LOOP;
	RETURN v_rows;
END $$;
COMMENT ON FUNCTION fold_anew_part(timestamptz, integer, integer) IS 'Makes the roll-ups of a share of the offices anew (重新汇总).';

CREATE FUNCTION analyze_rollups() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
BEGIN
	ANALYZE zhibao.counted_lecture, zhibao.covering_day, zhibao.covering_unit, zhibao.session_day, zhibao.session_month,
		zhibao.session_sum, zhibao.counted_study, zhibao.current_plan_item, zhibao.current_claim;
END $$;
COMMENT ON FUNCTION analyze_rollups() IS 'Statistics of the roll-ups for the planner (汇总统计信息).';

CREATE FUNCTION fold_anew_end(p_as_of timestamptz, p_next_xid xid8, p_register integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_batches bigint;
BEGIN
	PERFORM zhibao.fold_tables();
	INSERT INTO zhibao.current_plan_item SELECT * FROM zhibao.plan_item_at(p_as_of, NULL, NULL);
	INSERT INTO zhibao.counted_study SELECT * FROM zhibao.study_at(p_as_of, NULL, NULL);
	INSERT INTO pg_temp.fold_session SELECT s.office_code, s.occurred_on, 'system', s.plan_item_id, true, count(*), 0
		FROM zhibao.counted_study s GROUP BY 1, 2, 4;
	INSERT INTO zhibao.fold_mark SELECT o.code, m.item_id FROM (SELECT DISTINCT code FROM zhibao.office) o CROSS JOIN LATERAL (
		SELECT l.item_id FROM zhibao.lecture_event l WHERE l.office_code = o.code AND l.received_at <= p_as_of ORDER BY l.item_id DESC LIMIT 1) m;
	INSERT INTO zhibao.current_claim SELECT * FROM zhibao.claim_at(p_as_of, NULL, NULL);
	INSERT INTO pg_temp.fold_claim SELECT c.office_code, c.host_office_code, c.host_item_id FROM zhibao.current_claim c;
	PERFORM zhibao.fold_lectures(p_as_of, false, false);
	PERFORM zhibao.fold_units((SELECT array_agg(DISTINCT d.unit_id) FROM zhibao.covering_day d));
	SELECT count(*) INTO v_batches FROM zhibao.batch b WHERE b.received_at <= p_as_of;
	INSERT INTO zhibao.fold_state VALUES (true, p_next_xid, p_as_of, p_register, v_batches);
	PERFORM zhibao.analyze_rollups();
	RETURN v_batches;
END $$;
COMMENT ON FUNCTION fold_anew_end(timestamptz, xid8, integer) IS 'Ends making the roll-ups anew (重新汇总).';

-- Must the roll-ups be made anew: there are none, or the registers are others?
CREATE FUNCTION fold_is_anew(p_horizon timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT NOT EXISTS (SELECT FROM zhibao.fold_state s
		WHERE s.register_version IS NOT DISTINCT FROM zhibao.register_at(p_horizon) OR s.as_of >= p_horizon)
$$;
COMMENT ON FUNCTION fold_is_anew(timestamptz) IS 'Must the roll-ups be made anew?';

GRANT TRUNCATE ON fold_state, fold_mark, counted_lecture, covering_day, covering_unit, session_day, session_month, session_sum, counted_study,
	current_plan_item, current_claim TO zhibao_aggregator;

COMMIT;
