-- One named test per ruling.
\ir hand_made.sql

SAVEPOINT clean;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1');
SELECT pg_temp.lecture('A1', 'i', 10, '2024-05-01', p_place => 'v2', p_revision => 'i/2', p_base => 'i/1');
SELECT pg_temp.lecture('A1', 'i', 20, '2024-05-01', p_place => 'other', p_revision => 'i/3', p_base => 'i/1');
SELECT is(pg_temp.place('i', 5), 'v1', 'R2: before the amendment the first revision counts');
SELECT is(pg_temp.place('i', 10), 'v2', 'R2: from its receipt on the amendment counts, the instant included');
SELECT is(pg_temp.place('i', 30), 'v2', 'R1: of two revisions on one base the one received first counts');
SELECT is((SELECT is_disputed FROM counting_revision('lecture_event', pg_temp.at(15), NULL, NULL)), false, 'R1: no dispute before the second branch');
SELECT is((SELECT is_disputed FROM counting_revision('lecture_event', pg_temp.at(30), NULL, NULL)), true, 'R1: disputed with it');
SELECT pg_temp.lecture('A1', 'i', 40, NULL, p_revision => 'i/4', p_base => 'i/2', p_op => 'withdraw', p_category => NULL, p_mode => NULL, p_status => NULL);
SELECT is(pg_temp.place('i', 39), 'v2', 'R2: counts until the withdrawal is received');
SELECT is(pg_temp.place('i', 40), NULL, 'R2: a withdrawn item does not count');
SELECT pg_temp.lecture('A1', 'i', 50, '2024-05-01', p_place => 'v5', p_revision => 'i/5', p_base => 'i/4');
SELECT is(pg_temp.place('i', 60), 'v5', 'R2: amending a withdrawal reinstates');
SELECT is((SELECT depth FROM counting_revision('lecture_event', pg_temp.at(60), NULL, NULL)), 4, 'R1: the number shown is the depth in the chain');
INSERT INTO quarantine SELECT 'A', 1, 900, 1, pg_temp.at(65), 'A1', pg_temp.id('i'), pg_temp.id('i/q'), pg_temp.id('i/5'), 'lecture_event', 'E_X', '', '', '';
SELECT pg_temp.lecture('A1', 'i', 70, '2024-05-01', p_place => 'v6', p_revision => 'i/6', p_base => 'i/q');
SELECT is(pg_temp.place('i', 80), 'v6', 'R2: a correction built on a quarantined revision continues the branch below it');
SELECT pg_temp.lecture('A1', 'n', 70, '2024-05-01', p_place => 'fixed', p_base => 'n/q');
SELECT is(pg_temp.place('n', 80), 'fixed', 'R2: the correction of a quarantined first revision is the first');
SELECT pg_temp.lecture('A1', 'b', 10, '2024-05-01', p_place => 'child', p_revision => 'b/2', p_base => 'b/1');
SELECT is(pg_temp.place('b', 15), 'child', 'R1: what was built on a revision not received yet counts');
SELECT pg_temp.lecture('A1', 'b', 20, '2024-05-01', p_place => 'base');
SELECT is((SELECT pg_temp.place('b', 30) || ' ' || depth FROM counting_revision('lecture_event', pg_temp.at(30), ARRAY['A1'], ARRAY[pg_temp.id('b')])), 'child 2', 'R1: a base received later takes its place below');
SELECT is(pg_temp.place('b', 15), 'child', 'R1: asked again for the instant before it, nothing has changed');
SELECT pg_temp.lecture('A1', 'q', 0, '2024-05-01', p_place => 'first'), pg_temp.lecture('A1', 'q', 10, '2024-05-01', p_place => 'third', p_revision => 'q/3', p_base => 'q/2');
INSERT INTO quarantine SELECT 'A1', 1, 901, 1, pg_temp.at(20), 'A1', pg_temp.id('q'), pg_temp.id('q/2'), pg_temp.id('q/1'), 'lecture_event', 'E_X', '', '', '';
SELECT is(pg_temp.place('q', 15) || ' ' || pg_temp.place('q', 30), 'first third', 'R1: a base that comes into quarantine is looked through from its receipt on');

