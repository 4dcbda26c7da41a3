-- One named test per rule and edge of the deadlines (rulings R12 to R14, requirement A1-16), on hand-made registers: a
-- province P, cities A (counties A1, A2) and B (a city and a county at once), a unit of the province U. The work plan (1) is
-- due on 2024-06-10, the statistics form (5) on 2024-06-30, a Sunday. Instants are times of Shanghai.
BEGIN;
SET search_path TO zhibao, public;
SET timezone TO 'Asia/Shanghai';
SELECT * FROM no_plan();

CREATE FUNCTION pg_temp.registers(p_version integer, p_loaded timestamptz, p_offices text[] DEFAULT '{P,A,A1,A2,B,U}') RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.programme_version VALUES (p_version, 'test', p_version, 'test', 2024, decode(repeat('00', 32), 'hex'), p_loaded);
	INSERT INTO zhibao.office SELECT p_version, v.* FROM (VALUES ('P', NULL, 'province', 'P', 'P', 'P', '省', false),
		('A', 'P', 'city', 'A', 'A', 'A', '市', false), ('A1', 'A', 'county', 'A1', 'A1', 'A1', '县', true),
		('A2', 'A', 'county', 'A2', 'A2', 'A2', '区', true), ('B', 'P', 'city', 'B', 'B', 'B', '市', true),
		('U', 'P', 'province_unit', 'U', 'U', 'U', '处', false)) v WHERE v.column1 = ANY (p_offices);
	INSERT INTO zhibao.office_tree WITH RECURSIVE up AS (SELECT code AS a, code FROM zhibao.office WHERE register_version = p_version
		UNION ALL SELECT o.parent_code, up.code FROM up JOIN zhibao.office o ON o.code = up.a AND o.register_version = p_version
		WHERE o.parent_code IS NOT NULL) SELECT p_version, a, code FROM up;
	INSERT INTO zhibao.milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, judged_by, evidence) VALUES
		(p_version, 1, '2024-06-10', 'city;county;province_unit', '工作方案', 'receipt', 'work_plan'),
		(p_version, 2, '2024-06-10', 'city;county', '宣讲计划', 'receipt', 'lecture_plan'),
		(p_version, 3, '2024-06-10', 'city;county', '工作机制', 'receipt', 'mechanism'),
		(p_version, 4, '2024-06-10', 'county', '备案', 'receipt', 'filing:work_plan+lecture_plan'),
		(p_version, 5, '2024-06-30', 'city;province_unit', '统计表', 'receipt', 'statistics_form:mid_year'),
		(p_version, 6, '2024-06-10', 'city;county', '专人', 'receipt', 'responsible_person'),
		(p_version, 7, '2024-06-10', 'city', '活动安排公布', 'receipt', 'arrangement'),
		(p_version, 8, '2024-06-10', 'city', '宣传资料', 'receipt', 'materials'),
		(p_version, 9, '2024-11-30', 'county', '乡镇全覆盖', 'indicator', 'coverage'),
		(p_version, 10, '2024-06-30', 'province', '适时通报', 'open', 'circular:mid_year'),
		(p_version, 11, NULL, 'all', '日常', 'records', NULL);
$$;
SELECT pg_temp.registers(1, '2024-01-01 00:00+08');
SELECT obligations_generate(1);

