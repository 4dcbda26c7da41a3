-- What bounds the tables of the audit: the programme year, the day, offices that are closed or exempt, papers withdrawn, text of blanks.
-- The statements are those of the report and of the page, read from their files; $1 node, $2 on, $3 as_of, $4 period.
\ir indicators_made.sql
\cd :statements
\set links `cat report_links.sql`
\set chain `cat report_chain.sql`
\set gaps `cat report_gaps.sql`
\set reliefs `cat report_reliefs.sql`
\set draws `cat report_draws.sql`
\set inspections `cat report_inspections.sql`
\set persons `cat report_persons.sql`
\set person_changes `cat report_person_changes.sql`
\set plan_categories `cat report_plan_categories.sql`
\set plan_totals `cat report_plan_totals.sql`
\set filings `cat report_filings.sql`
\set withheld `cat report_withheld.sql`
\set matrix `cat ../../sql/deadline_matrix.sql`
CREATE FUNCTION pg_temp.matrix(text, date, timestamptz) RETURNS json LANGUAGE sql AS :'matrix';
CREATE TEMP TABLE statement AS SELECT * FROM (VALUES ('links', :'links'), ('chain', :'chain'), ('gaps', :'gaps'), ('reliefs', :'reliefs'), ('draws', :'draws'), ('inspections', :'inspections'),
	('persons', :'persons'), ('person_changes', :'person_changes'), ('plan_categories', :'plan_categories'), ('plan_totals', :'plan_totals'), ('filings', :'filings'), ('withheld', :'withheld')) s (name, text);
-- The rows of a statement as one text each: columns by commas, of instants the day alone.
CREATE FUNCTION pg_temp.rows(p_name text, p_node text, p_on date DEFAULT '2024-12-31', p_as_of timestamptz DEFAULT '2025-01-31') RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	v_row record;
	v_rows text[] := '{}';
BEGIN
	FOR v_row IN EXECUTE (SELECT s.text FROM statement s WHERE s.name = p_name) USING p_node, p_on, p_as_of, '' LOOP
		v_rows := v_rows || regexp_replace(v_row::text, '["()]| [0-9:]{8}\+00', '', 'g');
	END LOOP;
	RETURN v_rows;
END $$;

-- Batches of three records and of a gap of a hundred, and a gap of two that the centre cannot take.
SAVEPOINT s;
INSERT INTO batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, body)
	SELECT 'A1', 900 + n, 7, 1, f, l, decode(repeat(lpad((n - 1)::text, 2, '0'), 32), 'hex'), decode(repeat(lpad(n::text, 2, '0'), 32), 'hex'), '2024-03-01', ''
	FROM (VALUES (1, 1, 3), (2, 4, 103), (3, 104, 105)) b (n, f, l);
INSERT INTO stream_gap VALUES ('A1', 7, 4, 103, 'damaged', 902, '2024-03-01'), ('A1', 7, 104, 105, 'refused', 903, '2024-03-01');
SELECT is(pg_temp.rows('links', 'A1'), ARRAY['f,A1（本级）,1,1,1,3,3,0,102,0,2024-03-01', 't,合计,1,1,1,3,3,0,102,0,2024-03-01'], 'gap: what was lost was not received');
SELECT is(pg_temp.rows('links', 'A2'), ARRAY['f,A2（本级）,1,0,0,0,0,0,0,0,', 't,合计,1,0,0,0,0,0,0,0,'], 'gap: nothing received, nothing lost');
SELECT is(pg_temp.rows('chain', 'A1'), ARRAY['f,A1（本级）,1,3,3,0,0,连续', 't,合计,1,3,3,0,0,连续'], 'gap: no record of the chain, and no hole in it');
SELECT is(pg_temp.rows('gaps', 'A1'), ARRAY['f,A1,7,4,103,100,账本损坏,2024-03-01', 'f,A1,7,104,105,2,中心不能接收,2024-03-01'], 'gap: why, in words');
ROLLBACK TO s;

-- Counties file with A: A1 did and was accepted, A2 is exempt, be it with a paper in hand.
SAVEPOINT s;
DELETE FROM milestone WHERE milestone_no = 14;
INSERT INTO milestone (register_version, milestone_no, due_on, actor_level, obligation_zh, submission_kind, judged_by, evidence) VALUES
	(1, 69, '2024-03-31', 'county', '备案', NULL, 'receipt', 'filing:work_plan');
