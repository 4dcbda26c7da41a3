/* SPDX-License-Identifier: Apache-2.0 */
/* Against the PostgreSQL of ZHIBAO_CONNINFO (a superuser's), where synchronous_standby_names may be changed. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "copyrow.h"
#include "pg.h"
#include "pgpool.h"

static struct pg *open_pg(void)
{
	struct pg *pg;
	struct err err;
	if (pg_open(&pg, getenv("ZHIBAO_CONNINFO"), "pg_test", &err) < 0)
		fail_msg("%s", err.text);
	return pg;
}

static void script(struct pg *pg, const char *sql)
{
	struct err err = {0};
	if (pg_script(pg, sql, &err) < 0)
		fail_msg("%s: %s", sql, err.text);
}

static int64_t number(struct pg *pg, const char *sql)
{
	struct pg_rows *rows;
	struct err err = {0};
	if (pg_exec(pg, sql, NULL, 0, &rows, &err) < 0)
		fail_msg("%s: %s", sql, err.text);
	int64_t value = pg_get_int(rows, 0, 0);
	assert_int_equal(pg_rows_check(rows, &err), 0);
	pg_rows_free(&rows);
	return value;
}

static void test_commit(void **state)
{
	struct pg *pg = open_pg();
	struct err err;
	(void)state;
	script(pg, "CREATE TEMP TABLE t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
	assert_int_equal(pg_begin(pg, NULL), 0);
	script(pg, "INSERT INTO t VALUES (1)");
	assert_int_equal(pg_commit(pg, &err), PG_STORED);
	assert_int_equal(pg_begin(pg, NULL), 0);
	script(pg, "INSERT INTO t VALUES (1)"); /* refused at the commit only */
	assert_int_equal(pg_commit(pg, &err), PG_REFUSED);
	assert_true(pg_is_unique_violation(pg));
	assert_int_equal(pg_begin(pg, NULL), 0);
	assert_int_equal(pg_script(pg, "SELECT 1 / 0", &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_int_equal(pg_commit(pg, &err), PG_REFUSED); /* a failed transaction answers ROLLBACK */
	assert_int_equal(number(pg, "SELECT count(*) FROM t"), 1);
	pg_close(&pg);
}

/* Ends or cancels the one who waits for a standby that is not there. */
static void *break_off(void *context)
{
	struct pg *pg = open_pg();
	char sql[200];
	while (number(pg, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == 0)
		script(pg, "SELECT pg_sleep(0.02)");
	snprintf(sql, sizeof(sql), "SELECT %s(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", (const char *)context);
	script(pg, sql);
	pg_close(&pg);
	return NULL;
}

static void test_commit_unknown(void **state)
{
	static const char *const how[] = {"pg_cancel_backend", "pg_terminate_backend"};
	struct pg *admin = open_pg();
	(void)state;
	script(admin, "CREATE TABLE IF NOT EXISTS public.unknown_commit (n int)");
	script(admin, "ALTER SYSTEM SET synchronous_standby_names = 'absent'");
	script(admin, "SELECT pg_reload_conf()");
	for (size_t i = 0; i < 2; i++) {
		struct pg *pg = open_pg();
		struct err err;
		pthread_t breaker;
		while (number(pg, "SELECT count(*) FROM pg_settings WHERE name = 'synchronous_standby_names' AND setting = 'absent'") == 0)
			script(pg, "SELECT pg_sleep(0.02)");
		pthread_create(&breaker, NULL, break_off, (void *)(uintptr_t)how[i]);
		assert_int_equal(pg_begin(pg, NULL), 0);
		script(pg, "INSERT INTO public.unknown_commit VALUES (1)");
		assert_int_equal(pg_commit(pg, &err), PG_UNKNOWN);
		pthread_join(breaker, NULL);
		pg_close(&pg);
	}
	/* Visible here all the same, which is why a repeat may not be believed without a write. */
	assert_int_equal(number(admin, "SELECT count(*) FROM public.unknown_commit"), 2);
	script(admin, "ALTER SYSTEM RESET synchronous_standby_names");
	script(admin, "SELECT pg_reload_conf()");
	pg_close(&admin);
}

static void test_copy_every_type(void **state)
{
	struct pg *pg = open_pg();
	struct buf rows = {0};
	struct pg_rows *back;
	struct err err = {0};
	uint8_t uuid[16] = {1, 2, 3}, read_uuid[16];
	size_t len;
	(void)state;
	script(pg, "CREATE TEMP TABLE every (a text, b bytea, c uuid, d int4, e int8, f bool, g date, h timestamptz, i jsonb, j text[],"
		   " k uuid[], l text)");
	copyrow_head(&rows);
	copyrow_begin(&rows, 12);
	copyrow_bytes(&rows, "𣲗源口镇", strlen("𣲗源口镇"));
	copyrow_bytes(&rows, "\0\xff", 2);
	copyrow_bytes(&rows, uuid, 16);
	copyrow_int4(&rows, -7);
	copyrow_int8(&rows, INT64_MIN);
	copyrow_bool(&rows, true);
	copyrow_date(&rows, 19849);
	copyrow_instant(&rows, 1714953600000001);
	copyrow_jsonb(&rows, "{\"甲\": [1, null]}");
	size_t mark = copyrow_array_begin(&rows, COPYROW_TEXT, 2);
	copyrow_bytes(&rows, "a,b", 3);
	copyrow_bytes(&rows, "", 0);
	copyrow_array_end(&rows, mark);
	mark = copyrow_array_begin(&rows, COPYROW_UUID, 0);
	copyrow_array_end(&rows, mark);
	copyrow_null(&rows);
	copyrow_tail(&rows);
	assert_int_equal(pg_copy_begin(pg, "COPY every FROM STDIN (FORMAT binary)", &err), 0);
	assert_int_equal(pg_copy_put(pg, rows.data, rows.len, &err), 0);
	assert_int_equal(pg_copy_end(pg, &err), 0);
	assert_int_equal(pg_exec(pg, "SELECT a, b, c, d, e, f, g, h, i->'甲'->>0, j[1] || '|' || j[2], cardinality(k), l FROM every", NULL,
				 0, &back, &err), 0);
	assert_string_equal(pg_get_text(back, 0, 0), "𣲗源口镇");
	const uint8_t *bytes = pg_get_bytes(back, 0, 1, &len);
	assert_int_equal(len, 2);
	assert_memory_equal(bytes, "\0\xff", 2);
	pg_get_uuid(back, 0, 2, read_uuid);
	assert_memory_equal(read_uuid, uuid, 16);
	assert_int_equal(pg_get_int(back, 0, 3), -7);
	assert_true(pg_get_int(back, 0, 4) == INT64_MIN);
	assert_true(pg_get_bool(back, 0, 5));
	assert_int_equal(pg_get_date(back, 0, 6), 19849);
	assert_true(pg_get_instant(back, 0, 7) == 1714953600000001);
	assert_string_equal(pg_get_text(back, 0, 8), "1");
	assert_string_equal(pg_get_text(back, 0, 9), "a,b|");
	assert_int_equal(pg_get_int(back, 0, 10), 0);
	assert_true(pg_is_null(back, 0, 11));
	assert_string_equal(pg_get_text(back, 0, 11), "");
	assert_int_equal(pg_rows_check(back, &err), 0);
	pg_get_bool(back, 0, 0); /* text is no boolean: what was read is not to be believed */
	assert_int_equal(pg_rows_check(back, &err), -1);
	pg_rows_free(&back);
	buf_fini(&rows);
	pg_close(&pg);
}

static void test_codes_and_reconnect(void **state)
{
	struct pg *pg = open_pg(), *killer = open_pg();
	struct err err;
	char sql[100];
	(void)state;
	assert_int_equal(pg_script(pg, "SELECT no_such_column", &err), -1);
	assert_int_equal(err.code, ERR_INTERNAL);
	assert_int_equal(pg_script(pg, "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_int_equal(pg_script(pg, "SELECT 'x'::int", &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	int64_t pid = number(pg, "SELECT pg_backend_pid()");
	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%lld, 5000)", (long long)pid);
	script(killer, sql);
	assert_int_equal(pg_exec(pg, "SELECT pg_backend_pid()", NULL, 0, NULL, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_false(pg_is_up(pg));
	assert_int_equal(pg_reconnect(pg, &err), 0);
	assert_true(number(pg, "SELECT pg_backend_pid()") != pid); /* prepared again */
	pg_close(&pg);
	pg_close(&killer);
	struct pg *none;
	assert_int_equal(pg_open(&none, "host=/nowhere dbname=x", "pg_test", &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
}

struct borrower {
	struct pgpool *pool;
	struct pg *first;
};

static void *give_back(void *context)
{
	struct borrower *borrower = context;
	pgpool_return(borrower->pool, borrower->first);
	return NULL;
}

static void test_pool(void **state)
{
	struct borrower borrower;
	struct pg *second;
	struct err err;
	pthread_t thread;
	(void)state;
	assert_int_equal(pgpool_open(&borrower.pool, getenv("ZHIBAO_CONNINFO"), "pg_test", 1, &err), 0);
	assert_int_equal(pgpool_borrow(borrower.pool, &borrower.first, &err), 0);
	script(borrower.first, "CREATE TABLE IF NOT EXISTS public.left_open (n int)");
	assert_int_equal(pg_begin(borrower.first, NULL), 0);
	script(borrower.first, "INSERT INTO public.left_open VALUES (1)");
	pthread_create(&thread, NULL, give_back, &borrower);
	assert_int_equal(pgpool_borrow(borrower.pool, &second, &err), 0); /* waits until it is given back */
	pthread_join(thread, NULL);
	assert_int_equal(number(second, "SELECT count(*) FROM public.left_open"), 0); /* what was left open is undone */
	pgpool_return(borrower.pool, second);
	pgpool_close(&borrower.pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),          cmocka_unit_test(test_commit_unknown),
		cmocka_unit_test(test_copy_every_type), cmocka_unit_test(test_codes_and_reconnect),
		cmocka_unit_test(test_pool),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
