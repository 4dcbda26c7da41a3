-- Deploy reports: scheduled reports (报告): what is to be made, what was made, and the files.

BEGIN;

SET LOCAL search_path TO zhibao;

CREATE TABLE report_job (
	job_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	report text NOT NULL CHECK (report IN ('audit', 'form', 'form_consolidated', 'circular', 'integrity', 'persons')),
	node_code text NOT NULL,
	parameters text NOT NULL CHECK (jsonb_typeof(parameters::jsonb) = 'object'),
	as_of timestamptz NOT NULL,
	origin text NOT NULL CHECK (origin IN ('milestone', 'weekly', 'monthly', 'command')),
	state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'rendered', 'verified', 'delivered', 'failed')),
	attempts integer NOT NULL DEFAULT 0,
	not_before timestamptz NOT NULL,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
	rendered_at timestamptz,
	verified_at timestamptz,
	delivered_at timestamptz,
	failed_at timestamptz,
	failure text,
	title text,
	rule_version text,
	register_version integer,
	pages integer,
	table_rows bigint,
	folder text,
	UNIQUE (report, node_code, parameters, as_of),
	CHECK ((state = 'failed') = (failed_at IS NOT NULL)),
	CHECK (state <> 'delivered' OR num_nulls(rendered_at, verified_at, delivered_at) = 0)
);
COMMENT ON TABLE report_job IS 'Reports that are to be made or were made (报告任务), each once. Written by the aggregator through the functions below; read by it.';
COMMENT ON COLUMN report_job.job_id IS 'number of the report (报告编号)';
COMMENT ON COLUMN report_job.report IS 'kind of report (报告种类)';
COMMENT ON COLUMN report_job.node_code IS 'office it is about, with all below it (报告对象)';
COMMENT ON COLUMN report_job.parameters IS 'canonical JSON object (参数): period, on';
COMMENT ON COLUMN report_job.as_of IS 'instant up to which receipts count (数据时点)';
COMMENT ON COLUMN report_job.origin IS 'why it is made (来由): milestone date, week, month or command';
COMMENT ON COLUMN report_job.state IS 'queued, rendered, verified, delivered or failed (状态)';
COMMENT ON COLUMN report_job.attempts IS 'times it was begun (尝试次数)';
COMMENT ON COLUMN report_job.not_before IS 'earliest instant of the next attempt (不早于)';
COMMENT ON COLUMN report_job.created_at IS 'when it was put down (登记时间)';
COMMENT ON COLUMN report_job.rendered_at IS 'when its files were stored (生成时间)';
COMMENT ON COLUMN report_job.verified_at IS 'when it passed its checks (核对时间)';
COMMENT ON COLUMN report_job.delivered_at IS 'when it was handed out (发布时间)';
COMMENT ON COLUMN report_job.failed_at IS 'when it was given up (失败时间)';
COMMENT ON COLUMN report_job.failure IS 'why it failed or has to wait, code and sentence (失败原因)';
COMMENT ON COLUMN report_job.title IS 'title (标题)';
COMMENT ON COLUMN report_job.rule_version IS 'programme and version of the rules (规则版本)';
COMMENT ON COLUMN report_job.register_version IS 'version of the registers (名册版本)';
COMMENT ON COLUMN report_job.pages IS 'pages of the PDF, unit 页 (页数)';
COMMENT ON COLUMN report_job.table_rows IS 'rows of its tables (表格行数)';
COMMENT ON COLUMN report_job.folder IS 'host and folder its files were put in as well (发布目录), NULL for none';
GRANT SELECT ON report_job TO zhibao_aggregator, zhibao_admin;
CREATE INDEX report_job_open ON report_job (not_before) WHERE state IN ('queued', 'rendered', 'verified');

