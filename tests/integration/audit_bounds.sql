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
-- The registers again, as a second version of a year.
CREATE FUNCTION pg_temp.registers_again(p_year integer, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_table text;
BEGIN
	INSERT INTO programme_version SELECT 2, programme, 2, name_zh, p_year, digest, p_at FROM programme_version;
	FOREACH v_table IN ARRAY ARRAY['office', 'office_tree', 'township_version', 'township_lineage', 'milestone', 'lecture_category', 'plan_line'] LOOP
		EXECUTE format('INSERT INTO %1$I SELECT (jsonb_populate_record(t, ''{"register_version": 2}'')).* FROM %1$I t', v_table);
	END LOOP;
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

ROLLBACK;
