-- Deploy extensions: extensions (延期) and exemptions (免报): who has one at an instant, granting and taking back. Ruling R12.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE extension (
	programme text NOT NULL,
	office_code text NOT NULL,
	milestone_no integer NOT NULL,
	extension_no bigint GENERATED ALWAYS AS IDENTITY,
	until_at timestamptz NOT NULL CHECK (until_at > granted_at),
	reason text NOT NULL CHECK (reason <> ''),
	granted_by text NOT NULL,
	granter_office_code text NOT NULL,
	granted_at timestamptz NOT NULL,
	withdrawn_by text,
	withdrawer_office_code text,
	withdrawn_at timestamptz,
	withdraw_reason text,
	PRIMARY KEY (office_code, milestone_no, extension_no),
	CHECK (num_nulls(withdrawn_by, withdrawer_office_code, withdrawn_at, withdraw_reason) IN (0, 4))
);
COMMENT ON TABLE extension IS 'Extensions granted (延期), ruling R12; the newest not withdrawn is in force. Written through extension_grant and extension_withdraw; read by the aggregator.';
COMMENT ON COLUMN extension.programme IS 'programme it belongs to (活动标识)';
COMMENT ON COLUMN extension.office_code IS 'office it is for (单位代码)';
COMMENT ON COLUMN extension.milestone_no IS 'milestone (任务编号)';
COMMENT ON COLUMN extension.extension_no IS 'order of the grants (延期序号)';
COMMENT ON COLUMN extension.until_at IS 'instant up to which a receipt is on time, exclusive (延至)';
COMMENT ON COLUMN extension.reason IS 'why (延期理由)';
COMMENT ON COLUMN extension.granted_by IS 'account that granted it (批准人)';
COMMENT ON COLUMN extension.granter_office_code IS 'its office then, the one above (批准单位)';
COMMENT ON COLUMN extension.granted_at IS 'when (批准时间)';
COMMENT ON COLUMN extension.withdrawn_by IS 'account that took it back (撤回人)';
COMMENT ON COLUMN extension.withdrawer_office_code IS 'its office then (撤回单位)';
COMMENT ON COLUMN extension.withdrawn_at IS 'when it was taken back (撤回时间), NULL while in force';
COMMENT ON COLUMN extension.withdraw_reason IS 'why it was taken back (撤回理由)';
GRANT SELECT ON extension TO zhibao_aggregator, zhibao_admin;

CREATE TABLE exemption (
	programme text NOT NULL,
	office_code text NOT NULL,
	milestone_no integer NOT NULL,
	exemption_no bigint GENERATED ALWAYS AS IDENTITY,
	reason text NOT NULL CHECK (reason <> ''),
	until_at timestamptz CHECK (until_at > granted_at),
	granted_by text NOT NULL,
	granter_office_code text NOT NULL,
	granted_at timestamptz NOT NULL,
	withdrawn_by text,
	withdrawer_office_code text,
	withdrawn_at timestamptz,
	withdraw_reason text,
	PRIMARY KEY (office_code, milestone_no, exemption_no),
	CHECK (num_nulls(withdrawn_by, withdrawer_office_code, withdrawn_at, withdraw_reason) IN (0, 4))
);
COMMENT ON TABLE exemption IS 'Obligations an office need not meet (免报), until taken back or until an instant. Written through exemption_grant and exemption_withdraw; read by the aggregator.';
COMMENT ON COLUMN exemption.programme IS 'programme it belongs to (活动标识)';
COMMENT ON COLUMN exemption.office_code IS 'office it is for (单位代码)';
COMMENT ON COLUMN exemption.milestone_no IS 'milestone (任务编号)';
COMMENT ON COLUMN exemption.exemption_no IS 'order of the grants (免报序号)';
COMMENT ON COLUMN exemption.reason IS 'why (免报理由)';
COMMENT ON COLUMN exemption.until_at IS 'instant up to which it holds, exclusive (免报至), NULL without an end; from then on the deadline binds as if there had been none';
COMMENT ON COLUMN exemption.granted_by IS 'account that granted it (批准人)';
COMMENT ON COLUMN exemption.granter_office_code IS 'its office then, the one above (批准单位)';
COMMENT ON COLUMN exemption.granted_at IS 'when (批准时间)';
COMMENT ON COLUMN exemption.withdrawn_by IS 'account that took it back (撤回人)';
COMMENT ON COLUMN exemption.withdrawer_office_code IS 'its office then (撤回单位)';
COMMENT ON COLUMN exemption.withdrawn_at IS 'when it was taken back (撤回时间), NULL while in force';
COMMENT ON COLUMN exemption.withdraw_reason IS 'why it was taken back (撤回理由)';
GRANT SELECT ON exemption TO zhibao_aggregator, zhibao_admin;

