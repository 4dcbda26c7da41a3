/* SPDX-License-Identifier: Apache-2.0 */
/* Cursors: every row once, memory that does not grow, failures at the declaration and on the way, a
 * cancelled statement. Against the PostgreSQL of ZHIBAO_CONNINFO. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "pgcursor.h"
#include "pgpool.h"

static struct pg *open_pg(void)
{
	struct pg *pg;
	struct err err;
	if (pg_open(&pg, getenv("ZHIBAO_CONNINFO"), "pg_cursor_test", &err) < 0)
		fail_msg("%s", err.text);
	return pg;
}

static void test_every_row_once(void **state)
{
	struct pg *pg = open_pg();
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
	struct pg *pg = open_pg();
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
	struct pg *pg = open_pg();
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
	struct pg *pg = open_pg();
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

/* A restart of the server costs who asks afterwards nothing, whichever connection he is lent. */
static void test_pool_after_the_server_ended_a_connection(void **state)
{
	(void)state;
	struct pgpool *pool;
	struct pg *first, *second;
	struct pg_rows *rows = NULL;
	struct err err;
	assert_int_equal(pgpool_open(&pool, getenv("ZHIBAO_CONNINFO"), "pg_cursor_test", 2, &err), 0);
	assert_int_equal(pgpool_borrow(pool, &first, &err), 0);
	assert_int_equal(pgpool_borrow(pool, &second, &err), 0);
	assert_int_equal(pg_exec(first, "SELECT pg_backend_pid()", NULL, 0, &rows, &err), 0);
	struct pg_param pid[] = {pg_int4((int32_t)pg_get_int(rows, 0, 0))};
	pg_rows_free(&rows);
	pgpool_return(pool, first);
	assert_int_equal(pg_exec(second, "SELECT pg_terminate_backend($1, 10000)", pid, 1, NULL, &err), 0);
	assert_int_equal(pgpool_borrow(pool, &first, &err), 0);
	assert_int_equal(pg_exec(first, "SELECT 1", NULL, 0, NULL, &err), 0);
	pgpool_return(pool, first);
	pgpool_return(pool, second);
	pgpool_close(&pool);
}

static void test_pool_that_does_not_wait(void **state)
{
	struct pgpool *pool;
	struct pg *first, *second;
	struct err err = {0};
	(void)state;
	assert_int_equal(pgpool_open(&pool, getenv("ZHIBAO_CONNINFO"), "pg_cursor_test", 1, &err),
			 0);
	assert_int_equal(pgpool_try_borrow(pool, &first, &err), 0);
	assert_int_equal(pgpool_try_borrow(pool, &second, &err), -1);
	assert_int_equal(err.code, ERR_FULL);
	pgpool_return(pool, first);
	assert_int_equal(pgpool_try_borrow(pool, &second, &err), 0);
	pgpool_return(pool, second);
	pgpool_close(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_once), cmocka_unit_test(test_failures),
		cmocka_unit_test(test_cancel), cmocka_unit_test(test_pool_after_the_server_ended_a_connection),
		cmocka_unit_test(test_pool_that_does_not_wait)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