CREATE FUNCTION pg_temp.id(p text) RETURNS uuid LANGUAGE sql AS $$ SELECT md5(p)::uuid $$;
-- One revision of any kind: values is a JSON object of its fields. Revision i/2 stands on i/1 unless said otherwise.
CREATE FUNCTION pg_temp.send(p_kind text, p_office text, p_item text, p_at text, p_values jsonb, p_no integer DEFAULT 1,
	p_op text DEFAULT NULL, p_author text DEFAULT NULL, p_base text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := nextval('zhibao.batch_id_seq');
BEGIN
	EXECUTE format('INSERT INTO zhibao.%1$I SELECT * FROM jsonb_populate_record(NULL::zhibao.%1$I, $1)', p_kind) USING p_values || jsonb_build_object(
		'office_code', p_office, 'item_id', pg_temp.id(p_item), 'revision_id', pg_temp.id(p_item || '/' || p_no),
		'base_revision_id', pg_temp.id(coalesce(p_base, CASE WHEN p_no > 1 THEN p_item || '/' || p_no - 1 END)),
		'operation', coalesce(p_op, CASE WHEN p_no > 1 THEN 'amend' ELSE 'submit' END), 'recorded_at', p_at, 'author', 'x',
		'author_office_code', coalesce(p_author, p_office), 'received_at', p_at, 'batch_id', v_batch, 'seq', v_batch, 'programme_version', 1);
END $$;
CREATE FUNCTION pg_temp.paper(p_office text, p_item text, p_at text, p_no integer DEFAULT 1, p_kind text DEFAULT 'work_plan',
	p_file text DEFAULT 'a.pdf', p_issued date DEFAULT NULL, p_op text DEFAULT NULL, p_author text DEFAULT NULL, p_period text DEFAULT NULL,
	p_base text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.send('submission', p_office, p_item, p_at, CASE WHEN p_op = 'withdraw' THEN '{}' ELSE jsonb_build_object('submission_kind', p_kind,
		'title', 'x', 'approved_by', '李审', 'file_name', p_file, 'issued_on', p_issued, 'period', p_period) END, p_no, p_op, p_author, p_base) $$;
CREATE FUNCTION pg_temp.verdict(p_office text, p_item text, p_no integer, p_verdict text, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	VALUES (p_office, pg_temp.id(p_item), pg_temp.id(p_item || '/' || p_no), p_verdict, 'x', 'r', 'P', p_at) $$;
CREATE FUNCTION pg_temp.extend(p_office text, p_no integer, p_until timestamptz, p_granted timestamptz, p_withdrawn timestamptz DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at,
		withdrawn_by, withdrawer_office_code, withdrawn_at, withdraw_reason)
	SELECT 'test', p_office, p_no, p_until, 'x', 'r', 'P', p_granted, w, w, p_withdrawn, w FROM (SELECT CASE WHEN p_withdrawn IS NOT NULL THEN 'r' END) x (w) $$;
-- state, days late, review state of one obligation.
CREATE FUNCTION pg_temp.standing(p_office text, p_no integer, p_as_of timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', state, days_late, review_state) FROM zhibao.obligation_standing(p_as_of) WHERE office_code = p_office AND milestone_no = p_no $$;
CREATE FUNCTION pg_temp.flags(p_office text, p_no integer, p_as_of timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', CASE WHEN is_substance_late THEN 'substance' END, CASE WHEN is_extended_after_due THEN 'extended' END,
		CASE WHEN is_corrected_late THEN 'corrected' END) FROM zhibao.obligation_standing(p_as_of) WHERE office_code = p_office AND milestone_no = p_no $$;
CREATE FUNCTION pg_temp.rate(p_node text, p_no integer, p_as_of timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('/', on_time, late, missing, due) || ' ' || concat_ws('/', not_due, exempt) FROM zhibao.timeliness(p_as_of)
	WHERE node_code = p_node AND milestone_no = p_no $$;
-- A form with every mandatory cell answered but one: p_open is its item and sub-figure.
CREATE FUNCTION pg_temp.form(p_office text, p_item text, p_at text, p_open text DEFAULT NULL, p_no integer DEFAULT 1, p_end date DEFAULT '2024-06-30') RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.send('statistics_form', p_office, p_item, p_at, jsonb_build_object('period', 'mid_year', 'period_start', '2024-01-01',
		'period_end', p_end, 'scope', 'own', 'filled_on', '2024-06-29', 'lines', (SELECT jsonb_agg(jsonb_build_object('item_no', c.item_no,
			'sub_field', c.sub_field, 'state', CASE WHEN p_open = concat_ws('.', c.item_no, nullif(c.sub_field, '')) THEN 'not_answered' ELSE 'not_applicable' END))
			FROM zhibao.form_cell c WHERE c.is_mandatory)), p_no) $$;

CREATE FUNCTION pg_temp.refused(p_call text, p_code text, p_why text) RETURNS text LANGUAGE sql AS $$
	SELECT throws_like('SELECT zhibao.' || p_call, p_code || ' %', p_why) $$;

-- What is owed, before anything happens.
SELECT results_eq($$ SELECT office_code, to_office_code FROM obligation WHERE milestone_no = 1 ORDER BY 1 $$,
	$$ VALUES ('A', 'P'), ('A1', 'A'), ('A2', 'A'), ('B', 'P'), ('U', 'P') $$, 'R12: every city, county and unit owes it to the one above, from the start');
SELECT results_eq($$ SELECT office_code FROM obligation WHERE milestone_no = 4 ORDER BY 1 $$, $$ VALUES ('A1'), ('A2') $$,
	'A1-16: counties file with their city; a city without counties has no city to file with');
SELECT results_eq($$ SELECT office_code FROM obligation WHERE milestone_no = 9 ORDER BY 1 $$, $$ VALUES ('A1'), ('A2'), ('B') $$,
	'R6: what a figure judges binds the cities without counties too');
SELECT is((SELECT count(*) FROM obligation WHERE milestone_no = 11), 0::bigint, 'R12: no due day, no obligation');
SELECT is((SELECT due_at FROM obligation WHERE office_code = 'A1' AND milestone_no = 1), '2024-06-11 00:00+08', 'R12: d is 24:00 of the due day');
SELECT is((SELECT count(*) FROM obligation_standing('2024-12-31 12:00') WHERE milestone_no IN (9, 10)), 0::bigint,
	'R12: coverage is judged by its figure and a circular when fit is never late: neither stands here');
SELECT is(obligations_generate(1), 0::bigint, 'R12: generating again changes nothing');

SAVEPOINT clean;
SELECT is(pg_temp.standing('A1', 1, '2024-06-10 23:59:59.999998'), 'not_due', 'R12: not due while a microsecond of the day is left');
SELECT is(pg_temp.standing('A1', 1, '2024-06-11 00:00'), 'missing', 'R12: missing from d on');
SELECT is(pg_temp.standing('A1', 1, day_end('2024-06-10') - interval '1 microsecond'), 'missing', 'R2, R12: a report as of the due day, which is all of it, shows missing');
SELECT is((SELECT days_overdue FROM obligation_standing('2024-06-11 00:00') WHERE office_code = 'A1' AND milestone_no = 1), 1, 'R12: the first day past d is day one');
SELECT is(pg_temp.standing('B', 5, '2024-06-30 23:59'), 'not_due', 'R12: a Sunday is a due day like any other');
SELECT is(pg_temp.standing('B', 5, '2024-07-01 00:00'), 'missing', 'R12: and is not moved');
SELECT pg_temp.paper('A1', 'w', '2024-06-10 23:59:59.999999+08');
SELECT pg_temp.paper('A2', 'w', '2024-06-11 00:00+08');
SELECT pg_temp.paper('U', 'w', '2024-06-11 23:59:59.999999+08');
SELECT pg_temp.paper('A', 'w', '2024-06-12 00:00+08');
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'on_time pending', 'R12: on time on the last microsecond');
SELECT is(pg_temp.standing('A2', 1, '2024-07-01 00:00'), 'late 1 pending', 'R12: at d exactly it is one day late');
SELECT is(pg_temp.standing('U', 1, '2024-07-01 00:00'), 'late 1 pending', 'R12: one day late to the end of that day');
SELECT is(pg_temp.standing('A', 1, '2024-07-01 00:00'), 'late 2 pending', 'R12: two days late from the next');
SELECT is(pg_temp.standing('A2', 1, '2024-06-10 23:59'), 'not_due', 'R2: as of an instant before the receipt it is unknown');
SELECT is(pg_temp.rate('P', 1, '2024-07-01 00:00'), '1/3/1/5 0/0', 'I-01: on time, late, missing of those due, for the province');
SELECT is(pg_temp.rate('A', 1, '2024-07-01 00:00'), '1/2/0/3 0/0', 'I-01: a city and its counties');
SELECT is(pg_temp.rate('A1', 1, '2024-06-10 23:59:59.999998'), '0/0/0/0 1/0', 'R12: rates count what is due by as_of only');
SELECT is((SELECT percent_text(on_time, due) FROM timeliness('2024-06-01 00:00') WHERE node_code = 'P' AND milestone_no = 1), NULL, 'I-01: nothing due, no rate');

ROLLBACK TO clean;
-- Extensions.
SELECT pg_temp.extend('A1', 1, '2024-06-15 12:00', '2024-06-05 00:00');
SELECT is(pg_temp.standing('A1', 1, '2024-06-15 11:59:59.999998'), 'not_due', 'R12: an extension moves d to an instant');
SELECT is(pg_temp.standing('A1', 1, '2024-06-15 12:00'), 'missing', 'R12: from that instant on it is missing');
SELECT is(pg_temp.standing('A1', 1, '2024-06-04 00:00'), 'not_due', 'R12: before the grant nothing is different');
SELECT is(pg_temp.standing('A2', 1, '2024-06-15 00:00'), 'missing', 'R12: an extension is for one office');
SELECT is(pg_temp.rate('P', 1, '2024-06-15 00:00'), '0/0/4/4 1/0', 'R12: an extended one leaves the denominator until then');
SELECT pg_temp.paper('A1', 'w', '2024-06-15 12:00+08');
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'late 1 pending', 'R12: days late are counted from the extended instant');
SELECT pg_temp.extend('A1', 1, '2024-06-20 00:00', '2024-06-18 00:00');
SELECT is(pg_temp.standing('A1', 1, '2024-06-17 00:00'), 'late 1 pending', 'R12: as known before the second grant');
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'on_time pending', 'R12: an extension after d makes it on time');
SELECT is(pg_temp.flags('A1', 1, '2024-07-01 00:00'), 'extended', 'R12: and is shown as extended after due');
SELECT is((SELECT extended_after_due FROM timeliness('2024-07-01 00:00') WHERE node_code = 'A' AND milestone_no = 1), 1::bigint, 'R12: and counted as such');
UPDATE extension SET withdrawn_by = 'r', withdrawer_office_code = 'A', withdrawn_at = '2024-06-25', withdraw_reason = 'x' WHERE until_at = '2024-06-20 00:00';
SELECT is(pg_temp.standing('A1', 1, '2024-06-24 00:00'), 'on_time pending', 'R12: in force until it is withdrawn');
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'late 1 pending', 'R12: withdrawing puts the one before in force');
SELECT is(pg_temp.flags('A1', 1, '2024-07-01 00:00'), '', 'R12: which was given before d');
SELECT pg_temp.extend('A2', 1, '2024-06-08 00:00', '2024-06-01 00:00');
SELECT is((SELECT effective_at FROM obligation_standing('2024-06-07 00:00') WHERE office_code = 'A2' AND milestone_no = 1), '2024-06-11 00:00+08',
	'R12: d_eff is never earlier than d');
INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'U', 1, 'x', 'r', 'P', '2024-06-01');
SELECT is(pg_temp.standing('U', 1, '2024-07-01 00:00'), 'exempt', 'R12: exempt');
SELECT is(pg_temp.standing('U', 1, '2024-05-31 00:00'), 'not_due', 'R12: not before the exemption was given');
SELECT is(pg_temp.rate('U', 1, '2024-07-01 00:00'), '0/0/0/0 0/1', 'R12: and out of the denominator');
UPDATE exemption SET until_at = '2024-07-01' WHERE office_code = 'U';
SELECT is(pg_temp.standing('U', 1, '2024-06-30 23:59:59.999999'), 'exempt', 'R12: an exemption with an end holds up to it');
SELECT is(pg_temp.standing('U', 1, '2024-07-01 00:00'), 'missing', 'R12: and from then on the deadline binds');
SELECT is(pg_temp.rate('U', 1, '2024-07-01 00:00'), '0/0/1/1 0/0', 'R12: in the denominator again');