CREATE TABLE report_artifact (
	job_id bigint NOT NULL REFERENCES report_job,
	format text NOT NULL CHECK (format IN ('pdf', 'xlsx', 'csv', 'json')),
	content bytea NOT NULL,
	sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
	sm3 bytea NOT NULL CHECK (octet_length(sm3) = 32),
	PRIMARY KEY (job_id, format)
);
COMMENT ON TABLE report_artifact IS 'Files of a report (报告文件) byte for byte, with their digests. Written by the aggregator through report_store; read by it.';
COMMENT ON COLUMN report_artifact.job_id IS 'report (报告编号)';
COMMENT ON COLUMN report_artifact.format IS 'kind of file (格式)';
COMMENT ON COLUMN report_artifact.content IS 'the file (内容)';
COMMENT ON COLUMN report_artifact.sha256 IS 'SHA-256 of the file (SHA-256 摘要)';
COMMENT ON COLUMN report_artifact.sm3 IS 'SM3 of the file, GB/T 32905 (SM3 摘要)';
GRANT SELECT ON report_artifact TO zhibao_aggregator, zhibao_admin;

-- Rows of a report: each office below the node and the part it belongs to: a child of the node, or the node's own office.
CREATE FUNCTION report_part(p_register integer, p_node text)
RETURNS TABLE (part_code text, part_name text, part_level text, place integer, office_code text)
LANGUAGE sql STABLE ROWS 120 AS $$
	SELECT c.code, c.short_name, c.level, CASE WHEN c.level = 'province_unit' THEN 2 ELSE 1 END, t.code
	FROM zhibao.office c
	JOIN zhibao.office_tree t ON t.register_version = c.register_version AND t.ancestor_code = c.code
	WHERE c.register_version = p_register AND c.parent_code = p_node
	UNION ALL
	SELECT n.code, n.short_name || '（本级）', n.level, 3, n.code
	FROM zhibao.office n WHERE n.register_version = p_register AND n.code = p_node
$$;
COMMENT ON FUNCTION report_part(integer, text) IS 'Offices of a subtree by the row of a report they belong to (报告分行).';

