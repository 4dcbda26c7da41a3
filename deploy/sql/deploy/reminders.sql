-- Deploy reminders: reminders (催报): by the clock and by hand, and the evidence of their delivery.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE reminder (
	programme text NOT NULL,
	office_code text NOT NULL,
	milestone_no integer NOT NULL,
	step text NOT NULL CHECK (step ~ '^(due-[0-9]+|overdue|hand-[0-9]+)$'),
	due_at timestamptz NOT NULL,
	step_at timestamptz NOT NULL,
	made_at timestamptz NOT NULL,
	made_by text NOT NULL,
	responsible_name text,
	text text NOT NULL,
	downlink_seq bigint NOT NULL,
	PRIMARY KEY (office_code, programme, milestone_no, step, due_at)
);
COMMENT ON TABLE reminder IS 'Reminders made (催报记录), each once per office, milestone, step and due instant. Written through reminder_run and reminder_post; read by the aggregator.';
COMMENT ON COLUMN reminder.programme IS 'programme it belongs to (活动标识)';
COMMENT ON COLUMN reminder.office_code IS 'office reminded (被催单位)';
COMMENT ON COLUMN reminder.milestone_no IS 'milestone (任务编号)';
COMMENT ON COLUMN reminder.step IS 'due-N: N days before; overdue: past due; hand-N: the N-th by hand (催报节点)';
COMMENT ON COLUMN reminder.due_at IS 'due instant then, extension included (当时截止时刻)';
COMMENT ON COLUMN reminder.step_at IS 'instant of the step (节点时刻)';
COMMENT ON COLUMN reminder.made_at IS 'when it was made (发出时间)';
COMMENT ON COLUMN reminder.made_by IS 'account, or empty when made by the clock (发出人)';
COMMENT ON COLUMN reminder.responsible_name IS 'person named (专人姓名), NULL when the office has named none';
COMMENT ON COLUMN reminder.text IS 'the words (正文)';
COMMENT ON COLUMN reminder.downlink_seq IS 'its number among the messages to the office (下行序号)';
GRANT SELECT ON reminder TO zhibao_aggregator, zhibao_admin;

-- Steps at which an office is reminded: N days before d_eff (deadline.remind_days) and at d_eff. A step is made when its
-- instant lies within the last day, not before the registers of the year were first loaded nor before the extension that moved it was
-- given: a late start, or an old programme loaded now, does not pour out reminders of the past.
CREATE FUNCTION reminder_due(p_now timestamptz)
RETURNS TABLE (programme text, office_code text, milestone_no integer, step text, due_at timestamptz, step_at timestamptz)
LANGUAGE sql STABLE ROWS 100 AS $$
	WITH point AS MATERIALIZED (
		SELECT p.programme, p.register_version, zhibao.year_opened(p.register_version) AS since,
			zhibao.rule_value(p.register_version, 'deadline.remind_days', '21;7;3;1') AS days,
			zhibao.rule_value(p.register_version, 'deadline.remind_overdue', 'yes') AS overdue
		FROM zhibao.programme_version p WHERE p.register_version = zhibao.register_at(p_now)
	), step AS (
		SELECT 'due-' || d AS step, d::integer AS days FROM point p CROSS JOIN unnest(string_to_array(p.days, ';')) d WHERE d ~ '^[0-9]{1,3}$'
		UNION ALL
		SELECT 'overdue', 0 FROM point p WHERE p.overdue = 'yes'
	)
	SELECT p.programme, b.office_code, b.milestone_no, s.step, v.effective_at, v.effective_at - make_interval(days => s.days)
	FROM point p JOIN zhibao.obligation b ON b.register_version = p.register_version AND b.judged_by = 'receipt'
	LEFT JOIN zhibao.extension_at(p.programme, p_now) e ON e.office_code = b.office_code AND e.milestone_no = b.milestone_no
	CROSS JOIN LATERAL (SELECT greatest(b.due_at, e.until_at)) v (effective_at)
	CROSS JOIN step s
	WHERE v.effective_at - make_interval(days => s.days) BETWEEN greatest(p.since, e.granted_at, p_now - interval '1 day') AND p_now
		AND (s.days = 0 OR p_now < v.effective_at)
		AND NOT EXISTS (SELECT FROM zhibao.reminder r WHERE r.office_code = b.office_code AND r.programme = p.programme
			AND r.milestone_no = b.milestone_no AND r.step = s.step AND r.due_at = v.effective_at)