SELECT obligations_generate(1);
CREATE FUNCTION pg_temp.paper(p_office text, p_item text, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('submission', p_office, p_item, '{"submission_kind": "work_plan", "title": "x", "file_name": "a.pdf", "approved_by": "y"}', p_at) $$;
CREATE FUNCTION pg_temp.answer(p_county text, p_paper text, p_status text) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.put('filing_receipt', 'A', 'r' || p_county, jsonb_strip_nulls(jsonb_build_object('county_office_code', p_county, 'submission_item_ids', ARRAY[pg_temp.id(p_paper)],
		'filed_on', '2024-03-10', 'filing_status', p_status, 'filing_no', CASE p_status WHEN 'accepted' THEN 'n1' END)), '2024-03-10') $$;
SELECT pg_temp.paper('A1', 'w1', '2024-03-01'), pg_temp.answer('A1', 'w1', 'accepted');
INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A2', 69, 'x', 'r', 'A', '2024-03-01');
INSERT INTO fold_state VALUES (true, '0', '2024-05-09', 1, 0);
CREATE FUNCTION pg_temp.city() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', c ->> 'counties', c -> 'filed' ->> 'numerator' || '/' || (c -> 'filed' ->> 'denominator'), c -> 'accepted' ->> 'numerator' || '/' || (c -> 'accepted' ->> 'denominator'),
		c ->> 'returned', c ->> 'unconfirmed', json_array_length(c -> 'offices')) FROM json_array_elements(pg_temp.matrix('A', '2024-04-30', '2024-04-30') -> 'cities') c $$;
SELECT is(pg_temp.city(), '1 1/1 1/1 0 0 2', 'R12: an exempt county is listed in the matrix and in none of its counts');
SELECT is(pg_temp.fig('I-13', 'A', '', '2024-04-30', '2024-04-30'), '1/1', 'R12: as I-13 has it');
SELECT pg_temp.paper('A2', 'w2', '2024-03-02');
SELECT is(pg_temp.city(), '1 1/1 1/1 0 0 2', 'R12: nor with a paper that is not answered');
SELECT pg_temp.answer('A2', 'w2', status) FROM (VALUES ('returned')) v (status);
SELECT is(pg_temp.city(), '1 1/1 1/1 0 0 2', 'R12: nor with one that was returned');
SELECT is(pg_temp.rows('filings', 'A', '2024-04-30', '2024-04-30'), ARRAY['f,A,1,1,1,1,0,0,A1 n1,', 't,合计,1,1,1,1,0,0,,'], 'A1-16: a number beside what was accepted');
SELECT pg_temp.put('submission', 'A1', 'w1', '{}', '2024-03-15', 'w1/2', 'w1/1', 'withdraw');
SELECT is(pg_temp.rows('filings', 'A', '2024-04-30', '2024-04-30'), ARRAY['f,A,0,1,0,1,0,0,,A1', 't,合计,0,1,0,1,0,0,,'], 'A1-16: none beside a county whose paper was withdrawn');
ROLLBACK TO s;

-- A2 is closed and hangs below A1; a name of blanks is none, and who begins later is not yet in charge.
SAVEPOINT s;
SELECT pg_temp.put('plan_item', 'A1', 'l1', pg_temp.line(2)), pg_temp.put('plan_item', 'A2', 'l2', pg_temp.line(2)),
	pg_temp.put('office_profile', 'A', 'oa', '{"effective_from": "2024-03-01", "responsible_name": "甲"}'),
	pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2024-03-01", "responsible_name": "乙", "responsible_from": "2024-06-01"}');
SELECT pg_temp.registers_again(2024, '2024-08-01');
UPDATE office SET parent_code = 'A1' WHERE register_version = 2 AND code = 'A2';
INSERT INTO office_tree VALUES (2, 'A1', 'A2');
SELECT is(pg_temp.rows('persons', 'A'), ARRAY['f,A,1,1,甲,,,2024-03-01,,2024-03-01', 'f,A1,1,1,乙,,,2024-06-01,,2024-03-01', 't,合计,2,2,,,,,,'], 'A1-05: a closed office needs nobody in charge');
SELECT is(pg_temp.rows('persons', 'A1', '2024-05-31'), ARRAY['f,A1,0,1,乙,,,2024-06-01,,2024-03-01', 't,合计,0,1,,,,,,'], 'A1-05: in charge from a later day is not yet in charge');
SELECT is(pg_temp.rows('plan_categories', 'A', p_as_of => '2024-07-31'), ARRAY['f,进村居,2,2,2,4,4,0', 't,合计,2,2,2,4,4,0'], 'A1-02: two offices with a plan before one closes');
SELECT is(pg_temp.rows('plan_categories', 'A'), ARRAY['f,进村居,1,2,2,4,4,0', 't,合计,1,2,2,4,4,0'], 'A1-02: a closed office is counted as its successor; its lines stay');
ROLLBACK TO s;
SELECT pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2024-03-01", "responsible_name": "　"}'),
	pg_temp.put('policy_document', 'A1', 'd1', '{"document_kind": "policy", "title": "x", "issuer": "x", "issued_on": "2024-04-01", "status": "in_force", "disclosure": "exempt",
		"exempt_reason": "　"}');