ROLLBACK TO clean;
-- Two papers of one instant: the numbers of their items (md5 of "one" is the greater) say nothing of their order.
SELECT pg_temp.paper('A', 'one', '2024-06-01 10:00+08'), pg_temp.paper('A', 'two', '2024-06-01 10:00+08'), pg_temp.verdict('A', 'two', 1, 'accepted', '2024-06-02 00:00');
SELECT is(pg_temp.standing('A', 1, '2024-07-01 00:00'), 'on_time accepted', 'R14: the newest of two papers of one instant is the one sent later');

ROLLBACK TO clean;
-- What is received: structure, withdrawal, verdicts.
SELECT pg_temp.paper('A1', 'w', '2024-06-01 10:00+08', p_file => NULL);
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'missing', 'R14: an incomplete first revision is not received');
SELECT pg_temp.paper('A1', 'w', '2024-06-13 10:00+08', 2);
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'late 3 pending', 'R14: the first complete one decides');
SELECT pg_temp.paper('A2', 'w', '2024-06-01 10:00+08');
SELECT is((SELECT received_early || '/' || due || '/' || not_due FROM timeliness('2024-06-05 00:00') WHERE node_code = 'A2' AND milestone_no = 1), '1/0/1',
	'I-01: what came before d is told apart and not yet in the rate');
SELECT pg_temp.paper('A2', 'w', '2024-06-14 10:00+08', 2, p_file => NULL);
SELECT is(pg_temp.standing('A2', 1, '2024-07-01 00:00'), 'on_time pending', 'R14: a later incomplete one leaves the last complete one standing');
SELECT is((SELECT revision_id FROM obligation_standing('2024-07-01 00:00') WHERE office_code = 'A2' AND milestone_no = 1), pg_temp.id('w/1'),
	'R14: which is the newest complete one');
SELECT pg_temp.paper('B', 'w', '2024-06-01 10:00+08');
SELECT pg_temp.paper('B', 'w', '2024-06-20 10:00+08', 2, p_op => 'withdraw');
SELECT is(pg_temp.standing('B', 1, '2024-06-20 09:59'), 'on_time pending', 'R14: received until it is withdrawn');
SELECT is(pg_temp.standing('B', 1, '2024-07-01 00:00'), 'missing', 'R14: withdrawn is missing from then on');
SELECT pg_temp.paper('B', 'w', '2024-07-02 10:00+08', 3);
SELECT is(pg_temp.standing('B', 1, '2024-08-01 00:00'), 'late 22 pending', 'R14: reinstated is received again by the reinstating revision');
SELECT pg_temp.paper('U', 'w', '2024-06-01 10:00+08');
SELECT pg_temp.paper('U', 'w', '2024-06-05 10:00+08', 2, p_op => 'withdraw');
SELECT pg_temp.verdict('U', 'w', 2, 'returned', '2024-06-06 00:00');
SELECT is(pg_temp.standing('U', 1, '2024-07-01 00:00'), 'on_time pending', 'R2: a returned withdrawal withdrew nothing');
SELECT pg_temp.paper('A', 'other', '2024-06-01 10:00+08');
SELECT pg_temp.paper('A', 'other', '2024-06-03 10:00+08', 2, p_kind => 'summary_report');
SELECT is(pg_temp.standing('A', 1, '2024-07-01 00:00'), 'missing', 'R14: what was amended into another kind is no longer there');
SELECT pg_temp.verdict('A', 'other', 2, 'returned', '2024-06-04 10:00+08');
SELECT is(pg_temp.standing('A', 1, '2024-06-05'), 'on_time pending', 'edge: returned, it changed nothing: the paper it was amended from is in force (R2)');

ROLLBACK TO clean;
SELECT pg_temp.paper('A1', 'w', '2024-06-01 10:00+08');
SELECT is(pg_temp.standing('A1', 1, '2024-06-02 00:00'), 'on_time pending', 'R14: nobody has looked at it yet');
SELECT pg_temp.verdict('A1', 'w', 1, 'returned', '2024-06-08 00:00');
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'on_time returned', 'R14: a returned first revision stays on time, its review state stands beside');
SELECT pg_temp.paper('A1', 'w', '2024-06-20 10:00+08', 2);
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'on_time pending', 'R14: the review state is that of the newest complete revision');
SELECT is(pg_temp.flags('A1', 1, '2024-07-01 00:00'), 'corrected', 'R14: returned on time, corrected late');
SELECT is(pg_temp.flags('A1', 1, '2024-06-19 00:00'), '', 'R14: not before the correction came');
SELECT pg_temp.verdict('A1', 'w', 2, 'accepted', '2024-06-25 00:00');
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'on_time accepted', 'R14: and accepted');
SELECT is((SELECT accepted FROM timeliness('2024-07-01 00:00') WHERE node_code = 'P' AND milestone_no = 1), 1::bigint, 'R14: accepted is counted beside');
-- A correction built on what the returned first revision was built on, nothing: no second first revision.
SELECT pg_temp.paper('A2', 'w', '2024-06-01 10:00+08');
SELECT pg_temp.verdict('A2', 'w', 1, 'returned', '2024-06-08 00:00');
SELECT pg_temp.send('submission', 'A2', 'w', '2024-06-20 10:00+08', '{"submission_kind": "work_plan", "title": "x", "file_name": "a"}', 2, 'submit', p_base => NULL);
UPDATE submission SET base_revision_id = NULL WHERE office_code = 'A2';
SELECT is(pg_temp.standing('A2', 1, '2024-07-01 00:00') || ' ' || pg_temp.flags('A2', 1, '2024-07-01 00:00'), 'on_time pending corrected',
	'R1: a correction beside a returned first revision is no conflict and keeps its receipt');
