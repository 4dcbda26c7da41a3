-- Deploy decisions: what reviewers do: verdicts (ruling R2) and picks among branches (ruling R1), as a state machine.

BEGIN;

SET LOCAL search_path TO zhibao;

-- Whether a revision is whole, so that it outdates the one before (ruling R14): forms and papers by what their deadlines
-- ask; a withdrawal and every other kind are whole once they are stored. In PL/pgSQL, as it names what later changes make.
CREATE FUNCTION revision_is_whole(p_kind text, p_office text, p_item uuid, p_revision uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE p_kind WHEN 'statistics_form' THEN (SELECT f.operation = 'withdraw' OR zhibao.form_is_complete(f.lines) FROM zhibao.statistics_form f
			WHERE f.office_code = p_office AND f.item_id = p_item AND f.revision_id = p_revision)
		WHEN 'submission' THEN (SELECT s.operation = 'withdraw' OR zhibao.submission_is_complete(s) FROM zhibao.submission s
			WHERE s.office_code = p_office AND s.item_id = p_item AND s.revision_id = p_revision)
		ELSE true END;
END $$;
COMMENT ON FUNCTION revision_is_whole(text, text, uuid, uuid) IS 'Is a revision structurally complete (要素完整)? Rulings R2 and R14.';

-- A person's name as it is compared: blanks and widths aside. The check of a form at the desk leaves blanks aside only: what it lets
-- pass in another width (E_SELF_APPROVED) is still one person here (E_REVIEW_SELF).
CREATE FUNCTION person_key(p_name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT zhibao.text_without_blanks(normalize(p_name, NFKC))
$$;
COMMENT ON FUNCTION person_key(text) IS 'Name of a person as it is compared (姓名比对).';

-- Who had a hand in a revision before it left: who recorded it, and the names on the paper itself.
CREATE FUNCTION revision_people(p_revision item_revision) RETURNS TABLE (place text, name text)
LANGUAGE sql STABLE ROWS 3 AS $$
	SELECT '录入人', p_revision.author
	UNION ALL
	SELECT n.place, n.name FROM zhibao.statistics_form f CROSS JOIN LATERAL (VALUES ('填报人', f.filled_by), ('审核人', f.approved_by)) AS n (place, name)
	WHERE p_revision.kind = 'statistics_form' AND f.office_code = p_revision.office_code AND f.item_id = p_revision.item_id
		AND f.revision_id = p_revision.revision_id AND n.name <> ''
	UNION ALL
	SELECT '审核人', s.approved_by FROM zhibao.submission s
	WHERE p_revision.kind = 'submission' AND s.office_code = p_revision.office_code AND s.item_id = p_revision.item_id
		AND s.revision_id = p_revision.revision_id AND s.approved_by <> ''
$$;
COMMENT ON FUNCTION revision_people(item_revision) IS 'People who wrote, filled in or approved a revision (录入人、填报人、审核人).';

-- The reviewer of a revision: an operator of an office above it that did not write the revision itself (ruling R3 lets it),
-- who had no hand in it, under any name that the login ever bore.
CREATE FUNCTION reviewer_of(p_login text, p_revision item_revision) RETURNS account
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_account zhibao.account := zhibao.acting_account(p_login, ARRAY['city_operator', 'provincial_operator']);
	v_place text;
	v_name text;
BEGIN
	IF v_account.office_code = p_revision.office_code OR NOT EXISTS (SELECT FROM zhibao.office_tree t
			WHERE t.register_version = zhibao.register_at(clock_timestamp())
				AND t.ancestor_code = v_account.office_code AND t.code = p_revision.office_code) THEN
		PERFORM zhibao.refuse('E_REVIEW_OFFICE', format('只有上级单位可以审核 %s 的记录', p_revision.office_code));
	END IF;
	IF v_account.office_code = p_revision.author_office_code THEN
		PERFORM zhibao.refuse('E_REVIEW_PROXY', format('该版本由 %s 代报，本单位不能审核自己代报的记录，应由再上一级单位审核', p_revision.author_office_code));
	END IF;
	SELECT p.place, n.display_name INTO v_place, v_name FROM zhibao.revision_people(p_revision) p
	JOIN zhibao.account_change n ON n.login = p_login AND zhibao.person_key(n.display_name) = zhibao.person_key(p.name)
	ORDER BY n.change_no DESC LIMIT 1;
	IF FOUND THEN
		PERFORM zhibao.refuse('E_REVIEW_SELF', format('“%s”%s是该版本的%s，不能审核自己的记录', v_name,
			CASE WHEN v_name <> v_account.display_name THEN format('（账号 %s 用过的姓名）', p_login) ELSE '' END, v_place));
	END IF;
	RETURN v_account;
END $$;
COMMENT ON FUNCTION reviewer_of(text, item_revision) IS 'Checks who reviews (审核人核对): operators of an office above, neither the office that wrote it nor who had a hand in it.';

-- The revision asked for, with its kind; the item is locked until the commit, so that two reviewers act one after the other.
CREATE FUNCTION revision_to_judge(p_office text, p_item uuid, p_revision uuid) RETURNS item_revision
LANGUAGE plpgsql AS $$
DECLARE
	v_revision zhibao.item_revision;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended(p_office || p_item::text, 0));
	SELECT * INTO v_revision FROM zhibao.item_revision r
		WHERE r.office_code = p_office AND r.item_id = p_item AND r.revision_id = p_revision;
	IF NOT FOUND THEN
		PERFORM zhibao.refuse('E_REVISION_UNKNOWN', '没有这个版本，请核对单位、记录编号和版本编号');
	END IF;
	RETURN v_revision;
END $$;
COMMENT ON FUNCTION revision_to_judge(text, uuid, uuid) IS 'Finds and locks the revision a reviewer acts on (待审版本).';

-- Is there a newer revision that stands: built on this one, be it through one put aside, or, when this one was taken out, received after it?
CREATE FUNCTION revision_is_outdated(p_revision item_revision) RETURNS boolean
LANGUAGE sql STABLE AS $$
	WITH RECURSIVE verdict AS (
		SELECT v.revision_id, v.verdict IN ('returned', 'rejected') AS is_out FROM zhibao.verdicts_at('infinity') v
		WHERE v.office_code = p_revision.office_code AND v.item_id = p_revision.item_id
	), sibling AS MATERIALIZED (
		SELECT r.*, coalesce(v.is_out, false) AS is_out,
			zhibao.stored_base(r.kind, r.office_code, r.item_id, r.base_revision_id, 'infinity') AS base
		FROM zhibao.item_revision r LEFT JOIN verdict v USING (revision_id)
		WHERE r.office_code = p_revision.office_code AND r.item_id = p_revision.item_id
	), later AS (
		SELECT s.revision_id, s.is_out FROM sibling s
		WHERE s.base = p_revision.revision_id
			OR ((s.received_at, s.batch_id, s.seq) > (p_revision.received_at, p_revision.batch_id, p_revision.seq)
				AND EXISTS (SELECT FROM verdict v WHERE v.revision_id = p_revision.revision_id AND v.is_out))
		UNION
		SELECT s.revision_id, s.is_out FROM later l JOIN sibling s ON s.base = l.revision_id
	)
	SELECT EXISTS (SELECT FROM later l WHERE NOT l.is_out
		AND zhibao.revision_is_whole(p_revision.kind, p_revision.office_code, p_revision.item_id, l.revision_id))
$$;

-- Has the item ended: is the verdict that holds on its first revision a rejection?
CREATE FUNCTION item_is_ended(p_office text, p_item uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM zhibao.review v JOIN zhibao.item_revision r USING (office_code, item_id, revision_id)
		WHERE v.office_code = p_office AND v.item_id = p_item AND v.verdict = 'rejected' AND r.base_revision_id IS NULL
			AND NOT EXISTS (SELECT FROM zhibao.review n WHERE n.office_code = v.office_code AND n.item_id = v.item_id
				AND n.revision_id = v.revision_id AND n.review_no > v.review_no))
$$;
COMMENT ON FUNCTION item_is_ended(text, uuid) IS 'Has the item ended, its first revision being rejected (记录已终止)? Ruling R2.';

-- Who rejects a first revision holds this lock until he commits; who stores revisions of known items shares it until he
-- commits. So one of the two comes first and the other sees what he did: the revision is put aside, or the rejection refused.
CREATE FUNCTION ended_lock_key() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 7305 $$;
COMMENT ON FUNCTION ended_lock_key() IS 'Key of the advisory lock between rejections and corrections.';

-- Which of the named revisions are sent to an ended item: places from 1 on. One that is stored already is a repeat and is not
-- named; one that was put aside as such stays so, whatever became of the rejection. Each statement in here sees what was
-- committed before it, hence what a rejection that held the lock did.
CREATE FUNCTION ended_revisions(p_offices text[], p_author_offices text[], p_items uuid[], p_revisions uuid[]) RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	v_one record;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(zhibao.ended_lock_key());
	FOR v_one IN
		-- One look into an index for each, however many verdicts there are: a scalar subquery is never made a join.
		SELECT c.*, (SELECT true FROM zhibao.quarantine q WHERE q.item_office_code = c.office_code AND q.item_id = c.item_id
				AND q.revision_id = c.revision_id AND q.code = 'E_ITEM_ENDED' LIMIT 1) AS was_put_aside
		FROM unnest(p_offices, p_author_offices, p_items, p_revisions) WITH ORDINALITY
			AS c (office_code, author_office_code, item_id, revision_id, place)
		WHERE (SELECT true FROM zhibao.review v WHERE v.office_code = c.office_code AND v.item_id = c.item_id
			AND v.verdict = 'rejected' LIMIT 1)
	LOOP
		CONTINUE WHEN EXISTS (SELECT FROM zhibao.item_revision r WHERE r.office_code = v_one.office_code AND r.item_id = v_one.item_id
			AND r.revision_id = v_one.revision_id);
		IF v_one.was_put_aside OR zhibao.item_is_ended(v_one.office_code, v_one.item_id) THEN
			RETURN NEXT v_one.place;
		END IF;
	END LOOP;
END $$;
COMMENT ON FUNCTION ended_revisions(text[], text[], uuid[], uuid[]) IS 'Revisions sent to ended items (对已终止记录的更正), ruling R2. Read by the collector.';

-- What an acceptance asks beyond other verdicts: who granted an extension of what a record meets does not accept it, though a newer
-- one of another be in force; a form has no gap left without words, a paper an approver and its file, as known at the instant of
-- the verdict. A correction without a reason does not bind.
-- In PL/pgSQL, as it names what later changes make.
CREATE FUNCTION acceptance_check(p_account account, p_revision item_revision, p_now timestamptz) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_finding record;
BEGIN
	IF EXISTS (SELECT FROM zhibao.extension_of_revision(p_revision, p_now) e WHERE e.granted_by = p_account.login) THEN
		PERFORM zhibao.refuse('E_REVIEW_EXTENDED', format('这份材料的延期由账号“%s”批准，应由另一人审核通过', p_account.login));
	END IF;
	FOR v_finding IN SELECT o.*, count(*) OVER () AS total FROM (
			SELECT f.code, f.text_zh FROM zhibao.form_findings(p_revision.office_code, p_revision.item_id, p_revision.revision_id, p_now) f
			WHERE p_revision.kind = 'statistics_form' AND f.severity IN ('reject', 'explain')
			UNION ALL
			SELECT f.finding ->> 'code', f.finding ->> 'text' FROM zhibao.submission s CROSS JOIN LATERAL zhibao.paper_findings(s, p_now) AS f (finding)
			WHERE p_revision.kind = 'submission' AND s.office_code = p_revision.office_code AND s.item_id = p_revision.item_id
				AND s.revision_id = p_revision.revision_id AND s.operation <> 'withdraw') o LOOP
		PERFORM zhibao.refuse('E_FINDINGS_OPEN', format('%s有 %s 处核对问题没有更正或说明，不能通过，首处为 %s %s',
			CASE p_revision.kind WHEN 'submission' THEN '材料' ELSE '统计表' END, v_finding.total, v_finding.code, v_finding.text_zh));
	END LOOP;
END $$;
COMMENT ON FUNCTION acceptance_check(account, item_revision, timestamptz) IS 'Checks before an acceptance (审核通过前核对), rulings R2 and R12.';

-- Posts a verdict and tells the office. Refused: a verdict on an outdated revision or one of an ended item, taking back what was not
-- said, a return without words, a date of cure that is past or without a return.
CREATE FUNCTION review_post(p_login text, p_office text, p_item uuid, p_revision uuid, p_verdict text, p_reason text,
	p_remarks jsonb, p_cure_on date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_revision zhibao.item_revision := zhibao.revision_to_judge(p_office, p_item, p_revision);
	v_account zhibao.account := zhibao.reviewer_of(p_login, v_revision);
	v_verdict integer := array_position(ARRAY['pending', 'accepted', 'returned', 'rejected'], p_verdict);
	v_now timestamptz;
	v_no bigint;
BEGIN
	IF v_verdict IS NULL THEN
		PERFORM zhibao.refuse('E_VERDICT', '审核结论应为 accepted、returned、rejected 或 pending');
	END IF;
	IF p_remarks IS NOT NULL AND (jsonb_typeof(p_remarks) <> 'array' OR EXISTS (SELECT FROM jsonb_array_elements(p_remarks) AS e (remark)
			WHERE zhibao.text_is_blank(e.remark ->> 'field') OR zhibao.text_is_blank(e.remark ->> 'text'))) THEN
		PERFORM zhibao.refuse('E_REVIEW_REMARKS', '逐项意见应写明字段和意见');
	END IF;
	IF p_verdict IN ('returned', 'rejected') AND zhibao.text_is_blank(p_reason) THEN
		PERFORM zhibao.refuse('E_REVIEW_REASON', '退回或不予采纳应写明理由');
	END IF;
	IF p_cure_on IS NOT NULL AND (p_verdict <> 'returned' OR p_cure_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date) THEN
		PERFORM zhibao.refuse('E_REVIEW_CURE', '整改期限只用于退回，且不得早于今天');
	END IF;
	IF p_verdict = 'rejected' AND v_revision.base_revision_id IS NULL THEN
		PERFORM pg_advisory_xact_lock(zhibao.ended_lock_key());
	END IF;
	IF p_verdict = 'accepted' THEN
		PERFORM zhibao.deadline_lock(p_office);
	END IF;
	LOCK TABLE zhibao.review IN ROW EXCLUSIVE MODE;
	v_now := clock_timestamp();
	IF v_revision.base_revision_id IS NOT NULL AND zhibao.item_is_ended(p_office, p_item) THEN
		PERFORM zhibao.refuse('E_ITEM_ENDED', '首报已被不予采纳，记录已终止，更正应作为新记录报送');
	END IF;
	IF zhibao.revision_is_outdated(v_revision) THEN
		PERFORM zhibao.refuse('E_REVIEW_OUTDATED', '该版本之后已有更新的版本，请审核最新版本');
	END IF;
	IF p_verdict = 'pending' AND NOT EXISTS (SELECT FROM zhibao.verdicts_at(v_now) v WHERE v.office_code = p_office AND v.item_id = p_item
			AND v.revision_id = p_revision AND v.verdict <> 'pending') THEN
		PERFORM zhibao.refuse('E_REVIEW_NONE', '该版本没有审核结论，无可撤销');
	END IF;
	IF p_verdict = 'accepted' THEN
		PERFORM zhibao.acceptance_check(v_account, v_revision, v_now);
	END IF;
	INSERT INTO zhibao.review (office_code, item_id, revision_id, verdict, reason, remarks, cure_on, reviewer, reviewer_office_code, reviewed_at)
	VALUES (p_office, p_item, p_revision, p_verdict, p_reason, p_remarks, p_cure_on, v_account.login, v_account.office_code, v_now)
	RETURNING review_no INTO v_no;
	PERFORM zhibao.downlink_post(p_office, 2, v_account.display_name,
		(ARRAY['审核结论已撤销', '审核通过', '退回修改', '不予采纳'])[v_verdict],
		concat_ws(E'\n', p_reason, (SELECT string_agg(coalesce(e.remark ->> 'label', e.remark ->> 'field') || '：' || (e.remark ->> 'text'), E'\n')
			FROM jsonb_array_elements(p_remarks) AS e (remark)), '请于 ' || p_cure_on || ' 前更正后重新报送'),
		p_item, p_revision, v_verdict);
	RETURN v_no;
END $$;
COMMENT ON FUNCTION review_post(text, text, uuid, uuid, text, text, jsonb, date) IS 'Posts a verdict on a revision (审核), ruling R2.';
COMMENT ON FUNCTION revision_is_outdated(item_revision) IS 'Has a newer revision replaced this one (版本已过时)? Ruling R2.';

-- Picks the branch that counts where revisions conflict, and tells the office. Refused where it would decide nothing.
CREATE FUNCTION branch_pick_post(p_login text, p_office text, p_item uuid, p_revision uuid, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_revision zhibao.item_revision := zhibao.revision_to_judge(p_office, p_item, p_revision);
	v_account zhibao.account := zhibao.reviewer_of(p_login, v_revision);
	v_now timestamptz;
	v_tip record;
	v_no bigint;
BEGIN
	IF zhibao.text_is_blank(p_reason) THEN
		PERFORM zhibao.refuse('E_REVIEW_REASON', '裁定应写明理由');
	END IF;
	LOCK TABLE zhibao.branch_pick IN ROW EXCLUSIVE MODE;
	v_now := clock_timestamp();
	SELECT t.revision_id, t.is_disputed INTO v_tip FROM zhibao.revision_tip(v_revision.kind, v_now, ARRAY[p_office], ARRAY[p_item]) t;
	IF NOT coalesce(v_tip.is_disputed, false) THEN
		PERFORM zhibao.refuse('E_PICK_NONE', '这条记录没有待裁定的冲突');
	END IF;
	IF EXISTS (SELECT FROM zhibao.verdicts_at(v_now) v WHERE v.office_code = p_office AND v.item_id = p_item
			AND v.revision_id = p_revision AND v.verdict IN ('returned', 'rejected')) THEN
		PERFORM zhibao.refuse('E_PICK_RETURNED', '已退回或不予采纳的版本不能选为有效');
	END IF;
	INSERT INTO zhibao.branch_pick (office_code, item_id, revision_id, reason, picked_by, picked_at)
	VALUES (p_office, p_item, p_revision, p_reason, v_account.login, v_now) RETURNING pick_no INTO v_no;
	-- Both the branch that counts and a disputed one descend from what was picked: the same goes on counting, still disputed.
	IF EXISTS (SELECT FROM zhibao.revision_tip(v_revision.kind, v_now, ARRAY[p_office], ARRAY[p_item]) t
			WHERE t.is_disputed AND t.revision_id = v_tip.revision_id) THEN
		PERFORM zhibao.refuse('E_PICK_NONE', '选定该版本不能解决冲突，互相冲突的版本都在它之后，请在这些版本中选定');
	END IF;
	PERFORM zhibao.downlink_post(p_office, 1, v_account.display_name, '冲突已裁定',
		format('记录 %s 以版本 %s 为准：%s', p_item, p_revision, p_reason), p_item, p_revision);
	RETURN v_no;
END $$;
COMMENT ON FUNCTION branch_pick_post(text, text, uuid, uuid, text) IS 'Picks the branch that counts (冲突裁定), ruling R1.';

REVOKE ALL ON FUNCTION review_post(text, text, uuid, uuid, text, text, jsonb, date), branch_pick_post(text, text, uuid, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION review_post(text, text, uuid, uuid, text, text, jsonb, date), branch_pick_post(text, text, uuid, uuid, text)
	TO zhibao_aggregator;

COMMIT;
