/* SPDX-License-Identifier: Apache-2.0 */
/* What a COMMIT is known to have done. pg_test.py kills and restarts the server when a connection named
 * KILLED_NAME waits. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pgtest.h"

#define KILLED_NAME "pg_test_killed"

static void test_commit(void **state)
{
	struct pg *pg = pgtest_open();
	struct err err;
	(void)state;
	pgtest_script(pg, "CREATE TEMP TABLE t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
	assert_int_equal(pg_begin(pg, NULL), 0);
	pgtest_script(pg, "INSERT INTO t VALUES (1)");
	assert_int_equal(pg_commit(pg, &err), PG_STORED);
	assert_int_equal(pg_begin(pg, NULL), 0);
	pgtest_script(pg, "INSERT INTO t VALUES (1)"); /* refused at the commit only */
	assert_int_equal(pg_commit(pg, &err), PG_REFUSED);
	assert_int_equal(err.code, ERR_DATA);
	assert_true(pg_is_unique_violation(pg));
	assert_int_equal(pg_begin(pg, NULL), 0);
	assert_int_equal(pg_script(pg, "SELECT 1 / 0", &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_int_equal(pg_commit(pg, &err),
			 PG_REFUSED); /* a failed transaction answers ROLLBACK */
	assert_int_equal(pg_begin(pg, NULL), 0);
	pgtest_script(pg, "INSERT INTO t VALUES (2)");
	pg_rollback(pg);
	assert_int_equal(pgtest_number(pg, "SELECT count(*) FROM t"), 1);
	pg_close(&pg);
}

/* What a living server answers to a COMMIT: only a class that cannot come from a lost link or a
 * shutdown is believed. */
static void test_commit_refusals(void **state)
{
	static const struct {
		const char *insert;
		enum pg_outcome outcome;
	} cases[] = {
		{"INSERT INTO deferred VALUES ('40001')", PG_REFUSED},
		{"INSERT INTO deferred VALUES ('P0001')", PG_REFUSED},
		{"INSERT INTO deferred VALUES ('57014')", PG_UNKNOWN},
		{"INSERT INTO deferred VALUES ('57P01')", PG_UNKNOWN},
		{"INSERT INTO deferred VALUES ('08006')", PG_UNKNOWN},
	};
	struct pg *pg = pgtest_open();
	struct err err;
	(void)state;
	pgtest_script(pg, "CREATE TEMP TABLE deferred (state text);"
		   "CREATE FUNCTION pg_temp.complain() RETURNS trigger LANGUAGE plpgsql AS"
		   " $$ BEGIN RAISE 'at the end' USING ERRCODE = NEW.state; END $$;"
		   "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON deferred DEFERRABLE INITIALLY"
		   " DEFERRED FOR EACH ROW EXECUTE FUNCTION pg_temp.complain()");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(pg_begin(pg, NULL), 0);
		pgtest_script(pg, cases[i].insert);
		if (pg_commit(pg, &err) != cases[i].outcome)
			fail_msg("%s: %s", cases[i].insert, err.text);
		assert_true(pg_is_up(pg));
	}
	assert_int_equal(pgtest_number(pg, "SELECT count(*) FROM deferred"), 0);
	pg_close(&pg);
}

/* The link is gone before the COMMIT is sent: nothing is stored, yet the outcome is as unknown as
 * in the tests below, where everything is. */
static void test_commit_after_loss(void **state)
{
	struct pg *pg = pgtest_open(), *other = pgtest_open();
	struct err err;
	(void)state;
	pgtest_script(pg, "CREATE TABLE public.lost_commit (n int)");
	assert_int_equal(pg_begin(pg, NULL), 0);
	pgtest_script(pg, "INSERT INTO public.lost_commit VALUES (1)");
	pgtest_terminate(pgtest_number(pg, "SELECT pg_backend_pid()"));
	assert_int_equal(pg_commit(pg, &err), PG_UNKNOWN);
	assert_false(pg_is_up(pg));
	assert_int_equal(pgtest_number(other, "SELECT count(*) FROM public.lost_commit"), 0);
	pg_close(&pg);
	pg_close(&other);
}

