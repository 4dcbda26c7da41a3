-- Verdicts and picks: rulings R1 and R2, and the state machine of reviewers.
\ir hand_made.sql

CREATE FUNCTION pg_temp.verdict(p_item text, p_revision text, p_verdict text, p_minute integer, p_office text DEFAULT 'A1') RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.review (office_code, item_id, revision_id, verdict, reason, reviewer, reviewer_office_code, reviewed_at)
	VALUES (p_office, pg_temp.id(p_item), pg_temp.id(p_revision), p_verdict, 'x', 'r', 'A', pg_temp.at(p_minute)) $$;
CREATE FUNCTION pg_temp.pick(p_item text, p_revision text, p_minute integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO zhibao.branch_pick (office_code, item_id, revision_id, reason, picked_by, picked_at)
	VALUES ('A1', pg_temp.id(p_item), pg_temp.id(p_revision), 'x', 'r', pg_temp.at(p_minute)) $$;
CREATE FUNCTION pg_temp.tip(p_item text, p_minute integer, p_office text DEFAULT 'A1') RETURNS text LANGUAGE sql AS $$
	SELECT coalesce((SELECT l.place || ' ' || t.state || CASE WHEN t.is_disputed THEN ' disputed' ELSE '' END
		FROM zhibao.revision_tip('lecture_event', pg_temp.at(p_minute), ARRAY[p_office], ARRAY[pg_temp.id(p_item)]) t
		JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)), '-') $$;
CREATE FUNCTION pg_temp.amend(p_item text, p_revision text, p_base text, p_minute integer, p_op text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.lecture('A1', p_item, p_minute, '2024-05-01', p_place => p_revision, p_revision => p_revision, p_base => p_base, p_op => p_op) $$;

SAVEPOINT clean;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'v2', 'v1', 10), pg_temp.verdict('i', 'v2', 'returned', 20);
SELECT is(pg_temp.tip('i', 15), 'v2 counting', 'R2: an unreviewed amendment counts');
SELECT is(pg_temp.tip('i', 20), 'v1 counting', 'R2: a returned amendment leaves its base in force');
SELECT pg_temp.amend('i', 'v3', 'v2', 30);
SELECT is(pg_temp.tip('i', 30), 'v3 counting', 'R2: the correction of a returned amendment counts');
SELECT is((SELECT depth FROM revision_tip('lecture_event', pg_temp.at(30), NULL, NULL)), 3, 'R1: its number counts the returned one');
SELECT pg_temp.amend('i', 'v4', 'v1', 40);
SELECT is(pg_temp.tip('i', 40), 'v3 counting disputed', 'R1: another correction on the same base is a conflict again');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'v2', 'v1', 10), pg_temp.verdict('i', 'v2', 'returned', 20),
	pg_temp.amend('i', 'v3', 'v1', 30);
SELECT is(pg_temp.tip('i', 30), 'v3 counting', 'R1: a correction built on the base of a returned revision is no conflict');
SELECT pg_temp.verdict('i', 'v2', 'pending', 40);
SELECT is(pg_temp.tip('i', 40), 'v2 counting disputed', 'R2: the newest verdict holds: taken back, it is a branch again');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.verdict('i', 'v1', 'returned', 10);
SELECT is(pg_temp.tip('i', 5), 'v1 counting', 'R2: unreviewed items count');
SELECT is(pg_temp.tip('i', 10), 'v1 returned', 'R2: a returned first revision does not count');
SELECT is((SELECT count(*) FROM counting_revision('lecture_event', pg_temp.at(10), NULL, NULL)), 0::bigint, 'R2: it is no counting revision');
SELECT pg_temp.amend('i', 'v2', 'v1', 20);
SELECT is(pg_temp.tip('i', 20), 'v2 counting', 'R2: a newer revision counts at once');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.verdict('i', 'v1', 'rejected', 10);
SELECT is(pg_temp.tip('i', 10), 'v1 rejected', 'R2: a rejected first revision ends the item');
SELECT pg_temp.verdict('i', 'v1', 'pending', 20);
SELECT is(pg_temp.tip('i', 20), 'v1 counting', 'R2: a rejection can be undone');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'w', 'v1', 10, 'withdraw');
SELECT is(pg_temp.tip('i', 10), 'w withdrawn', 'R2: a withdrawal from its receipt on');
SELECT pg_temp.verdict('i', 'w', 'rejected', 20);
SELECT is(pg_temp.tip('i', 20), 'v1 counting', 'R2: a rejected withdrawal leaves its base in force');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'v2', 'v3', 10), pg_temp.amend('i', 'v3', 'v2', 10),
	pg_temp.verdict('i', 'v2', 'returned', 20), pg_temp.verdict('i', 'v3', 'returned', 20), pg_temp.amend('i', 'v4', 'v3', 30);
SET LOCAL statement_timeout = '20s';
SELECT is(pg_temp.tip('i', 30), 'v1 counting', 'R1: what is built on bases in a circle stands nowhere');
SET LOCAL statement_timeout = 0;

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'a', 'gone', 10), pg_temp.amend('i', 'b', 'gone', 20),
	pg_temp.verdict('i', 'v1', 'rejected', 30);
SELECT is(pg_temp.tip('i', 30), 'v1 rejected', 'R2: nothing of an ended item is disputed');

ROLLBACK TO clean;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'a', 'v1', 10), pg_temp.amend('i', 'b', 'v1', 20);
SELECT is(pg_temp.tip('i', 20), 'a counting disputed', 'R1: the branch received first counts, disputed');
SELECT pg_temp.pick('i', 'b', 30);
SELECT is(pg_temp.tip('i', 29), 'a counting disputed', 'R1: before the pick');
SELECT is(pg_temp.tip('i', 30), 'b counting', 'R1: the picked branch counts');
SELECT pg_temp.amend('i', 'b2', 'b', 40);
SELECT is(pg_temp.tip('i', 40), 'b2 counting', 'R1: an amendment of the picked branch is no dispute');
SELECT pg_temp.amend('i', 'a2', 'a', 50);
SELECT is(pg_temp.tip('i', 50), 'b2 counting disputed', 'R1: an amendment of the other branch re-opens it, the pick goes on counting');
SELECT pg_temp.pick('i', 'b2', 60), pg_temp.amend('i', 'c', 'v1', 70);
SELECT is(pg_temp.tip('i', 65), 'b2 counting', 'R1: settled by the newest pick');
SELECT is(pg_temp.tip('i', 70), 'b2 counting disputed', 'R1: a further branch re-opens it');
SELECT pg_temp.pick('i', 'b2', 75), pg_temp.verdict('i', 'b2', 'returned', 80);
SELECT is(pg_temp.tip('i', 80), 'b counting', 'R1, R2: a picked revision that is returned leaves its base in force, on the branch picked');

