/* SPDX-License-Identifier: Apache-2.0 */
/* Cursors: every row once, memory that does not grow, failures at the declaration and on the way, a
 * cancelled statement. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "pgcursor.h"
#include "pgtest.h"

static void test_every_row_once(void **state)
{
	struct pg *pg = pgtest_open();
	struct rusage before, after;
	(void)state;
	/* 400 MB in all. */
	static const char sql[] =
		"-- a comment\nSELECT n, repeat($2, 400) FROM generate_series(1, $1) n";
	struct pg_param params[] = {pg_int8(1000000), pg_text("x")};
	assert_int_equal(pg_cursor_open(pg, sql, params, 2, NULL), 0);
	int64_t expected = 1;
	for (int rows_in_piece = 1; rows_in_piece > 0;) {
		struct pg_rows *rows;
		assert_int_equal(pg_cursor_fetch(pg, 500, &rows, NULL), 0);
		rows_in_piece = pg_rows_count(rows);
		for (int i = 0; i < rows_in_piece; i++) {
			assert_int_equal(pg_get_int(rows, i, 0), expected++);
			assert_int_equal(strlen(pg_get_text(rows, i, 1)), 400);
		}
		assert_int_equal(pg_rows_check(rows, NULL), 0);
		pg_rows_free(&rows);
		if (expected == 50001)
			getrusage(RUSAGE_SELF, &before);
	}
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(expected, 1000001);
	assert_true(after.ru_maxrss - before.ru_maxrss < 4096); /* KiB */
	pg_cursor_close(pg);
	pg_close(&pg);
}

static void test_failures(void **state)
{
	struct pg *pg = pgtest_open();
	struct pg_rows *rows;
	struct err err = {0};
	(void)state;
	assert_int_equal(pg_cursor_open(pg, "SELECT nothing FROM nowhere", NULL, 0, &err), -1);
	assert_int_equal(err.code, ERR_INTERNAL);
	assert_int_equal(
		pg_cursor_open(pg, "SELECT 1000000 / (500 - n) FROM generate_series(1, 1000) n",
			       NULL, 0, &err),
		0);
	assert_int_equal(pg_cursor_fetch(pg, 100, &rows, &err), 0);
	pg_rows_free(&rows);
	assert_int_equal(pg_cursor_fetch(pg, 900, &rows, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_null(rows);
	pg_cursor_close(pg);
	/* The connection is as good as before. */
	assert_int_equal(pg_cursor_open(pg, "SELECT 1", NULL, 0, &err), 0);
	assert_int_equal(pg_cursor_fetch(pg, 10, &rows, &err), 0);
	assert_int_equal(pg_get_int(rows, 0, 0), 1);
	pg_rows_free(&rows);
	pg_cursor_close(pg);
	pg_close(&pg);
}

static void *cancel_when_it_runs(void *context)
{
	static const char sql[] =
		"SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
	struct pg *pg = pgtest_open();
	struct pg_rows *rows;
	int64_t count = 0;
	while (count == 0 && pg_exec(pg, sql, NULL, 0, &rows, NULL) == 0) {
		count = pg_get_int(rows, 0, 0);
		pg_rows_free(&rows);
	}
	pg_cancel(context);
	pg_close(&pg);
	return NULL;
}

static void test_cancel(void **state)
{
	struct pg *pg = pgtest_open();
	struct pg_rows *rows;
	struct err err = {0};
	pthread_t thread;
	(void)state;
	assert_int_equal(pg_cursor_open(pg, "SELECT pg_sleep(3600)::text", NULL, 0, &err), 0);
	assert_int_equal(pthread_create(&thread, NULL, cancel_when_it_runs, pg), 0);
	assert_int_equal(pg_cursor_fetch(pg, 1, &rows, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	pthread_join(thread, NULL);
	pg_cursor_close(pg);
	assert_int_equal(pg_script(pg, "SELECT 1", &err), 0);
	pg_close(&pg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_once),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
