-- Deploy revisions: which revision of an item counts at an instant (rulings R1 and R2), and what pages show of items.

BEGIN;

SET LOCAL search_path TO zhibao;

-- The revision its author would have built on, as far as it had been received by p_as_of: the stored one, or, when that one
-- lies in quarantine, the one below it. NULL is the root, for a base not received yet too: it changes nothing before it comes.
CREATE FUNCTION stored_base(p_kind text, p_office text, p_item uuid, p_base uuid, p_as_of timestamptz) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_base uuid := p_base;
	v_is_stored boolean;
BEGIN
	FOR i IN 1..100 LOOP
		EXIT WHEN v_base IS NULL;
		EXECUTE format('SELECT EXISTS (SELECT FROM zhibao.%I WHERE office_code = $1 AND item_id = $2 AND revision_id = $3
			AND received_at <= $4)', p_kind) INTO v_is_stored USING p_office, p_item, v_base, p_as_of;
		EXIT WHEN v_is_stored;
		v_base := (SELECT q.base_revision_id FROM zhibao.quarantine q
			WHERE q.item_office_code = p_office AND q.item_id = p_item AND q.revision_id = v_base AND q.received_at <= p_as_of
			ORDER BY q.received_at, q.batch_id, q.seq LIMIT 1);
	END LOOP;
	RETURN v_base;
END $$;
COMMENT ON FUNCTION stored_base(text, text, uuid, uuid, timestamptz) IS 'Base of a revision among those stored at an instant, looking through quarantined ones.';

CREATE FUNCTION record_kind() RETURNS TABLE (kind text)
LANGUAGE sql STABLE ROWS 20 AS $$
	SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'programme_version'
	JOIN pg_attribute b ON b.attrelid = c.oid AND b.attname = 'base_revision_id'
	WHERE c.relnamespace = 'zhibao'::regnamespace AND c.relkind = 'r' AND c.relname <> 'quarantine' ORDER BY 1
$$;
COMMENT ON FUNCTION record_kind() IS 'Record kinds, each named as its table (记录类别).';