ROLLBACK TO clean;
-- Two branches from nothing, as when the first revision was put aside; both picked, one after the other.
SELECT pg_temp.amend('i', 'a', 'lost', 10), pg_temp.amend('i', 'b', 'lost', 20), pg_temp.amend('i', 'c', 'lost', 21), pg_temp.pick('i', 'b', 30), pg_temp.pick('i', 'c', 40),
	pg_temp.verdict('i', 'c', 'returned', 50);
SELECT is(pg_temp.tip('i', 45), 'c counting', 'R1: the newest pick decides');
SELECT is(pg_temp.tip('i', 50), 'b counting', 'R1, R2: when nothing is left of the branch picked, the pick before it decides');
SELECT pg_temp.verdict('i', 'b', 'returned', 60), pg_temp.amend('i', 'd', 'lost', 55);
SELECT is(pg_temp.tip('i', 60), 'a counting disputed', 'R1, R2: when nothing is left of any branch picked, the rest is in dispute again');

ROLLBACK TO clean;
-- The same above a base they share, which is none of the branches.
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'a', 'v1', 10), pg_temp.amend('i', 'b', 'v1', 20), pg_temp.amend('i', 'c', 'v1', 21),
	pg_temp.pick('i', 'b', 30), pg_temp.pick('i', 'c', 40), pg_temp.verdict('i', 'c', 'rejected', 50);
SELECT is(pg_temp.tip('i', 45), 'c counting', 'R1: of branches on one base the newest pick decides');
SELECT is(pg_temp.tip('i', 50), 'b counting', 'R1, R2: rejected, it leaves the decision to the pick before it, not to their base');
SELECT pg_temp.verdict('i', 'b', 'rejected', 60), pg_temp.amend('i', 'd', 'v1', 55);
SELECT is(pg_temp.tip('i', 60), 'a counting disputed', 'R1, R2: and then nothing is decided among the rest');

ROLLBACK TO clean;
-- Joined twins: A2 records the event of A1 as its own and then claims it.
SELECT pg_temp.lecture('A1', 'host', 0, '2024-05-01', '{101}', p_place => 'same'),
	pg_temp.lecture('A2', 'own', 1, '2024-05-01', '{101}', p_place => 'same', p_why => 'x');
SELECT is((SELECT count(*) FROM suspected_twin('2024-12-31', 'infinity')), 2::bigint, 'R8: twins of two offices are listed');
SELECT pg_temp.claim('A2', 'c', 'A1', 'host', 'x');
SELECT results_eq($$ SELECT office_code FROM session('2024-12-31', 'infinity') $$, ARRAY['A1'], 'R8: joined, the own record no longer counts');
SELECT is((SELECT count(*) FROM suspected_twin('2024-12-31', 'infinity')), 0::bigint, 'R8: and they are no longer listed');
SELECT pg_temp.claim('A1', 'back', 'A2', 'own', 'x');
SELECT results_eq($$ SELECT office_code FROM session('2024-12-31', 'infinity') $$, ARRAY['A1'], 'R8: where both claim, the one received first stays');
SELECT fold_window('0', '9000000000000000000', 'infinity');
SELECT set_eq('SELECT * FROM counted_lecture', $$ SELECT * FROM lecture_at('infinity') $$, 'fold: joined lectures as from the records');
SELECT pg_temp.put('claim', 'A1', 'back', '{}', pg_temp.at(2), 'back/2', 'back/1', 'withdraw');
SELECT fold_tables(), fold_small('claim', 'infinity', '{A1}', ARRAY[pg_temp.id('back')]), fold_lectures('infinity', true, false);
SELECT pg_temp.put('claim', 'A2', 'c', '{}', pg_temp.at(3), 'c/2', 'c/1', 'withdraw');
SELECT pg_temp.lecture('A1', 'host', 3, '2024-05-01', '{101}', p_place => 'elsewhere', p_revision => 'host/2', p_base => 'host/1');
SELECT fold_tables(), fold_small('claim', 'infinity', '{A2}', ARRAY[pg_temp.id('c')]);
INSERT INTO pg_temp.fold_item VALUES ('A1', pg_temp.id('host'));
SELECT fold_lectures('infinity', true, false);
SELECT set_eq('SELECT * FROM counted_lecture', $$ SELECT * FROM lecture_at('infinity') $$, 'fold: a claim taken back and its host moved away in one window');

ROLLBACK TO clean;
-- Of two twins of A1 the second is claimed by A, which has the event, too, and A1 claims that of A: the first twin is joined, that of A is.
SELECT pg_temp.lecture('A1', 'first', 0, '2024-05-01', '{101}', p_place => 'same'), pg_temp.lecture('A1', 'second', 1, '2024-05-01', '{101}', p_place => 'same'),
	pg_temp.lecture('A', 'other', 2, '2024-05-01', '{101}', p_place => 'same');
SELECT pg_temp.claim('A', 'to', 'A1', 'second', 'x'), pg_temp.claim('A1', 'fro', 'A', 'other', 'x');
SELECT results_eq($$ SELECT item_id FROM session('2024-12-31', 'infinity') $$, $$ SELECT pg_temp.id('second') $$, 'R8: a twin of a joined record still counts');
SELECT results_eq($$ SELECT item_id FROM form_session('{A1}', form_held('{A1}', 'infinity'), 'infinity') $$, $$ SELECT pg_temp.id('second') $$, 'R8: on the form, too');
SELECT fold_window('0', '9000000000000000000', 'infinity');
SELECT set_eq('SELECT * FROM counted_lecture', $$ SELECT * FROM lecture_at('infinity') $$, 'fold: a twin of a joined record as from the records');

ROLLBACK TO clean;
-- Three offices that claim one another's record in a circle, which opens and closes again; every claim is folded by itself.
SELECT pg_temp.lecture('A1', 'x', 1, '2024-05-01', '{101}', p_place => 'same'), pg_temp.lecture('A2', 'y', 0, '2024-05-01', '{101}', p_place => 'same', p_why => 'x'),
	pg_temp.lecture('A', 'z', 2, '2024-05-01', '{101}', p_place => 'same'), pg_temp.lecture('B', 'w', 3, '2024-05-01', '{101}', p_place => 'same', p_why => 'x');
