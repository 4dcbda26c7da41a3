/* SPDX-License-Identifier: Apache-2.0 */
/* The two calls that save waits: BEGIN with a statement, and COPYs with the COMMIT. */
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "copyrow.h"
#include "pgcopy.h"
#include "pgtest.h"

static const char SQL_add[] = "INSERT INTO public.grouped SELECT * FROM unnest($1::bigint[]) RETURNING n";
static const char COPY_grouped[] = "COPY public.grouped (n) FROM STDIN (FORMAT binary)";
static const char COPY_late[] = "COPY public.late (n) FROM STDIN (FORMAT binary)";

/* In place of libpq's: the next piece may find no memory. */
static bool is_memory_out;
int PQputCopyData(void *conn, const char *data, int len);
int PQputCopyData(void *conn, const char *data, int len)
{
	int (*put)(void *conn, const char *data, int len);
	*(void **)&put = dlsym(RTLD_NEXT, "PQputCopyData");
	assert_non_null(put);
	if (!is_memory_out)
		return put(conn, data, len);
	is_memory_out = false;
	return -1;
}

static int64_t stored(void)
{
	struct pg *pg = pgtest_open();
	int64_t count = pgtest_number(pg, "SELECT count(*) FROM public.grouped");
	pg_close(&pg);
	return count;
}

static int make_tables(void **state)
{
	struct pg *pg = pgtest_open();
	(void)state;
	pgtest_script(pg, "DROP TABLE IF EXISTS public.grouped, public.late; CREATE TABLE public.grouped (n bigint PRIMARY KEY);"
		   "CREATE TABLE public.late (n bigint UNIQUE DEFERRABLE INITIALLY DEFERRED)");
	pg_close(&pg);
	return 0;
}

static int add(struct pg *pg, int64_t n, struct err *err)
{
	struct buf array = {0};
	struct pg_rows *rows;
	size_t mark = copyrow_array_begin(&array, COPYROW_INT8, 1);
	copyrow_int8(&array, n);
	copyrow_array_end(&array, mark);
	struct pg_param params[] = {pg_array(COPYROW_INT8, &array)};
	int rc = pg_begin_exec(pg, SQL_add, params, 1, &rows, err);
	if (rc == 0) {
		assert_int_equal(pg_rows_count(rows), 1);
		assert_int_equal(pg_get_int(rows, 0, 0), n);
	}
	pg_rows_free(&rows);
	buf_fini(&array);
	return rc;
}

/* Commits with a row for each of the tables. */
static enum pg_outcome copy_commit(struct pg *pg, int64_t grouped, int64_t late, struct err *err)
{
	int64_t values[2] = {grouped, late};
	struct buf rows[2] = {0};
	for (size_t i = 0; i < 2; i++) {
		copyrow_head(&rows[i]);
		copyrow_begin(&rows[i], 1);
		copyrow_int8(&rows[i], values[i]);
		copyrow_tail(&rows[i]);
	}
	struct pg_copy_data copies[] = {{COPY_grouped, &rows[0]}, {COPY_late, &rows[1]}};
	enum pg_outcome outcome = pg_copy_commit(pg, copies, 2, NULL, err);
	buf_fini(&rows[0]);
	buf_fini(&rows[1]);
	return outcome;
}

static void test_stored_together(void **state)
{
	struct pg *pg = pgtest_open();
	struct err err;
	(void)state;
	assert_int_equal(add(pg, 1, &err), 0);
	assert_int_equal(stored(), 0); /* not before the commit */
	assert_int_equal(copy_commit(pg, 2, 1, &err), PG_STORED);
	assert_int_equal(stored(), 2);
	assert_int_equal(add(pg, 3, &err), 0);
	assert_int_equal(pg_copy_commit(pg, NULL, 0, NULL, &err), PG_STORED);
	assert_int_equal(stored(), 3);
	pg_close(&pg);
}