-- Rejected: the item ends, the correction is another item.
SELECT pg_temp.paper('B', 'w', '2024-06-01 10:00+08');
SELECT pg_temp.verdict('B', 'w', 1, 'rejected', '2024-06-08 00:00');
SELECT is(pg_temp.standing('B', 1, '2024-06-15 00:00'), 'on_time rejected', 'R14: rejected stands beside on time');
SELECT pg_temp.paper('B', 'w2', '2024-06-16 10:00+08');
SELECT is(pg_temp.standing('B', 1, '2024-07-01 00:00') || ' ' || pg_temp.flags('B', 1, '2024-07-01 00:00'), 'on_time pending corrected', 'R14: its new item is the correction');
-- Of two branches the one received first; the other one can neither complete nor withdraw.
SELECT pg_temp.paper('U', 'w', '2024-06-01 10:00+08');
SELECT pg_temp.paper('U', 'w', '2024-06-02 10:00+08', 2);
SELECT pg_temp.paper('U', 'w', '2024-06-03 10:00+08', 3, p_op => 'withdraw', p_base => 'w/1');
SELECT is(pg_temp.standing('U', 1, '2024-07-01 00:00'), 'on_time pending', 'R1: a withdrawal on a branch that does not count withdraws nothing');
INSERT INTO branch_pick (office_code, item_id, revision_id, reason, picked_by, picked_at) VALUES ('U', pg_temp.id('w'), pg_temp.id('w/3'), 'x', 'r', '2024-06-20');
SELECT is(pg_temp.standing('U', 1, '2024-07-01 00:00'), 'missing', 'R1: until a reviewer picks it');
INSERT INTO branch_pick (office_code, item_id, revision_id, reason, picked_by, picked_at) VALUES ('U', pg_temp.id('w'), pg_temp.id('w/2'), 'x', 'r', '2024-06-21');
SELECT is(pg_temp.standing('U', 1, '2024-07-01 00:00'), 'on_time pending', 'R1: or picks the other again');
SELECT pg_temp.verdict('U', 'w', 2, 'rejected', '2024-06-22');
SELECT is(pg_temp.standing('U', 1, '2024-07-01 00:00'), 'missing', 'R2: a pick of which nothing is left is none, here as everywhere');
SELECT pg_temp.paper('A', 'v', '2024-06-01 10:00+08', p_file => NULL);
SELECT pg_temp.paper('A', 'v', '2024-06-02 10:00+08', 2, p_file => NULL);
SELECT pg_temp.paper('A', 'v', '2024-06-03 10:00+08', 3, p_file => NULL, p_base => 'v/1');
SELECT pg_temp.paper('A', 'v', '2024-06-04 10:00+08', 4);
SELECT pg_temp.verdict('A', 'v', 4, 'returned', '2024-06-05');
SELECT is(pg_temp.standing('A', 1, '2024-07-01 00:00'), 'missing', 'R1: what was returned on a branch that does not count was not received either');
INSERT INTO branch_pick (office_code, item_id, revision_id, reason, picked_by, picked_at) VALUES ('A', pg_temp.id('v'), pg_temp.id('v/3'), 'x', 'r', '2024-06-20');
SELECT is(pg_temp.standing('A', 1, '2024-07-01 00:00'), 'on_time returned', 'R1: until a reviewer picks that branch');

ROLLBACK TO clean;
-- Two machines of one office: what was built on a revision is heard before it.
SELECT pg_temp.paper('B', 'w', '2024-06-01 10:00+08', 2, p_op => 'withdraw');
SELECT pg_temp.paper('B', 'w', '2024-06-05 10:00+08');
SELECT is(pg_temp.standing('B', 1, '2024-07-01 00:00'), 'missing', 'R1: a withdrawal heard before what it withdraws withdraws it');
SELECT pg_temp.paper('A', 'w', '2024-06-01 10:00+08', 2);
SELECT pg_temp.verdict('A', 'w', 2, 'accepted', '2024-06-02');
SELECT pg_temp.paper('A', 'w', '2024-06-05 10:00+08');
SELECT is(pg_temp.standing('A', 1, '2024-07-01 00:00'), 'on_time accepted', 'R14: the newest is what was built on it, whenever that was heard');
SELECT pg_temp.paper('A1', 'w', '2024-06-01 10:00+08', 2, p_kind => 'summary_report');
SELECT pg_temp.paper('A1', 'w', '2024-06-05 10:00+08');
SELECT is(pg_temp.standing('A1', 1, '2024-07-01 00:00'), 'missing', 'R14: nor is there what was amended into another kind, whenever that was heard');

ROLLBACK TO clean;
-- Substance, proxy, kinds of evidence.
SELECT pg_temp.paper('A1', 'w', '2024-06-09 10:00+08', p_issued => '2024-06-10');
SELECT pg_temp.paper('A2', 'w', '2024-06-09 10:00+08', p_issued => '2024-06-11');
SELECT pg_temp.extend('A2', 1, '2024-06-20 00:00', '2024-06-05 00:00');
SELECT is(pg_temp.flags('A1', 1, '2024-07-01 00:00'), '', 'R13: substance on the due day is in time');
SELECT is(pg_temp.standing('A2', 1, '2024-07-01 00:00') || ' ' || pg_temp.flags('A2', 1, '2024-07-01 00:00'), 'on_time pending substance',
	'R13: substance after the due day is shown, an extension does not move it, the state is not touched');
SELECT pg_temp.paper('B', 'w', '2024-06-09 10:00+08', p_author => 'P');
SELECT is(pg_temp.standing('B', 1, '2024-07-01 00:00'), 'missing', 'R3: a record made by another office fulfils no obligation');
SELECT pg_temp.paper('U', 'w', '2024-06-09 10:00+08');
SELECT pg_temp.paper('U', 'w', '2024-06-20 10:00+08', 2, p_op => 'withdraw', p_author => 'P');
SELECT is(pg_temp.standing('U', 1, '2024-07-01 00:00'), 'on_time pending', 'R3: the own filing stands against one made for the office');
SELECT pg_temp.paper('A', 'early', '2023-12-31 10:00+08');
SELECT is(pg_temp.standing('A', 1, '2024-07-01 00:00'), 'missing', 'R12: what came before the programme is no evidence for it');

SELECT pg_temp.paper('A1', 'l', '2024-06-02 10:00+08', p_kind => 'lecture_plan');
SELECT is(pg_temp.standing('A1', 2, '2024-07-01 00:00'), 'missing', 'R14: a lecture plan without a line is not complete');
SELECT pg_temp.send('plan_item', 'A1', 'line', '2024-06-12 10:00+08', '{"item_no": 1, "category": "village", "theme": "x", "window_start": "2024-07-01",
	"window_end": "2024-08-01", "quota_kind": "many"}');
SELECT is(pg_temp.standing('A1', 2, '2024-07-01 00:00'), 'late 2 pending', 'R10: a late plan was received with its first line');
SAVEPOINT line;
SELECT pg_temp.send('plan_item', 'A1', 'line', '2024-06-15 10:00+08', '{}', 2, 'withdraw');
SELECT is(pg_temp.standing('A1', 2, '2024-07-01 00:00'), 'late 2 pending', 'R13: a line withdrawn later does not take the receipt of its plan back');
ROLLBACK TO line;
SELECT pg_temp.verdict('A1', 'line', 1, 'rejected', '2024-06-15 10:00+08');
SELECT is(pg_temp.standing('A1', 2, '2024-07-01 00:00'), 'late 2 pending', 'R13: nor does one rejected later');
ROLLBACK TO line;
SELECT pg_temp.send('office_profile', 'A1', 'o', '2024-06-02 10:00+08', '{"effective_from": "2024-03-01", "responsible_name": "李四", "responsible_contact": "027-1"}');
SELECT is(pg_temp.standing('A1', 3, '2024-07-01 00:00'), 'missing', 'A1-12: a profile without the date of the mechanism does not show one');
SELECT is(pg_temp.standing('A1', 6, '2024-07-01 00:00'), 'on_time pending', 'A1-14: but names the person');
SELECT is((SELECT responsible_name || ' ' || responsible_contact FROM obligation_standing('2024-07-01') WHERE office_code = 'A1' AND milestone_no = 3), '李四 027-1',
	'A1-14: who stands beside every obligation of the office');
SAVEPOINT person;
SELECT pg_temp.send('office_profile', 'A1', 'o', '2024-06-05 10:00+08', '{"effective_from": "2024-03-01", "responsible_name": "王五"}', 2), pg_temp.verdict('A1', 'o', 2, 'returned', '2024-06-06'),
	pg_temp.send('office_profile', 'A1', 'other', '2024-06-07 10:00+08', '{"effective_from": "2024-03-01", "responsible_name": "赵六"}'), pg_temp.verdict('A1', 'other', 1, 'returned', '2024-06-08');
SELECT is((SELECT string_agg(DISTINCT responsible_name, ' ') FROM obligation_standing('2024-06-05 12:00') WHERE office_code = 'A1'), '王五', 'A1-14: of the newest profile that counts');
SELECT is((SELECT string_agg(DISTINCT responsible_name || ' ' || responsible_contact, ' ') FROM obligation_standing('2024-07-01') WHERE office_code = 'A1'), '李四 027-1',
	'R2: nobody is named by a profile that was returned');