CREATE FUNCTION pg_temp.stays() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM zhibao.fold_tables();
	INSERT INTO pg_temp.fold_item SELECT DISTINCT c.office_code, c.item_id FROM zhibao.claim c WHERE NOT EXISTS (
		SELECT FROM zhibao.current_claim k WHERE k.office_code = c.office_code AND k.item_id = c.item_id) OR c.operation = 'withdraw';
	PERFORM zhibao.fold_small('claim', 'infinity', (SELECT array_agg(i.office_code) FROM pg_temp.fold_item i), (SELECT array_agg(i.item_id) FROM pg_temp.fold_item i));
	TRUNCATE pg_temp.fold_item;
	PERFORM zhibao.fold_lectures('infinity', true, false);
	RETURN concat_ws(' / ', (SELECT string_agg(s.office_code, ' ' ORDER BY s.office_code) FROM zhibao.session('2024-12-31', 'infinity') s),
		(SELECT string_agg(l.office_code, ' ' ORDER BY l.office_code) FROM zhibao.counted_lecture l WHERE l.is_session),
		(SELECT string_agg(s.office_code, ' ' ORDER BY s.office_code) FROM unnest('{A,A1,A2,B}'::text[]) o
			CROSS JOIN LATERAL zhibao.form_session(ARRAY[o], zhibao.form_held(ARRAY[o], 'infinity'), 'infinity') s));
END $$;
SELECT fold_window('0', '9000000000000000000', 'infinity');
SELECT is(pg_temp.stays(), 'A A1 A2 B / A A1 A2 B / A A1 A2 B', 'R8: unclaimed, all count');
SELECT pg_temp.claim('A1', 'xy', 'A2', 'y', NULL), pg_temp.claim('A2', 'yz', 'A', 'z', NULL);
SELECT is(pg_temp.stays(), 'A B / A B / A B', 'R8: in a chain the last one stays');
SELECT pg_temp.claim('A', 'zx', 'A1', 'x', NULL);
SELECT is(pg_temp.stays(), 'A2 B / A2 B / A2 B', 'R8: of a circle of claims the one received first stays');
SELECT pg_temp.claim('A', 'zw', 'B', 'w', NULL);
SELECT is(pg_temp.stays(), 'B / B / B', 'R8: a circle that claims one outside it is joined to that');
SELECT is((SELECT count(*) FROM form_joined('{A,A1,A2,B}', form_held('{A,A1,A2,B}', 'infinity'), 'infinity')), 3::bigint, 'R8: asked of all at once, too');
SELECT pg_temp.put('claim', 'A', i, '{}', pg_temp.at(1), i || '/2', i || '/1', 'withdraw') FROM unnest('{zw,zx}'::text[]) i;
SELECT is(pg_temp.stays(), 'A B / A B / A B', 'R8: an end of the circle that is taken back opens it');

ROLLBACK TO clean;
-- Folding step by step, verdicts, picks and claims included, gives at every step what the records give.
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', '{101}', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'v2', 'v1', 1);
SELECT fold_window('0', '9000000000000000000', pg_temp.at(1));
CREATE FUNCTION pg_temp.step(p_minute integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM zhibao.fold_tables();
	INSERT INTO pg_temp.fold_item SELECT DISTINCT office_code, item_id FROM zhibao.lecture_event;
	PERFORM zhibao.fold_lectures(pg_temp.at(p_minute), true, false);
	RETURN NEXT set_eq('SELECT * FROM zhibao.counted_lecture', format('SELECT * FROM zhibao.lecture_at(%L)', pg_temp.at(p_minute)), 'fold: step ' || p_minute);
	RETURN NEXT set_eq('SELECT * FROM zhibao.covering_unit', format('SELECT * FROM zhibao.covering_unit_facts(%L)', pg_temp.at(p_minute)), 'fold: units of step ' || p_minute);
	RETURN NEXT set_eq($q$ SELECT * FROM zhibao.session_count('2024-05-31', NULL) $q$,
		format('SELECT * FROM zhibao.session_count(%L, %L)', '2024-05-31', pg_temp.at(p_minute)), 'fold: sessions of step ' || p_minute);
	RETURN NEXT set_eq($q$ SELECT * FROM zhibao.session_count('2024-05-15', NULL) $q$,
		format('SELECT * FROM zhibao.session_count(%L, %L)', '2024-05-15', pg_temp.at(p_minute)), 'fold: sessions within a month, step ' || p_minute);
END $$;
SELECT pg_temp.verdict('i', 'v2', 'returned', 5);
SELECT pg_temp.step(5);
SELECT pg_temp.verdict('i', 'v1', 'returned', 6);
SELECT pg_temp.step(6);
SELECT pg_temp.lecture('A1', 'j', 7, '2024-05-20', '{102,103}', p_place => 'j'), pg_temp.lecture('A1', 'k', 8, '2024-05-20', '{102,103}', p_place => 'j');
SELECT pg_temp.step(8);
SELECT pg_temp.verdict('j', 'j/1', 'rejected', 9);
SELECT pg_temp.step(9);

ROLLBACK TO clean;
-- A first revision and a put aside amendment of it in one window: the item is judged once.
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', '{101}', p_place => 'v1', p_revision => 'v1');
INSERT INTO quarantine (office_code, stream_id, seq, batch_id, received_at, item_office_code, item_id, revision_id, code, field, text, body)
	SELECT 'A1', 9, 1, b.batch_id, b.received_at, 'A1', pg_temp.id('i'), pg_temp.id('v2'), 'E_X', '', 'x', '' FROM batch b ORDER BY b.batch_id DESC LIMIT 1;
SELECT lives_ok($$ SELECT fold_window('0', '9000000000000000000', 'infinity') $$, 'fold: a first revision beside its amendment in quarantine');
SELECT set_eq('SELECT * FROM counted_lecture', $$ SELECT * FROM lecture_at('infinity') $$, 'fold: and it counts once');

ROLLBACK TO clean;
-- Under a clock that stepped back a fold forgets nothing that was folded.
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', '{101}', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'v2', 'v1', 10);
UPDATE batch SET xid = '10';
SELECT fold_window('0', '11', pg_temp.at(10));
INSERT INTO fold_state VALUES (true, '11', pg_temp.at(10), 1, 2);
SELECT pg_temp.verdict('i', 'v1', 'accepted', 6);
UPDATE review SET xid = '12';
SELECT isnt(fold(pg_temp.at(7)), NULL, 'fold: at an instant before the last one');
SELECT results_eq('SELECT revision_id FROM counted_lecture', $$ SELECT pg_temp.id('v2') $$, 'fold: what was known stays known');
SELECT is((SELECT as_of FROM fold_state), pg_temp.at(10), 'fold: and its instant stays');

ROLLBACK TO clean;
-- The state machine: who may judge what, and when.
INSERT INTO account VALUES ('city', '市审核', 'A', '{city_operator}', '2024-01-01', NULL), ('province', '省审核', 'P', '{provincial_operator}', '2024-01-01', NULL), ('other', '外市', 'B', '{city_operator}', '2024-01-01', NULL),
	('clerk', '县经办', 'A1', '{filler}', '2024-01-01', NULL), ('own', '县审核', 'A1', '{city_operator}', '2024-01-01', NULL), ('writer', 'x', 'A', '{city_operator}', '2024-01-01', NULL), ('gone', '离任', 'A', '{city_operator}', '2024-01-01', '2024-02-01');
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'v2', 'v1', 10);
CREATE FUNCTION pg_temp.judge(p_login text, p_revision text, p_verdict text, p_reason text DEFAULT NULL, p_remarks jsonb DEFAULT NULL, p_cure date DEFAULT NULL) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM zhibao.review_post(p_login, 'A1', pg_temp.id('i'), pg_temp.id(p_revision), p_verdict, p_reason, p_remarks, p_cure);
	RETURN 'ok';