-- The period of the form a report has: the one asked for, else that of the day.
CREATE FUNCTION report_period(p_on date, p_period text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN p_period <> '' THEN p_period WHEN extract(month FROM p_on) < 10 THEN 'mid_year' ELSE 'year_end' END
$$;
COMMENT ON FUNCTION report_period(date, text) IS 'Period of the form in a report (统计表时段).';

-- The newest due day that has ended by p_as_of (nothing is due before, R12) and bound an office at or below the node, office by office:
-- papers as their receipt has it, and what a figure judges by the figure of that day: coverage of every county-level office, completion
-- of those the task applies to. deadline.shift moves when it is told and the day printed of papers, not the day of a figure (R6).
-- on_time, late, missing; short: less than all of it was done by the day. Nothing to do, or exempt: not here.
CREATE FUNCTION report_due(p_node text, p_on date, p_as_of timestamptz)
RETURNS TABLE (milestone_no integer, material text, due_on date, office_code text, short_name text, state text, days_late integer,
	numerator bigint, denominator bigint)
LANGUAGE sql STABLE ROWS 500 AS $$
	WITH register AS MATERIALIZED (
		SELECT zhibao.register_at(p_as_of) AS version
	), below AS MATERIALIZED (
		SELECT o.code, o.short_name FROM register r JOIN zhibao.office_tree t ON t.register_version = r.version AND t.ancestor_code = p_node
		JOIN zhibao.office o ON o.register_version = r.version AND o.code = t.code
	), paper AS MATERIALIZED (
		SELECT s.*, b.short_name FROM zhibao.obligation_standing(p_as_of) s JOIN below b ON b.code = s.office_code WHERE s.due_on <= p_on AND s.is_due
	), subject AS MATERIALIZED (
		SELECT m.milestone_no, m.obligation_zh, m.due_on, b.code, b.short_name, CASE m.evidence WHEN 'coverage' THEN 'I-03' ELSE 'I-02' END AS indicator_id
		FROM register r JOIN zhibao.milestone m ON m.register_version = r.version AND m.judged_by = 'indicator' AND m.due_on <= p_on
			AND m.evidence IN ('coverage', 'completion') AND zhibao.day_end(zhibao.deadline_day(r.version, m.due_on)) <= p_as_of + interval '1 microsecond'
		JOIN zhibao.open_office(r.version) w ON CASE m.evidence WHEN 'coverage' THEN w.is_county_level ELSE w.level = ANY (string_to_array(m.applies_to, ';')) END
		JOIN below b ON b.code = w.code
	), newest AS MATERIALIZED (
		SELECT greatest((SELECT max(p.due_on) FROM paper p), (SELECT max(s.due_on) FROM subject s)) AS due_on
	), figure AS MATERIALIZED (
		SELECT j.indicator_id, i.node_code, i.numerator, i.denominator
		FROM (SELECT DISTINCT s.indicator_id, s.due_on FROM newest n JOIN subject s USING (due_on)) j
		CROSS JOIN LATERAL zhibao.indicator(j.indicator_id, j.due_on, p_as_of) i WHERE i.part = ''
	)
	SELECT p.milestone_no, p.material, zhibao.deadline_day(r.version, p.due_on), p.office_code, p.short_name, p.state, p.days_late, NULL::bigint, NULL::bigint
	FROM register r CROSS JOIN newest n JOIN paper p USING (due_on) WHERE p.state <> 'exempt'
	UNION ALL
	SELECT s.milestone_no, s.obligation_zh, s.due_on, s.code, s.short_name, CASE WHEN f.numerator >= f.denominator THEN 'on_time' ELSE 'short' END, NULL,
		f.numerator, f.denominator
	FROM newest n JOIN subject s USING (due_on) JOIN figure f ON f.indicator_id = s.indicator_id AND f.node_code = s.code
	WHERE f.denominator > 0
$$;
COMMENT ON FUNCTION report_due(text, date, timestamptz) IS 'What was due on the newest due day, office by office (最近截止日完成情况); annex 1, rulings R6, R9, R12.';

-- Who drew a restricted copy and what: it stays, like what an account ever was. Office, parameters and instant are those of the report.
CREATE TABLE report_disclosure (
	disclosure_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	job_id bigint NOT NULL REFERENCES report_job,
	formats text[] NOT NULL CHECK (formats <> '{}'),
	sha256 bytea[] NOT NULL CHECK (cardinality(sha256) = cardinality(formats)),
	login text NOT NULL REFERENCES account,
	display_name text NOT NULL,
	office_code text NOT NULL,
	drawn_by text NOT NULL,
	database_role text NOT NULL,
	drawn_at timestamptz NOT NULL
);
COMMENT ON TABLE report_disclosure IS 'Restricted copies that were handed out (限制分发件取用记录). Written by report_disclose with the files; read by the aggregator.';
COMMENT ON COLUMN report_disclosure.disclosure_no IS 'order of the disclosures (取用序号)';
COMMENT ON COLUMN report_disclosure.job_id IS 'report (报告编号)';
COMMENT ON COLUMN report_disclosure.formats IS 'files that were handed out (格式)';
COMMENT ON COLUMN report_disclosure.sha256 IS 'SHA-256 of each, as it was handed out (SHA-256 摘要)';
COMMENT ON COLUMN report_disclosure.login IS 'account (登录名)';
COMMENT ON COLUMN report_disclosure.display_name IS 'its name then (姓名)';
COMMENT ON COLUMN report_disclosure.office_code IS 'its office then (所属单位)';
COMMENT ON COLUMN report_disclosure.drawn_by IS 'who ran the command, by its word (操作人)';
COMMENT ON COLUMN report_disclosure.database_role IS 'who was connected, by the word of the database (数据库用户)';
COMMENT ON COLUMN report_disclosure.drawn_at IS 'when (取用时间)';
GRANT SELECT ON report_disclosure TO zhibao_aggregator, zhibao_admin;
CREATE TRIGGER report_disclosure_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON report_disclosure EXECUTE FUNCTION refuse_change();

-- Who may have a restricted copy: an operator or auditor, of its own office and what is below.
CREATE FUNCTION report_permit(p_login text, p_node text) RETURNS account
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_account zhibao.account := zhibao.acting_account(p_login, ARRAY['city_operator', 'provincial_operator', 'auditor']);
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.office_tree t WHERE t.register_version = zhibao.register_at(clock_timestamp())
			AND t.ancestor_code = v_account.office_code AND t.code = p_node) THEN
		PERFORM zhibao.refuse('E_ROLE', format('账号“%s”只能取本单位及以下的限制分发件', p_login));
	END IF;
	RETURN v_account;
