-- Deploy reviews: who may act at the centre, verdicts on revisions (ruling R2) and picks among branches (ruling R1).

BEGIN;

SET LOCAL search_path TO zhibao;

-- A rule said no: SQLSTATE ZB001, the message is for the person: a stable code, a space, a sentence.
CREATE FUNCTION refuse(p_code text, p_text text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'ZB001', MESSAGE = p_code || ' ' || p_text;
END $$;
COMMENT ON FUNCTION refuse(text, text) IS 'Refuses an action (拒绝操作) with a stable code and a sentence.';

CREATE TABLE account (
	login text PRIMARY KEY CHECK (login ~ '^[a-z0-9._-]{1,64}$'),
	display_name text NOT NULL CHECK (display_name <> ''),
	office_code text NOT NULL,
	roles text[] NOT NULL CHECK (roles <@ ARRAY['filler', 'approver', 'city_operator', 'provincial_operator', 'auditor', 'administrator']),
	created_at timestamptz NOT NULL DEFAULT now(),
	closed_at timestamptz
);
COMMENT ON TABLE account IS 'People who act at the centre (账号), each bound to a node of the office tree. Written through account_set; read by the aggregator.';
COMMENT ON COLUMN account.login IS 'name to sign in with (登录名)';
COMMENT ON COLUMN account.display_name IS 'name of the person (姓名)';
COMMENT ON COLUMN account.office_code IS 'office the person acts for (所属单位)';
COMMENT ON COLUMN account.roles IS 'what the person may do (角色)';
COMMENT ON COLUMN account.created_at IS 'since when (开通时间)';
COMMENT ON COLUMN account.closed_at IS 'closed since (停用时间), NULL while open';
GRANT SELECT ON account TO zhibao_aggregator, zhibao_admin;

CREATE TABLE review (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	revision_id uuid NOT NULL,
	review_no bigint GENERATED ALWAYS AS IDENTITY,
	verdict text NOT NULL CHECK (verdict IN ('pending', 'accepted', 'returned', 'rejected')),
	reason text,
	remarks jsonb CHECK (jsonb_typeof(remarks) = 'array'),
	cure_on date,
	reviewer text NOT NULL,
	reviewer_office_code text NOT NULL,
	reviewed_at timestamptz NOT NULL,
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	PRIMARY KEY (office_code, item_id, revision_id, review_no)
);
COMMENT ON TABLE review IS 'Verdicts on revisions (审核), ruling R2; the newest on a revision holds. Written through review_post; read by the aggregator and the collector.';
COMMENT ON COLUMN review.office_code IS 'office of the item (单位代码)';
COMMENT ON COLUMN review.item_id IS 'item (记录编号)';
COMMENT ON COLUMN review.revision_id IS 'revision judged (版本编号)';
COMMENT ON COLUMN review.review_no IS 'order of the verdicts (审核序号)';
COMMENT ON COLUMN review.verdict IS 'pending takes an earlier verdict back (审核结论)';
COMMENT ON COLUMN review.reason IS 'words for the office (审核意见), required unless accepted';
COMMENT ON COLUMN review.remarks IS 'remarks on single fields or cells (逐项意见): field, its Chinese name as label, text';
COMMENT ON COLUMN review.cure_on IS 'day by which the correction is expected, inclusive (整改期限)';
COMMENT ON COLUMN review.reviewer IS 'account that judged (审核人)';
COMMENT ON COLUMN review.reviewer_office_code IS 'its office then (审核单位)';
COMMENT ON COLUMN review.reviewed_at IS 'instant of the verdict (审核时间)';
COMMENT ON COLUMN review.xid IS 'transaction that wrote it';
GRANT SELECT ON review TO zhibao_aggregator, zhibao_collector, zhibao_admin;
CREATE INDEX review_by_xid ON review (xid);

CREATE TABLE branch_pick (
	office_code text NOT NULL,
	item_id uuid NOT NULL,
	pick_no bigint GENERATED ALWAYS AS IDENTITY,
	revision_id uuid NOT NULL,
	reason text NOT NULL CHECK (reason <> ''),
	picked_by text NOT NULL,
	picked_at timestamptz NOT NULL,
	xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
	PRIMARY KEY (office_code, item_id, pick_no)
);
COMMENT ON TABLE branch_pick IS 'Branches picked by a reviewer where revisions conflict (冲突裁定), ruling R1. Written through branch_pick_post; read by the aggregator.';
COMMENT ON COLUMN branch_pick.office_code IS 'office of the item (单位代码)';
COMMENT ON COLUMN branch_pick.item_id IS 'item (记录编号)';
COMMENT ON COLUMN branch_pick.pick_no IS 'order of the picks (裁定序号)';
COMMENT ON COLUMN branch_pick.revision_id IS 'revision whose branch counts (选定版本)';
COMMENT ON COLUMN branch_pick.reason IS 'why (裁定理由)';
COMMENT ON COLUMN branch_pick.picked_by IS 'account that picked (裁定人)';
COMMENT ON COLUMN branch_pick.picked_at IS 'instant of the pick (裁定时间)';
COMMENT ON COLUMN branch_pick.xid IS 'transaction that wrote it';
GRANT SELECT ON branch_pick TO zhibao_aggregator, zhibao_admin;
CREATE INDEX branch_pick_by_xid ON branch_pick (xid);

-- The account when it is open and has one of the roles; otherwise the action is refused.
CREATE FUNCTION acting_account(p_login text, p_roles text[]) RETURNS account
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_account zhibao.account;
BEGIN
	SELECT * INTO v_account FROM zhibao.account WHERE login = p_login AND closed_at IS NULL;
	IF NOT FOUND THEN
		PERFORM zhibao.refuse('E_ACCOUNT_UNKNOWN', format('没有账号“%s”，或已停用', p_login));
	END IF;
	IF NOT v_account.roles && p_roles THEN
		PERFORM zhibao.refuse('E_ROLE', format('账号“%s”没有这项权限', p_login));
	END IF;
	RETURN v_account;
END $$;
COMMENT ON FUNCTION acting_account(text, text[]) IS 'Checks who acts (操作人核对).';

-- Opens or changes an account. The first one needs no administrator: who may connect to the database may begin.
CREATE FUNCTION account_set(p_login text, p_display_name text, p_office text, p_roles text[], p_is_open boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.office o WHERE o.code = p_office
			AND o.register_version = zhibao.register_at(clock_timestamp())) THEN
		PERFORM zhibao.refuse('E_OFFICE_UNKNOWN', format('单位 %s 不在名册中', p_office));
	END IF;
	IF p_login !~ '^[a-z0-9._-]{1,64}$' THEN
		PERFORM zhibao.refuse('E_LOGIN', '登录名应为 1 至 64 个小写字母、数字、点、横线或下划线');
	END IF;
	IF NOT p_roles <@ ARRAY['filler', 'approver', 'city_operator', 'provincial_operator', 'auditor', 'administrator'] THEN
		PERFORM zhibao.refuse('E_ROLE_UNKNOWN', '角色应为 filler、approver、city_operator、provincial_operator、auditor、administrator');
	END IF;
	INSERT INTO zhibao.account VALUES (p_login, p_display_name, p_office, p_roles, clock_timestamp(),
		CASE WHEN NOT p_is_open THEN clock_timestamp() END)
	ON CONFLICT (login) DO UPDATE SET display_name = excluded.display_name, office_code = excluded.office_code,
		roles = excluded.roles, closed_at = excluded.closed_at;
END $$;
COMMENT ON FUNCTION account_set(text, text, text, text[], boolean) IS 'Opens, changes or closes an account (账号管理).';
REVOKE ALL ON FUNCTION account_set(text, text, text, text[], boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION account_set(text, text, text, text[], boolean) TO zhibao_aggregator;

-- Newest verdict on each revision at an instant; revisions without one are pending.
CREATE FUNCTION verdicts_at(p_as_of timestamptz) RETURNS SETOF review
LANGUAGE sql STABLE ROWS 1000 AS $$
	SELECT DISTINCT ON (r.office_code, r.item_id, r.revision_id) r.*
	FROM zhibao.review r WHERE r.reviewed_at <= p_as_of
	ORDER BY r.office_code, r.item_id, r.revision_id, r.review_no DESC
$$;
COMMENT ON FUNCTION verdicts_at(timestamptz) IS 'Verdicts that hold at an instant (有效审核结论), ruling R2.';

COMMIT;