EXCEPTION WHEN SQLSTATE 'ZB001' THEN
	RETURN split_part(SQLERRM, ' ', 1);
END $$;
-- The functions read the registers at the present time.
SELECT is(pg_temp.judge('nobody', 'v2', 'accepted'), 'E_ACCOUNT_UNKNOWN', 'review: an unknown account');
SELECT is(pg_temp.judge('gone', 'v2', 'accepted'), 'E_ACCOUNT_UNKNOWN', 'review: a closed account');
SELECT is(pg_temp.judge('clerk', 'v2', 'accepted'), 'E_ROLE', 'review: a filler does not review');
SELECT is(pg_temp.judge('own', 'v2', 'accepted'), 'E_REVIEW_OFFICE', 'review: nobody reviews for his own office');
SELECT is(pg_temp.judge('other', 'v2', 'accepted'), 'E_REVIEW_OFFICE', 'review: nor for another city');
SELECT is(pg_temp.judge('writer', 'v2', 'accepted'), 'E_REVIEW_SELF', 'review: nor what he wrote');
UPDATE account SET display_name = ' ｘ　' WHERE login = 'writer';
SELECT is(pg_temp.judge('writer', 'v2', 'accepted'), 'E_REVIEW_SELF', 'review: nor what he wrote under the same name with blanks and another width');
-- The rename trick: another name behind the login, or two, and the paper is still his own; what a login was stays.
SELECT account_set('writer', '王五', 'A', '{city_operator}', true, 'root');
UPDATE account SET display_name = '孙七' WHERE login = 'writer';
SELECT is(pg_temp.judge('writer', 'v2', 'accepted'), 'E_REVIEW_SELF', 'accounts: another name behind the login does not make it the paper of another');
SELECT account_set('writer', '赵六', 'A', '{city_operator}', false), account_set('writer', '赵六', 'A', '{city_operator}', true);
SELECT is(pg_temp.judge('writer', 'v2', 'accepted'), 'E_REVIEW_SELF', 'accounts: nor do two more, closing and opening');
SELECT throws_ok($$ SELECT review_post('writer', 'A1', pg_temp.id('i'), pg_temp.id('v2'), 'accepted', NULL, NULL, NULL) $$, 'ZB001',
	'E_REVIEW_SELF “ ｘ　”（账号 writer 用过的姓名）是该版本的录入人，不能审核自己的记录', 'accounts: and the refusal names the name');
SELECT throws_like($$ SELECT branch_pick_post('writer', 'A1', pg_temp.id('i'), pg_temp.id('v2'), 'x') $$, 'E_REVIEW_SELF %', 'accounts: nor may he pick');
SELECT account_set('fresh', '王五', 'A', '{city_operator}', true);
SELECT is(pg_temp.judge('fresh', 'nothing', 'accepted'), 'E_REVISION_UNKNOWN', 'accounts: names of one login are not held against another');
SELECT account_set('writer', '赵六', 'A', '{city_operator}', true), account_set('writer', '赵六', 'P', '{auditor,provincial_operator}', true),
	account_set('writer', '赵六', 'P', '{provincial_operator,auditor}', true);
SELECT results_eq($$ SELECT what, detail FROM account_history('infinity') WHERE login = 'writer' ORDER BY change_no $$, $$ VALUES
	('开通', '姓名 x；单位 A；角色 市州操作员'), ('改名', '姓名 x →  ｘ　'), ('改名', '姓名  ｘ　 → 王五'), ('改名', '姓名 王五 → 孙七'), ('改名、停用', '姓名 孙七 → 赵六'), ('恢复启用', ''),
	('调整单位、调整角色', '单位 A → P；角色 市州操作员 → 审计员、省级操作员') $$, 'accounts: every change is recorded with what was before; a repeat is none');
SELECT is((SELECT string_agg(CASE changed_by WHEN session_user THEN '-' ELSE changed_by END, ' ' ORDER BY change_no) FROM account_change
	WHERE login = 'writer' AND database_role = session_user), '- - root - - - -', 'accounts: with who says he changed it, and who was connected; his word is not carried on to what another does by hand');
SELECT is((SELECT count(*) FROM account_history((SELECT max(changed_at) FROM account_change WHERE login = 'writer') - interval '1 microsecond') WHERE login = 'writer'), 6::bigint,
	'accounts: as of an instant only what was changed by then');
SELECT throws_like(format('SELECT account_set(%L, %L, %L, %L, true, %L)', 'bad', n, 'A', '{filler}', b), 'E_CONTROL_CHARACTER %', 'accounts: no control characters: ' || w)
	FROM (VALUES ('a line in the name', E'王\n五', 'root'), ('a tab in who says so', '王五', E'root\t'), ('one that turns the line round', U&'\202E王五', NULL)) v (w, n, b);
SELECT throws_like($$ SELECT account_set('bad', U&' \3000', 'A', '{filler}', true) $$, 'E_NAME_BLANK %', 'accounts: a blank is no name');
SELECT throws_ok($$ UPDATE account_change SET display_name = 'y' $$, 'ZB001', NULL, 'accounts: the history is not changed');
SELECT throws_ok($$ DELETE FROM account_change WHERE login = 'writer' $$, 'ZB001', NULL, 'accounts: nor shortened');
SELECT throws_ok($$ TRUNCATE account_change $$, 'ZB001', NULL, 'accounts: nor emptied');
SELECT throws_ok($$ DELETE FROM account WHERE login = 'fresh' $$, 'ZB001', NULL, 'accounts: nobody is forgotten');
SELECT throws_ok($$ UPDATE account SET login = 'renamed' WHERE login = 'fresh' $$, '23503', NULL, 'accounts: nor comes back under another login');
SELECT account_set('fresh', '王五', 'A', '{city_operator}', false);
SELECT account_set('fresh', '王五', 'A', '{city_operator}', false);
SELECT is((SELECT count(*) FROM account_change WHERE login = 'fresh' AND changed_at >= (SELECT closed_at FROM account WHERE login = 'fresh')), 1::bigint,
	'accounts: closed once, and since then');