END $$;
COMMENT ON FUNCTION report_permit(text, text) IS 'Checks who may have a report with the names of persons (限制分发核对); A1-05.';

-- Hands out files of a restricted report to who may have them, and writes down that it did: both or neither. p_by is who the command says
-- runs it.
CREATE FUNCTION report_disclose(p_login text, p_job bigint, p_formats text[], p_by text) RETURNS SETOF report_artifact
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_account zhibao.account := zhibao.report_permit(p_login, (SELECT node_code FROM zhibao.report_job WHERE job_id = p_job));
BEGIN
	PERFORM zhibao.report_expect(p_job, 'delivered');
	PERFORM zhibao.refuse_controls('操作人', p_by);
	LOCK TABLE zhibao.report_disclosure IN ROW EXCLUSIVE MODE;
	INSERT INTO zhibao.report_disclosure (job_id, formats, sha256, login, display_name, office_code, drawn_by, database_role, drawn_at)
	SELECT p_job, coalesce(array_agg(a.format ORDER BY a.format), '{}'), coalesce(array_agg(sha256(a.content) ORDER BY a.format), '{}'),
		v_account.login, v_account.display_name, v_account.office_code, coalesce(nullif(p_by, ''), session_user), session_user, clock_timestamp()
	FROM zhibao.report_artifact a WHERE a.job_id = p_job AND a.format = ANY (p_formats);
	RETURN QUERY SELECT * FROM zhibao.report_artifact a WHERE a.job_id = p_job AND a.format = ANY (p_formats);
