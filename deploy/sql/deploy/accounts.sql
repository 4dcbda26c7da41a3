-- Deploy accounts: who may act at the centre, and how that changed.

BEGIN;

SET LOCAL search_path TO zhibao;

-- A rule said no: SQLSTATE ZB001, the message is for the person: a stable code, a space, a sentence.
CREATE FUNCTION refuse(p_code text, p_text text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'ZB001', MESSAGE = p_code || ' ' || p_text;
END $$;
COMMENT ON FUNCTION refuse(text, text) IS 'Refuses an action (拒绝操作) with a stable code and a sentence.';

-- What is told line by line may neither write a line nor turn one round.
CREATE FUNCTION refuse_controls(p_what text, p_text text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF p_text ~ '[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]' THEN
		PERFORM zhibao.refuse('E_CONTROL_CHARACTER', p_what || '不得含换行、制表符等控制字符');
	END IF;
END $$;
COMMENT ON FUNCTION refuse_controls(text, text) IS 'Refuses control characters (拒绝控制字符).';

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM zhibao.refuse('E_FROZEN', format('%s 只增不改', TG_TABLE_NAME));
	RETURN NULL;
END $$;
COMMENT ON FUNCTION refuse_change() IS 'Keeps rows as they were written (只增不改).';

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

-- What an account ever was stays: the names a login bore decide who may judge what (reviewer_of).
CREATE TABLE account_change (
	change_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	login text NOT NULL REFERENCES account,
	changes text[] NOT NULL CHECK (changes <> '{}' AND changes <@ ARRAY['created', 'renamed', 'moved', 'roles', 'closed', 'reopened']),
	display_name text NOT NULL,
	office_code text NOT NULL,
	roles text[] NOT NULL,
	is_open boolean NOT NULL,
	changed_by text NOT NULL,
	database_role text NOT NULL,
	changed_at timestamptz NOT NULL
);
COMMENT ON TABLE account_change IS 'Every change of an account and what it was from then on (账号变更). Written with the account, by a trigger of it; read by the aggregator.';
COMMENT ON COLUMN account_change.change_no IS 'order of the changes (变更序号)';
COMMENT ON COLUMN account_change.login IS 'account (登录名)';
COMMENT ON COLUMN account_change.changes IS 'what was changed (变更事项)';
COMMENT ON COLUMN account_change.display_name IS 'name from then on (姓名)';
COMMENT ON COLUMN account_change.office_code IS 'office from then on (所属单位)';
COMMENT ON COLUMN account_change.roles IS 'roles from then on (角色)';
COMMENT ON COLUMN account_change.is_open IS 'open from then on (是否启用)';
COMMENT ON COLUMN account_change.changed_by IS 'who changed it, by the word of the command (变更人)';
COMMENT ON COLUMN account_change.database_role IS 'who was connected, by the word of the database (数据库用户)';
COMMENT ON COLUMN account_change.changed_at IS 'when (变更时间)';
GRANT SELECT ON account_change TO zhibao_aggregator, zhibao_admin;
CREATE INDEX account_change_by_login ON account_change (login);
CREATE TRIGGER account_change_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON account_change EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_stays BEFORE DELETE OR TRUNCATE ON account EXECUTE FUNCTION refuse_change();

CREATE FUNCTION account_record() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
	v_changes text[] := '{created}';
BEGIN
	IF TG_OP = 'UPDATE' THEN
		v_changes := array_remove(ARRAY[CASE WHEN NEW.display_name <> OLD.display_name THEN 'renamed' END,
			CASE WHEN NEW.office_code <> OLD.office_code THEN 'moved' END,
			CASE WHEN NOT (NEW.roles @> OLD.roles AND NEW.roles <@ OLD.roles) THEN 'roles' END,
			CASE WHEN NEW.closed_at IS NULL AND OLD.closed_at IS NOT NULL THEN 'reopened'
				WHEN NEW.closed_at IS NOT NULL AND OLD.closed_at IS NULL THEN 'closed' END], NULL);
	END IF;
	IF v_changes <> '{}' THEN
		INSERT INTO zhibao.account_change (login, changes, display_name, office_code, roles, is_open, changed_by, database_role, changed_at)
		VALUES (NEW.login, v_changes, NEW.display_name, NEW.office_code, NEW.roles, NEW.closed_at IS NULL,
			coalesce(nullif(current_setting('zhibao.changed_by', true), ''), session_user), session_user, clock_timestamp());
	END IF;
	RETURN NULL;
END $$;
COMMENT ON FUNCTION account_record() IS 'Records every change of an account (账号变更留痕).';
CREATE TRIGGER account_recorded AFTER INSERT OR UPDATE ON account FOR EACH ROW EXECUTE FUNCTION account_record();

-- The changes by an instant, oldest first, each with what was before it.
CREATE FUNCTION account_history(p_as_of timestamptz) RETURNS TABLE (change_no bigint, login text, changed_at timestamptz, what text, detail text,
	office_code text, office_before text, changed_by text, database_role text)
LANGUAGE sql STABLE AS $$
	WITH step AS (
		SELECT c.*, lag(c.display_name) OVER w AS name_before, lag(c.office_code) OVER w AS from_office, lag(c.roles) OVER w AS roles_before
		FROM zhibao.account_change c WHERE c.changed_at <= p_as_of WINDOW w AS (PARTITION BY c.login ORDER BY c.change_no)
	), role (name, label_zh) AS (
		VALUES ('filler', '填报人'), ('approver', '审核人'), ('city_operator', '市州操作员'), ('provincial_operator', '省级操作员'), ('auditor', '审计员'),
			('administrator', '管理员')
	), worded AS (
		SELECT s.*, (SELECT string_agg(r.label_zh, '、' ORDER BY array_position(s.roles, r.name)) FROM role r WHERE r.name = ANY (s.roles)) AS roles_zh,
			(SELECT string_agg(r.label_zh, '、' ORDER BY array_position(s.roles_before, r.name)) FROM role r WHERE r.name = ANY (s.roles_before)) AS roles_before_zh
		FROM step s
	)
	SELECT s.change_no, s.login, s.changed_at,
		(SELECT string_agg(l.label_zh, '、' ORDER BY l.place) FROM (VALUES (1, 'created', '开通'), (2, 'renamed', '改名'), (3, 'moved', '调整单位'),
			(4, 'roles', '调整角色'), (5, 'closed', '停用'), (6, 'reopened', '恢复启用')) l (place, name, label_zh) WHERE l.name = ANY (s.changes)),
		concat_ws('；', CASE WHEN 'created' = ANY (s.changes) THEN '姓名 ' || s.display_name WHEN 'renamed' = ANY (s.changes) THEN '姓名 ' || s.name_before || ' → ' || s.display_name END,
			CASE WHEN 'created' = ANY (s.changes) THEN '单位 ' || s.office_code WHEN 'moved' = ANY (s.changes) THEN '单位 ' || s.from_office || ' → ' || s.office_code END,
			CASE WHEN 'created' = ANY (s.changes) THEN '角色 ' || coalesce(s.roles_zh, '无')
				WHEN 'roles' = ANY (s.changes) THEN '角色 ' || coalesce(s.roles_before_zh, '无') || ' → ' || coalesce(s.roles_zh, '无') END,
			CASE WHEN 'created' = ANY (s.changes) AND NOT s.is_open THEN '未启用' END),
		s.office_code, s.from_office, s.changed_by, s.database_role
	FROM worded s ORDER BY s.change_no
$$;
COMMENT ON FUNCTION account_history(timestamptz) IS 'Changes of accounts by an instant in words (账号变更记录).';

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

-- Opens or changes an account. The first one needs no administrator: who may connect to the database may begin. p_by is who the
-- command says acts, the role that is connected by default; the trigger records it with what changed, and only of what is done in here.
CREATE FUNCTION account_set(p_login text, p_display_name text, p_office text, p_roles text[], p_is_open boolean, p_by text DEFAULT NULL) RETURNS void
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
	IF zhibao.text_is_blank(p_display_name) THEN
		PERFORM zhibao.refuse('E_NAME_BLANK', '姓名不得为空白');
	END IF;
	PERFORM zhibao.refuse_controls('姓名和操作人', concat(p_display_name, p_by));
	PERFORM set_config('zhibao.changed_by', coalesce(p_by, ''), true);
	INSERT INTO zhibao.account AS a VALUES (p_login, p_display_name, p_office, p_roles, clock_timestamp(),
		CASE WHEN NOT p_is_open THEN clock_timestamp() END)
	ON CONFLICT (login) DO UPDATE SET display_name = excluded.display_name, office_code = excluded.office_code,
		roles = excluded.roles, closed_at = CASE WHEN NOT p_is_open THEN coalesce(a.closed_at, excluded.closed_at) END;
	PERFORM set_config('zhibao.changed_by', '', true);
END $$;
COMMENT ON FUNCTION account_set(text, text, text, text[], boolean, text) IS 'Opens, changes or closes an account (账号管理).';
REVOKE ALL ON FUNCTION account_set(text, text, text, text[], boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION account_set(text, text, text, text[], boolean, text) TO zhibao_aggregator;

COMMIT;