static void test_refused_together(void **state)
{
	struct pg *pg = pgtest_open();
	struct err err;
	(void)state;
	assert_int_equal(add(pg, 1, &err), 0);
	assert_int_equal(copy_commit(pg, 2, 1, &err), PG_STORED);
	/* By the statement, by the first COPY, by the COMMIT: each time nothing stays, and the link goes on. */
	assert_int_equal(add(pg, 1, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_true(pg_is_unique_violation(pg));
	pg_rollback(pg);
	assert_int_equal(add(pg, 10, &err), 0);
	assert_int_equal(copy_commit(pg, 2, 2, &err), PG_REFUSED);
	assert_int_equal(err.code, ERR_DATA);
	pg_rollback(pg);
	assert_int_equal(add(pg, 10, &err), 0);
	assert_int_equal(copy_commit(pg, 11, 1, &err), PG_REFUSED);
	assert_true(pg_is_unique_violation(pg));
	pg_rollback(pg);
	assert_int_equal(stored(), 2);
	assert_int_equal(add(pg, 10, &err), 0);
	assert_int_equal(copy_commit(pg, 11, 2, &err), PG_STORED);
	assert_int_equal(stored(), 4);
	pg_close(&pg);
}

static void test_failed_buffer(void **state)
{
	struct pg *pg = pgtest_open();
	struct err err;
	struct buf failed = {.is_failed = true};
	(void)state;
	assert_int_equal(add(pg, 1, &err), 0);
	assert_int_equal(pg_copy_commit(pg, &(struct pg_copy_data){COPY_grouped, &failed}, 1, NULL, &err), PG_REFUSED);
	assert_int_equal(err.code, ERR_NOMEM);
	pg_rollback(pg);
	assert_int_equal(stored(), 0);
	pg_close(&pg);
}

/* Rows that could not be put leave the server waiting for them: the next table's must not go there, and the wait must end. */
static void test_memory_out(void **state)
{
	struct pg *pg = pgtest_open();
	struct err err;
	(void)state;
	assert_int_equal(add(pg, 1, &err), 0);
	is_memory_out = true;
	assert_int_equal(copy_commit(pg, 2, 1, &err), PG_UNKNOWN);
	assert_false(is_memory_out);
	assert_int_equal(err.code, ERR_RETRY);
	assert_false(pg_is_up(pg));
	pg_rollback(pg);
	assert_int_equal(pg_reconnect(pg, &err), 0);
	assert_true(pg_is_up(pg));
	assert_int_equal(stored(), 0);
	assert_int_equal(add(pg, 1, &err), 0);
	assert_int_equal(copy_commit(pg, 2, 1, &err), PG_STORED);
	assert_int_equal(stored(), 2);
	pg_close(&pg);
}

static void terminate_others(void)
{
	struct pg *pg = pgtest_open();
	pgtest_script(pg, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
		   " WHERE application_name = 'pg_test' AND pid <> pg_backend_pid()");
	pg_close(&pg);
}

static void test_lost_link(void **state)
{
	struct pg *pg = pgtest_open();
	struct err err;
	(void)state;
	assert_int_equal(add(pg, 1, &err), 0);
	terminate_others();
	assert_int_equal(copy_commit(pg, 2, 1, &err), PG_UNKNOWN);
	assert_false(pg_is_up(pg));
	assert_int_equal(add(pg, 1, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_int_equal(pg_reconnect(pg, &err), 0);
	assert_int_equal(add(pg, 1, &err), 0);
	terminate_others();
	pg_rollback(pg);
	assert_int_equal(add(pg, 1, &err), -1); /* the loss is noticed here */
	assert_int_equal(err.code, ERR_RETRY);
	assert_int_equal(stored(), 0);
	pg_close(&pg);
}

/* A COMMIT whose wait for the standby was broken off is stored here, and nobody knows whether there. */
static void test_broken_off(void **state)
{
	static const char *const ways[] = {"pg_cancel_backend", "pg_terminate_backend"};
	struct err err;
	struct pg *admin = pgtest_open();
	(void)state;
	pgtest_script(admin, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	pgtest_script(admin, "SELECT pg_reload_conf()");
	for (int64_t i = 0, stored_before = 0; i < 2;) {
		struct pg *pg = pgtest_open();
		pthread_t breaker;
		enum pg_outcome outcome;
		assert_int_equal(pthread_create(&breaker, NULL, pgtest_break_off, (void *)(uintptr_t)ways[i]), 0);
		/* The setting takes a moment to work: until then the commits are stored. */
		do {
			assert_int_equal(add(pg, 100 + stored_before, &err), 0);
			outcome = copy_commit(pg, 200 + stored_before, stored_before, &err);
			stored_before++;
		} while (outcome == PG_STORED);
		pthread_join(breaker, NULL);
		assert_int_equal(outcome, PG_UNKNOWN);
		assert_int_equal(pg_is_up(pg), i++ == 0);
		assert_int_equal(stored(), 2 * stored_before);
		pg_close(&pg);
	}
	pgtest_script(admin, "ALTER SYSTEM RESET synchronous_standby_names");
	pgtest_script(admin, "SELECT pg_reload_conf()");
	pg_close(&admin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_stored_together, make_tables),
		cmocka_unit_test_setup(test_refused_together, make_tables),
		cmocka_unit_test_setup(test_failed_buffer, make_tables),
		cmocka_unit_test_setup(test_memory_out, make_tables),
		cmocka_unit_test_setup(test_lost_link, make_tables),
		cmocka_unit_test_setup(test_broken_off, make_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