ROLLBACK TO person;
SELECT pg_temp.send('office_profile', 'A1', 'o', '2024-06-20 10:00+08', '{"effective_from": "2024-03-01", "responsible_name": "李四",
	"mechanism_established_on": "2024-06-11"}', 2);
SELECT is(pg_temp.standing('A1', 3, '2024-07-01 00:00') || ' ' || pg_temp.flags('A1', 3, '2024-07-01 00:00'), 'late 10 pending substance', 'A1-12: with it, it does');
SELECT pg_temp.send('publication', 'A', 'p', '2024-06-02 10:00+08', '{"object_kind": "arrangement", "channel": "wechat", "title": "x", "url": "https://x", "published_on": "2024-06-01"}');
SELECT is(pg_temp.standing('A', 7, '2024-07-01 00:00'), 'missing', 'A1-06: the arrangement must stand on the portal');
SELECT pg_temp.send('publication', 'A', 'p2', '2024-06-03 10:00+08', '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-06-01"}');
SELECT is(pg_temp.standing('A', 7, '2024-07-01 00:00'), 'on_time pending', 'A1-06: on the portal it counts');
SELECT pg_temp.paper('A', 'm', '2024-06-02 10:00+08', p_kind => 'materials');
SELECT is(pg_temp.standing('A', 8, '2024-07-01 00:00'), 'missing', 'A1-59: materials without a piece are not complete');
SELECT pg_temp.send('media_product', 'A', 'piece', '2024-05-01 10:00+08', '{"media_kind": "short_video", "title": "x", "made_on": "2024-05-01", "url": "https://x"}');
SELECT is(pg_temp.standing('A', 8, '2024-07-01 00:00'), 'on_time pending', 'A1-59: with one piece they are');
SELECT pg_temp.form('B', 'f', '2024-06-29 10:00+08', '3.portal_published');
SELECT is(pg_temp.standing('B', 5, '2024-07-09 00:00'), 'missing', 'R14: a form with a mandatory cell not answered is not received');
SELECT pg_temp.form('B', 'f', '2024-07-03 10:00+08', p_no => 2);
SELECT is(pg_temp.standing('B', 5, '2024-07-09 00:00'), 'late 3 pending', 'R14: zero and not applicable are answers');
SELECT pg_temp.form('U', 'f', '2024-06-29 10:00+08', p_end => '2023-06-30');
SELECT is(pg_temp.standing('U', 5, '2024-07-09 00:00'), 'missing', 'R12: the form of another year meets nothing');

ROLLBACK TO clean;
-- The hop from county to city.
SELECT pg_temp.send('plan_item', 'A1', 'line', '2024-06-01 10:00+08', '{"item_no": 1, "category": "village", "theme": "x", "window_start": "2024-07-01",
	"window_end": "2024-08-01", "quota_kind": "many"}');