-- Rulings R1 and R2: how every item stands at p_as_of.
-- A returned or rejected revision is taken out of the chain: what was built on it stands on its base. Of several
-- revisions on one base the branch that was picked last counts, otherwise the one received first; the newest on the
-- branch counts. An item whose first revision was rejected is ended. Disputed: a branch that does not count, unless a
-- reviewer has picked another since anything on it was received; a pick of a branch of which nothing is left is none there.
-- state: counting, withdrawn, returned (nothing is left that could count) or rejected (ended).
-- Most items have one revision and no verdict; they go the short way.
-- $1 as_of · p_narrow: items, of $2 and $3, offices and items pairwise; offices, of $2; all
CREATE FUNCTION revision_tip_query(p_kind text, p_narrow text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT format($q$
		WITH RECURSIVE stored AS MATERIALIZED (
			SELECT r.office_code, r.item_id, r.revision_id, r.base_revision_id, r.operation, r.received_at, r.batch_id, r.seq,
				count(*) OVER (PARTITION BY r.item_id, r.office_code) AS revisions, v.verdict
			FROM zhibao.%1$I r %2$s
			LEFT JOIN zhibao.verdicts_at($1) v ON v.office_code = r.office_code AND v.item_id = r.item_id
				AND v.revision_id = r.revision_id AND v.verdict IN ('returned', 'rejected')
			WHERE r.received_at <= $1
		), chained AS MATERIALIZED (
			SELECT s.*, zhibao.stored_base(%1$L, s.office_code, s.item_id, s.base_revision_id, $1) AS base
			FROM stored s WHERE s.revisions > 1 OR s.base_revision_id IS NOT NULL OR s.verdict IS NOT NULL
		), standing AS (
			SELECT c.office_code, c.item_id, c.revision_id, c.base, 0 AS skipped
			FROM chained c WHERE c.verdict IS NULL
			UNION ALL
			SELECT s.office_code, s.item_id, s.revision_id, c.base, s.skipped + 1
			FROM standing s JOIN chained c ON c.office_code = s.office_code AND c.item_id = s.item_id
				AND c.revision_id = s.base AND c.verdict IS NOT NULL AND s.skipped < c.revisions -- bases in a circle end
		), active AS MATERIALIZED (
			SELECT DISTINCT ON (s.office_code, s.item_id, s.revision_id) s.office_code, s.item_id, s.revision_id, s.base, s.skipped,
				c.operation, c.received_at, c.batch_id, c.seq
			FROM standing s JOIN chained c USING (office_code, item_id, revision_id)
			ORDER BY s.office_code, s.item_id, s.revision_id, s.skipped DESC
		), lifted AS (
			-- What was picked and then returned leaves its base in force, on the branch that was picked.
			SELECT p.office_code, p.item_id, p.revision_id, p.pick_no, p.picked_at FROM zhibao.branch_pick p WHERE p.picked_at <= $1
			UNION
			SELECT c.office_code, c.item_id, c.base, l.pick_no, l.picked_at
			FROM lifted l JOIN chained c USING (office_code, item_id, revision_id)
			WHERE c.verdict IS NOT NULL AND c.base IS NOT NULL
		), picked AS (
			-- Every pick of which something is left, with the way down to it.
			SELECT a.office_code, a.item_id, a.revision_id, a.base, l.pick_no, l.picked_at
			FROM lifted l JOIN active a USING (office_code, item_id, revision_id)
			UNION
			SELECT a.office_code, a.item_id, a.revision_id, a.base, p.pick_no, p.picked_at
			FROM picked p JOIN active a ON a.office_code = p.office_code AND a.item_id = p.item_id AND a.revision_id = p.base
		), way AS (
			SELECT DISTINCT ON (p.office_code, p.item_id, p.revision_id) p.office_code, p.item_id, p.revision_id, p.pick_no, p.picked_at
			FROM picked p ORDER BY p.office_code, p.item_id, p.revision_id, p.pick_no DESC
		), ranked AS MATERIALIZED (
			SELECT a.*, row_number() OVER fork AS place, first_value(w.picked_at) OVER fork AS decided_at
			FROM active a LEFT JOIN way w USING (office_code, item_id, revision_id)
			WINDOW fork AS (PARTITION BY a.office_code, a.item_id, a.base ORDER BY w.pick_no DESC NULLS LAST, a.received_at, a.batch_id, a.seq)
		), first AS MATERIALIZED (
			-- Not by place = 1, of which the planner expects a row or two and compares all with all.
			SELECT DISTINCT ON (k.office_code, k.item_id, k.base) k.* FROM ranked k ORDER BY k.office_code, k.item_id, k.base, k.place
		), branch AS (
			SELECT k.office_code, k.item_id, k.revision_id, k.base, k.operation, 1 + k.skipped AS depth
			FROM first k WHERE k.base IS NULL
			UNION ALL
			SELECT k.office_code, k.item_id, k.revision_id, k.base, k.operation, b.depth + 1 + k.skipped
			FROM branch b JOIN first k ON k.office_code = b.office_code AND k.item_id = b.item_id AND k.base = b.revision_id
		), other AS (
			SELECT k.office_code, k.item_id, k.revision_id, k.received_at, k.decided_at
			FROM branch b JOIN ranked k ON k.office_code = b.office_code AND k.item_id = b.item_id
				AND k.base IS NOT DISTINCT FROM b.base AND k.place > 1
			UNION
			SELECT k.office_code, k.item_id, k.revision_id, k.received_at, o.decided_at
			FROM other o JOIN ranked k ON k.office_code = o.office_code AND k.item_id = o.item_id AND k.base = o.revision_id
		), disputed AS (
			SELECT DISTINCT o.office_code, o.item_id FROM other o WHERE o.decided_at IS NULL OR o.received_at > o.decided_at
		), ended AS (
			SELECT DISTINCT c.office_code, c.item_id FROM chained c WHERE c.base_revision_id IS NULL AND c.verdict = 'rejected'
		), tip AS (
			(SELECT DISTINCT ON (b.office_code, b.item_id) b.office_code, b.item_id, b.revision_id, b.operation, b.depth,
				CASE b.operation WHEN 'withdraw' THEN 'withdrawn' ELSE 'counting' END AS state
			FROM branch b LEFT JOIN ended e USING (office_code, item_id) WHERE e.item_id IS NULL
			ORDER BY b.office_code, b.item_id, b.depth DESC)
			UNION ALL
			(SELECT DISTINCT ON (c.office_code, c.item_id) c.office_code, c.item_id, c.revision_id, c.operation, 1,
				CASE WHEN e.item_id IS NULL THEN 'returned' ELSE 'rejected' END
			FROM chained c LEFT JOIN ended e USING (office_code, item_id)
			WHERE c.verdict IS NOT NULL AND (e.item_id IS NOT NULL
				OR NOT EXISTS (SELECT FROM branch b WHERE b.office_code = c.office_code AND b.item_id = c.item_id))
			ORDER BY c.office_code, c.item_id, c.received_at DESC, c.batch_id DESC, c.seq DESC)
		)
		SELECT s.office_code, s.item_id, s.revision_id, s.operation, 1, false,
			CASE s.operation WHEN 'withdraw' THEN 'withdrawn' ELSE 'counting' END
		FROM stored s WHERE s.revisions = 1 AND s.base_revision_id IS NULL AND s.verdict IS NULL
		UNION ALL
		SELECT t.office_code, t.item_id, t.revision_id, t.operation, t.depth, d.item_id IS NOT NULL AND t.state <> 'rejected', t.state
		FROM tip t LEFT JOIN disputed d USING (office_code, item_id)
	$q$, p_kind, CASE p_narrow
		WHEN 'items' THEN 'JOIN unnest($2, $3) AS named (office_code, item_id) ON named.office_code = r.office_code AND named.item_id = r.item_id'
		WHEN 'offices' THEN 'JOIN (SELECT DISTINCT unnest($2)) AS named (office_code) ON named.office_code = r.office_code' ELSE '' END)
$$;
COMMENT ON FUNCTION revision_tip_query(text, text) IS 'Query of how items of a kind stand (记录状态查询), rulings R1 and R2.';

-- Planning that query takes longer than running it for the items of one office, so each kind has a function that keeps
-- its plan. A plan kept is one for few items: all, or many, are planned for each time.
DO $do$
DECLARE
	v_kind text;
BEGIN
	FOR v_kind IN SELECT k.kind FROM zhibao.record_kind() k LOOP
		EXECUTE format($f$
			CREATE FUNCTION zhibao.%1$I(p_as_of timestamptz, p_offices text[], p_items uuid[])
			RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, operation text, depth integer, is_disputed boolean, state text)
			LANGUAGE plpgsql STABLE ROWS 10 AS $b$
			#variable_conflict use_column
			BEGIN
				RETURN QUERY %2$s;
			END $b$
		$f$, v_kind || '_tip', zhibao.revision_tip_query(v_kind, 'items'));
	END LOOP;
