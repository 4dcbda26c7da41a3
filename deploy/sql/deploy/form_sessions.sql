-- Deploy form_sessions: the sessions of some offices from their records, without a look at the others; see completion for all.

BEGIN;

SET LOCAL search_path TO zhibao;

-- Lectures of some offices, as two arrays that go pairwise, for the functions that take them so.
CREATE FUNCTION lecture_keys(p_offices text[], OUT offices text[], OUT items uuid[])
LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(k.office_code ORDER BY k.office_code, k.item_id), '{}'),
		coalesce(array_agg(k.item_id ORDER BY k.office_code, k.item_id), '{}')
	FROM (SELECT DISTINCT l.office_code, l.item_id FROM zhibao.lecture_event l WHERE l.office_code = ANY (p_offices)) k
$$;
COMMENT ON FUNCTION lecture_keys(text[]) IS 'Lecture items of some offices (宣讲记录编号).';

-- Held lectures of some offices, read once for all that a form asks of them.
CREATE FUNCTION form_held(p_offices text[], p_as_of timestamptz) RETURNS counted_lecture[]
LANGUAGE sql STABLE AS $$
	SELECT coalesce(array_agg(h), '{}') FROM zhibao.lecture_keys(p_offices) k
	CROSS JOIN LATERAL zhibao.held_lecture(p_as_of, k.offices, k.items) h
$$;
COMMENT ON FUNCTION form_held(text[], timestamptz) IS 'Held lectures of some offices (已开展的宣讲).';

-- Lectures of some offices, whose held ones are given, that are joined to another office's (ruling R8). Claims are followed as long as
-- one leads to a lecture of the same fingerprint: a circle is one through other offices, too. PL/pgSQL, as claim_of is made later.
CREATE FUNCTION form_joined(p_offices text[], p_held counted_lecture[], p_as_of timestamptz) RETURNS TABLE (office_code text, item_id uuid)
LANGUAGE plpgsql STABLE ROWS 100 AS $$
DECLARE
	v_front zhibao.counted_lecture[] := p_held;
	v_lectures zhibao.joint_lecture[] := '{}';
	v_claims zhibao.joint_claim[] := '{}';
	v_own zhibao.joint_lecture[];
	v_step zhibao.joint_claim[];
BEGIN
	LOOP
		WITH claim AS MATERIALIZED (
			SELECT DISTINCT c.office_code, c.host_office_code, c.host_item_id
			FROM zhibao.claim_of(ARRAY(SELECT DISTINCT f.office_code FROM unnest(v_front) f), p_as_of) c WHERE c.host_office_code <> c.office_code
		), host AS MATERIALIZED (
			SELECT h AS lecture, h.office_code, h.item_id, h.fingerprint
			FROM (SELECT array_agg(c.host_office_code) AS offices, array_agg(c.host_item_id) AS items FROM claim c HAVING count(*) > 0) k
			CROSS JOIN LATERAL zhibao.held_lecture(p_as_of, k.offices, k.items) h
		), step AS MATERIALIZED (
			SELECT h.fingerprint, c.office_code, c.host_office_code, c.host_item_id, h.lecture
			FROM claim c JOIN host h ON h.office_code = c.host_office_code AND h.item_id = c.host_item_id
			WHERE (c.office_code, h.fingerprint) IN (SELECT f.office_code, f.fingerprint FROM unnest(v_front) f)
		)
		SELECT ARRAY(SELECT (s.fingerprint, s.office_code, s.host_office_code, s.host_item_id)::zhibao.joint_claim FROM step s),
			ARRAY(SELECT (f.fingerprint, f.office_code, f.item_id, f.received_at, f.batch_id, f.seq)::zhibao.joint_lecture
				FROM unnest(v_front) f WHERE (f.office_code, f.fingerprint) IN (SELECT s.office_code, s.fingerprint FROM step s)),
			ARRAY(SELECT DISTINCT s.lecture FROM step s WHERE s.host_office_code <> ALL (p_offices) AND (s.host_office_code, s.host_item_id)
				NOT IN (SELECT l.office_code, l.item_id FROM unnest(v_lectures) l UNION ALL SELECT f.office_code, f.item_id FROM unnest(v_front) f))
		INTO v_step, v_own, v_front;
		v_claims := v_claims || v_step;
		v_lectures := v_lectures || v_own;
		EXIT WHEN cardinality(v_front) = 0;
	END LOOP;
	RETURN QUERY SELECT j.* FROM zhibao.joined_lecture(v_lectures, v_claims) j;
END $$;
COMMENT ON FUNCTION form_joined(text[], counted_lecture[], timestamptz) IS 'Lectures of some offices that are joined to another office''s (并入联合活动), ruling R8.';

-- Ruling R8 for some offices, whose held lectures are given: those that are joined do not count; of the others twins of one
-- office count once, the first received. A test compares it with session().
CREATE FUNCTION form_session(p_offices text[], p_held counted_lecture[], p_as_of timestamptz)
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, category text, occurred_on date, received_at timestamptz, batch_id bigint, seq bigint)
LANGUAGE sql STABLE ROWS 1000 AS $$
	SELECT DISTINCT ON (h.office_code, h.fingerprint) h.office_code, h.item_id, h.revision_id, h.category, h.occurred_on, h.received_at, h.batch_id, h.seq
	FROM unnest(p_held) h LEFT JOIN zhibao.form_joined(p_offices, p_held, p_as_of) j USING (office_code, item_id)
	WHERE j.item_id IS NULL
	ORDER BY h.office_code, h.fingerprint, h.received_at, h.batch_id, h.seq
$$;
COMMENT ON FUNCTION form_session(text[], counted_lecture[], timestamptz) IS 'Sessions of some offices (场次), rulings R8 and R15.';

COMMIT;