ROLLBACK TO clean;
SELECT pg_temp.lecture('B', 'm', 0, '2024-05-01', '{301}');
SELECT pg_temp.lecture('B', 'r', 0, '2024-05-01', '{304}');
SELECT pg_temp.lecture('B', 'p', 0, '2024-05-01', '{305}');
SELECT is(pg_temp.state('m1', '2024-06-30'), 'covered', 'R5: covered before the merge');
SELECT is(pg_temp.state('m2', '2024-06-30'), 'uncovered', 'R5: its neighbour is not');
SELECT is(pg_temp.state('m3', '2024-07-01'), 'covered', 'R5: a merged unit is covered if any predecessor was');
SELECT is(pg_temp.state('r1', '2024-07-01'), 'covered', 'R5: renamed and reclassified keeps its coverage');
SELECT is(pg_temp.state('p1', '2024-07-01'), 'inherited', 'R5: a split child that keeps the code is inherited, unproven');
SELECT is(pg_temp.state('p2', '2024-07-01'), 'inherited', 'R5: and so is the other child');
SELECT is(pg_temp.state('p3', '2024-08-01'), 'inherited', 'R5: it stays so through a later merge');
SELECT is(pg_temp.broad('B', '2024-06-30'), '3/4', 'R6: units valid on the day are the base');
SELECT is(pg_temp.broad('B', '2024-08-01'), '2/4', 'R6: another day, another base');
SELECT pg_temp.lecture('B', 'p1', 0, '2024-07-05', '{305}');
SELECT is(pg_temp.state('p1', '2024-07-05'), 'covered', 'R5: an event that names the child covers it');
SELECT is(pg_temp.state('p1', '2024-07-04'), 'inherited', 'R5: not before the day of the event');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'v', 0, '2024-05-01', '{101}');
SELECT pg_temp.lecture('A1', 'g', 0, '2024-05-01', '{103}', p_category => 'general');
SELECT results_eq($$ SELECT units_all, units_rural, broad_all, broad_rural, strict_all, strict_rural FROM coverage_by_county('2024-12-31', 'infinity')
	WHERE county_code = 'A1' $$, $$ VALUES (3::bigint, 2::bigint, 2::bigint, 1::bigint, 1::bigint, 1::bigint) $$, 'R6: two breadths by two bases');
SELECT is(percent_text(0, (SELECT units_rural FROM coverage_by_county('2024-12-31', 'infinity') WHERE county_code = 'A2')), NULL,
	'R6: a district without 乡镇 is not applicable, never 0 or 100');
SELECT is((SELECT count(*) FROM covering_facts('infinity')), 2::bigint, 'R6: 综合宣传 covers, too');
SELECT is(pg_temp.broad('A1', '2024-04-30'), '0/3', 'R6: events after the day do not cover');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'online', 0, '2024-05-01', '{101}', p_mode => 'online');
SELECT is(pg_temp.broad('A1', '2024-12-31'), '0/3', 'R7: online alone covers none');
SELECT pg_temp.lecture('A1', 'mixed', 0, '2024-05-01', '{101}', p_mode => 'mixed');
SELECT is(pg_temp.broad('A1', '2024-12-31'), '1/3', 'R7: mixed covers');
SELECT pg_temp.lecture('A1', 'far', 0, '2024-05-01', '{102,201}');
SELECT is(pg_temp.broad('A1', '2024-12-31') || ' ' || pg_temp.broad('A2', '2024-12-31'), '1/3 0/1', 'R7: one outside without words covers nothing');
SELECT is((SELECT count(*) FROM session('2024-12-31', 'infinity')), 3::bigint, 'R7: yet it counts as a session');
SELECT pg_temp.lecture('A1', 'far1', 0, '2024-05-01', '{102,201}', p_why => U&' \3000');
SELECT is(pg_temp.broad('A1', '2024-12-31') || ' ' || pg_temp.broad('A2', '2024-12-31'), '1/3 0/1', 'R7: a blank is no words');
SELECT pg_temp.lecture('A1', 'far2', 0, '2024-05-01', '{102,201}', p_why => 'why');
SELECT is(pg_temp.broad('A1', '2024-12-31') || ' ' || pg_temp.broad('A2', '2024-12-31'), '2/3 1/1', 'R7: with words it covers the place, whoever spoke');
SELECT pg_temp.lecture('A', 'city', 0, '2024-05-01', '{103}');
SELECT is(pg_temp.broad('A1', '2024-12-31'), '3/3', 'R7: a city covers in its counties');
ROLLBACK TO clean;
SELECT pg_temp.lecture('U', 'four', 0, '2024-05-01', '{101,102,103,201}');
SELECT is(pg_temp.broad('A1', '2024-12-31'), '0/3', 'R7: the provincial unit is not free of the number rule');
SELECT pg_temp.lecture('U', 'two', 0, '2024-05-01', '{101,201}');
SELECT is(pg_temp.broad('A1', '2024-12-31') || ' ' || pg_temp.broad('A2', '2024-12-31'), '1/3 1/1', 'R7: but free of the area rule');

