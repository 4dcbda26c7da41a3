-- Deploy obligations: deadlines (期限): an obligation row for every office and milestone; extensions, exemptions, reminders.
--
-- Rulings R12 to R14. What is owed is a row before anything happens, so that silence is visible. What was received is
-- never stored here: it is read from the records, the registers, the verdicts and the acts below as of an instant.

BEGIN;

SET LOCAL search_path TO zhibao;

ALTER TABLE milestone ADD COLUMN judged_by text NOT NULL DEFAULT 'open'
	CHECK (judged_by IN ('receipt', 'indicator', 'records', 'open'));
COMMENT ON COLUMN milestone.judged_by IS 'receipt: by the instant something arrived; indicator: by a figure; records: by what the records say; open: never late (判定方式)';
ALTER TABLE milestone ADD COLUMN evidence text;
COMMENT ON COLUMN milestone.evidence IS 'what meets it: a word of evidence_event, with the period after a colon; filing: the papers joined by + (证明材料)';

CREATE TABLE calendar_day (
	register_version integer NOT NULL REFERENCES programme_version,
	day date NOT NULL,
	kind text NOT NULL CHECK (kind IN ('holiday', 'workday')),
	name_zh text,
	PRIMARY KEY (register_version, day)
);
COMMENT ON TABLE calendar_day IS 'Holidays, and weekend days that are worked (工作日历), for the switch deadline.shift of ruling R12. Written by zhibao-collector programme load; read by the aggregator.';
COMMENT ON COLUMN calendar_day.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN calendar_day.day IS 'the day (日期)';
COMMENT ON COLUMN calendar_day.kind IS 'holiday, or a weekend day that is a workday (放假或调休上班)';
COMMENT ON COLUMN calendar_day.name_zh IS 'name of the holiday (节日)';
GRANT SELECT, INSERT ON calendar_day TO zhibao_collector;
GRANT SELECT ON calendar_day TO zhibao_aggregator, zhibao_admin;

CREATE TABLE obligation (
	register_version integer NOT NULL REFERENCES programme_version,
	office_code text NOT NULL,
	milestone_no integer NOT NULL,
	due_on date NOT NULL,
	due_at timestamptz NOT NULL,
	to_office_code text NOT NULL,
	judged_by text NOT NULL,
	evidence text,
	PRIMARY KEY (register_version, office_code, milestone_no, due_on)
);
COMMENT ON TABLE obligation IS 'What every office owes by when (报送义务), made when a pack is loaded so that silence is visible, ruling R12. Written by zhibao-collector programme load; read by the aggregator.';
COMMENT ON COLUMN obligation.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN obligation.office_code IS 'office that owes it (责任单位)';
COMMENT ON COLUMN obligation.milestone_no IS 'milestone of the pack (任务编号)';
COMMENT ON COLUMN obligation.due_on IS 'due day as the annex has it, inclusive (截止日期)';
COMMENT ON COLUMN obligation.due_at IS 'd of ruling R12: 24:00 Asia/Shanghai of the due day, moved where deadline.shift says so (截止时刻)';
COMMENT ON COLUMN obligation.to_office_code IS 'office it is owed to: the one above (接收单位)';
COMMENT ON COLUMN obligation.judged_by IS 'as in milestone; only receipt is timely or late (判定方式)';
COMMENT ON COLUMN obligation.evidence IS 'as in milestone (证明材料)';
GRANT SELECT, INSERT ON obligation TO zhibao_collector;
GRANT SELECT ON obligation TO zhibao_aggregator, zhibao_admin;

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
COMMENT ON COLUMN reminder.downlink_seq IS 'its number among the messages to the office (下行序号); delivered when the agent has acknowledged it';
GRANT SELECT ON reminder TO zhibao_aggregator, zhibao_admin;