$$;
COMMENT ON FUNCTION reminder_due(timestamptz) IS 'Reminders whose instant has come (到点的催报).';

CREATE FUNCTION reminder_text(p_material text, p_due_at timestamptz, p_now timestamptz, p_person text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT format('“%s”的报送期限为 %s，%s，尚未收到。%s', p_material, zhibao.deadline_text(p_due_at),
		CASE WHEN p_now < p_due_at THEN format('还有 %s 天', ceil(extract(epoch FROM p_due_at - p_now) / 86400))
			ELSE format('已逾期 %s 天', zhibao.days_after(p_due_at, p_now)) END,
		CASE WHEN p_person IS NULL THEN '请尽快报送，并明确专人负责。' ELSE format('请%s同志尽快报送。', p_person) END)
$$;
COMMENT ON FUNCTION reminder_text(text, timestamptz, timestamptz, text) IS 'Words of a reminder (催报正文).';

-- Makes the reminders that are due. One at a time in the whole centre; what another one has made is not made again.
CREATE FUNCTION reminder_run() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_now timestamptz;
	v_count integer := 0;
	r record;
BEGIN
	PERFORM pg_advisory_xact_lock(7316023);
	LOCK TABLE zhibao.reminder IN ROW EXCLUSIVE MODE;
	v_now := clock_timestamp();
	IF NOT EXISTS (SELECT FROM zhibao.reminder_due(v_now)) THEN
		RETURN 0;
	END IF;
	FOR r IN
		SELECT d.*, s.material, s.responsible_name, zhibao.reminder_text(s.material, d.due_at, v_now, s.responsible_name) AS words
		FROM zhibao.reminder_due(v_now) d
		JOIN zhibao.obligation_standing(v_now) s ON s.office_code = d.office_code AND s.milestone_no = d.milestone_no
		WHERE s.state IN ('not_due', 'missing') AND s.effective_at = d.due_at
		ORDER BY d.office_code, d.milestone_no, d.step_at
	LOOP
		INSERT INTO zhibao.reminder VALUES (r.programme, r.office_code, r.milestone_no, r.step, r.due_at, r.step_at, v_now, '',
			r.responsible_name, r.words,
			zhibao.downlink_post(r.office_code, 1, '催报', '催报：' || r.material, r.words, p_milestone_no => r.milestone_no, p_due_at => r.due_at));
		v_count := v_count + 1;
	END LOOP;
	RETURN v_count;
END $$;
COMMENT ON FUNCTION reminder_run() IS 'Makes the reminders that are due (自动催报), each once; returns how many.';

-- By hand: an operator of any office above reminds one office, or everyone below who still owes (p_office NULL).
CREATE FUNCTION reminder_post(p_login text, p_office text, p_milestone_no integer, p_text text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_account zhibao.account := zhibao.acting_account(p_login, ARRAY['city_operator', 'provincial_operator']);
	v_now timestamptz;
	v_register integer;
	v_count integer := 0;
	r record;
BEGIN
	PERFORM pg_advisory_xact_lock(7316023);
	LOCK TABLE zhibao.reminder IN ROW EXCLUSIVE MODE;
	v_now := clock_timestamp();
	v_register := zhibao.register_at(v_now);
	IF p_office = v_account.office_code OR (p_office IS NOT NULL AND NOT EXISTS (SELECT FROM zhibao.office_tree t
			WHERE t.register_version = v_register AND t.ancestor_code = v_account.office_code AND t.code = p_office)) THEN
		PERFORM zhibao.refuse('E_NOT_ABOVE', '只有上级单位可以催报');
	END IF;
	IF NOT EXISTS (SELECT FROM zhibao.obligation b WHERE b.register_version = v_register AND b.milestone_no = p_milestone_no
			AND b.judged_by = 'receipt' AND (p_office IS NULL OR b.office_code = p_office)) THEN
		PERFORM zhibao.refuse('E_OBLIGATION_UNKNOWN', format('没有编号为 %s 的报送任务', p_milestone_no));
	END IF;
	FOR r IN
		SELECT s.*, p.programme,
			zhibao.reminder_text(s.material, s.effective_at, v_now, s.responsible_name) || coalesce(nullif(btrim(p_text), ''), '') AS words,
			'hand-' || 1 + (SELECT count(*) FROM zhibao.reminder m WHERE m.office_code = s.office_code AND m.programme = p.programme
				AND m.milestone_no = s.milestone_no AND m.step LIKE 'hand-%') AS step
		FROM zhibao.obligation_standing(v_now) s
		JOIN zhibao.programme_version p ON p.register_version = v_register
		JOIN zhibao.office_tree t ON t.register_version = v_register AND t.ancestor_code = v_account.office_code AND t.code = s.office_code
			AND t.code <> t.ancestor_code
		WHERE s.milestone_no = p_milestone_no AND (p_office IS NULL OR s.office_code = p_office) AND s.state IN ('not_due', 'missing')
		ORDER BY s.office_code
	LOOP
		INSERT INTO zhibao.reminder VALUES (r.programme, r.office_code, r.milestone_no, r.step, r.effective_at, v_now, v_now, v_account.login,
			r.responsible_name, r.words, zhibao.downlink_post(r.office_code, 1, v_account.display_name, '催报：' || r.material, r.words,
				p_milestone_no => r.milestone_no, p_due_at => r.effective_at));
		v_count := v_count + 1;
	END LOOP;
	IF v_count = 0 THEN
		PERFORM zhibao.refuse('E_NOTHING_OWED', '没有需要催报的单位：已收到或已免报');
	END IF;
	RETURN v_count;
END $$;
COMMENT ON FUNCTION reminder_post(text, text, integer, text) IS 'Reminds by hand (人工催报); returns how many offices.';

-- Sent in the year for the programme in force, by whatever version of its registers, and, when the centre knew by p_as_of that an agent of the office had
-- stored it, delivered.
CREATE FUNCTION reminder_standing(p_as_of timestamptz)
RETURNS TABLE (office_code text, milestone_no integer, step text, due_at timestamptz, step_at timestamptz, made_at timestamptz,
	made_by text, responsible_name text, text text, downlink_seq bigint, is_delivered boolean)
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT r.office_code, r.milestone_no, r.step, r.due_at, r.step_at, r.made_at, r.made_by, r.responsible_name, r.text, r.downlink_seq,
		coalesce(d.delivered_at <= p_as_of, false)
	FROM zhibao.programme_version p JOIN zhibao.reminder r ON r.programme = p.programme
		AND r.made_at >= (SELECT zhibao.year_opened(zhibao.register_at(p_as_of)))
	LEFT JOIN zhibao.downlink d ON d.office_code = r.office_code AND d.seq = r.downlink_seq
	WHERE p.register_version = (SELECT zhibao.register_at(p_as_of)) AND r.made_at <= p_as_of
$$;
COMMENT ON FUNCTION reminder_standing(timestamptz) IS 'Reminders with the evidence of their delivery (催报送达情况): an agent of the office acknowledged the message.';

REVOKE ALL ON FUNCTION reminder_run() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reminder_run() TO zhibao_aggregator;
REVOKE ALL ON FUNCTION reminder_post(text, text, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reminder_post(text, text, integer, text) TO zhibao_aggregator;

COMMIT;