ROLLBACK TO clean;
SELECT pg_temp.plan('A1', 'county line', 2), pg_temp.plan('A', 'city line', 1), pg_temp.plan('A1', 'free line', NULL);
SELECT pg_temp.lecture('A1', 'joint', 0, '2024-05-01', p_plan => pg_temp.id('county line'));
SELECT pg_temp.claim('A', 'c1', 'A1', 'joint', 'city line');
SELECT is(pg_temp.held('county line') || ' ' || pg_temp.held('city line'), '1 1', 'R8: host and co-host each credit their own line');
SELECT results_eq($$ SELECT c.office_code, c.author_office_code, (SELECT count(*) FROM claim_of('{A1}', 'infinity')) FROM claim_of('{A}', 'infinity') k JOIN claim c USING (office_code, item_id) $$,
	$$ VALUES ('A', 'A', 0::bigint) $$, 'R4: a claim is a record of the co-host, not acting for the host');
SELECT is((SELECT string_agg(office_code, ',') FROM session('2024-12-31', 'infinity')), 'A1', 'R4: and makes no session of its own: the event stays the host''s');
SELECT is((SELECT sum(sessions) FROM completion_by_office('2024-12-31', 'infinity', 'cities')), 1::numeric, 'R8: and the session counts once');
SELECT is((SELECT sum(capped) || '/' || sum(required) FROM completion_by_office('2024-12-31', 'infinity', 'cities')), '2/3', 'R9: sum of min(held, min) over sum of min');
SELECT pg_temp.claim('A2', 'c2', 'A1', 'joint', 'county line');
SELECT is(pg_temp.held('county line'), 1::bigint, 'R8: a claim credits only a line of its own office');
SELECT pg_temp.lecture('A1', 'twin1', 1, '2024-05-02', p_place => 'same'), pg_temp.lecture('A1', 'twin2', 2, '2024-05-02', p_place => 'same', p_plan => pg_temp.id('county line'));
SELECT is((SELECT count(*) FROM session('2024-12-31', 'infinity')), 2::bigint, 'R8: twins of one office count once');
SELECT is(pg_temp.held('county line'), 1::bigint, 'R8: the twin received first is the one that counts');
SELECT pg_temp.lecture('A2', 'twin3', 2, '2024-05-02', p_place => 'same');
SELECT is((SELECT count(*) FROM session('2024-12-31', 'infinity')), 3::bigint, 'R8: twins of two offices both count');
SELECT is((SELECT unplanned FROM completion_by_office('2024-12-31', 'infinity', 'cities') WHERE office_code = 'A2'), 1::bigint, 'R9: without a line it is unplanned');
SELECT is((SELECT unquantified_none FROM completion_by_office('2024-12-31', 'infinity', 'cities') WHERE office_code = 'A1'), 1::bigint, 'R9: none');
SELECT pg_temp.lecture('A1', 'f1', 0, '2024-05-03', p_plan => pg_temp.id('free line'));
SELECT is((SELECT unquantified_started FROM completion_by_office('2024-12-31', 'infinity', 'cities') WHERE office_code = 'A1'), 1::bigint, 'R9: started with one');
SELECT pg_temp.lecture('A1', 'f2', 0, '2024-05-04', p_plan => pg_temp.id('free line'));
SELECT is((SELECT unquantified_met FROM completion_by_office('2024-12-31', 'infinity', 'cities') WHERE office_code = 'A1'), 1::bigint, 'R9: met with two');
SELECT pg_temp.plan('A2', 'ended', 1, '2024-06-30');
SELECT is((SELECT ended_lines FROM completion_by_office('2024-06-30', 'infinity', 'cities') WHERE office_code = 'A2'), 1::bigint, 'R9: a window ends with its last day');
SELECT is((SELECT ended_lines FROM completion_by_office('2024-06-29', 'infinity', 'cities') WHERE office_code = 'A2'), 0::bigint, 'R9: and not the day before');
SELECT pg_temp.lecture('P', 'prov', 0, '2024-05-05', p_plan => '00000000-0000-0000-0000-0000000000a1', p_category => 'enterprise');
SELECT is((SELECT sum(capped) || '/' || sum(required) FROM completion_by_office('2024-12-31', 'infinity', 'provincial')), '1/1', 'R8: an annex-2 line belongs to the province and its units');
SELECT is((SELECT count(*) FROM completion_by_office('2024-12-31', 'infinity', 'provincial')), 2::bigint, 'R11: the provincial scope');
SELECT is((SELECT count(*) FROM completion_by_office('2024-12-31', 'infinity', 'cities')), 4::bigint, 'R11: the scope of the cities');

SELECT is(array[percent_text(1, 8), percent_text(2, 3), percent_text(1, 3), percent_text(1, 1600), percent_text(0, 5), percent_text(0, 0)],
	array['12.50', '66.67', '33.33', '0.06', '0.00', NULL], 'R17: two decimals, half up, NULL without a denominator');