-- The extension in force per office and milestone: the newest granted and not taken back at the instant. The milestone
-- keeps its number through the versions of a programme, but what was granted before the year was for the year before.
CREATE FUNCTION extension_at(p_programme text, p_as_of timestamptz) RETURNS SETOF extension
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT DISTINCT ON (e.office_code, e.milestone_no) e.* FROM zhibao.extension e
	WHERE e.programme = p_programme AND e.granted_at <= p_as_of AND (e.withdrawn_at IS NULL OR e.withdrawn_at > p_as_of)
		AND e.granted_at >= (SELECT zhibao.year_opened(zhibao.register_at(p_as_of)))
	ORDER BY e.office_code, e.milestone_no, e.extension_no DESC
$$;
COMMENT ON FUNCTION extension_at(text, timestamptz) IS 'Extensions in force at an instant (有效延期), ruling R12.';

CREATE FUNCTION exemption_at(p_programme text, p_as_of timestamptz) RETURNS SETOF exemption
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT DISTINCT ON (e.office_code, e.milestone_no) e.* FROM zhibao.exemption e
	WHERE e.programme = p_programme AND e.granted_at <= p_as_of AND (e.withdrawn_at IS NULL OR e.withdrawn_at > p_as_of)
		AND (e.until_at IS NULL OR e.until_at > p_as_of) AND e.granted_at >= (SELECT zhibao.year_opened(zhibao.register_at(p_as_of)))
	ORDER BY e.office_code, e.milestone_no, e.exemption_no DESC
$$;
COMMENT ON FUNCTION exemption_at(text, timestamptz) IS 'Exemptions in force at an instant (有效免报).';

-- The extensions of the obligations that a record meets, in force or hidden by a newer one that may be taken back; a record made by
-- another office meets none (R3). Of a year that is over, those of when its registers last were in force; a profile is of the
-- year in which it was confirmed.
CREATE FUNCTION extension_of_revision(p_revision item_revision, p_as_of timestamptz) RETURNS SETOF extension
LANGUAGE sql STABLE ROWS 1 AS $$
	WITH word AS (
		SELECT w.word FROM zhibao.submission s CROSS JOIN LATERAL zhibao.submission_word(s.submission_kind, s.period) AS w (word)
		WHERE p_revision.kind = 'submission' AND s.office_code = p_revision.office_code AND s.item_id = p_revision.item_id
			AND s.revision_id = p_revision.revision_id
		UNION ALL
		SELECT w.word FROM zhibao.office_profile o CROSS JOIN LATERAL (VALUES ('mechanism', o.mechanism_established_on IS NOT NULL),
			('ledger', o.ledger_established_on IS NOT NULL), ('responsible_person', NOT zhibao.text_is_blank(o.responsible_name))) AS w (word, is_there)
		WHERE p_revision.kind = 'office_profile' AND o.office_code = p_revision.office_code AND o.item_id = p_revision.item_id
			AND o.revision_id = p_revision.revision_id AND w.is_there
		UNION ALL
		SELECT u.object_kind FROM zhibao.publication u
		WHERE p_revision.kind = 'publication' AND u.office_code = p_revision.office_code AND u.item_id = p_revision.item_id
			AND u.revision_id = p_revision.revision_id AND u.channel = 'portal'
		UNION ALL
		SELECT 'statistics_form:' || f.period FROM zhibao.statistics_form f
		WHERE p_revision.kind = 'statistics_form' AND f.office_code = p_revision.office_code AND f.item_id = p_revision.item_id
			AND f.revision_id = p_revision.revision_id
	), instant AS (
		SELECT zhibao.year_instant(coalesce((SELECT f.period_end FROM zhibao.statistics_form f WHERE p_revision.kind = 'statistics_form'
				AND f.office_code = p_revision.office_code AND f.item_id = p_revision.item_id AND f.revision_id = p_revision.revision_id),
			(SELECT u.published_on FROM zhibao.publication u WHERE p_revision.kind = 'publication'
				AND u.office_code = p_revision.office_code AND u.item_id = p_revision.item_id AND u.revision_id = p_revision.revision_id),
			zhibao.year_start(zhibao.register_at(CASE WHEN p_revision.kind = 'office_profile' THEN p_revision.received_at
				ELSE (SELECT min(r.received_at) FROM zhibao.item_revision r
					WHERE r.office_code = p_revision.office_code AND r.item_id = p_revision.item_id) END))), p_as_of) AS as_of
	)
	SELECT e.* FROM instant i JOIN zhibao.programme_version p ON p.register_version = zhibao.register_at(i.as_of)
	JOIN zhibao.obligation b ON b.register_version = p.register_version AND b.office_code = p_revision.office_code AND b.judged_by = 'receipt'
	JOIN zhibao.extension e ON e.programme = p.programme AND e.office_code = b.office_code AND e.milestone_no = b.milestone_no
		AND e.granted_at BETWEEN zhibao.year_opened(p.register_version) AND i.as_of AND (e.withdrawn_at IS NULL OR e.withdrawn_at > i.as_of)
	WHERE p_revision.author_office_code = p_revision.office_code
		AND EXISTS (SELECT FROM word w WHERE w.word = b.evidence
			OR (b.evidence LIKE 'filing:%' AND w.word = ANY (string_to_array(split_part(b.evidence, ':', 2), '+'))))
