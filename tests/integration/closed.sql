-- A closed office in the audit: A2 alone held something and planned something; from the second version of the registers on it hangs below A1.
-- The statements are those of the report and of the page, read from their files.
\ir indicators_made.sql
\cd :statements
\set key_figures `cat report_key_figures.sql`
\set silent `cat report_silent.sql`
\set unheard `cat report_unheard.sql`
\set links `cat report_links.sql`
\set plan_totals `cat report_plan_totals.sql`
\set form_members `cat report_form_members.sql`
\set forms `cat ../../sql/forms.sql`
CREATE FUNCTION pg_temp.forms(text, text, timestamptz, text) RETURNS json LANGUAGE sql AS :'forms';
CREATE TEMP TABLE statement AS SELECT * FROM (VALUES ('key_figures', :'key_figures'), ('silent', :'silent'), ('unheard', :'unheard'), ('links', :'links'),
	('plan_totals', :'plan_totals'), ('form_members', :'form_members')) s (name, text);
CREATE FUNCTION pg_temp.rows(p_name text, p_node text, p_as_of timestamptz) RETURNS SETOF text[] LANGUAGE plpgsql AS $$
DECLARE v_row record;
BEGIN
	FOR v_row IN EXECUTE (SELECT s.text FROM statement s WHERE s.name = p_name) USING p_node, '2024-12-31'::date, p_as_of, '' LOOP
		RETURN NEXT string_to_array(regexp_replace(v_row::text, '["()]', '', 'g'), ',');
	END LOOP;
END $$;
SELECT pg_temp.lecture('A2', 'e1', '2024-05-01', '{201}'), pg_temp.put('plan_item', 'A2', 'l1', pg_temp.line(2));
SELECT pg_temp.registers_again(2024, '2024-08-01');
UPDATE office SET parent_code = 'A1' WHERE register_version = 2 AND code = 'A2';
INSERT INTO office_tree VALUES (2, 'A1', 'A2');

CREATE FUNCTION pg_temp.numbers(p_node text, p_as_of timestamptz) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(f.name || ' ' || w[f.n] || '/' || w[f.d], ', ' ORDER BY f.place)
	FROM (VALUES (1, 'key_figures', '有活动记录的单位', 3, 4), (2, 'silent', '合计', 3, 4), (3, 'links', '合计', 4, 3), (4, 'plan_totals', '合计', 3, 4)) f (place, name, row, n, d)
	CROSS JOIN LATERAL pg_temp.rows(f.name, p_node, p_as_of) w WHERE w[2] = f.row $$;
SELECT is(pg_temp.numbers('A', '2024-07-31'), 'key_figures 1/3, silent 2/3, links 1/3, plan_totals 1/3', 'closed: before, it is an office as the others');
SELECT is(pg_temp.numbers('A', '2025-01-31'), 'key_figures 1/2, silent 1/2, links 0/2, plan_totals 1/2', 'closed: in no number of offices of the audit; what it held and planned is of its successor');
SELECT is(pg_temp.numbers('A1', '2025-01-31'), 'key_figures 1/1, silent 0/1, links 0/1, plan_totals 1/1', 'closed: nor in that of its successor');
SELECT is((SELECT w[5] || ' ' || w[7] FROM pg_temp.rows('plan_totals', 'A', '2025-01-31') w WHERE w[2] = '合计') || ' ' || pg_temp.fig('I-02', 'A'), '1 2 0/2', 'closed: its lines stay');
SELECT is((SELECT w[6] || ' ' || w[7] FROM pg_temp.rows('links', 'A', '2025-01-31') w WHERE w[2] = '合计'), '2 2', 'closed: so does what it delivered');
SELECT is((SELECT string_agg(w[2], ' ' ORDER BY w[2]) FROM pg_temp.rows('unheard', 'A', t) w), told, 'closed: it is not waited for, as of ' || t)
	FROM (VALUES ('2024-07-31'::timestamptz, 'A A1 A2'), ('2025-01-31', 'A A1')) v (t, told);
SELECT is((SELECT string_agg(m ->> 'code', ' ' ORDER BY m ->> 'code') FROM json_array_elements(pg_temp.forms('A', 'mid_year', t, 'list') -> 'missing') m), told, 'closed: nor asked for a form, as of ' || t)
	FROM (VALUES ('2024-07-31'::timestamptz, 'A A1 A2'), ('2025-01-31', 'A A1')) v (t, told);
SELECT is((SELECT string_agg(w[2], ' ' ORDER BY w[2]) FROM pg_temp.rows('form_members', 'P', t) w WHERE w[3] = '未报送'), told, 'closed: nor listed without one, as of ' || t)
	FROM (VALUES ('2024-07-31'::timestamptz, 'A A1 A2 B P U'), ('2025-01-31', 'A A1 B P U')) v (t, told);
SELECT * FROM finish();
ROLLBACK;
