/* SPDX-License-Identifier: Apache-2.0 */
/* Against the PostgreSQL of ZHIBAO_CONNINFO (a superuser's), where synchronous_standby_names may be
 * changed. pg_test.py kills and restarts that server when a connection named KILLED_NAME waits. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "copyrow.h"
#include "pg.h"
#include "pgpool.h"

#define KILLED_NAME "pg_test_killed"

/* Statements are known by address, so that the same one twice has to be the same object. */
static const char SQL_pid[] = "SELECT pg_backend_pid()";
static const char SQL_prepared[] = "SELECT count(*) FROM pg_prepared_statements";

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static struct pg *open_named(const char *name)
{
	struct pg *pg;
	struct err err;
	if (pg_open(&pg, getenv("ZHIBAO_CONNINFO"), name, &err) < 0)
		fail_msg("%s", err.text);
	return pg;
}

static struct pg *open_pg(void)
{
	return open_named("pg_test");
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

static void terminate(int64_t pid)
{
	struct pg *killer = open_pg();
	char sql[100];
	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%lld, 5000)", (long long)pid);
	script(killer, sql);
	pg_close(&killer);
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
	assert_int_equal(err.code, ERR_DATA);
	assert_true(pg_is_unique_violation(pg));
	assert_int_equal(pg_begin(pg, NULL), 0);
	assert_int_equal(pg_script(pg, "SELECT 1 / 0", &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_int_equal(pg_commit(pg, &err),
			 PG_REFUSED); /* a failed transaction answers ROLLBACK */
	assert_int_equal(pg_begin(pg, NULL), 0);
	script(pg, "INSERT INTO t VALUES (2)");
	pg_rollback(pg);
	assert_int_equal(number(pg, "SELECT count(*) FROM t"), 1);
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
	struct pg *pg = open_pg();
	struct err err;
	(void)state;
	script(pg, "CREATE TEMP TABLE deferred (state text);"
		   "CREATE FUNCTION pg_temp.complain() RETURNS trigger LANGUAGE plpgsql AS"
		   " $$ BEGIN RAISE 'at the end' USING ERRCODE = NEW.state; END $$;"
		   "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON deferred DEFERRABLE INITIALLY"
		   " DEFERRED FOR EACH ROW EXECUTE FUNCTION pg_temp.complain()");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(pg_begin(pg, NULL), 0);
		script(pg, cases[i].insert);
		if (pg_commit(pg, &err) != cases[i].outcome)
			fail_msg("%s: %s", cases[i].insert, err.text);
		assert_true(pg_is_up(pg));
	}
	assert_int_equal(number(pg, "SELECT count(*) FROM deferred"), 0);
	pg_close(&pg);
}

/* The link is gone before the COMMIT is sent: nothing is stored, yet the outcome is as unknown as
 * in the tests below, where everything is. */
static void test_commit_after_loss(void **state)
{
	struct pg *pg = open_pg(), *other = open_pg();
	struct err err;
	(void)state;
	script(pg, "CREATE TABLE public.lost_commit (n int)");
	assert_int_equal(pg_begin(pg, NULL), 0);
	script(pg, "INSERT INTO public.lost_commit VALUES (1)");
	terminate(number(pg, SQL_pid));
	assert_int_equal(pg_commit(pg, &err), PG_UNKNOWN);
	assert_false(pg_is_up(pg));
	assert_int_equal(number(other, "SELECT count(*) FROM public.lost_commit"), 0);
	pg_close(&pg);
	pg_close(&other);
}

/* Cancels or ends the one who waits. A thread of its own: cmocka's assertions are not for it. */
static void *break_off(void *context)
{
	char sql[200];
	struct pg *pg;
	struct pg_rows *rows = NULL;
	if (pg_open(&pg, getenv("ZHIBAO_CONNINFO"), "pg_test", NULL) < 0)
		abort();
	snprintf(sql, sizeof(sql),
		 "SELECT %s(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
		 " AND application_name = 'pg_test'", /* not a worker of the server that happens to wait too */
		 (const char *)context);
	for (int count = 0; count == 0; pause_ms(10)) {
		if (pg_exec(pg, sql, NULL, 0, &rows, NULL) < 0)
			abort();
		count = pg_rows_count(rows);
		pg_rows_free(&rows);
	}
	pg_close(&pg);
	return NULL;
}

/* From here on a COMMIT waits for a standby that is not there. */
static int standby_absent(void **state)
{
	struct pg *pg = open_pg(), *probe = open_pg();
	enum pg_outcome outcome;
	pthread_t breaker;
	(void)state;
	script(pg, "CREATE TABLE IF NOT EXISTS public.unknown_commit (n int)");
	script(pg, "TRUNCATE public.unknown_commit");
	script(pg, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
	script(pg, "SELECT pg_reload_conf()");
	/* It is the checkpointer that makes the others wait, some time after the setting shows. */
	pthread_create(&breaker, NULL, break_off, (void *)(uintptr_t) "pg_cancel_backend");
	do {
		assert_int_equal(pg_begin(probe, NULL), 0);
		script(probe, "CREATE TABLE public.probe (n int); DROP TABLE public.probe");
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
	struct pg *pg = open_pg();
	(void)state;
	script(pg, "ALTER SYSTEM RESET synchronous_standby_names");
	script(pg, "SELECT pg_reload_conf()");
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
		struct pg *pg = open_pg();
		struct err err;
		pthread_t breaker;
		assert_int_equal(pg_begin(pg, NULL), 0);
		script(pg, "INSERT INTO public.unknown_commit VALUES (1)");
		pthread_create(&breaker, NULL, break_off, (void *)(uintptr_t)ways[i].how);
		enum pg_outcome outcome = pg_commit(pg, &err);
		pthread_join(breaker, NULL);
		assert_int_equal(outcome, PG_UNKNOWN);
		if (pg_is_up(pg) != ways[i].is_up)
			fail_msg("%s: %s", ways[i].how, err.text);
		/* Visible here all the same: a repeat may not be believed without a write. */
		struct pg *other = open_pg();
		assert_int_equal(number(other, "SELECT count(*) FROM public.unknown_commit"),
				 i + 1);
		pg_close(&other);
		pg_close(&pg);
	}
}

static void test_commit_server_killed(void **state)
{
	struct pg *pg = open_named(KILLED_NAME);
	struct err err;
	int tries = 0;
	(void)state;
	if (!getenv("ZHIBAO_PG_KILLER"))
		skip(); /* nobody would kill it */
	assert_int_equal(pg_begin(pg, NULL), 0);
	script(pg, "INSERT INTO public.unknown_commit VALUES (1)");
	assert_int_equal(pg_commit(pg, &err), PG_UNKNOWN);
	assert_false(pg_is_up(pg));
	assert_int_equal(pg_script(pg, "SELECT 1", &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	while (pg_reconnect(pg, &err) < 0) {
		assert_int_equal(err.code, ERR_RETRY);
		assert_true(++tries < 600);
		pause_ms(50);
	}
	/* It was in the log before the wait began. */
	assert_int_equal(number(pg, "SELECT count(*) FROM public.unknown_commit"), 1);
	pg_close(&pg);
}

static const uint8_t some_uuid[16] = {1, 2, 3, 0xff};
enum { EVERY_COLUMNS = 12 };
static const char SQL_every[] = "SELECT a, b, c, d, e, f, g, h, i->'甲'->>0, j[1] || '|' || j[2],"
				" k[2], cardinality(m) FROM every ORDER BY d";

static void make_every(struct pg *pg)
{
	script(pg,
	       "CREATE TEMP TABLE every (a text, b bytea, c uuid, d int4, e int8, f bool, g date,"
	       " h timestamptz, i jsonb, j text[], k uuid[], m uuid[])");
}

static void put_every_row(struct buf *rows)
{
	copyrow_begin(rows, EVERY_COLUMNS);
	copyrow_bytes(rows, "𣲗源口镇", strlen("𣲗源口镇"));
	copyrow_bytes(rows, "\0\xff", 2);
	copyrow_bytes(rows, some_uuid, 16);
	copyrow_int4(rows, -7);
	copyrow_int8(rows, INT64_MIN);
	copyrow_bool(rows, true);
	copyrow_date(rows, 19849);
	copyrow_instant(rows, 1714953600000001);
	copyrow_jsonb(rows, "{\"甲\": [1, null]}");
	size_t mark = copyrow_array_begin(rows, COPYROW_TEXT, 2);
	copyrow_bytes(rows, "a,b", 3);
	copyrow_bytes(rows, "", 0);
	copyrow_array_end(rows, mark);
	mark = copyrow_array_begin(rows, COPYROW_UUID, 2);
	copyrow_bytes(rows, (const uint8_t[16]){0}, 16);
	copyrow_bytes(rows, some_uuid, 16);
	copyrow_array_end(rows, mark);
	mark = copyrow_array_begin(rows, COPYROW_UUID, 0);
	copyrow_array_end(rows, mark);
}

static void put_null_row(struct buf *rows)
{
	copyrow_begin(rows, EVERY_COLUMNS);
	for (int column = 0; column < EVERY_COLUMNS; column++) {
		if (column == 3)
			copyrow_int4(rows, 0); /* the order of the rows */
		else
			copyrow_null(rows);
	}
}

static void copy_in(struct pg *pg, struct buf *rows)
{
	struct err err = {0};
	assert_false(rows->is_failed);
	if (pg_copy_begin(pg, "COPY every FROM STDIN (FORMAT binary)", &err) < 0 ||
	    pg_copy_put(pg, rows->data, rows->len, &err) < 0 || pg_copy_end(pg, &err) < 0)
		fail_msg("%s", err.text);
	buf_fini(rows);
}

static void fill_every(struct pg *pg)
{
	struct buf rows = {0};
	make_every(pg);
	copyrow_head(&rows);
	put_every_row(&rows);
	put_null_row(&rows);
	copyrow_tail(&rows);
	copy_in(pg, &rows);
}

static struct pg_rows *select_every(struct pg *pg)
{
	struct pg_rows *rows;
	struct err err;
	if (pg_exec(pg, SQL_every, NULL, 0, &rows, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(pg_rows_count(rows), 2);
	return rows;
}

static void test_copy_every_type(void **state)
{
	struct pg *pg = open_pg();
	struct err err = {0};
	uint8_t uuid[16];
	size_t len;
	(void)state;
	fill_every(pg);
	struct pg_rows *back = select_every(pg);
	for (int column = 0; column < EVERY_COLUMNS; column++)
		assert_false(pg_is_null(back, 0, column));
	assert_string_equal(pg_get_text(back, 0, 0), "𣲗源口镇");
	const uint8_t *bytes = pg_get_bytes(back, 0, 1, &len);
	assert_int_equal(len, 2);
	assert_memory_equal(bytes, "\0\xff", 2);
	pg_get_uuid(back, 0, 2, uuid);
	assert_memory_equal(uuid, some_uuid, 16);
	assert_int_equal(pg_get_int(back, 0, 3), -7);
	assert_true(pg_get_int(back, 0, 4) == INT64_MIN);
	assert_true(pg_get_bool(back, 0, 5));
	assert_int_equal(pg_get_date(back, 0, 6), 19849);
	assert_true(pg_get_instant(back, 0, 7) == 1714953600000001);
	assert_string_equal(pg_get_text(back, 0, 8), "1");
	assert_string_equal(pg_get_text(back, 0, 9), "a,b|");
	pg_get_uuid(back, 0, 10, uuid);
	assert_memory_equal(uuid, some_uuid, 16);
	assert_int_equal(pg_get_int(back, 0, 11), 0);
	assert_int_equal(pg_rows_check(back, &err), 0);
	pg_rows_free(&back);
	pg_close(&pg);
}

static void test_copy_refused(void **state)
{
	struct pg *pg = open_pg();
	struct buf rows = {0};
	struct err err = {0};
	(void)state;
	make_every(pg);
	assert_int_equal(pg_begin(pg, NULL), 0);
	copyrow_head(&rows);
	copyrow_begin(&rows, 1); /* of twelve */
	copyrow_null(&rows);
	copyrow_tail(&rows);
	assert_int_equal(pg_copy_begin(pg, "COPY every FROM STDIN (FORMAT binary)", &err), 0);
	assert_int_equal(pg_copy_put(pg, rows.data, rows.len, &err), 0);
	assert_int_equal(pg_copy_end(pg, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_string_equal(pg_sqlstate(pg), "22P04");
	assert_int_equal(pg_commit(pg, &err), PG_REFUSED);
	assert_int_equal(pg_copy_begin(pg, "COPY nothing FROM STDIN (FORMAT binary)", &err), -1);
	assert_int_equal(err.code, ERR_INTERNAL);
	buf_reset(&rows);
	copyrow_head(&rows);
	put_every_row(&rows);
	copyrow_tail(&rows);
	copy_in(pg, &rows); /* the connection is as good as before */
	pg_close(&pg);
}

/* Reads a cell with getter number g. */
enum { GETTERS = 7 };
static void read_with(int g, struct pg_rows *rows, int row, int column)
{
	uint8_t uuid[16];
	size_t len;
	switch (g) {
	case 0:
		pg_get_text(rows, row, column);
		break;
	case 1:
		pg_get_bytes(rows, row, column, &len);
		break;
	case 2:
		pg_get_uuid(rows, row, column, uuid);
		break;
	case 3:
		pg_get_int(rows, row, column);
		break;
	case 4:
		pg_get_bool(rows, row, column);
		break;
	case 5:
		pg_get_date(rows, row, column);
		break;
	default:
		pg_get_instant(rows, row, column);
	}
}

static void test_wrong_type(void **state)
{
	/* Which getter fits which column of SQL_every. */
	static const int fits[EVERY_COLUMNS] = {0, 1, 2, 3, 3, 4, 5, 6, 0, 0, 2, 3};
	struct pg *pg = open_pg();
	struct err err;
	(void)state;
	fill_every(pg);
	for (int g = 0; g < GETTERS; g++) {
		/* A NULL of another type is wrong as well, a column or row that is not there too.
		 */
		for (int at = 0; at < 2 * EVERY_COLUMNS; at++) {
			struct pg_rows *rows = select_every(pg);
			int column = at % EVERY_COLUMNS;
			read_with(g, rows, at / EVERY_COLUMNS, column);
			if ((pg_rows_check(rows, &err) == 0) != (fits[column] == g))
				fail_msg("getter %d, row %d, column %d", g, at / EVERY_COLUMNS,
					 column);
			if (fits[column] != g)
				assert_int_equal(err.code, ERR_INTERNAL);
			pg_rows_free(&rows);
		}
		struct pg_rows *no_column = select_every(pg), *no_row = select_every(pg);
		read_with(g, no_column, 0, EVERY_COLUMNS);
		assert_int_equal(pg_rows_check(no_column, &err), -1);
		read_with(g, no_row, 2, 0);
		assert_int_equal(pg_rows_check(no_row, &err), -1);
		pg_rows_free(&no_column);
		pg_rows_free(&no_row);
	}
	pg_close(&pg);
}

static void test_null(void **state)
{
	static const uint8_t zeros[16];
	struct pg *pg = open_pg();
	struct err err = {0};
	uint8_t uuid[16] = {9};
	size_t len = 9;
	(void)state;
	fill_every(pg);
	struct pg_rows *rows = select_every(pg);
	for (int column = 0; column < EVERY_COLUMNS; column++)
		assert_int_equal(pg_is_null(rows, 1, column), column != 3);
	assert_string_equal(pg_get_text(rows, 1, 0), "");
	pg_get_bytes(rows, 1, 1, &len);
	assert_int_equal(len, 0);
	pg_get_uuid(rows, 1, 2, uuid);
	assert_memory_equal(uuid, zeros, 16);
	assert_int_equal(pg_get_int(rows, 1, 4), 0);
	assert_false(pg_get_bool(rows, 1, 5));
	/* Not bad; the values of these two are 2000-01-01 and not the zero of pgrows.h. */
	pg_get_date(rows, 1, 6);
	pg_get_instant(rows, 1, 7);
	assert_string_equal(pg_get_text(rows, 1, 8), "");
	assert_int_equal(pg_rows_check(rows, &err), 0);
	pg_rows_free(&rows);
	pg_close(&pg);
}

static void test_params(void **state)
{
	static const char SQL_echo[] = "SELECT $1::text, $2::int4, $3::int8, $4::bool, $5::bytea,"
				       " $6::uuid, $7::date, $8::timestamptz, $7 = '2024-05-06',"
				       " $8 = '2024-05-06 00:00:00.000001+00'";
	struct pg *pg = open_pg();
	struct pg_rows *rows;
	struct err err = {0};
	uint8_t uuid[16];
	size_t len;
	(void)state;
	const struct pg_param values[] = {
		pg_text("村"),  pg_int4(INT32_MIN),           pg_int8(INT64_MAX),
		pg_bool(true),  pg_bytea("\0x", 2),           pg_uuid(some_uuid),
		pg_date(19849), pg_instant(1714953600000001),
	};
	if (pg_exec(pg, SQL_echo, values, 8, &rows, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(pg_get_text(rows, 0, 0), "村");
	assert_int_equal(pg_get_int(rows, 0, 1), INT32_MIN);
	assert_true(pg_get_int(rows, 0, 2) == INT64_MAX);
	assert_true(pg_get_bool(rows, 0, 3));
	assert_memory_equal(pg_get_bytes(rows, 0, 4, &len), "\0x", 2);
	assert_int_equal(len, 2);
	pg_get_uuid(rows, 0, 5, uuid);
	assert_memory_equal(uuid, some_uuid, 16);
	assert_int_equal(pg_get_date(rows, 0, 6), 19849);
	assert_true(pg_get_instant(rows, 0, 7) == 1714953600000001);
	assert_true(pg_get_bool(rows, 0, 8)); /* the server means the same day and instant */
	assert_true(pg_get_bool(rows, 0, 9));
	assert_int_equal(pg_rows_check(rows, &err), 0);
	pg_rows_free(&rows);
	const struct pg_param nulls[] = {
		pg_text(NULL),     pg_null_int4(), pg_null_int8(), pg_bool(false),
		pg_bytea(NULL, 0), pg_uuid(NULL),  pg_null_date(), pg_null_instant(),
	};
	if (pg_exec(pg, SQL_echo, nulls, 8, &rows, &err) < 0)
		fail_msg("%s", err.text);
	for (int column = 0; column < 8; column++)
		assert_int_equal(pg_is_null(rows, 0, column), column != 3);
	pg_rows_free(&rows);
	pg_close(&pg);
}

static void test_codes(void **state)
{
	static const struct {
		enum err_code code;
		const char *sqlstate, *sql;
	} cases[] = {
		/* As the server says it. */
		{ERR_DATA, "22P02", "SELECT 'x'::int"},
		{ERR_DATA, "23502", "INSERT INTO public.codes VALUES (NULL)"},
		{ERR_DATA, "23505", "INSERT INTO public.codes VALUES (1), (1)"},
		{ERR_INTERNAL, "42703", "SELECT no_such_column"},
		{ERR_INTERNAL, "42P01", "SELECT FROM no_such_table"},
		{ERR_INTERNAL, "42601", "SELEC"},
		{ERR_RETRY, "25006",
		 "SET default_transaction_read_only TO on; COMMIT;"
		 " INSERT INTO public.codes VALUES (2)"},
		{ERR_RETRY, "57014", "SET statement_timeout TO '10ms'; SELECT pg_sleep(5)"},
		/* Those that are tedious to bring about. */
		{ERR_RETRY, "40001", "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"},
		{ERR_RETRY, "40P01", "DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"},
		{ERR_RETRY, "53100", "DO $$ BEGIN RAISE SQLSTATE '53100'; END $$"},
		{ERR_RETRY, "53300", "DO $$ BEGIN RAISE SQLSTATE '53300'; END $$"},
		{ERR_RETRY, "55P03", "DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$"},
		{ERR_RETRY, "57P03", "DO $$ BEGIN RAISE SQLSTATE '57P03'; END $$"},
		{ERR_RETRY, "08006", "DO $$ BEGIN RAISE SQLSTATE '08006'; END $$"},
		{ERR_DATA, "P0001", "DO $$ BEGIN RAISE 'a rule'; END $$"},
	};
	struct pg *admin = open_pg();
	(void)state;
	script(admin, "CREATE TABLE public.codes (n int PRIMARY KEY)");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pg *pg = open_pg();
		struct err err = {0};
		assert_int_equal(pg_script(pg, cases[i].sql, &err), -1);
		assert_string_equal(pg_sqlstate(pg), cases[i].sqlstate);
		if (err.code != cases[i].code)
			fail_msg("%s: code %d", cases[i].sqlstate, (int)err.code);
		assert_int_equal(pg_is_unique_violation(pg),
				 strcmp(cases[i].sqlstate, "23505") == 0);
		assert_true(pg_is_up(pg));
		pg_close(&pg);
	}
	assert_int_equal(number(admin, "SELECT count(*) FROM public.codes"), 0);
	pg_close(&admin);
}

static void test_reconnect(void **state)
{
	struct pg *pg = open_pg();
	struct err err;
	(void)state;
	int64_t pid = number(pg, SQL_pid);
	assert_int_equal(number(pg, SQL_prepared), 2);
	terminate(pid);
	assert_int_equal(pg_exec(pg, SQL_pid, NULL, 0, NULL, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_false(pg_is_up(pg));
	assert_int_equal(pg_exec(pg, SQL_pid, NULL, 0, NULL, &err), -1); /* not by itself */
	assert_int_equal(pg_reconnect(pg, &err), 0);
	assert_true(pg_is_up(pg));
	/* The new backend knows neither; each is prepared when it is used. */
	assert_int_equal(number(pg, SQL_prepared), 1);
	assert_true(number(pg, SQL_pid) != pid);
	assert_int_equal(number(pg, SQL_prepared), 2);
	assert_int_equal(number(pg, "SELECT count(*) FROM pg_settings WHERE (name, setting) IN"
				    " (('TimeZone', 'UTC'), ('jit', 'off'))"),
			 2);
	pg_close(&pg);
	struct pg *none;
	assert_int_equal(pg_open(&none, "host=/nowhere dbname=x", "pg_test", &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_null(none);
}

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
	script(first, "CREATE TABLE public.left_open (n int)");
	assert_int_equal(pg_begin(first, NULL), 0);
	script(first, "INSERT INTO public.left_open VALUES (1)");
	pthread_create(&thread, NULL, borrow, &second);
	pause_ms(300); /* far longer than a borrow takes that need not wait */
	bool was_early = atomic_load(&second.has_it);
	pgpool_return(second.pool, first);
	pthread_join(thread, NULL);
	assert_false(was_early);
	assert_int_equal(second.rc, 0);
	assert_ptr_equal(second.pg, first);
	/* What was left open is undone, a failed transaction too. */
	assert_int_equal(number(second.pg, "SELECT count(*) FROM public.left_open"), 0);
	assert_int_equal(pg_begin(second.pg, NULL), 0);
	assert_int_equal(pg_script(second.pg, "SELECT 1 / 0", NULL), -1);
	pgpool_return(second.pool, second.pg);
	assert_int_equal(pgpool_borrow(second.pool, &first, &err), 0);
	script(first, "SELECT 1");
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
	int64_t pid = number(pg, SQL_pid);
	terminate(pid);
	assert_int_equal(pg_script(pg, "SELECT 1", &err),
			 -1); /* shows when it is used, not before */
	pgpool_return(pool, pg);
	assert_int_equal(pgpool_borrow(pool, &pg, &err), 0);
	assert_true(number(pg, SQL_pid) != pid);
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
		cmocka_unit_test(test_copy_every_type),
		cmocka_unit_test(test_copy_refused),
		cmocka_unit_test(test_wrong_type),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_reconnect),
		cmocka_unit_test(test_pool_waits),
		cmocka_unit_test(test_pool_reconnects),
		cmocka_unit_test(test_pool_crowd),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