SELECT is(pg_temp.judge('city', 'nothing', 'accepted'), 'E_REVISION_UNKNOWN', 'review: an unknown revision');
SELECT is(pg_temp.judge('city', 'v2', 'good'), 'E_VERDICT', 'review: an unknown verdict');
SELECT is(pg_temp.judge('city', 'v2', 'returned'), 'E_REVIEW_REASON', 'review: a return needs words');
SELECT is(pg_temp.judge('city', 'v2', 'returned', U&' \3000'), 'E_REVIEW_REASON', 'review: and a blank is no words');
SELECT is(pg_temp.judge('city', 'v2', 'returned', 'x', '[{"field": "place", "text": "\u3000"}]'), 'E_REVIEW_REMARKS', 'review: nor in a remark');
SELECT throws_like($$ SELECT branch_pick_post('city', 'A1', pg_temp.id('i'), pg_temp.id('v1'), U&'\3000') $$, 'E_REVIEW_REASON %', 'pick: nor for a pick');
SELECT is(pg_temp.judge('city', 'v2', 'returned', 'x', '[{"field": "place"}]'), 'E_REVIEW_REMARKS', 'review: a remark needs field and text');
SELECT is(pg_temp.judge('city', 'v2', 'accepted', p_cure => '2999-01-01'), 'E_REVIEW_CURE', 'review: a cure date needs a return');
SELECT is(pg_temp.judge('city', 'v2', 'returned', 'x', p_cure => '2024-01-01'), 'E_REVIEW_CURE', 'review: a cure date is not past');
SELECT is(pg_temp.judge('city', 'v1', 'accepted'), 'E_REVIEW_OUTDATED', 'review: not an outdated revision');
SAVEPOINT aside;
INSERT INTO quarantine VALUES ('A1', 1, 30, 1, pg_temp.at(15), 'A1', pg_temp.id('i'), pg_temp.id('aside'), pg_temp.id('v2'), 'lecture_event', 'E_X', '', 'x', '');
SELECT pg_temp.amend('i', 'v3', 'aside', 20);
SELECT is(pg_temp.judge('city', 'v2', 'rejected', 'x') || ' ' || pg_temp.judge('city', 'v1', 'rejected', 'x'), 'E_REVIEW_OUTDATED E_REVIEW_OUTDATED',
	'review: nor one whose newer revision stands on it through one put aside');
SELECT is(pg_temp.tip('i', 20), 'v3 counting', 'review: which goes on counting');
ROLLBACK TO aside;
SELECT is(pg_temp.judge('city', 'v2', 'returned', '地点不符', '[{"field": "place", "label": "地点", "text": "请写明村"}, {"field": "theme", "text": "过短"}]', '2999-01-01'), 'ok', 'review: returned with remarks and a cure date');
SELECT results_eq($$ SELECT kind, verdict, text FROM downlink WHERE office_code = 'A1' $$,
	$$ VALUES (2, 3, E'地点不符\n地点：请写明村\ntheme：过短\n请于 2999-01-01 前更正后重新报送') $$, 'review: the office is told');
