-- Deploy obligations: deadlines (期限): an obligation row for every office and milestone.
--
-- Rulings R12 to R14. What is owed is a row before anything happens, so that silence is visible. What was received is
-- never stored here: it is read from the records, the registers, the verdicts and the acts (extensions) as of an instant.

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

-- Who owes what is due at an instant: the offices open in the version of the programme in force then. One opened later owes
-- nothing, nor does one that was closed before. Nothing was in force before the first load: then those of the version asked for.
CREATE FUNCTION owing_office(p_register integer, p_due_at timestamptz) RETURNS TABLE (code text)
LANGUAGE sql STABLE ROWS 150 AS $$
	SELECT o.code
	FROM (SELECT coalesce(max(e.register_version), p_register) AS version
		FROM zhibao.programme_version n JOIN zhibao.programme_version e ON e.programme = n.programme AND e.year = n.year
			AND e.register_version <= n.register_version AND e.loaded_at < p_due_at
		WHERE n.register_version = p_register) v
	CROSS JOIN LATERAL zhibao.open_office(v.version) o
$$;
COMMENT ON FUNCTION owing_office(integer, timestamptz) IS 'Offices that owe what is due at an instant (到期时在册单位), ruling R12.';

-- Makes the rows of one version of the registers. A repeat changes nothing.
CREATE FUNCTION obligations_generate(p_register integer) RETURNS bigint
LANGUAGE sql AS $$
	WITH made AS (
		INSERT INTO zhibao.obligation (register_version, office_code, milestone_no, due_on, due_at, to_office_code, judged_by, evidence)
		SELECT p_register, a.office_code, m.milestone_no, m.due_on, d.due_at, a.to_office_code, m.judged_by, m.evidence
		FROM zhibao.milestone m
		CROSS JOIN LATERAL (SELECT zhibao.day_end(zhibao.deadline_day(p_register, m.due_on)) AS due_at) d
		CROSS JOIN LATERAL zhibao.owing_office(p_register, d.due_at) w
		JOIN zhibao.milestone_actors(p_register) a ON a.milestone_no = m.milestone_no AND a.office_code = w.code
		WHERE m.register_version = p_register AND m.due_on IS NOT NULL
		ON CONFLICT DO NOTHING
		RETURNING 1)
	SELECT count(*) FROM made
$$;
COMMENT ON FUNCTION obligations_generate(integer) IS 'Makes the obligations of a version of the registers (生成报送义务), ruling R12.';
REVOKE ALL ON FUNCTION obligations_generate(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION obligations_generate(integer) TO zhibao_collector;

COMMIT;