END $do$;

-- How every item of a kind stands at p_as_of. p_offices and p_items, pairwise, narrow it to those items; without p_items it is
-- all items of p_offices; without both all.
CREATE FUNCTION revision_tip(p_kind text, p_as_of timestamptz, p_offices text[], p_items uuid[])
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, operation text, depth integer, is_disputed boolean, state text)
LANGUAGE plpgsql STABLE ROWS 10000 AS $$
BEGIN
	IF cardinality(p_items) <= 1000 THEN
		RETURN QUERY EXECUTE format('SELECT * FROM zhibao.%I($1, $2, $3)', p_kind || '_tip') USING p_as_of, p_offices, p_items;
	ELSE
		RETURN QUERY EXECUTE zhibao.revision_tip_query(p_kind, CASE WHEN p_items IS NOT NULL THEN 'items'
			WHEN p_offices IS NOT NULL THEN 'offices' ELSE 'all' END) USING p_as_of, p_offices, p_items;
	END IF;
END $$;
COMMENT ON FUNCTION revision_tip(text, timestamptz, text[], uuid[]) IS 'How every item stands at an instant (记录状态), rulings R1 and R2.';

-- Rulings R1 and R2: per item the counting revision, or the withdrawal that ended its counting.
CREATE FUNCTION counting_revision(p_kind text, p_as_of timestamptz, p_offices text[], p_items uuid[])
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, operation text, depth integer, is_disputed boolean)
LANGUAGE sql STABLE ROWS 10000 AS $$
	SELECT t.office_code, t.item_id, t.revision_id, t.operation, t.depth, t.is_disputed
	FROM zhibao.revision_tip(p_kind, p_as_of, p_offices, p_items) t WHERE t.state IN ('counting', 'withdrawn')