SELECT pg_temp.paper('A1', 'l', '2024-06-02 10:00+08', p_kind => 'lecture_plan');
SELECT is(pg_temp.standing('A1', 4, '2024-07-01 00:00'), 'missing', 'A1-16: one of the papers is not the filing');
SELECT pg_temp.paper('A1', 'w', '2024-06-12 10:00+08');
SELECT is(pg_temp.standing('A1', 4, '2024-07-01 00:00'), 'late 2 pending', 'A1-16: filed when the last paper was received');
SELECT is((SELECT confirmation || ' ' || is_confirmed FROM filing_standing('2024-07-01 00:00') WHERE county_code = 'A1'), 'none false', 'A1-16: the city that does not answer is visible');
CREATE FUNCTION pg_temp.answer(p_city text, p_item text, p_at text, p_county text, p_status text, p_no integer DEFAULT 1, p_about text DEFAULT 'w', p_author text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.send('filing_receipt', p_city, p_item, p_at, jsonb_build_object('county_office_code', p_county, 'submission_item_ids', ARRAY[pg_temp.id(p_about)],
		'filed_on', '2024-06-13', 'filing_status', p_status, 'filing_no', '备1'), p_no, p_author => p_author) $$;
SELECT pg_temp.answer('B', 'r', '2024-06-13 10:00+08', 'A1', 'accepted');
SELECT is(pg_temp.standing('A1', 4, '2024-07-01 00:00'), 'late 2 pending', 'A1-16: another city cannot answer');
SELECT pg_temp.answer('A', 'ra', '2024-06-13 10:00+08', 'A1', 'accepted', p_about => 'elsewhere');
SELECT is(pg_temp.standing('A1', 4, '2024-07-01 00:00'), 'late 2 pending', 'A1-16: an answer about other papers says nothing');
SELECT pg_temp.answer('A', 'r', '2024-06-14 10:00+08', 'A1', 'received');
SELECT is((SELECT confirmation || ' ' || is_confirmed FROM filing_standing('2024-07-01 00:00') WHERE county_code = 'A1'), 'received false', 'A1-16: received is not yet an answer');
SELECT pg_temp.answer('A', 'r', '2024-06-15 10:00+08', 'A1', 'returned', 2);
SELECT is(pg_temp.standing('A1', 4, '2024-07-01 00:00'), 'late 2 returned', 'A1-16: returned by its city');
SELECT pg_temp.answer('A', 'r', '2024-06-16 10:00+08', 'A1', 'accepted', 3);
SELECT is(pg_temp.standing('A1', 4, '2024-07-01 00:00'), 'late 2 accepted', 'A1-16: accepted by its city, the receipt is not moved');
SELECT is((SELECT filing_no || ' ' || is_confirmed FROM filing_standing('2024-07-01 00:00') WHERE county_code = 'A1'), '备1 true', 'A1-16: with its number');
SELECT is(pg_temp.standing('A', 1, '2024-07-01 00:00'), 'missing', 'A1-16: the city is judged for its own papers only, both hops apart');
SELECT is(pg_temp.rate('A', 4, '2024-07-01 00:00'), '0/1/1/2 0/0', 'A1-16: filings of the counties of the city');
SELECT pg_temp.verdict('A', 'r', 3, 'returned', '2024-06-20');
SELECT is(pg_temp.standing('A1', 4, '2024-07-01 00:00'), 'late 2 returned', 'R2: an answer that was returned is none, the one before it holds');
SELECT pg_temp.verdict('A', 'r', n, 'returned', '2024-06-20') FROM unnest('{2,1}'::integer[]) n;
SELECT is(pg_temp.standing('A1', 4, '2024-07-01 00:00'), 'late 2 pending', 'R2: nor is a first one');

ROLLBACK TO clean;
-- Registers and the calendar.
SELECT pg_temp.registers(2, '2024-08-01 00:00+08', '{P,A,A1,B,U}');
SELECT obligations_generate(2);
SELECT pg_temp.registers(3, '2024-09-01 00:00+08');
SELECT obligations_generate(3);
SELECT is(pg_temp.standing('A2', 1, '2024-07-01 00:00'), 'missing', 'R5: the registers of as_of: the office was there');
SELECT is(pg_temp.standing('A2', 1, '2024-08-02 00:00'), NULL, 'R5: gone from the next version, its obligation stays with the old one');
SELECT is((SELECT count(*) FROM obligation WHERE register_version = 1 AND office_code = 'A2' AND milestone_no = 1), 1::bigint, 'R12: a new version keeps the rows of its own');
SELECT is(pg_temp.standing('A2', 1, '2024-10-01 00:00'), 'missing', 'R12: an office that was in the registers at the due instant owed it');
SELECT pg_temp.registers(4, '2025-01-01 00:00+08', '{P,A}');
UPDATE programme_version SET programme = 'old', loaded_at = '2024-02-01' WHERE register_version = 4;
SELECT obligations_generate(4);
SELECT is((SELECT count(*) FROM obligation WHERE register_version = 4 AND milestone_no = 1), 1::bigint, 'R12: another programme has its own');
UPDATE programme_version SET loaded_at = '2024-12-01' WHERE register_version = 4;
SELECT pg_temp.registers(5, '2024-12-02 00:00+08');
UPDATE programme_version SET programme = 'old' WHERE register_version = 5;
UPDATE milestone SET due_on = '2024-12-01' WHERE register_version IN (4, 5) AND milestone_no = 1;
SELECT obligations_generate(5);
SELECT results_eq($$ SELECT office_code FROM obligation WHERE register_version = 5 AND milestone_no = 1 ORDER BY 1 $$, $$ VALUES ('A') $$,
	'R12: an office not in the registers at the due instant owes nothing then');
SELECT results_eq($$ SELECT count(*) FROM obligation WHERE register_version = 5 AND milestone_no = 2 $$, $$ VALUES (4::bigint) $$,
	'R12: a programme loaded after its due days binds the offices of its first version');

ROLLBACK TO clean;
INSERT INTO rule_switch VALUES (1, 'deadline.shift', 'workday', 'none;workday', 'R12');
SELECT is(deadline_day(1, '2024-06-30'), '2024-07-01', 'R12: with deadline.shift = workday a Sunday moves to Monday');
INSERT INTO calendar_day VALUES (1, '2024-07-01', 'holiday', '纪念日'), (1, '2024-06-15', 'workday', '调休');
SELECT is(deadline_day(1, '2024-06-30'), '2024-07-02', 'R12: a holiday of the calendar is skipped');
SELECT is(deadline_day(1, '2024-06-15'), '2024-06-15', 'R12: a worked Saturday of the calendar is not');
DELETE FROM obligation;
SELECT obligations_generate(1);
SELECT is(pg_temp.standing('B', 5, '2024-07-02 23:59'), 'not_due', 'R12: the obligation follows the calendar');
SELECT pg_temp.form('B', 'f', '2024-07-02 10:00+08');
SELECT is(pg_temp.standing('B', 5, '2024-07-09 00:00'), 'on_time pending', 'R12: and so does its judgement');

ROLLBACK TO clean;
-- Who may change a deadline. The acts look at the clock, so the due day is moved around it.
UPDATE milestone SET due_on = (now() AT TIME ZONE 'Asia/Shanghai')::date + 7;
DELETE FROM obligation;
SELECT obligations_generate(1);
CREATE FUNCTION pg_temp.due() RETURNS timestamptz LANGUAGE sql AS $$ SELECT due_at FROM zhibao.obligation WHERE office_code = 'A1' AND milestone_no = 1 $$;
SELECT account_set('city', '市甲', 'A', '{city_operator}', true), account_set('province', '省乙', 'P', '{provincial_operator}', true),
	account_set('county', '县丙', 'A1', '{city_operator,provincial_operator}', true), account_set('clerk', '市丁', 'A', '{filler,approver,auditor}', true),
	account_set('other', '市戊', 'B', '{city_operator}', true), account_set('mixed', '省己', 'P', '{city_operator}', true);
SELECT pg_temp.refused($$extension_grant('clerk', 'A1', 1, now() + interval '9 days', 'x')$$, 'E_ROLE', 'R12: an extension granted by the wrong role is refused');
SELECT pg_temp.refused($$extension_grant('mixed', 'A', 1, now() + interval '9 days', 'x')$$, 'E_ROLE', 'R12: at the province it takes a provincial operator');
SELECT pg_temp.refused($$extension_grant('county', 'A1', 1, now() + interval '9 days', 'x')$$, 'E_OWN_OFFICE', 'R12: nobody extends the deadline of the own office');
SELECT pg_temp.refused($$extension_grant('other', 'A1', 1, now() + interval '9 days', 'x')$$, 'E_NOT_PARENT', 'R12: nor that of another city''s county');
SELECT pg_temp.refused($$extension_grant('province', 'A1', 1, now() + interval '9 days', 'x')$$, 'E_NOT_PARENT', 'R12: the province does not step past the city');
SELECT pg_temp.refused($$extension_grant('city', 'A', 1, now() + interval '9 days', 'x')$$, 'E_OWN_OFFICE', 'R12: a city not its own');
SELECT pg_temp.refused($$extension_grant('city', 'A1', 1, now() - interval '1 second', 'x')$$, 'E_UNTIL_PAST', 'R12: an extension ends later than the moment it is given');
SELECT pg_temp.refused($$extension_grant('city', 'A1', 1, now() + interval '9 days', U&' \3000')$$, 'E_REASON', 'R12: it has a reason');
SELECT pg_temp.refused($$extension_grant('city', 'A1', 9, now() + interval '9 days', 'x')$$, 'E_OBLIGATION_UNKNOWN', 'R12: what receipt does not judge has no deadline to move');
SELECT pg_temp.refused($$extension_grant('city', 'ZZ', 1, now() + interval '9 days', 'x')$$, 'E_OFFICE_UNKNOWN', 'R12: the office must be there');
SELECT pg_temp.refused($$extension_grant('nobody', 'A1', 1, now() + interval '9 days', 'x')$$, 'E_ACCOUNT_UNKNOWN', 'R12: and the account');
SELECT is((SELECT count(*) FROM extension) + (SELECT count(*) FROM downlink), 0::bigint, 'R12: what is refused leaves no trace');
SELECT lives_ok($$SELECT extension_grant('city', 'A1', 1, pg_temp.due() + interval '2 days', '汛情'), extension_grant('city', 'A1', 1, pg_temp.due() + interval '5 days', '汛情'),
	extension_grant('province', 'U', 1, pg_temp.due() + interval '2 days', '机构调整')$$, 'R12: the city for its county, the province for its lead unit');
SELECT is((SELECT effective_at FROM obligation_standing(clock_timestamp()) WHERE office_code = 'A1' AND milestone_no = 1), pg_temp.due() + interval '5 days', 'R12: the newest is in force');
SELECT results_eq($$ SELECT kind, milestone_no, due_at, author FROM downlink WHERE office_code = 'A1' ORDER BY seq $$,
	$$ VALUES (4, 1, pg_temp.due() + interval '2 days', '市甲'), (4, 1, pg_temp.due() + interval '5 days', '市甲') $$, 'R12: the office is told');
SELECT pg_temp.refused($$extension_withdraw('county', 'A1', 1, 'x')$$, 'E_OWN_OFFICE', 'R12: nor does it take one back');
-- Who granted an extension of what a record meets does not accept the record, nor the other way round.
SELECT account_set('second', '市庚', 'A', '{city_operator}', true);
CREATE FUNCTION pg_temp.judge(p_login text, p_item text, p_verdict text, p_no integer DEFAULT 1) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM zhibao.review_post(p_login, 'A1', pg_temp.id(p_item), pg_temp.id(p_item || '/' || p_no), p_verdict, CASE p_verdict WHEN 'returned' THEN 'x' END, NULL, NULL);
	RETURN 'ok';
EXCEPTION WHEN SQLSTATE 'ZB001' THEN
	RETURN SQLERRM;
END $$;
SAVEPOINT granted;
SELECT pg_temp.paper('A1', 'plan', now()::text), pg_temp.paper('A1', 'other', now()::text, p_kind => 'summary_report');
SELECT is(pg_temp.judge('city', 'plan', 'accepted'), 'E_REVIEW_EXTENDED 这份材料的延期由账号“city”批准，应由另一人审核通过', 'R12: who granted the extension does not accept the paper it was for');
SELECT is(pg_temp.judge('city', 'other', 'accepted'), 'ok', 'R12: but papers that meet another obligation');
SELECT is(pg_temp.judge('second', 'plan', 'accepted'), 'ok', 'R12: a second account of the city accepts it');
SELECT is(pg_temp.judge('city', 'plan', 'returned'), 'ok', 'R12: who granted it may return the paper');
SELECT extension_withdraw('city', 'A1', 1, '填错'), extension_withdraw('city', 'A1', 1, '填错');
SELECT is(pg_temp.judge('city', 'plan', 'accepted'), 'ok', 'R12: with no extension in force it is a paper as any other');
SELECT pg_temp.refused($$extension_grant('city', 'A1', 1, pg_temp.due() + interval '2 days', 'x')$$, 'E_EXTEND_ACCEPTED', 'R12: nor does who accepted the paper grant it an extension afterwards, taken back once or not');
SELECT pg_temp.refused($$extension_grant('city', 'A1', 4, pg_temp.due() + interval '2 days', 'x')$$, 'E_EXTEND_ACCEPTED', 'R12: nor one of the filing that it is part of');
SELECT is((SELECT count(*) FROM extension WHERE office_code = 'A1' AND withdrawn_at IS NULL) || ' ' || (SELECT count(*) FROM downlink WHERE office_code = 'A1' AND title LIKE '延期：%'), '0 2', 'R12: a grant refused leaves neither extension nor message');
SELECT lives_ok($$SELECT extension_grant('city', 'A1', 3, pg_temp.due() + interval '2 days', '汛情'), extension_grant('city', 'A2', 1, pg_temp.due() + interval '2 days', '汛情')$$,
	'R12: but one of what the paper does not meet, and of another office');
SAVEPOINT accepted;
SELECT lives_ok($$SELECT extension_grant('second', 'A1', 1, pg_temp.due() + interval '2 days', '汛情')$$, 'R12: a second account of the city grants it');
SELECT is(pg_temp.judge('second', 'plan', 'accepted'), 'E_REVIEW_EXTENDED 这份材料的延期由账号“second”批准，应由另一人审核通过', 'R12: and does not accept it over again');
ROLLBACK TO accepted;
SELECT is(pg_temp.judge('second', 'plan', 'accepted'), 'ok', 'R12: accepted by a second account,');
SELECT lives_ok($$SELECT extension_grant('city', 'A1', 1, pg_temp.due() + interval '2 days', '汛情')$$, 'R12: the first may grant, as its verdict holds no more');
ROLLBACK TO granted;
SELECT pg_temp.paper('A1', 'plan', now()::text), extension_grant('second', 'A1', 1, pg_temp.due() + interval '6 days', '汛情');
SELECT is(split_part(pg_temp.judge('city', 'plan', 'accepted'), ' ', 1), 'E_REVIEW_EXTENDED', 'R12: an extension behind a newer one may come into force again');
SELECT extension_withdraw('city', 'A1', 1, '填错'), extension_withdraw('city', 'A1', 1, '填错'), extension_withdraw('city', 'A1', 1, '填错'),
	extension_grant('city', 'A1', 4, pg_temp.due() + interval '2 days', '汛情');
SELECT is(split_part(pg_temp.judge('city', 'plan', 'accepted'), ' ', 1), 'E_REVIEW_EXTENDED', 'R12: the papers of a filing meet the filing too');
ROLLBACK TO granted;
-- Any record that meets an obligation: profiles and publications too.
SELECT pg_temp.send('office_profile', 'A1', 'o', now()::text, '{"effective_from": "2024-03-01", "responsible_name": "李四", "mechanism_established_on": "2024-03-01"}'),
	pg_temp.send('publication', 'A1', 'portal', now()::text, '{"object_kind": "arrangement", "channel": "portal", "title": "x", "url": "https://x", "published_on": "2024-03-01"}'),
	pg_temp.send('publication', 'A1', 'wechat', now()::text, '{"object_kind": "arrangement", "channel": "wechat", "title": "x", "url": "https://x", "published_on": "2024-03-01"}');
UPDATE milestone SET actor_level = 'city;county' WHERE milestone_no = 7;
DELETE FROM obligation;
SELECT obligations_generate(1);
SAVEPOINT records;
SELECT extension_grant('city', 'A1', 3, pg_temp.due() + interval '2 days', '汛情'), extension_grant('city', 'A1', 7, pg_temp.due() + interval '2 days', '汛情');
SELECT is(split_part(pg_temp.judge('city', 'o', 'accepted'), ' ', 1), 'E_REVIEW_EXTENDED', 'R12: a profile meets the mechanism');
SELECT is(split_part(pg_temp.judge('city', 'portal', 'accepted'), ' ', 1) || ' ' || pg_temp.judge('city', 'wechat', 'accepted'), 'E_REVIEW_EXTENDED ok', 'R12: an arrangement on the portal is one that meets it');
ROLLBACK TO records;
SELECT is(pg_temp.judge('city', 'o', 'accepted') || pg_temp.judge('city', 'portal', 'accepted'), 'okok', 'R12: without an extension they are records as any other');
SELECT pg_temp.refused($$extension_grant('city', 'A1', 3, pg_temp.due() + interval '2 days', 'x')$$, 'E_EXTEND_ACCEPTED', 'R12: accepted first, no extension of the mechanism');
SELECT pg_temp.refused($$extension_grant('city', 'A1', 6, pg_temp.due() + interval '2 days', 'x')$$, 'E_EXTEND_ACCEPTED', 'R12: of the person in charge');
SELECT pg_temp.refused($$extension_grant('city', 'A1', 7, pg_temp.due() + interval '2 days', 'x')$$, 'E_EXTEND_ACCEPTED', 'R12: of the arrangement');
ROLLBACK TO granted;
SELECT extension_withdraw('city', 'A1', 1, '填错');
SELECT is((SELECT effective_at FROM obligation_standing(clock_timestamp()) WHERE office_code = 'A1' AND milestone_no = 1), pg_temp.due() + interval '2 days', 'R12: withdrawn, the one before is in force');
SELECT extension_withdraw('city', 'A1', 1, '填错');
SELECT is((SELECT effective_at FROM obligation_standing(clock_timestamp()) WHERE office_code = 'A1' AND milestone_no = 1), pg_temp.due(), 'R12: then none');
SELECT is((SELECT due_at FROM downlink WHERE office_code = 'A1' ORDER BY seq DESC LIMIT 1), pg_temp.due(), 'R12: and is told so');
SELECT pg_temp.refused($$extension_withdraw('city', 'A1', 1, 'x')$$, 'E_EXTENSION_NONE', 'R12: there is no more to take back');
SELECT is((SELECT count(*) FROM extension WHERE office_code = 'A1' AND withdrawn_by = 'city'), 2::bigint, 'R12: the history is kept');
SELECT pg_temp.refused($$exemption_grant('clerk', 'A1', 1, 'x')$$, 'E_ROLE', 'R12: an exemption by the wrong role is refused');
SELECT exemption_grant('city', 'A1', 1, '撤并');
SELECT pg_temp.refused($$exemption_grant('city', 'A1', 1, 'x')$$, 'E_EXEMPT', 'R12: exempt once');
SELECT is(pg_temp.standing('A1', 1, clock_timestamp()), 'exempt', 'R12: exempt from now on');
SELECT exemption_withdraw('city', 'A1', 1, '更正');
SELECT is(pg_temp.standing('A1', 1, clock_timestamp()), 'not_due', 'R12: and no longer');
SELECT pg_temp.refused($$exemption_grant('city', 'A1', 1, 'x', now() - interval '1 second')$$, 'E_UNTIL_PAST', 'R12: an exemption ends later than the moment it is given');
SELECT exemption_grant('city', 'A1', 1, '撤并', pg_temp.due());
SELECT is((SELECT text FROM downlink WHERE office_code = 'A1' ORDER BY seq DESC LIMIT 1), '“工作方案”免于报送，至 ' || deadline_text(pg_temp.due()) || ' 止。理由：撤并', 'R12: the office is told the end');
SELECT exemption_withdraw('city', 'A1', 1, '更正');
SELECT pg_temp.refused($$exemption_withdraw('city', 'A1', 1, 'x')$$, 'E_EXEMPTION_NONE', 'R12: no exemption is left');

ROLLBACK TO clean;
-- Reminders.
CREATE FUNCTION pg_temp.steps(p_now timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT step, ',') FROM zhibao.reminder_due(p_now) WHERE milestone_no = 1 $$;
SELECT is(pg_temp.steps('2024-06-03 23:59:59'), NULL, 'reminders: not before the step');
SELECT is(pg_temp.steps('2024-06-04 00:00'), 'due-7', 'reminders: seven days before');
SELECT is(pg_temp.steps('2024-06-05 00:00'), 'due-7', 'reminders: caught up within a day');
SELECT is(pg_temp.steps('2024-06-05 00:00:01'), NULL, 'reminders: not later');
SELECT is(pg_temp.steps('2024-06-10 23:59:59'), 'due-1', 'reminders: the last day');
SELECT is(pg_temp.steps('2024-06-11 00:00'), 'overdue', 'reminders: overdue from d on, no longer due');
SELECT is(pg_temp.steps('2024-05-21 12:00'), 'due-21', 'reminders: three weeks before');
SELECT pg_temp.extend('A1', 1, '2024-06-13 12:00', '2024-06-11 09:00');
SELECT is((SELECT string_agg(office_code || ' ' || step, ',' ORDER BY office_code) FROM reminder_due('2024-06-12 12:00') WHERE milestone_no = 1), 'A1 due-1',
	'reminders: an extension has its own steps, but none from before it was given');
INSERT INTO rule_switch VALUES (1, 'deadline.remind_days', '5', 'x', 'R12'), (1, 'deadline.remind_overdue', 'no', 'x', 'R12');
SELECT is(pg_temp.steps('2024-06-06 00:00'), 'due-5', 'reminders: the pack says when');
SELECT is(pg_temp.steps('2024-06-11 00:00'), NULL, 'reminders: and whether');
UPDATE programme_version SET loaded_at = '2024-06-07';
SELECT is(pg_temp.steps('2024-06-06 12:00'), NULL, 'reminders: nothing from before the programme was loaded');

ROLLBACK TO clean;
UPDATE milestone SET due_on = (now() AT TIME ZONE 'Asia/Shanghai')::date - 1 WHERE milestone_no = 1;
DELETE FROM obligation;
SELECT obligations_generate(1);
UPDATE milestone SET due_on = '2024-06-10' WHERE milestone_no = 1;
SELECT account_set('city', '市甲', 'A', '{city_operator}', true), account_set('county', '县丙', 'A1', '{city_operator}', true);
SELECT pg_temp.paper('A', 'w', '2024-06-01 10:00+08');
SELECT pg_temp.send('office_profile', 'A1', 'o', '2024-06-02 10:00+08', '{"effective_from": "2024-03-01", "responsible_name": "李四"}');
SELECT pg_temp.send('office_profile', 'A2', 'o2', '2024-06-02 10:00+08', jsonb_build_object('effective_from', '2024-03-01', 'responsible_name', '王五',
	'responsible_contact', '13', 'responsible_to', (now() AT TIME ZONE 'Asia/Shanghai')::date - 1)),
	pg_temp.send('office_profile', 'B', 'o3', '2024-06-02 10:00+08', jsonb_build_object('effective_from', '2024-03-01', 'responsible_name', '赵六',
	'responsible_to', (now() AT TIME ZONE 'Asia/Shanghai')::date));
SELECT is(reminder_run(), 4, 'reminders: everyone who owes and has not filed');
SELECT is(reminder_run(), 0, 'reminders: once');
SELECT is((SELECT count(*) FROM downlink d JOIN reminder r ON r.office_code = d.office_code AND r.downlink_seq = d.seq AND r.text = d.text), 4::bigint,
	'reminders: each with the message it went out by');
SELECT ok((SELECT text LIKE '%已逾期 1 天%李四同志%' FROM reminder WHERE office_code = 'A1'), 'reminders: the responsible person is named');
SELECT is((SELECT responsible_name || right(text, 10) FROM reminder WHERE office_code = 'B'), '赵六请赵六同志尽快报送。', 'reminders: on the last day in charge, too');
SELECT is((SELECT coalesce(responsible_name, '-') || right(text, 14) FROM reminder WHERE office_code = 'A2'), '-请尽快报送，并明确专人负责。', 'reminders: nobody whose term has ended is named');
SELECT is((SELECT string_agg(concat_ws(' ', office_code, responsible_name, responsible_contact), ',' ORDER BY office_code) FROM obligation_standing(clock_timestamp())
	WHERE milestone_no = 6 AND office_code <> 'A'), 'A1 李四,A2,B 赵六', 'reminders: nor on the board');
SELECT is((SELECT concat_ws(' ', responsible_name, responsible_contact) FROM obligation_standing(now() - interval '1 day') WHERE milestone_no = 6 AND office_code = 'A2'), '王五 13',
	'reminders: as of the last day of the term still');
SELECT is((SELECT bool_or(is_delivered) FROM reminder_standing(clock_timestamp())), false, 'reminders: sent is not delivered');
INSERT INTO stream (office_code, outbox_uuid, key_id, session_gen, acked_seq, chain, downlink_acked_seq)
	VALUES ('A1', decode(repeat('00', 16), 'hex'), 1, 1, 0, decode(repeat('00', 32), 'hex'), 1);
SELECT is((SELECT string_agg(office_code, ',') FROM reminder_standing(clock_timestamp()) WHERE is_delivered), 'A1', 'reminders: delivered when the agent has acknowledged it');
SELECT is((SELECT count(*) FROM reminder_standing((SELECT max(made_at) FROM reminder)) WHERE is_delivered), 0::bigint, 'reminders: not as of an instant before that was known');
SELECT is(reminder_post('city', NULL, 1, '请今天报送。'), 2, 'reminders: by hand, to all below who owe');
SELECT is((SELECT string_agg(step, ',' ORDER BY made_at) FROM reminder WHERE office_code = 'A2'), 'overdue,hand-1', 'reminders: and logged');
SELECT pg_temp.refused($$reminder_post('county', 'A2', 1, NULL)$$, 'E_NOT_ABOVE', 'reminders: only from above');
SELECT pg_temp.refused($$reminder_post('county', 'A1', 1, NULL)$$, 'E_NOT_ABOVE', 'reminders: nobody reminds the own office');
SELECT pg_temp.paper('A1', 'w', '2024-06-01 10:00+08');
SELECT pg_temp.refused($$reminder_post('city', 'A1', 1, NULL)$$, 'E_NOTHING_OWED', 'reminders: what was received is not asked for');
SELECT pg_temp.registers(2, clock_timestamp());
SELECT is((SELECT count(*) FROM reminder_standing(clock_timestamp())), 6::bigint, 'reminders: they stay when a newer version of the pack is loaded');
UPDATE programme_version SET programme = 'next' WHERE register_version = 2;
SELECT is((SELECT count(*) FROM reminder_standing(clock_timestamp())), 0::bigint, 'reminders: those of another programme are its own');

SELECT * FROM finish();
ROLLBACK;