-- The end of a day, 24:00 Asia/Shanghai, exclusive.
CREATE FUNCTION day_end(p_day date) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
	SELECT (p_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
$$;
COMMENT ON FUNCTION day_end(date) IS '24:00 Asia/Shanghai of a day (当日24时), rulings R2 and R12.';

-- Ruling R12: days late, from 1: the first day after the deadline is one day late.
CREATE FUNCTION days_after(p_due_at timestamptz, p_at timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
	SELECT floor(extract(epoch FROM p_at - p_due_at) / 86400)::integer + 1
$$;
COMMENT ON FUNCTION days_after(timestamptz, timestamptz) IS 'Days after a deadline (逾期天数), ruling R12.';

-- Ruling R12: the day itself; with deadline.shift = workday the next one that is worked.
CREATE FUNCTION deadline_day(p_register integer, p_due_on date) RETURNS date
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN zhibao.rule_value(p_register, 'deadline.shift', 'none') <> 'workday' THEN p_due_on
		ELSE (SELECT d.day::date FROM generate_series(p_due_on, p_due_on + 60, interval '1 day') AS d (day)
			LEFT JOIN zhibao.calendar_day c ON c.register_version = p_register AND c.day = d.day::date
			WHERE coalesce(c.kind, CASE WHEN extract(isodow FROM d.day) < 6 THEN 'workday' ELSE 'holiday' END) = 'workday'
			ORDER BY d.day LIMIT 1) END
$$;
COMMENT ON FUNCTION deadline_day(integer, date) IS 'Day a due day moves to (顺延后的截止日期), ruling R12, switch deadline.shift.';

-- Which offices a milestone binds. Level county is the counties: a city without counties is a city, owes what cities owe
-- and has no city to file with; where a figure judges, it stands among the county-level ones as it has townships.
CREATE FUNCTION milestone_actors(p_register integer)
RETURNS TABLE (milestone_no integer, office_code text, to_office_code text)
LANGUAGE sql STABLE ROWS 2000 AS $$
	SELECT m.milestone_no, o.code, coalesce(o.parent_code, o.code)
	FROM zhibao.milestone m JOIN zhibao.office o ON o.register_version = m.register_version
		AND (m.actor_level = 'all' OR o.level = ANY (string_to_array(m.actor_level, ';'))
			OR (m.judged_by = 'indicator' AND o.is_county_level AND 'county' = ANY (string_to_array(m.actor_level, ';'))))
	WHERE m.register_version = p_register
$$;
COMMENT ON FUNCTION milestone_actors(integer) IS 'Offices that each milestone binds (责任单位), annex 1.';

-- Makes the rows of one version of the registers. An office that an earlier version of the programme did not have at
-- the due instant owes nothing then. A repeat changes nothing.
CREATE FUNCTION obligations_generate(p_register integer) RETURNS bigint
LANGUAGE sql AS $$
	WITH made AS (
		INSERT INTO zhibao.obligation (register_version, office_code, milestone_no, due_on, due_at, to_office_code, judged_by, evidence)
		SELECT p_register, a.office_code, m.milestone_no, m.due_on, d.due_at, a.to_office_code, m.judged_by, m.evidence
		FROM zhibao.milestone_actors(p_register) a
		JOIN zhibao.milestone m ON m.register_version = p_register AND m.milestone_no = a.milestone_no
		CROSS JOIN LATERAL (SELECT zhibao.day_end(zhibao.deadline_day(p_register, m.due_on)) AS due_at) d
		CROSS JOIN LATERAL (SELECT max(o.register_version) AS register_version
			FROM zhibao.programme_version n JOIN zhibao.programme_version o ON o.programme = n.programme
				AND o.register_version <= n.register_version AND o.loaded_at < d.due_at
			WHERE n.register_version = p_register) then_in_force
		WHERE m.due_on IS NOT NULL
			AND (then_in_force.register_version IS NULL OR EXISTS (SELECT FROM zhibao.office o
				WHERE o.register_version = then_in_force.register_version AND o.code = a.office_code))
		ON CONFLICT DO NOTHING
		RETURNING 1)
	SELECT count(*) FROM made
$$;
COMMENT ON FUNCTION obligations_generate(integer) IS 'Makes the obligations of a version of the registers (生成报送义务), ruling R12.';
REVOKE ALL ON FUNCTION obligations_generate(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION obligations_generate(integer) TO zhibao_collector;

-- Cells of the statistics form that must be answered (value, zero or not applicable): every row of annex 3 but the free
-- ones; where a row has sub-figures, each of them but words.
CREATE FUNCTION form_mandatory_cell(p_register integer) RETURNS TABLE (item_no integer, sub_field text)
LANGUAGE sql STABLE ROWS 30 AS $$
	SELECT f.item_no, coalesce(split_part(s.part, ':', 1), '')
	FROM zhibao.form_item f
	LEFT JOIN LATERAL unnest(string_to_array(f.sub_fields, ';')) AS s (part) ON true
	WHERE f.register_version = p_register AND f.value_type <> 'text'
		AND coalesce(split_part(s.part, ':', 2), '') NOT IN ('text')
$$;
COMMENT ON FUNCTION form_mandatory_cell(integer) IS 'Cells of the statistics form that must be answered (必填格), annex 3, ruling R14.';

CREATE FUNCTION form_is_complete(p_register integer, p_lines jsonb) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT NOT EXISTS (
		SELECT c.item_no, c.sub_field FROM zhibao.form_mandatory_cell(p_register) c
		EXCEPT
		SELECT (l ->> 'item_no')::integer, coalesce(l ->> 'sub_field', '') FROM jsonb_array_elements(p_lines) AS l
		WHERE l ->> 'state' IN ('value', 'not_applicable'))
$$;
COMMENT ON FUNCTION form_is_complete(integer, jsonb) IS 'Whether every mandatory cell of a form is answered (统计表结构完整), ruling R14.';

-- The own revisions of a kind that obligations look at: those on the branch that counts (rulings R1, R2; a pick before
-- the first received) and those returned or rejected, in the order of receipt. Records made by another office for this
-- one are left out (R3); a withdrawal that was returned or rejected withdrew nothing (R2).
CREATE FUNCTION filed_revision(p_kind text, p_as_of timestamptz, p_where text DEFAULT 'true')
RETURNS TABLE (office_code text, item_id uuid, revision_id uuid, is_withdrawal boolean, received_at timestamptz, place bigint)
LANGUAGE plpgsql STABLE ROWS 2000 AS $$
BEGIN
	RETURN QUERY EXECUTE format($q$
		WITH RECURSIVE verdict AS MATERIALIZED (
			SELECT v.office_code, v.item_id, v.revision_id FROM zhibao.verdicts_at($1) v
			WHERE v.verdict IN ('returned', 'rejected')
		), wanted AS MATERIALIZED (
			SELECT DISTINCT r.office_code, r.item_id FROM zhibao.%1$I r WHERE r.received_at <= $1 AND (%2$s)
		), revision AS MATERIALIZED (
			SELECT r.office_code, r.item_id, r.revision_id, r.operation, r.author_office_code, r.received_at, r.batch_id, r.seq,
				v.revision_id IS NOT NULL AS is_refused,
				CASE WHEN r.base_revision_id IS NULL THEN NULL
					ELSE zhibao.stored_base(%1$L, r.office_code, r.item_id, r.base_revision_id) END AS base
			FROM wanted w JOIN zhibao.%1$I r USING (office_code, item_id)
			LEFT JOIN verdict v USING (office_code, item_id, revision_id)
			WHERE r.received_at <= $1
		), picked AS (
			SELECT DISTINCT ON (p.office_code, p.item_id) p.office_code, p.item_id, p.revision_id
			FROM zhibao.branch_pick p WHERE p.picked_at <= $1
			ORDER BY p.office_code, p.item_id, p.pick_no DESC
		), pick_path AS (
			SELECT p.office_code, p.item_id, p.revision_id FROM picked p
			UNION
			SELECT v.office_code, v.item_id, v.base FROM pick_path p JOIN revision v USING (office_code, item_id, revision_id)
			WHERE v.base IS NOT NULL
		), ranked AS (
			SELECT v.*, row_number() OVER (PARTITION BY v.office_code, v.item_id, v.base
				ORDER BY p.revision_id IS NULL, v.is_refused, v.received_at, v.batch_id, v.seq) AS place
			FROM revision v LEFT JOIN pick_path p USING (office_code, item_id, revision_id)
		), branch AS (
			SELECT k.office_code, k.item_id, k.revision_id FROM ranked k WHERE k.base IS NULL AND k.place = 1
			UNION ALL
			SELECT k.office_code, k.item_id, k.revision_id
			FROM branch b JOIN ranked k ON k.office_code = b.office_code AND k.item_id = b.item_id
				AND k.base = b.revision_id AND k.place = 1
		)
		SELECT k.office_code, k.item_id, k.revision_id, k.operation = 'withdraw', k.received_at,
			row_number() OVER (PARTITION BY k.office_code, k.item_id ORDER BY k.received_at, k.batch_id, k.seq)
		FROM ranked k LEFT JOIN branch b USING (office_code, item_id, revision_id)
		WHERE (b.revision_id IS NOT NULL OR k.is_refused)
			AND k.author_office_code = k.office_code
			AND NOT (k.operation = 'withdraw' AND k.is_refused)
	$q$, p_kind, p_where) USING p_as_of;
END $$;
COMMENT ON FUNCTION filed_revision(text, timestamptz, text) IS 'Own revisions that obligations look at (本单位报送版本), rulings R1 to R3, R14.';

-- The words of evidence of a paper: its kind, and with the period; one that names no period stands for each.
CREATE FUNCTION submission_word(p_kind text, p_period text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE ROWS 2 AS $$
	SELECT p_kind WHERE p_kind IS NOT NULL
	UNION ALL
	SELECT p_kind || ':' || p FROM unnest(ARRAY['mid_year', 'year_end', 'whole_year']) p WHERE p_kind IS NOT NULL AND coalesce(p_period, p) = p
$$;
COMMENT ON FUNCTION submission_word(text, text) IS 'Words of evidence of a paper (报送材料对应的证明材料).';

-- Every own revision of what can meet an obligation: the word of the evidence, whether it is structurally complete
-- (R14) and the date claimed in it (R13). What is complete, word by word, is written in docs/deadlines.md. In PL/pgSQL, as
-- what builds on it, so that the planner takes the number of rows from here: it guesses 1 for joins of three columns.
CREATE FUNCTION evidence_event(p_as_of timestamptz)
RETURNS TABLE (kind text, office_code text, item_id uuid, revision_id uuid, is_withdrawal boolean, received_at timestamptz,
	place bigint, word text, is_complete boolean, substance_on date)
LANGUAGE plpgsql STABLE ROWS 5000 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH register AS MATERIALIZED (
		SELECT r.register_version, p.year FROM (SELECT zhibao.register_at(p_as_of)) r (register_version)
		LEFT JOIN zhibao.programme_version p USING (register_version)
	)
	SELECT 'submission', f.office_code, f.item_id, f.revision_id, f.is_withdrawal, f.received_at, f.place, w.word,
		s.title <> '' AND (s.submission_kind IN ('lecture_plan', 'materials')
			OR num_nonnulls(s.file_digest, s.file_name, s.doc_no) > 0), s.issued_on
	FROM zhibao.filed_revision('submission', p_as_of) f
	JOIN zhibao.submission s USING (office_code, item_id, revision_id)
	LEFT JOIN LATERAL zhibao.submission_word(s.submission_kind, s.period) AS w (word) ON true
	UNION ALL
	SELECT 'office_profile', f.office_code, f.item_id, f.revision_id, f.is_withdrawal, f.received_at, f.place, w.word,
		w.is_complete, w.substance_on
	FROM zhibao.filed_revision('office_profile', p_as_of) f
	JOIN zhibao.office_profile s USING (office_code, item_id, revision_id)
	LEFT JOIN LATERAL (VALUES ('mechanism', s.mechanism_established_on IS NOT NULL, s.mechanism_established_on),
		('ledger', s.ledger_established_on IS NOT NULL, s.ledger_established_on),
		('responsible_person', s.responsible_name <> '' AND (s.responsible_to IS NULL
			OR s.responsible_to >= (f.received_at AT TIME ZONE 'Asia/Shanghai')::date), coalesce(s.responsible_from, s.effective_from)))
		AS w (word, is_complete, substance_on) ON NOT f.is_withdrawal
	UNION ALL
	SELECT 'publication', f.office_code, f.item_id, f.revision_id, f.is_withdrawal, f.received_at, f.place,
		CASE WHEN s.channel = 'portal' THEN s.object_kind END, s.url ~ '^https?://', s.published_on
	FROM zhibao.filed_revision('publication', p_as_of, 'r.object_kind IN (''arrangement'', ''province_arrangement'') AND r.channel = ''portal''') f
	JOIN zhibao.publication s USING (office_code, item_id, revision_id)
	UNION ALL
	SELECT 'statistics_form', f.office_code, f.item_id, f.revision_id, f.is_withdrawal, f.received_at, f.place,
		CASE WHEN extract(year FROM s.period_end) = r.year THEN 'statistics_form:' || s.period END,
		zhibao.form_is_complete(r.register_version, s.lines), s.filled_on
	FROM register r CROSS JOIN zhibao.filed_revision('statistics_form', p_as_of) f
	JOIN zhibao.statistics_form s USING (office_code, item_id, revision_id);
END $$;
COMMENT ON FUNCTION evidence_event(timestamptz) IS 'Revisions that can meet obligations (证明材料版本), rulings R13 and R14.';

-- First own line of the plan, first own piece of material: what must stand beside the paper that declares them.
CREATE FUNCTION evidence_companion(p_as_of timestamptz) RETURNS TABLE (word text, office_code text, received_at timestamptz)
LANGUAGE sql STABLE ROWS 200 AS $$
	SELECT 'lecture_plan', p.office_code, min(p.received_at) FROM zhibao.plan_item p
	WHERE p.received_at <= p_as_of AND p.author_office_code = p.office_code AND p.operation <> 'withdraw'
	GROUP BY p.office_code
	UNION ALL
	SELECT 'materials', m.office_code, min(m.received_at) FROM zhibao.media_product m
	WHERE m.received_at <= p_as_of AND m.author_office_code = m.office_code AND m.operation <> 'withdraw'
		AND num_nonnulls(m.file_digest, m.url) > 0
	GROUP BY m.office_code
$$;
COMMENT ON FUNCTION evidence_companion(timestamptz) IS 'First plan line and first piece of material per office (首个计划项、首件宣传资料), rulings R10 and R14.';

-- R14, per office and word of evidence: when it was received (the first complete revision since the last withdrawal),
-- the newest complete revision and its verdict. A revision that became something else ends like a withdrawal; an
-- incomplete one changes nothing.
CREATE FUNCTION evidence_standing(p_as_of timestamptz)
RETURNS TABLE (office_code text, word text, received_at timestamptz, item_id uuid, revision_id uuid, revised_at timestamptz,
	review_state text, was_refused boolean, substance_on date, received_item_id uuid, received_revision_id uuid, item_ids uuid[])
LANGUAGE plpgsql STABLE ROWS 2000 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH event AS (
		SELECT e.kind, e.office_code, e.item_id, e.revision_id, e.received_at, e.place, e.is_complete, e.substance_on,
			CASE WHEN NOT e.is_withdrawal THEN e.word END AS word,
			max(e.place) OVER (PARTITION BY e.kind, e.office_code, e.item_id) AS last_place
		FROM zhibao.evidence_event(p_as_of) e
	), run AS (
		-- Places have no holes: counted back from the last one, those of a word that was never gone again are the newest ones.
		SELECT e.*, e.place + row_number() OVER (PARTITION BY e.kind, e.office_code, e.item_id, e.word ORDER BY e.place DESC)
			= e.last_place + 1 AS is_standing
		FROM event e
	), live AS (
		SELECT r.word, r.office_code, r.item_id, r.revision_id, r.place, r.substance_on, r.received_at AS revised_at,
			CASE WHEN c.office_code IS NOT NULL THEN greatest(r.received_at, c.received_at) ELSE r.received_at END AS received_at,
			coalesce(v.verdict, 'pending') AS verdict
		FROM run r
		LEFT JOIN zhibao.evidence_companion(p_as_of) c ON c.word = r.word AND c.office_code = r.office_code
		LEFT JOIN zhibao.verdicts_at(p_as_of) v ON v.office_code = r.office_code AND v.item_id = r.item_id AND v.revision_id = r.revision_id
		WHERE r.word IS NOT NULL AND r.is_complete AND r.is_standing
			AND (r.word NOT IN ('lecture_plan', 'materials') OR c.office_code IS NOT NULL)
			AND r.received_at >= (SELECT min(o.loaded_at) FROM zhibao.programme_version n
				JOIN zhibao.programme_version o ON o.programme = n.programme WHERE n.register_version = zhibao.register_at(p_as_of))
	), whole AS (
		SELECT l.office_code, l.word, min(l.received_at) AS received_at, max(l.revised_at) AS revised_at,
			array_agg(l.item_id ORDER BY l.received_at, l.place, l.item_id) AS first_items,
			array_agg(l.revision_id ORDER BY l.received_at, l.place, l.item_id) AS first_revisions,
			array_agg(l.item_id ORDER BY l.revised_at DESC, l.place DESC, l.item_id DESC) AS items,
			array_agg(l.revision_id ORDER BY l.revised_at DESC, l.place DESC, l.item_id DESC) AS revisions,
			array_agg(l.verdict ORDER BY l.revised_at DESC, l.place DESC, l.item_id DESC) AS verdicts,
			array_agg(l.substance_on ORDER BY l.revised_at DESC, l.place DESC, l.item_id DESC) AS substances
		FROM live l
		GROUP BY l.office_code, l.word
	)
	SELECT w.office_code, w.word, w.received_at, w.items[1], w.revisions[1], w.revised_at, w.verdicts[1],
		w.verdicts[2:] && ARRAY['returned', 'rejected'], w.substances[1], w.first_items[1], w.first_revisions[1], w.items
	FROM whole w;
END $$;
COMMENT ON FUNCTION evidence_standing(timestamptz) IS 'What was received of each office and kind of evidence (材料接收情况), rulings R13 and R14.';

-- The extension in force per office and milestone: the newest granted and not taken back at the instant. The milestone
-- keeps its number through the versions of a programme.
CREATE FUNCTION extension_at(p_programme text, p_as_of timestamptz) RETURNS SETOF extension
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT DISTINCT ON (e.office_code, e.milestone_no) e.* FROM zhibao.extension e
	WHERE e.programme = p_programme AND e.granted_at <= p_as_of AND (e.withdrawn_at IS NULL OR e.withdrawn_at > p_as_of)
	ORDER BY e.office_code, e.milestone_no, e.extension_no DESC
$$;
COMMENT ON FUNCTION extension_at(text, timestamptz) IS 'Extensions in force at an instant (有效延期), ruling R12.';

CREATE FUNCTION exemption_at(p_programme text, p_as_of timestamptz) RETURNS SETOF exemption
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT DISTINCT ON (e.office_code, e.milestone_no) e.* FROM zhibao.exemption e
	WHERE e.programme = p_programme AND e.granted_at <= p_as_of AND (e.withdrawn_at IS NULL OR e.withdrawn_at > p_as_of)
		AND (e.until_at IS NULL OR e.until_at > p_as_of)
	ORDER BY e.office_code, e.milestone_no, e.exemption_no DESC
$$;
COMMENT ON FUNCTION exemption_at(text, timestamptz) IS 'Exemptions in force at an instant (有效免报).';

-- The extensions in force of the obligations that a paper or a form meets; one made by another office meets none (R3).
CREATE FUNCTION extension_of_revision(p_revision item_revision, p_as_of timestamptz) RETURNS SETOF extension
LANGUAGE sql STABLE ROWS 1 AS $$
	WITH word AS (
		SELECT w.word FROM zhibao.submission s CROSS JOIN LATERAL zhibao.submission_word(s.submission_kind, s.period) AS w (word)
		WHERE p_revision.kind = 'submission' AND s.office_code = p_revision.office_code AND s.item_id = p_revision.item_id
			AND s.revision_id = p_revision.revision_id
		UNION ALL
		SELECT 'statistics_form:' || f.period FROM zhibao.statistics_form f
		WHERE p_revision.kind = 'statistics_form' AND f.office_code = p_revision.office_code AND f.item_id = p_revision.item_id
			AND f.revision_id = p_revision.revision_id
	)
	SELECT e.* FROM zhibao.programme_version p
	JOIN zhibao.obligation b ON b.register_version = p.register_version AND b.office_code = p_revision.office_code AND b.judged_by = 'receipt'
	JOIN zhibao.extension_at(p.programme, p_as_of) e ON e.office_code = b.office_code AND e.milestone_no = b.milestone_no
	WHERE p.register_version = zhibao.register_at(p_as_of) AND p_revision.author_office_code = p_revision.office_code
		AND EXISTS (SELECT FROM word w WHERE w.word = b.evidence
			OR (b.evidence LIKE 'filing:%' AND w.word = ANY (string_to_array(split_part(b.evidence, ':', 2), '+'))))
$$;
COMMENT ON FUNCTION extension_of_revision(item_revision, timestamptz) IS 'Extensions of what a revision meets (版本所涉延期), ruling R12.';

-- A1-16, the hop from county to city: what the city answered to the papers of its county. Only the city the county
-- belongs to can answer, in its own name; its newest answer not withdrawn holds.
CREATE FUNCTION filing_answer(p_as_of timestamptz)
RETURNS TABLE (county_code text, city_code text, filing_status text, filing_no text, reason text, filed_on date,
	answered_at timestamptz, receipt_item_id uuid, receipt_revision_id uuid, submission_item_ids uuid[])
LANGUAGE sql STABLE ROWS 100 AS $$
	WITH newest AS (
		SELECT DISTINCT ON (f.office_code, f.item_id) f.* FROM zhibao.filed_revision('filing_receipt', p_as_of) f
		ORDER BY f.office_code, f.item_id, f.place DESC
	)
	SELECT DISTINCT ON (o.code) o.code, n.office_code, r.filing_status, r.filing_no, r.reason, r.filed_on, n.received_at,
		n.item_id, n.revision_id, r.submission_item_ids
	FROM newest n JOIN zhibao.filing_receipt r USING (office_code, item_id, revision_id)
	JOIN zhibao.office o ON o.register_version = zhibao.register_at(p_as_of) AND o.code = r.county_office_code
		AND o.parent_code = n.office_code
	WHERE NOT n.is_withdrawal
	ORDER BY o.code, n.received_at DESC, n.place DESC, n.item_id DESC
$$;
COMMENT ON FUNCTION filing_answer(timestamptz) IS 'What a city answered to the papers its county filed (备案回执), annex 1 L10, requirement A1-16.';

-- The same, and the papers a county files (the words after filing:): received when the last of them was. The review state
-- is the city's answer about them: accepted or returned; none, or received only, is pending.
CREATE FUNCTION evidence_received(p_as_of timestamptz)
RETURNS TABLE (office_code text, word text, received_at timestamptz, item_id uuid, revision_id uuid, revised_at timestamptz,
	review_state text, was_refused boolean, substance_on date, received_item_id uuid, received_revision_id uuid)
LANGUAGE plpgsql STABLE ROWS 2000 AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY WITH word AS (
		SELECT DISTINCT m.evidence AS word, string_to_array(split_part(m.evidence, ':', 2), '+') AS papers
		FROM zhibao.milestone m WHERE m.register_version = zhibao.register_at(p_as_of) AND m.evidence LIKE 'filing:%'
	), paper AS MATERIALIZED (
		SELECT e.* FROM zhibao.evidence_standing(p_as_of) e
	), stack AS (
		SELECT w.word, w.papers, p.office_code, p.received_at, p.item_id, p.revision_id, p.received_item_id, p.received_revision_id,
			max(p.revised_at) OVER office AS revised_at, max(p.substance_on) OVER office AS substance_on,
			count(*) OVER office AS there, row_number() OVER (office ORDER BY p.received_at DESC, p.word) AS place
		FROM word w JOIN paper p ON p.word = ANY (w.papers)
		WINDOW office AS (PARTITION BY w.word, p.office_code)
	), filed AS (
		SELECT t.* FROM stack t WHERE t.place = 1 AND t.there = cardinality(t.papers)
	), about AS (
		SELECT w.word, p.office_code, i.item_id FROM word w JOIN paper p ON p.word = ANY (w.papers) CROSS JOIN unnest(p.item_ids) i (item_id)
	), answered AS (
		SELECT DISTINCT b.word, a.county_code, a.filing_status
		FROM zhibao.filing_answer(p_as_of) a CROSS JOIN unnest(a.submission_item_ids) s (item_id)
		JOIN about b ON b.office_code = a.county_code AND b.item_id = s.item_id
		WHERE a.filing_status IN ('accepted', 'returned')
	)
	SELECT p.office_code, p.word, p.received_at, p.item_id, p.revision_id, p.revised_at, p.review_state, p.was_refused, p.substance_on,
		p.received_item_id, p.received_revision_id
	FROM paper p
	UNION ALL
	SELECT f.office_code, f.word, f.received_at, f.item_id, f.revision_id, f.revised_at, coalesce(a.filing_status, 'pending'), false,
		f.substance_on, f.received_item_id, f.received_revision_id
	FROM filed f LEFT JOIN answered a ON a.word = f.word AND a.county_code = f.office_code;
END $$;
COMMENT ON FUNCTION evidence_received(timestamptz) IS 'What was received of each office, filings of counties included (材料与备案接收情况), annex 1 L10, requirement A1-16.';

-- Rulings R12 to R14: every obligation that receipt judges, as of an instant (NULL: what is folded). An as_of is
-- inclusive, and that of a day is its last microsecond: everything before as_of + 1 µs is known, so that is the instant
-- held against d_eff, and a report as of the due day shows missing.
CREATE FUNCTION obligation_standing(p_as_of timestamptz)
RETURNS TABLE (office_code text, milestone_no integer, material text, to_office_code text, due_on date, due_at timestamptz,
	effective_at timestamptz, state text, days_late integer, received_at timestamptz, item_id uuid, revision_id uuid,
	review_state text, substance_on date, is_substance_late boolean, is_extended_after_due boolean, is_corrected_late boolean,
	responsible_name text, responsible_contact text, evidence text, is_due boolean, days_overdue integer,
	received_item_id uuid, received_revision_id uuid, extended_until timestamptz, exempt_reason text,
	is_accepted_on_time boolean)
LANGUAGE sql STABLE ROWS 1000 AS $$
	WITH point AS MATERIALIZED (
		SELECT a.as_of, a.as_of + interval '1 microsecond' AS known_to, p.register_version, p.programme FROM (SELECT zhibao.facts_as_of(p_as_of)) a (as_of)
		JOIN zhibao.programme_version p ON p.register_version = zhibao.register_at(a.as_of)
	), receipt AS MATERIALIZED (
		SELECT e.* FROM point p CROSS JOIN zhibao.evidence_received(p.as_of) e
	), person AS MATERIALIZED (
		SELECT r.office_code, o.responsible_name, o.responsible_contact
		FROM receipt r JOIN zhibao.office_profile o USING (office_code, item_id, revision_id) WHERE r.word = 'responsible_person'
	), owed AS (
		SELECT b.*, p.known_to, e.until_at, e.granted_at, greatest(b.due_at, e.until_at) AS effective_at,
			x.reason AS exempt_reason, x.office_code IS NOT NULL AS is_exempt
		FROM point p JOIN zhibao.obligation b ON b.register_version = p.register_version AND b.judged_by = 'receipt'
		LEFT JOIN zhibao.extension_at(p.programme, p.as_of) e ON e.office_code = b.office_code AND e.milestone_no = b.milestone_no
		LEFT JOIN zhibao.exemption_at(p.programme, p.as_of) x ON x.office_code = b.office_code AND x.milestone_no = b.milestone_no
	), judged AS (
		SELECT o.*, r.received_at, r.item_id, r.revision_id, r.review_state, r.was_refused, r.revised_at, r.substance_on,
			r.received_item_id, r.received_revision_id,
			CASE WHEN o.is_exempt THEN 'exempt' WHEN r.received_at < o.effective_at THEN 'on_time'
				WHEN r.received_at IS NOT NULL THEN 'late' WHEN o.known_to >= o.effective_at THEN 'missing' ELSE 'not_due' END AS state
		FROM owed o LEFT JOIN receipt r ON r.office_code = o.office_code AND r.word = o.evidence
	)
	SELECT j.office_code, j.milestone_no, m.obligation_zh, j.to_office_code, j.due_on, j.due_at, j.effective_at, j.state,
		CASE WHEN j.state = 'late' THEN zhibao.days_after(j.effective_at, j.received_at) END,
		j.received_at, j.item_id, j.revision_id, j.review_state, j.substance_on,
		zhibao.day_end(j.substance_on) > j.due_at,
		coalesce(j.granted_at >= j.due_at, false),
		j.state = 'on_time' AND j.was_refused AND j.revised_at >= j.effective_at,
		w.responsible_name, w.responsible_contact, j.evidence, j.known_to >= j.effective_at,
		CASE WHEN j.state = 'missing' THEN zhibao.days_after(j.effective_at, j.known_to) END,
		j.received_item_id, j.received_revision_id, j.until_at, j.exempt_reason,
		coalesce(j.review_state = 'accepted' AND j.revised_at < j.effective_at, false)
	FROM judged j
	JOIN zhibao.milestone m ON m.register_version = j.register_version AND m.milestone_no = j.milestone_no
	LEFT JOIN person w ON w.office_code = j.office_code
$$;
COMMENT ON FUNCTION obligation_standing(timestamptz) IS 'How every obligation stands at an instant (报送情况), rulings R12 to R14; annex 1.';

-- Figures of I-01 per node of the office tree and milestone, the node and everything below it. Rates count obligations
-- whose effective due instant has passed: due = on_time + late + missing.
CREATE FUNCTION timeliness(p_as_of timestamptz)
RETURNS TABLE (node_code text, milestone_no integer, due bigint, on_time bigint, late bigint, missing bigint, not_due bigint,
	exempt bigint, extended_after_due bigint, accepted bigint, received_early bigint, returned bigint)
LANGUAGE sql STABLE ROWS 1000 AS $$
	SELECT t.ancestor_code, s.milestone_no,
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt'),
		count(*) FILTER (WHERE s.is_due AND s.state = 'on_time'),
		count(*) FILTER (WHERE s.is_due AND s.state = 'late'),
		count(*) FILTER (WHERE s.is_due AND s.state = 'missing'),
		count(*) FILTER (WHERE NOT s.is_due AND s.state <> 'exempt'),
		count(*) FILTER (WHERE s.state = 'exempt'),
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt' AND s.is_extended_after_due),
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt' AND s.review_state = 'accepted'),
		count(*) FILTER (WHERE NOT s.is_due AND s.state = 'on_time'),
		count(*) FILTER (WHERE s.is_due AND s.state <> 'exempt' AND s.review_state IN ('returned', 'rejected'))
	FROM zhibao.obligation_standing(p_as_of) s
	JOIN zhibao.office_tree t ON t.code = s.office_code
		AND t.register_version = (SELECT zhibao.register_at(zhibao.facts_as_of(p_as_of)))
	GROUP BY t.ancestor_code, s.milestone_no
$$;
COMMENT ON FUNCTION timeliness(timestamptz) IS 'Timeliness per node and milestone (报送及时率), indicator I-01, rulings R12 to R14.';

-- The filing matrix: every county that files with a city.
CREATE FUNCTION filing_standing(p_as_of timestamptz)
RETURNS TABLE (county_code text, city_code text, milestone_no integer, state text, due_at timestamptz, effective_at timestamptz,
	days_late integer, received_at timestamptz, confirmation text, filing_no text, reason text, filed_on date,
	answered_at timestamptz, is_confirmed boolean, receipt_item_id uuid)
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT s.office_code, s.to_office_code, s.milestone_no, s.state, s.due_at, s.effective_at, s.days_late, s.received_at,
		coalesce(a.filing_status, 'none'), a.filing_no, a.reason, a.filed_on, a.answered_at,
		CASE WHEN s.received_at IS NOT NULL THEN s.review_state IN ('accepted', 'returned') END, a.receipt_item_id
	FROM zhibao.obligation_standing(p_as_of) s
	LEFT JOIN zhibao.filing_answer(zhibao.facts_as_of(p_as_of)) a ON a.county_code = s.office_code
	WHERE s.evidence LIKE 'filing:%'
$$;
COMMENT ON FUNCTION filing_standing(timestamptz) IS 'Filings of counties with their cities (备案矩阵), annex 1 L10, requirement A1-16.';

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
	IF coalesce(btrim(p_reason), '') = '' THEN
		PERFORM zhibao.refuse('E_REASON', '请填写理由');
	END IF;
	PERFORM pg_advisory_xact_lock(7316022, hashtext(p_office));
	v_now := clock_timestamp();
	IF p_until IS NULL OR p_until <= v_now THEN
		PERFORM zhibao.refuse('E_UNTIL_PAST', '延至时间应晚于现在');
	END IF;
	INSERT INTO zhibao.extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at)
	VALUES (v_by.programme, p_office, p_milestone_no, p_until, btrim(p_reason), v_by.login, v_by.acting_office_code, v_now)
	RETURNING extension_no INTO v_no;
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
	IF coalesce(btrim(p_reason), '') = '' THEN
		PERFORM zhibao.refuse('E_REASON', '请填写理由');
	END IF;
	PERFORM pg_advisory_xact_lock(7316022, hashtext(p_office));
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
	IF coalesce(btrim(p_reason), '') = '' THEN
		PERFORM zhibao.refuse('E_REASON', '请填写理由');
	END IF;
	PERFORM pg_advisory_xact_lock(7316022, hashtext(p_office));
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
	IF coalesce(btrim(p_reason), '') = '' THEN
		PERFORM zhibao.refuse('E_REASON', '请填写理由');
	END IF;
	PERFORM pg_advisory_xact_lock(7316022, hashtext(p_office));
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

-- Steps at which an office is reminded: N days before d_eff (deadline.remind_days) and at d_eff. A step is made when its
-- instant lies within the last day, not before the programme was first loaded nor before the extension that moved it was
-- given: a late start, or an old programme loaded now, does not pour out reminders of the past.
CREATE FUNCTION reminder_due(p_now timestamptz)
RETURNS TABLE (programme text, office_code text, milestone_no integer, step text, due_at timestamptz, step_at timestamptz)
LANGUAGE sql STABLE ROWS 100 AS $$
	WITH point AS MATERIALIZED (
		SELECT p.programme, p.register_version, (SELECT min(o.loaded_at) FROM zhibao.programme_version o WHERE o.programme = p.programme) AS since,
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

-- Sent and, when an agent of the office has stored it, delivered.
CREATE FUNCTION reminder_standing(p_as_of timestamptz)
RETURNS TABLE (office_code text, milestone_no integer, step text, due_at timestamptz, step_at timestamptz, made_at timestamptz,
	made_by text, responsible_name text, text text, downlink_seq bigint, is_delivered boolean)
LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT r.office_code, r.milestone_no, r.step, r.due_at, r.step_at, r.made_at, r.made_by, r.responsible_name, r.text, r.downlink_seq,
		EXISTS (SELECT FROM zhibao.stream s WHERE s.office_code = r.office_code AND s.downlink_acked_seq >= r.downlink_seq)
	FROM zhibao.reminder r
	WHERE r.made_at <= p_as_of
$$;
COMMENT ON FUNCTION reminder_standing(timestamptz) IS 'Reminders with the evidence of their delivery (催报送达情况): an agent of the office acknowledged the message.';

DO $$
DECLARE
	v_act text;
BEGIN
	FOREACH v_act IN ARRAY ARRAY['extension_grant(text, text, integer, timestamptz, text)', 'extension_withdraw(text, text, integer, text)',
		'exemption_grant(text, text, integer, text, timestamptz)', 'exemption_withdraw(text, text, integer, text)', 'reminder_run()',
		'reminder_post(text, text, integer, text)'] LOOP
		EXECUTE format('REVOKE ALL ON FUNCTION zhibao.%s FROM PUBLIC', v_act);
		EXECUTE format('GRANT EXECUTE ON FUNCTION zhibao.%s TO zhibao_aggregator', v_act);
	END LOOP;
END $$;

COMMIT;