$$;
COMMENT ON FUNCTION counting_revision(text, timestamptz, text[], uuid[]) IS 'Counting revision per item at an instant (计数版本), rulings R1 and R2.';

-- The instant that NULL means: what the aggregator has folded.
CREATE FUNCTION facts_as_of(p_as_of timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
	SELECT coalesce(p_as_of, (SELECT as_of FROM zhibao.fold_state))
$$;
COMMENT ON FUNCTION facts_as_of(timestamptz) IS 'The instant asked for, or the one folded (数据时点).';

-- The counting revision of every item of a kind that is not withdrawn, as rows of its table; the kind is named by a
-- null of its row type: counting(NULL::zhibao.submission, as_of). NULL for as_of means what is folded.
CREATE FUNCTION counting(p_kind anyelement, p_as_of timestamptz) RETURNS SETOF anyelement
LANGUAGE plpgsql STABLE ROWS 1000 AS $$
DECLARE
	v_kind text := (SELECT c.relname FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE t.oid = pg_typeof(p_kind));
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT r.* FROM zhibao.counting_revision(%1$L, $1, NULL, NULL) c
		JOIN zhibao.%1$I r USING (office_code, item_id, revision_id)
		WHERE c.operation <> 'withdraw'
	$q$, v_kind) USING zhibao.facts_as_of(p_as_of);
END $$;
COMMENT ON FUNCTION counting(anyelement, timestamptz) IS 'Counting revisions of a kind at an instant (计数记录), rulings R1 and R2.';

-- For pages: the columns of a record that its kind defines, without the head.
CREATE FUNCTION record_body(p_row jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_strip_nulls(p_row - ARRAY['office_code', 'item_id', 'revision_id', 'base_revision_id', 'operation', 'recorded_at',
		'author', 'author_office_code', 'received_at', 'batch_id', 'seq', 'programme_version',
		'correction_reason'])
$$;
COMMENT ON FUNCTION record_body(jsonb) IS 'A record without its head (记录内容), for pages.';

-- For pages: every stored revision of one item as it is in its table.
CREATE FUNCTION item_rows(p_kind text, p_office text, p_item uuid, p_as_of timestamptz) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT to_jsonb(r) FROM zhibao.%I r WHERE r.office_code = $1 AND r.item_id = $2
		AND r.received_at <= $3 ORDER BY r.received_at, r.batch_id, r.seq', p_kind) USING p_office, p_item, p_as_of;
END $$;
COMMENT ON FUNCTION item_rows(text, text, uuid, timestamptz) IS 'Stored revisions of an item (版本历史), oldest first.';

-- For pages: the items of a kind in the subtree of a node, newest revision of each, newest first.
CREATE FUNCTION item_list(p_kind text, p_register integer, p_node text, p_as_of timestamptz, p_limit integer, p_offset bigint)
RETURNS SETOF jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		SELECT to_jsonb(r)
		FROM zhibao.revision_tip(%1$L, $1, NULL, NULL) c
		JOIN zhibao.%1$I r USING (office_code, item_id, revision_id)
		JOIN zhibao.office_tree t ON t.register_version = $2 AND t.ancestor_code = $3 AND t.code = r.office_code
		ORDER BY r.received_at DESC, r.office_code, r.item_id
		LIMIT $4 OFFSET $5
	$q$, p_kind) USING p_as_of, p_register, p_node, p_limit, p_offset;
END $$;
COMMENT ON FUNCTION item_list(text, integer, text, timestamptz, integer, bigint) IS 'Items of a kind below a node (记录列表), newest first.';

COMMIT;