SELECT is(pg_temp.rows('persons', 'A1'), ARRAY['f,A1,0,1,未明确,,,2024-03-01,,2024-03-01', 't,合计,0,1,,,,,,'], 'A1-05: a name of blanks is none');
SELECT is(pg_temp.rows('withheld', 'A1'), ARRAY['f,A1,,x,2024-04-01,不予公开,缺少理由'], 'A1-29: a reason of blanks is none');
SELECT is(pg_temp.fig('I-07', 'A1', 'exempt_without_reason'), '1', 'A1-29: as I-07 has it');
ROLLBACK TO s;

-- A draw and inspections by the day: run after it, drawn after it, put right after it.
CREATE FUNCTION pg_temp.draw(p_committed timestamptz, p_run timestamptz) RETURNS void LANGUAGE sql AS $$
	INSERT INTO draw (scheme, commitment, population_digest, register_version, as_of, committed_by, committed_office_code, committed_at)
		SELECT 'coverage_spot_check', d, d, 1, p_committed, 'x', 'P', p_committed FROM sha256('x') d;
	INSERT INTO draw_member SELECT d.draw_id, o, 'A', 100, '{}' FROM draw d CROSS JOIN unnest('{A1,A2}'::text[]) o;
	INSERT INTO draw_run SELECT d.draw_id, sha256('y'), 1, 0, 1, 'x', 'P', p_run FROM draw d;
	INSERT INTO draw_sample SELECT d.draw_id, 'A1', 1, 1 FROM draw d $$;
CREATE FUNCTION pg_temp.drawn(p_on date, p_as_of timestamptz) RETURNS text[] LANGUAGE sql AS $$
	SELECT array(SELECT concat_ws(' ', w[4], w[5] || '/' || w[6], nullif(w[8], '')) FROM unnest(pg_temp.rows('draws', 'P', p_on, p_as_of)) r CROSS JOIN LATERAL string_to_array(r, ',') w) $$;
-- Both instants are of the next day in China.
SELECT pg_temp.draw('2024-11-29T16:30Z', '2024-12-05T16:30Z');
SELECT is(array(SELECT pg_temp.drawn(d, '2024-12-31')::text FROM unnest('{2024-11-29,2024-11-30,2024-12-05,2024-12-06}'::date[]) d),
	ARRAY['{}', '{"2024-11-29 2/0"}', '{"2024-11-29 2/0"}', '{"2024-11-29 2/1 A1"}'], 'A1-17: a draw by the day it was committed, its sample by the day it was run');
SELECT pg_temp.put('inspection', 'P', 'i1', '{"scheme": "filing_spot_check", "drawn_at": "2024-12-05T00:00:00Z", "population_office_codes": ["A1", "A2"], "sample_office_codes": ["A1"]}', '2024-12-06'),
	pg_temp.put('inspection', 'P', 'i2', '{"scheme": "online_check", "inspected_office_code": "A1", "checked_on": "2024-05-05", "channel": "portal", "result": "failed",
		"rectification_due_on": "2024-05-20", "rectification_closed_on": "2024-12-05"}', '2024-12-06');
CREATE FUNCTION pg_temp.looked(p_on date, p_as_of timestamptz) RETURNS text[] LANGUAGE sql AS $$
	SELECT array(SELECT concat_ws(' ', nullif(w[5], ''), nullif(w[9], ''), w[10]) FROM unnest(pg_temp.rows('inspections', 'P', p_on, p_as_of)) r CROSS JOIN LATERAL string_to_array(r, ',') w) $$;
SELECT is(pg_temp.looked('2024-12-05', '2024-12-31'), ARRAY['计入', '2024-05-05 2024-12-05 计入'], 'AR-6: inspections by the day, one without a day by that of its list');
SELECT is(pg_temp.looked('2024-11-30', '2024-12-31'), ARRAY['2024-05-05 计入'], 'AR-6: neither drawn nor put right yet');
SELECT is(pg_temp.fig('I-12', 'A1', 'online_check.open', '2024-11-30', '2024-12-31') || ' ' || (SELECT count(*) FROM inspection_recorded('2024-11-30', '2024-12-31')), '1 1', 'AR-6: as I-12 has it');

