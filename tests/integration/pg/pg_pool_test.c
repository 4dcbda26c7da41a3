/* SPDX-License-Identifier: Apache-2.0 */
/* The pool: waiting, what was left open, connections that were ended, a crowd. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pgpool.h"
#include "pgtest.h"

static const char SQL_pid[] = "SELECT pg_backend_pid()";

struct borrower {
	struct pgpool *pool;
	struct pg *pg;
	int rc;
	atomic_bool has_it;
};

static void *borrow(void *context)
{
	struct borrower *borrower = context;
	borrower->rc = pgpool_borrow(borrower->pool, &borrower->pg, NULL);
	atomic_store(&borrower->has_it, true);
	return NULL;
}

static void open_pool(struct pgpool **pool, size_t size)
{
	struct err err;
	if (pgpool_open(pool, getenv("ZHIBAO_CONNINFO"), "pg_test", size, &err) < 0)
		fail_msg("%s", err.text);
}

static void test_pool_waits(void **state)
{
	struct borrower second = {0};
	struct pg *first;
	struct err err;
	pthread_t thread;
	(void)state;
	open_pool(&second.pool, 1);
	assert_int_equal(pgpool_borrow(second.pool, &first, &err), 0);
	pgtest_script(first, "CREATE TABLE public.left_open (n int)");
	assert_int_equal(pg_begin(first, NULL), 0);
	pgtest_script(first, "INSERT INTO public.left_open VALUES (1)");
	pthread_create(&thread, NULL, borrow, &second);
	pgtest_pause_ms(300); /* far longer than a borrow takes that need not wait */
	bool was_early = atomic_load(&second.has_it);
	pgpool_return(second.pool, first);
	pthread_join(thread, NULL);
	assert_false(was_early);
	assert_int_equal(second.rc, 0);
	assert_ptr_equal(second.pg, first);
	/* What was left open is undone, a failed transaction too. */
	assert_int_equal(pgtest_number(second.pg, "SELECT count(*) FROM public.left_open"), 0);
	assert_int_equal(pg_begin(second.pg, NULL), 0);
	assert_int_equal(pg_script(second.pg, "SELECT 1 / 0", NULL), -1);
	pgpool_return(second.pool, second.pg);
	assert_int_equal(pgpool_borrow(second.pool, &first, &err), 0);
	pgtest_script(first, "SELECT 1");
	pgpool_return(second.pool, first);
	pgpool_close(&second.pool);
}

static void test_pool_reconnects(void **state)
{
	struct pgpool *pool;
	struct pg *pg;
	struct err err;
	(void)state;
	open_pool(&pool, 1);
	assert_int_equal(pgpool_borrow(pool, &pg, &err), 0);
	int64_t pid = pgtest_number(pg, SQL_pid);
	pgtest_terminate(pid);
	assert_int_equal(pg_script(pg, "SELECT 1", &err),
			 -1); /* shows when it is used, not before */
	pgpool_return(pool, pg);
	assert_int_equal(pgpool_borrow(pool, &pg, &err), 0);
	assert_true(pgtest_number(pg, SQL_pid) != pid);
	pgpool_return(pool, pg);
	pgpool_close(&pool);
	/* A place that cannot connect is given back: the second borrow would wait for ever. */
	assert_int_equal(pgpool_open(&pool, "host=/nowhere dbname=x", "pg_test", 1, &err), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pgpool_borrow(pool, &pg, &err), -1);
		assert_int_equal(err.code, ERR_RETRY);
		assert_null(pg);
	}
	pgpool_close(&pool);
}

enum { CROWD = 8, TURNS = 25, CROWD_PLACES = 3 };
static atomic_int lent, lent_most, turns_done;

static void *take_turns(void *pool)
{
	for (int i = 0; i < TURNS; i++) {
		struct pg *pg;
		if (pgpool_borrow(pool, &pg, NULL) < 0)
			return NULL;
		int now = atomic_fetch_add(&lent, 1) + 1, most = atomic_load(&lent_most);
		while (now > most && !atomic_compare_exchange_weak(&lent_most, &most, now))
			;
		if (pg_script(pg, "SELECT pg_sleep(0.001)", NULL) == 0)
			atomic_fetch_add(&turns_done, 1);
		atomic_fetch_sub(&lent, 1);
		pgpool_return(pool, pg);
	}
	return NULL;
}

static void test_pool_crowd(void **state)
{
	struct pgpool *pool;
	pthread_t crowd[CROWD];
	(void)state;
	open_pool(&pool, CROWD_PLACES);
	for (int i = 0; i < CROWD; i++)
		pthread_create(&crowd[i], NULL, take_turns, pool);
	for (int i = 0; i < CROWD; i++)
		pthread_join(crowd[i], NULL);
	assert_int_equal(turns_done, CROWD * TURNS);
	assert_int_equal(lent_most, CROWD_PLACES); /* never more, and no place was lost */
	pgpool_close(&pool);
}

/* A restart of the server costs who asks afterwards nothing, whichever connection he is lent. */
static void test_pool_after_the_server_ended_a_connection(void **state)
{
	(void)state;
	struct pgpool *pool;
	struct pg *first, *second;
	struct pg_rows *rows = NULL;
	struct err err;
	assert_int_equal(pgpool_open(&pool, getenv("ZHIBAO_CONNINFO"), "pg_test", 2, &err), 0);
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
	assert_int_equal(pgpool_open(&pool, getenv("ZHIBAO_CONNINFO"), "pg_test", 1, &err),
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
		cmocka_unit_test(test_pool_waits),
		cmocka_unit_test(test_pool_reconnects),
		cmocka_unit_test(test_pool_crowd),
		cmocka_unit_test(test_pool_after_the_server_ended_a_connection),
		cmocka_unit_test(test_pool_that_does_not_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