SELECT is(pg_temp.judge('province', 'v1', 'rejected', 'x'), 'ok', 'review: with the newer one returned the first can be judged');
SELECT is(pg_temp.judge('city', 'v2', 'accepted'), 'E_ITEM_ENDED', 'review: an ended item takes no other verdict');
SELECT is(pg_temp.judge('city', 'v1', 'pending'), 'ok', 'review: but the rejection can be taken back');
SELECT is(pg_temp.judge('city', 'v1', 'pending'), 'E_REVIEW_NONE', 'review: once');
SELECT is((SELECT count(*) FROM review), 3::bigint, 'review: refusals leave nothing behind');
SELECT throws_ok($$ SELECT branch_pick_post('city', 'A1', pg_temp.id('i'), pg_temp.id('v1'), 'x') $$, 'ZB001', 'E_PICK_NONE 这条记录没有待裁定的冲突', 'pick: only where there is a conflict');
-- Two corrections of one base, and two of the one that counts of these.
CREATE FUNCTION pg_temp.choose(p_item text, p_revision text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM zhibao.branch_pick_post('city', 'A1', pg_temp.id(p_item), pg_temp.id(p_revision), 'x');
	RETURN 'ok ' || pg_temp.tip(p_item, 99999999);
EXCEPTION WHEN SQLSTATE 'ZB001' THEN
	RETURN split_part(SQLERRM, ' ', 1);
END $$;
SELECT pg_temp.lecture('A1', i, 20, '2024-05-01', p_place => i || '1', p_revision => i || '1'), pg_temp.amend(i, i || 'a', i || '1', 21), pg_temp.amend(i, i || 'b', i || '1', 22) FROM unnest('{j,k,l}'::text[]) i;
SELECT pg_temp.amend(i, i || 'aa', i || 'a', 23), pg_temp.amend(i, i || 'ab', i || 'a', 24) FROM unnest('{k,l}'::text[]) i;
SELECT throws_ok($$ SELECT branch_pick_post('city', 'A1', pg_temp.id('j'), pg_temp.id('j1'), 'x') $$, 'ZB001',
	'E_PICK_NONE 选定该版本不能解决冲突，互相冲突的版本都在它之后，请在这些版本中选定', 'pick: not the base of what is in conflict');
SELECT is((SELECT count(*) FROM branch_pick) + (SELECT count(*) FROM downlink WHERE item_id = pg_temp.id('j')), 0::bigint, 'pick: refused, it leaves nothing behind and tells nobody');
SELECT is(pg_temp.choose('j', 'jb'), 'ok jb counting', 'pick: one of the branches settles it');
SELECT is(pg_temp.choose('j', 'ja'), 'E_PICK_NONE', 'pick: once');
SELECT is(pg_temp.choose('k', 'k1') || ' ' || pg_temp.choose('k', 'ka'), 'E_PICK_NONE E_PICK_NONE', 'pick: nor the base of the upper conflict of two');
SELECT is(pg_temp.choose('k', 'kab'), 'ok kab counting', 'pick: a revision above both settles both');
SELECT is(pg_temp.choose('l', 'laa'), 'ok laa counting', 'pick: the one that counts already, too');
SELECT is((SELECT count(*) FROM downlink WHERE title = '冲突已裁定'), 3::bigint, 'pick: the office is told of each');
SELECT pg_temp.lecture('A1', 'm', 20, '2024-05-01', p_place => 'm1', p_revision => 'm1'), pg_temp.amend('m', 'ma', 'm1', 21), pg_temp.amend('m', 'mb', 'm1', 22),
	pg_temp.verdict('m', 'm1', 'rejected', 30);
SELECT is(pg_temp.choose('m', 'mb'), 'E_PICK_NONE', 'pick: not on an ended item');
SELECT pg_temp.verdict('m', 'm1', 'pending', 40);
SELECT is(pg_temp.choose('m', 'mb'), 'ok mb counting', 'pick: but when the rejection was taken back');

ROLLBACK TO clean;
-- Revisions sent to ended items. What the collector asks before it stores a revision of an item that is known already.
CREATE FUNCTION pg_temp.is_ended(p_item text, p_revision text, p_office text DEFAULT 'A1', p_author_office text DEFAULT 'A1') RETURNS boolean LANGUAGE sql AS $$
	SELECT EXISTS (SELECT FROM zhibao.ended_revisions(ARRAY[p_office], ARRAY[p_author_office], ARRAY[pg_temp.id(p_item)], ARRAY[pg_temp.id(p_revision)])) $$;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', '{101}', p_place => 'v1', p_revision => 'v1');
SELECT ok(NOT pg_temp.is_ended('i', 'v2'), 'R2 ended: a correction of an unreviewed item is stored');
SELECT pg_temp.verdict('i', 'v1', 'returned', 10);
SELECT ok(NOT pg_temp.is_ended('i', 'v2'), 'R2 ended: so is one of a returned first revision');
SELECT pg_temp.verdict('i', 'v1', 'rejected', 20);
SELECT ok(pg_temp.is_ended('i', 'v2'), 'R2 ended: a correction of a rejected first revision is put aside');
SELECT ok(NOT pg_temp.is_ended('i', 'v1'), 'R2 ended: the first revision come again is a repeat, not put aside');
SELECT ok(NOT pg_temp.is_ended('j', 'v2'), 'R2 ended: another item is not meant');
SELECT ok(NOT pg_temp.is_ended('i', 'v2', 'A2'), 'R2 ended: nor the item of another office');
SELECT ok(pg_temp.is_ended('i', 'v2', 'A1', 'A'), 'R2 ended: who acts for the office is put aside as well');
SELECT results_eq($$ SELECT * FROM ended_revisions(ARRAY['A1', 'A1', 'A1'], ARRAY['A1', 'A1', 'A1'],
	ARRAY[pg_temp.id('j'), pg_temp.id('i'), pg_temp.id('i')], ARRAY[pg_temp.id('x'), pg_temp.id('v2'), pg_temp.id('v3')]) $$,
	ARRAY[2, 3]::bigint[], 'R2 ended: the places of a group');
INSERT INTO quarantine VALUES ('A1', 1, 30, 1, pg_temp.at(30), 'A1', pg_temp.id('i'), pg_temp.id('v2'), pg_temp.id('v1'), 'lecture_event', 'E_ITEM_ENDED', 'item_id', 'x', '');
SELECT is(pg_temp.tip('i', 30), 'v1 rejected', 'R2 ended: the item stays ended');
SELECT pg_temp.verdict('i', 'v1', 'pending', 40);
SELECT ok(pg_temp.is_ended('i', 'v2'), 'R2 ended: what was put aside stays so after the rejection is undone, also when it is sent again');
SELECT ok(NOT pg_temp.is_ended('i', 'v3'), 'R2 ended: a later correction is stored');
SELECT is(pg_temp.tip('i', 40), 'v1 counting', 'R2 ended: the first revision counts again, the one put aside does not');
SELECT pg_temp.amend('i', 'v3', 'v2', 50);
SELECT is(pg_temp.tip('i', 50), 'v3 counting', 'R2 ended: what builds on the one put aside stands on its base');
SELECT results_eq($$ SELECT pg_temp.place('i', m) FROM unnest(ARRAY[5, 15, 25, 45, 55]) m $$, ARRAY['v1', NULL, NULL, 'v1', 'v3'],
	'R2 ended: what counted at each instant');
SELECT fold_window('0', '9000000000000000000', 'infinity');
SELECT set_eq('SELECT * FROM counted_lecture', $$ SELECT * FROM lecture_at('infinity') $$, 'R2 ended: the roll-ups say the same');
SELECT pg_temp.verdict('i', 'v3', 'rejected', 60);
SELECT ok(NOT pg_temp.is_ended('i', 'v4'), 'R2 ended: a rejected amendment ends nothing');

ROLLBACK TO clean;
-- Corrections after acceptance: with a reason, or flagged.
CREATE FUNCTION pg_temp.flags(p_item text, p_minute integer) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce((SELECT string_agg(l.place || ' ' || coalesce(zhibao.correction_finding(c.operation, c.correction_reason) ->> 'code', c.correction_reason), ', ' ORDER BY c.received_at)
		FROM zhibao.accepted_correction('lecture_event', pg_temp.at(p_minute), ARRAY['A1'], ARRAY[pg_temp.id(p_item)]) c
		JOIN zhibao.lecture_event l USING (office_code, item_id, revision_id)), '-') $$;
SELECT pg_temp.lecture('A1', 'i', 0, '2024-05-01', p_place => 'v1', p_revision => 'v1'), pg_temp.amend('i', 'v2', 'v1', 10), pg_temp.verdict('i', 'v2', 'accepted', 20);
SELECT is(pg_temp.flags('i', 20), '-', 'reason: a correction received before the acceptance needs none');
SELECT pg_temp.amend('i', 'v3', 'v2', 30);
SELECT is(pg_temp.flags('i', 29), '-', 'reason: nothing is said before the correction is known');
SELECT is(pg_temp.flags('i', 30), 'v3 F_CORRECTION_REASON', 'reason: a correction after acceptance without one is flagged');
SELECT is(pg_temp.tip('i', 30), 'v3 counting', 'reason: it is not refused, and counts');
SELECT is(correction_finding('withdraw', NULL) ->> 'text', '更正缺少原因：审核通过后的撤回没有写明原因', 'reason: the words for a withdrawal');
SELECT is(correction_finding('amend', NULL) ->> 'text', '更正缺少原因：审核通过后的更正没有写明原因', 'reason: the words for an amendment');
SELECT pg_temp.verdict('i', 'v2', 'pending', 40);
SELECT is(pg_temp.flags('i', 40), 'v3 F_CORRECTION_REASON', 'reason: taking the acceptance back later changes nothing in that');
SELECT pg_temp.amend('i', 'v4', 'v3', 50);
SELECT is(pg_temp.flags('i', 50), 'v3 F_CORRECTION_REASON', 'reason: what comes after it was taken back needs none');
SELECT pg_temp.verdict('i', 'v4', 'accepted', 60), pg_temp.amend('i', 'v5', 'v4', 70), pg_temp.amend('i', 'w', 'v4', 80, 'withdraw');
UPDATE lecture_event SET correction_reason = '地点有误' WHERE revision_id = pg_temp.id('v5');
SELECT is(pg_temp.flags('i', 80), 'v3 F_CORRECTION_REASON, v5 地点有误, w F_CORRECTION_REASON', 'reason: one with a reason is listed without a flag, on every branch');
SELECT pg_temp.verdict('i', 'v5', 'returned', 90), pg_temp.amend('i', 'v6', 'v5', 100);
SELECT is(pg_temp.flags('i', 100), 'v3 F_CORRECTION_REASON, v5 地点有误, w F_CORRECTION_REASON, v6 F_CORRECTION_REASON',
	'reason: the correction of a returned correction needs one too');
INSERT INTO account VALUES ('city', '市审核', 'A', '{city_operator}', '2024-01-01', NULL);
SELECT lives_ok($$ SELECT review_post('city', 'A1', pg_temp.id('i'), pg_temp.id('v6'), 'accepted', NULL, NULL, NULL) $$, 'reason: a flag does not bind the reviewer, who may accept');
SELECT throws_ok($$ UPDATE lecture_event SET correction_reason = '' WHERE revision_id = pg_temp.id('v6') $$, '23514', NULL, 'reason: none is NULL, never empty');

ROLLBACK TO clean;
-- Who had a hand in a paper does not judge it: ruling R3 lets an office above write it, which then is not its reviewer.
INSERT INTO account VALUES ('city', '市审核', 'A', '{city_operator}', '2024-01-01', NULL), ('province', '省审核', 'P', '{provincial_operator}', '2024-01-01', NULL);
CREATE FUNCTION pg_temp.paper(p_item text, p_kind text, p_more jsonb DEFAULT '{}', p_office text DEFAULT 'A1') RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_batch bigint := nextval('zhibao.batch_id_seq');
BEGIN
	INSERT INTO zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at, body)
	VALUES (p_office, v_batch, 1, 1, v_batch, v_batch, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), pg_temp.at(0), '');
	EXECUTE format('INSERT INTO zhibao.%1$I SELECT * FROM jsonb_populate_record(NULL::zhibao.%1$I, $1)', p_kind)
	USING jsonb_build_object('office_code', p_office, 'item_id', pg_temp.id(p_item), 'revision_id', pg_temp.id(p_item || '/1'), 'operation', 'submit',
		'recorded_at', pg_temp.at(0), 'author', '王录入', 'author_office_code', p_office, 'received_at', pg_temp.at(0), 'batch_id', v_batch, 'seq', v_batch,
		'programme_version', 1) || p_more;