END $$;
COMMENT ON FUNCTION report_disclose(text, bigint, text[], text) IS 'Hands out a restricted copy and records it (取用限制分发件); A1-05.';
REVOKE ALL ON FUNCTION report_permit(text, text), report_disclose(text, bigint, text[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report_permit(text, text), report_disclose(text, bigint, text[], text) TO zhibao_aggregator;

-- The disclosures by an instant, oldest first, a row for each file.
CREATE FUNCTION report_disclosures(p_as_of timestamptz) RETURNS TABLE (disclosure_no bigint, drawn_at timestamptz, login text, display_name text, office_code text,
	job_id bigint, report text, node_code text, as_of timestamptz, format text, sha256 bytea, drawn_by text, database_role text)
LANGUAGE sql STABLE AS $$
	SELECT d.disclosure_no, d.drawn_at, d.login, d.display_name, d.office_code, d.job_id, j.report, j.node_code, j.as_of, f.format, f.sha256, d.drawn_by, d.database_role
	FROM zhibao.report_disclosure d JOIN zhibao.report_job j USING (job_id) CROSS JOIN unnest(d.formats, d.sha256) f (format, sha256)
	WHERE d.drawn_at <= p_as_of ORDER BY d.disclosure_no, f.format
$$;
COMMENT ON FUNCTION report_disclosures(timestamptz) IS 'Restricted copies handed out by an instant (限制分发件取用记录).';

-- Puts a report down once; NULL when it is there already.
CREATE FUNCTION report_enqueue(p_report text, p_node text, p_parameters text, p_as_of timestamptz, p_origin text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
	INSERT INTO zhibao.report_job (report, node_code, parameters, as_of, origin, not_before)
	VALUES (p_report, p_node, p_parameters, p_as_of, p_origin, p_as_of)
	ON CONFLICT (report, node_code, parameters, as_of) DO NOTHING RETURNING job_id
$$;
COMMENT ON FUNCTION report_enqueue(text, text, text, timestamptz, text) IS 'Puts a report down (登记报告任务), once for one kind, office, parameters and instant.';

-- What a calendar asks for up to p_until: at the end of each due day of the pack, moved where deadline.shift says so (R12), the audit of the province; the circular
-- where offices owed something or a circular is due; the consolidated form where forms are due or collected. At the end
-- of each week (Sunday) and month the reports named for it. Dates before the registers (due days: of their year) were first loaded are no
-- one's; weeks and months are caught up for p_catch_up, milestones for ever.
CREATE FUNCTION report_calendar(p_until timestamptz, p_weekly text[], p_monthly text[], p_catch_up interval)
RETURNS TABLE (report text, node_code text, parameters text, as_of timestamptz, origin text)
LANGUAGE sql STABLE AS $$
	WITH known AS (
		SELECT min(v.loaded_at) AS since, zhibao.register_at(p_until) AS register FROM zhibao.programme_version v
	), root AS (
		SELECT o.code, k.since, k.register FROM known k JOIN zhibao.office o ON o.register_version = k.register AND o.level = 'province'
	), due AS (
		SELECT r.code, m.due_on, zhibao.day_end(zhibao.deadline_day(r.register, m.due_on)) - interval '1 microsecond' AS as_of,
			bool_or(m.submission_kind = 'circular' OR m.actor_level IN ('city', 'county', 'province_unit', 'city;province_unit')) AS is_told,
			bool_or(m.submission_kind = 'statistics_form') AS has_form,
			bool_or(m.submission_kind = 'collection') AS is_collected,
			min(min(m.due_on) FILTER (WHERE m.submission_kind = 'statistics_form')) OVER () AS first_form_on
		FROM root r JOIN zhibao.milestone m ON m.register_version = r.register AND m.due_on IS NOT NULL
			AND zhibao.day_end(zhibao.deadline_day(r.register, m.due_on)) > zhibao.year_opened(r.register)
		GROUP BY r.code, r.register, m.due_on
	), period_end AS (
		SELECT r.code, d.day::date AS day, 'weekly' AS origin, unnest(p_weekly) AS report
		FROM root r CROSS JOIN generate_series((greatest(r.since, p_until - p_catch_up) AT TIME ZONE 'Asia/Shanghai')::date::timestamp,
			p_until AT TIME ZONE 'Asia/Shanghai', interval '1 day') d (day)
		WHERE extract(isodow FROM d.day) = 7
		UNION ALL
		SELECT r.code, d.day::date, 'monthly', unnest(p_monthly)
		FROM root r CROSS JOIN generate_series((greatest(r.since, p_until - p_catch_up) AT TIME ZONE 'Asia/Shanghai')::date::timestamp,
			p_until AT TIME ZONE 'Asia/Shanghai', interval '1 day') d (day)
		WHERE extract(day FROM d.day + interval '1 day') = 1
	), wanted AS (
		SELECT 'audit' AS report, d.code, '{}' AS parameters, d.as_of, 'milestone' AS origin FROM due d
		UNION ALL
		SELECT 'circular', d.code, '{}', d.as_of, 'milestone' FROM due d WHERE d.is_told
		UNION ALL
		SELECT 'form_consolidated', d.code, format('{"period":"%s"}', CASE WHEN d.due_on = d.first_form_on THEN 'mid_year' ELSE 'year_end' END),
			d.as_of, 'milestone'
		FROM due d WHERE d.has_form OR (d.is_collected AND d.due_on > d.first_form_on)
		UNION ALL
		SELECT e.report, e.code, CASE WHEN e.report IN ('form', 'form_consolidated')
				THEN format('{"period":"%s"}', zhibao.report_period(e.day, '')) ELSE '{}' END,
			(e.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 microsecond', e.origin
		FROM period_end e
	)
	SELECT DISTINCT ON (w.report, w.code, w.parameters, w.as_of) w.report, w.code, w.parameters, w.as_of, w.origin
	FROM wanted w CROSS JOIN known k
	WHERE w.as_of >= k.since AND w.as_of < p_until
	ORDER BY w.report, w.code, w.parameters, w.as_of, w.origin
$$;
COMMENT ON FUNCTION report_calendar(timestamptz, text[], text[], interval) IS 'Reports the calendar asks for up to an instant (报告日历); requirements: end of each due day of annex 1.';

-- Puts down what the calendar asks for and is not there yet; several aggregators may do so at once. Returns how many.
CREATE FUNCTION report_schedule(p_until timestamptz, p_weekly text[], p_monthly text[], p_catch_up interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
	SELECT count(zhibao.report_enqueue(c.report, c.node_code, c.parameters, c.as_of, c.origin))
	FROM zhibao.report_calendar(p_until, p_weekly, p_monthly, p_catch_up) c
	WHERE NOT EXISTS (SELECT FROM zhibao.report_job j WHERE (j.report, j.node_code, j.parameters, j.as_of)
		= (c.report, c.node_code, c.parameters, c.as_of))
$$;
COMMENT ON FUNCTION report_schedule(timestamptz, text[], text[], interval) IS 'Puts down what the calendar asks for (报告排程).';

-- Takes the oldest open report that nobody works on. The advisory lock ends with the connection and needs no transaction
-- number, which the fold would have to wait for; the row is locked only while it is marked as begun.
CREATE FUNCTION report_claim(p_job bigint) RETURNS SETOF report_job
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
DECLARE
	v_job zhibao.report_job;
BEGIN
	FOR v_job IN
		SELECT * FROM zhibao.report_job j
		WHERE j.state IN ('queued', 'rendered', 'verified') AND (j.job_id = p_job OR p_job IS NULL AND j.not_before < clock_timestamp())
		ORDER BY j.as_of, j.job_id FOR UPDATE SKIP LOCKED
	LOOP
		CONTINUE WHEN NOT pg_try_advisory_lock(hashtextextended('zhibao.report_job', 0) + v_job.job_id);
		-- Should it end the whole process, it comes later and later.
		RETURN QUERY UPDATE zhibao.report_job SET attempts = attempts + 1,
			not_before = clock_timestamp() + least(interval '1 hour', interval '1 second' * 2 ^ least(attempts, 12))
			WHERE job_id = v_job.job_id RETURNING *;
		RETURN;
	END LOOP;
END $$;
COMMENT ON FUNCTION report_claim(bigint) IS 'Takes a report to be made (领取报告任务), the named one or the oldest; it stays taken until report_release or the end of the connection.';

CREATE FUNCTION report_release(p_job bigint) RETURNS boolean
LANGUAGE sql AS $$
	SELECT pg_advisory_unlock(hashtextextended('zhibao.report_job', 0) + p_job)
$$;
COMMENT ON FUNCTION report_release(bigint) IS 'Gives a report back (交还报告任务).';

CREATE FUNCTION report_await(p_job bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_lock(hashtextextended('zhibao.report_job', 0) + p_job);
	RETURN pg_advisory_unlock(hashtextextended('zhibao.report_job', 0) + p_job);
END $$;
COMMENT ON FUNCTION report_await(bigint) IS 'Waits until nobody works on a report (等待报告任务).';

-- The report stands where the caller believes; its row is locked.
CREATE FUNCTION report_expect(p_job bigint, p_state text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM zhibao.report_job WHERE job_id = p_job AND state = p_state FOR UPDATE) THEN
		PERFORM zhibao.refuse('E_REPORT_STATE', format('报告 %s 已不在“%s”状态', p_job, p_state));
	END IF;
END $$;
COMMENT ON FUNCTION report_expect(bigint, text) IS 'Refuses when a report stands elsewhere than believed (报告状态核对).';

-- Stores the four files and moves the report to rendered, in one transaction: all of it or nothing.
CREATE FUNCTION report_store(p_job bigint, p_formats text[], p_contents bytea[], p_sha256 bytea[], p_sm3 bytea[],
	p_title text, p_rule_version text, p_register_version integer, p_pages integer, p_rows bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
BEGIN
	PERFORM zhibao.report_expect(p_job, 'queued');
	INSERT INTO zhibao.report_artifact
	SELECT p_job, f.format, f.content, f.sha256, f.sm3 FROM unnest(p_formats, p_contents, p_sha256, p_sm3) f (format, content, sha256, sm3);
	UPDATE zhibao.report_job SET state = 'rendered', rendered_at = clock_timestamp(), title = p_title, rule_version = p_rule_version,
		register_version = p_register_version, pages = p_pages, table_rows = p_rows, failure = NULL WHERE job_id = p_job;
END $$;
COMMENT ON FUNCTION report_store(bigint, text[], bytea[], bytea[], bytea[], text, text, integer, integer, bigint) IS 'Stores the files of a report (存入报告文件).';

CREATE FUNCTION report_verified(p_job bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
BEGIN
	PERFORM zhibao.report_expect(p_job, 'rendered');
	UPDATE zhibao.report_job SET state = 'verified', verified_at = clock_timestamp(), failure = NULL WHERE job_id = p_job;
END $$;
COMMENT ON FUNCTION report_verified(bigint) IS 'A report passed its checks (报告核对通过).';

CREATE FUNCTION report_delivered(p_job bigint, p_folder text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
BEGIN
	PERFORM zhibao.report_expect(p_job, 'verified');
	UPDATE zhibao.report_job SET state = 'delivered', delivered_at = clock_timestamp(), folder = p_folder, failure = NULL WHERE job_id = p_job;
END $$;
COMMENT ON FUNCTION report_delivered(bigint, text) IS 'A report was handed out (报告已发布).';

-- p_is_final: given up, never delivered; otherwise it is tried again after a pause that doubles up to an hour.
CREATE FUNCTION report_failed(p_job bigint, p_failure text, p_is_final boolean) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = zhibao, pg_temp AS $$
	UPDATE zhibao.report_job SET failure = p_failure, state = CASE WHEN p_is_final THEN 'failed' ELSE state END,
		failed_at = CASE WHEN p_is_final THEN clock_timestamp() END,
		not_before = clock_timestamp() + least(interval '1 hour', interval '5 seconds' * 2 ^ least(attempts, 12))
	WHERE job_id = p_job AND state IN ('queued', 'rendered', 'verified')
$$;
COMMENT ON FUNCTION report_failed(bigint, text, boolean) IS 'A report failed (报告失败) for good or for now.';

REVOKE ALL ON FUNCTION report_enqueue(text, text, text, timestamptz, text), report_schedule(timestamptz, text[], text[], interval),
	report_claim(bigint), report_store(bigint, text[], bytea[], bytea[], bytea[], text, text, integer, integer, bigint),
	report_verified(bigint), report_delivered(bigint, text), report_failed(bigint, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report_part(integer, text), report_calendar(timestamptz, text[], text[], interval), report_release(bigint), report_await(bigint),
	report_enqueue(text, text, text, timestamptz, text), report_schedule(timestamptz, text[], text[], interval),
	report_claim(bigint), report_store(bigint, text[], bytea[], bytea[], bytea[], text, text, integer, integer, bigint),
	report_verified(bigint), report_delivered(bigint, text), report_failed(bigint, text, boolean) TO zhibao_aggregator;

COMMIT;