$$;
COMMENT ON FUNCTION extension_of_revision(item_revision, timestamptz) IS 'Extensions not taken back of what a revision meets (版本所涉延期), ruling R12.';

-- Who changes a deadline of an office, or accepts what may meet one, holds this until he commits: so one of the two comes first
-- and the other sees what he did.
CREATE FUNCTION deadline_lock(p_office text) RETURNS void
LANGUAGE sql VOLATILE AS $$
	SELECT pg_advisory_xact_lock(7316022, hashtext(p_office))
$$;
COMMENT ON FUNCTION deadline_lock(text) IS 'Lock between changes of the deadlines of an office and acceptances (期限变更与审核互斥).';

-- Words for a deadline: midnight is 24:00 of the day before.
CREATE FUNCTION deadline_text(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN t.local::time = '00:00' THEN to_char(t.local - interval '1 day', 'YYYY-MM-DD') || ' 24:00'
		ELSE to_char(t.local, 'YYYY-MM-DD HH24:MI') END
	FROM (SELECT p_at AT TIME ZONE 'Asia/Shanghai') t (local)
$$;
COMMENT ON FUNCTION deadline_text(timestamptz) IS 'A deadline in words (截止时刻文字).';

-- Who may change the deadline of an office: an operator of the office above it, never one of the office itself. The
-- obligation must be one of the registers in force that receipt judges.
CREATE FUNCTION deadline_acting(p_login text, p_office text, p_milestone_no integer)
RETURNS TABLE (login text, display_name text, acting_office_code text, programme text, material text, due_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_account zhibao.account := zhibao.acting_account(p_login, ARRAY['city_operator', 'provincial_operator']);
	v_register integer := zhibao.register_at(clock_timestamp());
	v_office zhibao.office;
	v_parent zhibao.office;
	v_obligation zhibao.obligation;
BEGIN
	SELECT * INTO v_office FROM zhibao.office o WHERE o.register_version = v_register AND o.code = p_office;
	IF NOT FOUND THEN
		PERFORM zhibao.refuse('E_OFFICE_UNKNOWN', format('单位 %s 不在名册中', p_office));
	END IF;
	SELECT * INTO v_obligation FROM zhibao.obligation b WHERE b.register_version = v_register AND b.office_code = p_office
		AND b.milestone_no = p_milestone_no AND b.judged_by = 'receipt';
	IF NOT FOUND THEN
		PERFORM zhibao.refuse('E_OBLIGATION_UNKNOWN', format('%s没有编号为 %s 的报送任务', v_office.short_name, p_milestone_no));
	END IF;
	IF v_account.office_code = p_office THEN
		PERFORM zhibao.refuse('E_OWN_OFFICE', '不能批准本单位的延期或免报，应由上级单位批准');
	END IF;
	SELECT * INTO v_parent FROM zhibao.office o WHERE o.register_version = v_register AND o.code = v_office.parent_code;
	IF v_account.office_code IS DISTINCT FROM v_parent.code THEN
		PERFORM zhibao.refuse('E_NOT_PARENT', format('%s的延期或免报只能由其上级单位%s批准', v_office.short_name,
			coalesce('（' || v_parent.name_zh || '）', '')));
	END IF;
	IF NOT (CASE v_parent.level WHEN 'province' THEN 'provincial_operator' ELSE 'city_operator' END = ANY (v_account.roles)) THEN
		PERFORM zhibao.refuse('E_ROLE', format('账号“%s”没有这项权限', p_login));
	END IF;
	RETURN QUERY SELECT v_account.login, v_account.display_name, v_account.office_code, p.programme, m.obligation_zh, v_obligation.due_at
		FROM zhibao.programme_version p JOIN zhibao.milestone m USING (register_version)
		WHERE p.register_version = v_register AND m.milestone_no = p_milestone_no;
END $$;
COMMENT ON FUNCTION deadline_acting(text, text, integer) IS 'Checks who changes a deadline (延期、免报权限核对), ruling R12.';

CREATE FUNCTION extension_grant(p_login text, p_office text, p_milestone_no integer, p_until timestamptz, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_by record;
	v_now timestamptz;
	v_no bigint;
BEGIN
	SELECT * INTO v_by FROM zhibao.deadline_acting(p_login, p_office, p_milestone_no);
	IF zhibao.text_is_blank(p_reason) THEN
		PERFORM zhibao.refuse('E_REASON', '请填写理由');
	END IF;
	PERFORM zhibao.deadline_lock(p_office);
	LOCK TABLE zhibao.extension IN ROW EXCLUSIVE MODE;
	v_now := clock_timestamp();
	IF p_until IS NULL OR p_until <= v_now THEN
		PERFORM zhibao.refuse('E_UNTIL_PAST', '延至时间应晚于现在');
	END IF;
	INSERT INTO zhibao.extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at)
	VALUES (v_by.programme, p_office, p_milestone_no, p_until, btrim(p_reason), v_by.login, v_by.acting_office_code, v_now)
	RETURNING extension_no INTO v_no;
	-- As acceptance_check in the other order: who accepted what this extension would make timely does not grant it. Asked once it
	-- stands, so that both ask the same; a refusal undoes it.
	IF EXISTS (SELECT FROM zhibao.verdicts_at(v_now) v JOIN zhibao.item_revision r USING (office_code, item_id, revision_id)
			CROSS JOIN LATERAL zhibao.extension_of_revision(r, v_now) e
			WHERE v.office_code = p_office AND v.verdict = 'accepted' AND v.reviewer = v_by.login AND e.extension_no = v_no) THEN
		PERFORM zhibao.refuse('E_EXTEND_ACCEPTED', format('这项任务的材料由账号“%s”审核通过，延期应由另一人批准', v_by.login));
	END IF;
	PERFORM zhibao.downlink_post(p_office, 4, v_by.display_name, '延期：' || v_by.material,
		format('“%s”的报送期限延至 %s。理由：%s', v_by.material, zhibao.deadline_text(greatest(p_until, v_by.due_at)), btrim(p_reason)),
		p_milestone_no => p_milestone_no, p_due_at => greatest(p_until, v_by.due_at));
	RETURN v_no;
END $$;
COMMENT ON FUNCTION extension_grant(text, text, integer, timestamptz, text) IS 'Grants an extension (批准延期) and tells the office, ruling R12; returns its number.';

CREATE FUNCTION extension_withdraw(p_login text, p_office text, p_milestone_no integer, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_by record;
	v_now timestamptz;
	v_no bigint;
	v_due_at timestamptz;
BEGIN
	SELECT * INTO v_by FROM zhibao.deadline_acting(p_login, p_office, p_milestone_no);
	IF zhibao.text_is_blank(p_reason) THEN
		PERFORM zhibao.refuse('E_REASON', '请填写理由');
	END IF;
	PERFORM zhibao.deadline_lock(p_office);
	LOCK TABLE zhibao.extension IN ROW EXCLUSIVE MODE;
	v_now := clock_timestamp();
	SELECT extension_no INTO v_no FROM zhibao.extension_at(v_by.programme, v_now)
	WHERE office_code = p_office AND milestone_no = p_milestone_no;
	IF v_no IS NULL THEN
		PERFORM zhibao.refuse('E_EXTENSION_NONE', '没有可以撤回的延期');
	END IF;
	UPDATE zhibao.extension SET withdrawn_by = v_by.login, withdrawer_office_code = v_by.acting_office_code, withdrawn_at = v_now,
		withdraw_reason = btrim(p_reason)
	WHERE office_code = p_office AND milestone_no = p_milestone_no AND extension_no = v_no;
	v_due_at := greatest(v_by.due_at, (SELECT e.until_at FROM zhibao.extension_at(v_by.programme, v_now) e
		WHERE e.office_code = p_office AND e.milestone_no = p_milestone_no));
	PERFORM zhibao.downlink_post(p_office, 4, v_by.display_name, '延期已撤回：' || v_by.material,
		format('“%s”的延期已撤回，报送期限为 %s。理由：%s', v_by.material, zhibao.deadline_text(v_due_at), btrim(p_reason)),
		p_milestone_no => p_milestone_no, p_due_at => v_due_at);
	RETURN v_no;
END $$;
COMMENT ON FUNCTION extension_withdraw(text, text, integer, text) IS 'Takes the extension in force back (撤回延期); the one before it holds again, ruling R12. Returns its number.';

CREATE FUNCTION exemption_grant(p_login text, p_office text, p_milestone_no integer, p_reason text, p_until timestamptz DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_by record;
	v_now timestamptz;
	v_no bigint;
BEGIN
	SELECT * INTO v_by FROM zhibao.deadline_acting(p_login, p_office, p_milestone_no);
	IF zhibao.text_is_blank(p_reason) THEN
		PERFORM zhibao.refuse('E_REASON', '请填写理由');
	END IF;
	PERFORM zhibao.deadline_lock(p_office);
	LOCK TABLE zhibao.exemption IN ROW EXCLUSIVE MODE;
	v_now := clock_timestamp();
	IF p_until <= v_now THEN
		PERFORM zhibao.refuse('E_UNTIL_PAST', '免报至的时间应晚于现在');
	END IF;
	IF EXISTS (SELECT FROM zhibao.exemption_at(v_by.programme, v_now) x WHERE x.office_code = p_office AND x.milestone_no = p_milestone_no) THEN
		PERFORM zhibao.refuse('E_EXEMPT', '该任务已经免报');
	END IF;
	INSERT INTO zhibao.exemption (programme, office_code, milestone_no, reason, until_at, granted_by, granter_office_code, granted_at)
	VALUES (v_by.programme, p_office, p_milestone_no, btrim(p_reason), p_until, v_by.login, v_by.acting_office_code, v_now)
	RETURNING exemption_no INTO v_no;
	PERFORM zhibao.downlink_post(p_office, 4, v_by.display_name, '免报：' || v_by.material,
		format('“%s”免于报送%s。理由：%s', v_by.material, '，至 ' || zhibao.deadline_text(p_until) || ' 止', btrim(p_reason)), p_milestone_no => p_milestone_no);
	RETURN v_no;
END $$;
COMMENT ON FUNCTION exemption_grant(text, text, integer, text, timestamptz) IS 'Grants an exemption (批准免报), with an end or without, and tells the office; returns its number.';

CREATE FUNCTION exemption_withdraw(p_login text, p_office text, p_milestone_no integer, p_reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_by record;
	v_now timestamptz;
	v_no bigint;
BEGIN
	SELECT * INTO v_by FROM zhibao.deadline_acting(p_login, p_office, p_milestone_no);
	IF zhibao.text_is_blank(p_reason) THEN
		PERFORM zhibao.refuse('E_REASON', '请填写理由');
	END IF;
	PERFORM zhibao.deadline_lock(p_office);
	LOCK TABLE zhibao.exemption IN ROW EXCLUSIVE MODE;
	v_now := clock_timestamp();
	SELECT exemption_no INTO v_no FROM zhibao.exemption_at(v_by.programme, v_now)
	WHERE office_code = p_office AND milestone_no = p_milestone_no;
	IF v_no IS NULL THEN
		PERFORM zhibao.refuse('E_EXEMPTION_NONE', '没有可以撤回的免报');
	END IF;
	UPDATE zhibao.exemption SET withdrawn_by = v_by.login, withdrawer_office_code = v_by.acting_office_code, withdrawn_at = v_now,
		withdraw_reason = btrim(p_reason)
	WHERE office_code = p_office AND milestone_no = p_milestone_no AND exemption_no = v_no;
	PERFORM zhibao.downlink_post(p_office, 4, v_by.display_name, '免报已撤回：' || v_by.material,
		format('“%s”的免报已撤回，请按期报送。理由：%s', v_by.material, btrim(p_reason)), p_milestone_no => p_milestone_no);
	RETURN v_no;
END $$;
COMMENT ON FUNCTION exemption_withdraw(text, text, integer, text) IS 'Takes an exemption back (撤回免报). Returns its number.';

REVOKE ALL ON FUNCTION extension_grant(text, text, integer, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION extension_grant(text, text, integer, timestamptz, text) TO zhibao_aggregator;
REVOKE ALL ON FUNCTION extension_withdraw(text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION extension_withdraw(text, text, integer, text) TO zhibao_aggregator;
REVOKE ALL ON FUNCTION exemption_grant(text, text, integer, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exemption_grant(text, text, integer, text, timestamptz) TO zhibao_aggregator;
REVOKE ALL ON FUNCTION exemption_withdraw(text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exemption_withdraw(text, text, integer, text) TO zhibao_aggregator;

COMMIT;