-- The roll-ups: what a fold makes is what the records give, whether step by step or anew.
CREATE FUNCTION pg_temp.rollups() RETURNS SETOF text LANGUAGE sql AS $$
	SELECT 'lecture' || c::text FROM counted_lecture c UNION ALL SELECT 'covering' || c::text FROM covering_day c
	UNION ALL SELECT 'unit' || c::text FROM covering_unit c UNION ALL SELECT 'day' || c::text FROM session_day c
	UNION ALL SELECT 'month' || c::text FROM session_month c UNION ALL SELECT 'plan' || c::text FROM current_plan_item c
	UNION ALL SELECT 'claim' || c::text FROM current_claim c UNION ALL SELECT 'study' || c::text FROM counted_study c
	UNION ALL SELECT 'sum' || c::text FROM session_sum c $$;
SELECT pg_temp.lecture('A2', 'in march', 0, '2024-03-10', p_plan => pg_temp.id('ended')), pg_temp.lecture('A2', 'in october', 0, '2024-10-20');
SELECT pg_temp.put('study_event', 'A2', 'study ' || n, jsonb_build_object('form', 'daily_study', 'target', 'staff', 'topic', 'x', 'status', 'held',
	'occurred_on', d), pg_temp.at(0)) FROM unnest('{2024-03-09,2024-05-31,2024-05-31,2024-06-01,2024-10-21}'::text[]) WITH ORDINALITY AS e (d, n);
SELECT ok(fold_anew_part('infinity', 0, 1) > 0 AND fold_anew_end('infinity', '3', 1) > 0, 'fold: made anew');
SELECT set_eq('SELECT * FROM counted_lecture', $$ SELECT * FROM lecture_at('infinity') $$, 'fold: lectures as from the records');
SELECT set_eq('SELECT * FROM covering_day', $$ SELECT * FROM covering_day_facts('infinity') $$, 'fold: covering days as from the records');
SELECT set_eq('SELECT * FROM covering_unit', $$ SELECT * FROM covering_unit_facts('infinity') $$, 'fold: first days as from the records');
SELECT set_eq($$ SELECT * FROM session_count('2024-12-31', NULL) $$, $$ SELECT * FROM session_count('2024-12-31', 'infinity') $$, 'fold: sessions as from the records');
SELECT set_eq($$ SELECT d, c.* FROM generate_series('2024-03-01'::date, '2024-11-02', '1 day') d CROSS JOIN session_count(d::date, NULL) c $$,
	$$ SELECT d, c.* FROM generate_series('2024-03-01'::date, '2024-11-02', '1 day') d CROSS JOIN session_count(d::date, 'infinity') c $$,
	'fold: and on every day, from either end of the year');
SELECT set_eq($$ SELECT * FROM first_session('2024-12-31', NULL) $$, $$ SELECT * FROM first_session('2024-12-31', 'infinity') $$, 'fold: a study event is no first session');
SELECT set_eq($$ SELECT * FROM session_total('2024-12-31', NULL) $$, $$ SELECT * FROM session_total('2024-12-31', 'infinity') $$, 'fold: nor a lecture');
CREATE TEMP TABLE anew AS SELECT * FROM pg_temp.rollups();
TRUNCATE counted_lecture, covering_day, covering_unit, session_day, session_month, session_sum, current_plan_item, current_claim, counted_study;
SELECT fold_window('0', '9000000000000000000', 'infinity');
SELECT bag_eq('SELECT * FROM pg_temp.rollups()', 'SELECT * FROM anew', 'fold: a window gives what making anew gives');

ROLLBACK TO clean;
-- Two transactions of which the first was received last; a fold whose limit lies between them takes the second and must begin at the first again.
SELECT pg_temp.lecture('A1', 'last', 20, '2024-05-01', '{101}'), pg_temp.lecture('A1', 'first', 10, '2024-05-02', '{102}');
UPDATE batch SET xid = CASE received_at WHEN pg_temp.at(20) THEN '5' ELSE '6' END::xid8;
SELECT ok(fold_anew_end(pg_temp.at(0), '5', 1) = 0 AND fold(pg_temp.at(15)) = 1, 'fold: what was received by the limit, whatever its transaction');
SELECT is((SELECT next_xid::text FROM fold_state), '5', 'fold: and the next one begins at what was received later');
SELECT lives_ok($$ SELECT fold(pg_temp.at(25)) $$, 'fold: a lecture met again is not folded twice');
SELECT set_eq('SELECT * FROM counted_lecture', $$ SELECT * FROM lecture_at(pg_temp.at(25)) $$, 'fold: and both count');
ROLLBACK;