/* From here on a COMMIT waits for a standby that is not there. */
static int standby_absent(void **state)
{
	struct pg *pg = pgtest_open(), *probe = pgtest_open();
	enum pg_outcome outcome;
	pthread_t breaker;
	(void)state;
	pgtest_script(pg, "CREATE TABLE IF NOT EXISTS public.unknown_commit (n int)");
	pgtest_script(pg, "TRUNCATE public.unknown_commit");
	pgtest_script(pg, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	pgtest_script(pg, "SELECT pg_reload_conf()");
	/* It is the checkpointer that makes the others wait, some time after the setting shows. */
	pthread_create(&breaker, NULL, pgtest_break_off, (void *)(uintptr_t) "pg_cancel_backend");
	do {
		assert_int_equal(pg_begin(probe, NULL), 0);
		pgtest_script(probe, "CREATE TABLE public.probe (n int); DROP TABLE public.probe");
		outcome = pg_commit(probe, NULL);
	} while (outcome == PG_STORED);
	pthread_join(breaker, NULL);
	assert_int_equal(outcome, PG_UNKNOWN);
	pg_close(&probe);
	pg_close(&pg);
	return 0;
}

static int standby_not_wanted(void **state)
{
	struct pg *pg = pgtest_open();
	(void)state;
	pgtest_script(pg, "ALTER SYSTEM RESET synchronous_standby_names");
	pgtest_script(pg, "SELECT pg_reload_conf()");
	pg_close(&pg);
	return 0;
}

static void test_commit_broken_off(void **state)
{
	static const struct {
		const char *how;
		bool is_up; /* afterwards */
	} ways[] = {{"pg_cancel_backend", true}, {"pg_terminate_backend", false}};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pg *pg = pgtest_open();
		struct err err;
		pthread_t breaker;
		assert_int_equal(pg_begin(pg, NULL), 0);
		pgtest_script(pg, "INSERT INTO public.unknown_commit VALUES (1)");
		pthread_create(&breaker, NULL, pgtest_break_off, (void *)(uintptr_t)ways[i].how);
		enum pg_outcome outcome = pg_commit(pg, &err);
		pthread_join(breaker, NULL);
		assert_int_equal(outcome, PG_UNKNOWN);
		if (pg_is_up(pg) != ways[i].is_up)
			fail_msg("%s: %s", ways[i].how, err.text);
		/* Visible here all the same: a repeat may not be believed without a write. */
		struct pg *other = pgtest_open();
		assert_int_equal(pgtest_number(other, "SELECT count(*) FROM public.unknown_commit"),
				 i + 1);
		pg_close(&other);
		pg_close(&pg);
	}
}

static void test_commit_server_killed(void **state)
{
	struct pg *pg = pgtest_open_named(KILLED_NAME);
	struct err err;
	int tries = 0;
	(void)state;
	if (!getenv("ZHIBAO_PG_KILLER"))
		skip(); /* nobody would kill it */
	assert_int_equal(pg_begin(pg, NULL), 0);
	pgtest_script(pg, "INSERT INTO public.unknown_commit VALUES (1)");
	assert_int_equal(pg_commit(pg, &err), PG_UNKNOWN);
	assert_false(pg_is_up(pg));
	assert_int_equal(pg_script(pg, "SELECT 1", &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	while (pg_reconnect(pg, &err) < 0) {
		assert_int_equal(err.code, ERR_RETRY);
		assert_true(++tries < 600);
		pgtest_pause_ms(50);
	}
	/* It was in the log before the wait began. */
	assert_int_equal(pgtest_number(pg, "SELECT count(*) FROM public.unknown_commit"), 1);
	pg_close(&pg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_commit_refusals),
		cmocka_unit_test(test_commit_after_loss),
		cmocka_unit_test_setup_teardown(test_commit_broken_off, standby_absent,
						standby_not_wanted),
		cmocka_unit_test_setup_teardown(test_commit_server_killed, standby_absent,
						standby_not_wanted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