-- The registers of the next year: nothing of the year before is told with it, but the name that held.
INSERT INTO extension (programme, office_code, milestone_no, until_at, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A1', 14, '2024-04-10', 'x', 'r', 'A', '2024-03-20');
INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A2', 14, 'x', 'r', 'A', '2024-03-01');
SELECT pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2024-03-01", "responsible_name": "乙"}', '2024-03-01', 'o1/1'),
	pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2024-06-01", "responsible_name": "丙"}', '2024-06-01', 'o1/2', 'o1/1'),
	pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2025-02-01", "responsible_name": "丁"}', '2025-02-01', 'o1/3', 'o1/2'),
	pg_temp.put('plan_item', 'A1', 'l', pg_temp.line(2), '2024-03-02', 'l/1');
SELECT is(cardinality(pg_temp.rows('reliefs', 'P')), 2, 'R12: what was granted in the year');
SELECT is(pg_temp.rows('person_changes', 'P', '2025-01-31'), ARRAY['f,A1,2024-06-01,乙,丙,2024-06-01,'], 'A1-05: changes of the year');
SELECT pg_temp.registers_again(2025, '2025-01-10');
UPDATE milestone SET due_on = (due_on + interval '1 year')::date WHERE register_version = 2;
INSERT INTO exemption (programme, office_code, milestone_no, reason, granted_by, granter_office_code, granted_at) VALUES ('test', 'A2', 14, '新年', 'r', 'A', '2025-01-20');
SELECT is(array(SELECT split_part(r, ',', 7) FROM unnest(pg_temp.rows('reliefs', 'P', '2025-02-01', '2025-02-02')) r), ARRAY['新年'], 'R12: those of the year before are none of this');
SELECT is(pg_temp.drawn('2025-02-01', '2025-02-02'), '{}', 'A1-17: no draw of the year before');
SELECT is(pg_temp.looked('2025-02-01', '2025-02-02'), '{}', 'AR-6: no inspection of the year before, with a day or without');
SELECT is(pg_temp.rows('person_changes', 'P', '2025-02-01', '2025-02-02'), ARRAY['f,A1,2025-02-01,丙,丁,2025-02-01,'], 'A1-05: changes of this year, against the name of before');

-- A line of the plan of this year, one of the year before lowered and withdrawn in this.
SELECT pg_temp.put('plan_item', 'A1', 'l25', pg_temp.line(4, '2025-12-31'), '2025-03-20'), pg_temp.put('plan_item', 'A1', 'l', pg_temp.line(1), '2025-04-05', 'l/2', 'l/1');
SELECT pg_temp.put('plan_item', 'A1', 'l', '{}', '2025-11-02', 'l/3', 'l/2', 'withdraw');
SELECT is(pg_temp.rows('plan_totals', 'A1', '2025-12-31', '2025-12-31'), ARRAY['f,A1（本级）,1,1,1,1,4,0,0,0,0', 't,合计,1,1,1,1,4,0,0,0,0'], 'R10: no change of this plan is one of the plan of before');
SELECT pg_temp.put('plan_item', 'A1', 'l25', '{}', '2025-11-03', 'l25/2', 'l25/1', 'withdraw');
SELECT is((SELECT split_part(r, ',', 11) FROM unnest(pg_temp.rows('plan_totals', 'A1', '2025-12-31', '2025-12-31')) r WHERE r LIKE 't%'), '1', 'R10: a line of this plan withdrawn is one');
ROLLBACK TO s;

-- Two profiles: the older amended beside the one in force changes nobody; the one in force withdrawn brings back who was before.
SELECT pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2024-03-01", "responsible_name": "乙"}', '2024-03-01', 'o1/1'),
	pg_temp.put('office_profile', 'A1', 'o2', '{"effective_from": "2024-06-01", "responsible_name": "丙"}', '2024-06-01', 'o2/1'),
	pg_temp.put('office_profile', 'A1', 'o1', '{"effective_from": "2024-03-01", "responsible_name": "乙", "responsible_contact": "027"}', '2024-07-01', 'o1/2', 'o1/1');
SELECT is(pg_temp.rows('person_changes', 'P'), ARRAY['f,A1,2024-06-01,乙,丙,2024-06-01,'], 'A1-05: an older profile amended changes nobody in charge');
SELECT pg_temp.put('office_profile', 'A1', 'o2', '{"correction_reason": "误报"}', '2024-08-01', 'o2/2', 'o2/1', 'withdraw');
SELECT is(pg_temp.rows('person_changes', 'P'), ARRAY['f,A1,2024-06-01,乙,丙,2024-06-01,', 'f,A1,2024-08-01,丙,乙,2024-03-01,误报'], 'A1-05: one withdrawn brings back who was before');
SELECT is((SELECT split_part(r, ',', 5) FROM unnest(pg_temp.rows('persons', 'A1')) r WHERE r LIKE 'f%'), '乙', 'A1-05: as the list of persons has it');
ROLLBACK;