END $$;
CREATE FUNCTION pg_temp.say(p_login text, p_item text, p_verdict text DEFAULT 'accepted', p_reason text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM zhibao.review_post(p_login, 'A1', pg_temp.id(p_item), pg_temp.id(p_item || '/1'), p_verdict, p_reason, NULL, NULL);
	RETURN 'ok';
EXCEPTION WHEN SQLSTATE 'ZB001' THEN
	RETURN SQLERRM;
END $$;
SAVEPOINT papers;
SELECT pg_temp.paper('proxy', 'submission', '{"submission_kind": "work_plan", "title": "x", "author_office_code": "A", "approved_by": "李审"}'),
	pg_temp.paper('own', 'submission', '{"submission_kind": "work_plan", "title": "x", "approved_by": "市 审核"}'),
	pg_temp.paper('form', 'statistics_form', '{"period": "mid_year", "period_start": "2024-01-01", "period_end": "2024-06-30", "scope": "own", "filled_on": "2024-06-20", "lines": [],
		"filled_by": "市　审核", "approved_by": "省审核"}');
SELECT is(pg_temp.say('city', 'proxy'), 'E_REVIEW_PROXY 该版本由 A 代报，本单位不能审核自己代报的记录，应由再上一级单位审核', 'R3: the office that wrote for another does not judge what it wrote');
SELECT is(pg_temp.say('province', 'proxy'), 'ok', 'R3: the office above it does');
SELECT is(pg_temp.say('city', 'own'), 'E_REVIEW_SELF “市审核”是该版本的审核人，不能审核自己的记录', 'review: nor does who approved a paper before it left');
SELECT is(pg_temp.say('city', 'form'), 'E_REVIEW_SELF “市审核”是该版本的填报人，不能审核自己的记录', 'review: nor who filled in a form');
SELECT is(pg_temp.say('province', 'form'), 'E_REVIEW_SELF “省审核”是该版本的审核人，不能审核自己的记录', 'review: nor who approved it');
SELECT is((SELECT count(*) FROM review), 1::bigint, 'review: refused verdicts are not stored');

ROLLBACK TO papers;
-- A paper that is not whole does not outdate the one before, which its obligation stands on.
CREATE FUNCTION pg_temp.next(p_item text, p_no integer, p_more jsonb) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.paper(p_item, 'submission', '{"operation": "amend", "submission_kind": "work_plan", "title": "x"}'
		|| jsonb_build_object('revision_id', pg_temp.id(p_item || '/' || p_no), 'base_revision_id', pg_temp.id(p_item || '/' || p_no - 1)) || p_more) $$;
SELECT pg_temp.paper('plan', 'submission', '{"submission_kind": "work_plan", "title": "x", "file_name": "a.pdf", "approved_by": "李审"}'), pg_temp.next('plan', 2, '{}');
SAVEPOINT bare;
SELECT is(pg_temp.say('city', 'plan'), 'ok', 'R14: a work plan amended without file or number leaves the one before to be judged');
ROLLBACK TO bare;
SELECT pg_temp.next('plan', 3, '{"doc_no": "〔2024〕1号"}');
SELECT is(split_part(pg_temp.say('city', 'plan'), ' ', 1), 'E_REVIEW_OUTDATED', 'R14: one with a number outdates it');
ROLLBACK TO bare;
SELECT pg_temp.next('plan', 3, '{"operation": "withdraw", "submission_kind": null, "title": null}');
SELECT is(split_part(pg_temp.say('city', 'plan'), ' ', 1), 'E_REVIEW_OUTDATED', 'R2: so does a withdrawal');

ROLLBACK TO papers;
-- Papers that nobody is said to have approved are shown to the reviewer while they wait.
SELECT pg_temp.paper('bare', 'submission', '{"submission_kind": "work_plan", "title": "x"}'), pg_temp.paper('blank', 'submission', '{"submission_kind": "work_plan", "title": "x", "approved_by": " 　"}'),
	pg_temp.paper('good', 'submission', '{"submission_kind": "work_plan", "title": "x", "approved_by": "李审"}'), pg_temp.paper('far', 'submission', '{"submission_kind": "work_plan", "title": "x"}', 'B');
CREATE FUNCTION pg_temp.open(p_kind text, p_offices text[]) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT n.name || ' ' || (f.finding ->> 'code') || ' ' || (f.finding ->> 'severity') FROM zhibao.open_findings(p_kind, 'infinity', p_offices, NULL) o
	CROSS JOIN LATERAL json_array_elements(o.findings) AS f (finding)
	JOIN unnest(ARRAY['bare', 'blank', 'good', 'far']) AS n (name) ON o.item_id = pg_temp.id(n.name) $$;
SELECT set_eq($$ SELECT pg_temp.open('submission', NULL) $$, ARRAY['bare F_UNAPPROVED explain', 'blank F_UNAPPROVED explain', 'far F_UNAPPROVED explain'],
	'approver: a paper without one is flagged, blanks are none');
SELECT set_eq($$ SELECT pg_temp.open('submission', '{A1}') $$, ARRAY['bare F_UNAPPROVED explain', 'blank F_UNAPPROVED explain'], 'approver: the papers of named offices');
SELECT is_empty($$ SELECT pg_temp.open('lecture_event', NULL) $$, 'approver: no other kind');
SELECT pg_temp.verdict('bare', 'bare/1', 'accepted', 10);
SELECT set_eq($$ SELECT pg_temp.open('submission', '{A1}') $$, ARRAY['blank F_UNAPPROVED explain'], 'approver: a verdict settles it');

ROLLBACK TO papers;
-- A file that a paper names by its digest and that is not here whole.
INSERT INTO upload (office_code, file_id, size_bytes, chunk_bytes, name, media_type, completed_at) VALUES
	('A2', decode(repeat('ab', 32), 'hex'), 1, 4096, 'x', 'x', pg_temp.at(0)), ('A1', decode(repeat('cd', 32), 'hex'), 1, 4096, 'x', 'x', pg_temp.at(10)),
	('A1', decode(repeat('ab', 32), 'hex'), 1, 4096, 'x', 'x', NULL);
SELECT pg_temp.paper(n, 'submission', jsonb_build_object('submission_kind', 'work_plan', 'title', 'x', 'approved_by', '李审', 'file_digest', '\x' || repeat(d, 32)))
	FROM (VALUES ('gone', 'ab'), ('come', 'cd')) v (n, d);
CREATE FUNCTION pg_temp.missing(p_minute integer) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT n.name FROM zhibao.open_findings('submission', pg_temp.at(p_minute), '{A1}', NULL) o CROSS JOIN LATERAL json_array_elements(o.findings) AS f (finding)
	JOIN unnest(ARRAY['gone', 'come']) AS n (name) ON o.item_id = pg_temp.id(n.name) WHERE f.finding ->> 'code' = 'F_FILE_UNKNOWN' $$;
SELECT set_eq($$ SELECT pg_temp.missing(9) $$, ARRAY['gone', 'come'], 'file: a paper whose file is not here is flagged; that of another office, or a part of it, does not do');
SELECT set_eq($$ SELECT pg_temp.missing(10) $$, ARRAY['gone'], 'file: no more once it has arrived whole');
SELECT matches(pg_temp.say('city', 'gone'), '^E_FINDINGS_OPEN .* F_FILE_UNKNOWN ', 'file: such a paper is not accepted');
SELECT is(pg_temp.say('city', 'gone', 'returned', '请报送附件'), 'ok', 'file: it can be returned');
SELECT is(pg_temp.say('city', 'come'), 'ok', 'file: one whose file is here is accepted');
-- So it is with every other kind that names a file, but there it is a note that binds nobody.
SELECT pg_temp.paper('work ' || n, 'media_product', jsonb_build_object('media_kind', 'short_video', 'title', 'x', 'made_on', '2024-05-01', 'file_digest', '\x' || repeat(d, 32))),
	pg_temp.paper('circular ' || n, 'circular', jsonb_build_object('circular_kind', 'other', 'title', 'x', 'issued_on', '2024-05-01', 'file_digest', '\x' || repeat(d, 32))),
	pg_temp.paper('profile ' || n, 'office_profile', jsonb_build_object('effective_from', '2024-05-01', 'responsible_name', 'x', 'mechanism_digest', '\x' || repeat(d, 32)))
	FROM (VALUES ('gone', 'ab'), ('come', 'cd')) v (n, d);
SELECT pg_temp.paper('work bare', 'media_product', '{"media_kind": "short_video", "title": "x", "made_on": "2024-05-01"}'),
	pg_temp.paper('work far', 'media_product', jsonb_build_object('media_kind', 'short_video', 'title', 'x', 'made_on', '2024-05-01', 'file_digest', '\x' || repeat('ab', 32)), 'B');
CREATE FUNCTION pg_temp.notes(p_minute integer, p_offices text[] DEFAULT '{A1}') RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', n.name, s.state, f.finding ->> 'code', f.finding ->> 'severity') FROM (VALUES ('work', 'media_product'), ('circular', 'circular'), ('profile', 'office_profile')) n (name, kind)
	CROSS JOIN LATERAL zhibao.open_findings(n.kind, pg_temp.at(p_minute), p_offices, NULL) o CROSS JOIN LATERAL json_array_elements(o.findings) AS f (finding)
	JOIN unnest(ARRAY['gone', 'come', 'bare', 'far']) AS s (state) ON o.item_id = pg_temp.id(n.name || ' ' || s.state) $$;
SELECT set_eq($$ SELECT pg_temp.notes(9) $$, $$ SELECT k || ' ' || s || ' F_FILE_UNKNOWN note' FROM unnest('{work,circular,profile}'::text[]) k, unnest('{gone,come}'::text[]) s $$,
	'file: a work, a circular or a profile whose file is not here is noted');
SELECT set_eq($$ SELECT pg_temp.notes(10) $$, $$ SELECT k || ' gone F_FILE_UNKNOWN note' FROM unnest('{work,circular,profile}'::text[]) k $$, 'file: no more once it has arrived');
SELECT set_eq($$ SELECT pg_temp.notes(10, NULL) EXCEPT SELECT pg_temp.notes(10) $$, ARRAY['work far F_FILE_UNKNOWN note'], 'file: of all offices, those of others too');
CREATE FUNCTION pg_temp.waits(p_kind text) RETURNS SETOF boolean LANGUAGE sql AS $$ SELECT DISTINCT is_flagged FROM zhibao.open_findings(p_kind, pg_temp.at(10), '{A1}', NULL) $$;
SELECT is(concat(array(SELECT pg_temp.waits('media_product')), array(SELECT pg_temp.waits('submission'))), '{f}{t}', 'file: nothing waits for a note, as it does for a paper');
SELECT is(pg_temp.say('city', 'work gone'), 'ok', 'file: a work is accepted without its file');
SELECT is_empty($$ SELECT n FROM pg_temp.notes(2147483) n WHERE n LIKE 'work gone %' $$, 'file: which settles the note');
SELECT is_empty($$ SELECT FROM zhibao.file_notes('media_product', 'infinity', '{A1}', NULL) WHERE item_id = pg_temp.id('work gone') $$, 'file: and its file is not looked for any more');
SELECT pg_temp.paper('bare', 'submission', '{"submission_kind": "work_plan", "title": "x"}');
SELECT matches(pg_temp.say('city', 'bare'), '^E_FINDINGS_OPEN .* F_UNAPPROVED ', 'approver: a paper without one is not accepted, as a form is not');
ROLLBACK;
