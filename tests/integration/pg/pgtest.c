/* SPDX-License-Identifier: Apache-2.0 */
#include "pgtest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

void pgtest_pause_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

struct pg *pgtest_open_named(const char *name)
{
	struct pg *pg;
	struct err err;
	if (pg_open(&pg, getenv("ZHIBAO_CONNINFO"), name, &err) < 0)
		fail_msg("%s", err.text);
	return pg;
}

struct pg *pgtest_open(void)
{
	return pgtest_open_named("pg_test");
}

void pgtest_script(struct pg *pg, const char *sql)
{
	struct err err = {0};
	if (pg_script(pg, sql, &err) < 0)
		fail_msg("%s: %s", sql, err.text);
}

int64_t pgtest_number(struct pg *pg, const char *sql)
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

void pgtest_terminate(int64_t pid)
{
	struct pg *killer = pgtest_open();
	char sql[100];
	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%lld, 5000)", (long long)pid);
	pgtest_script(killer, sql);
	pg_close(&killer);
}

void *pgtest_break_off(void *context)
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
	for (int count = 0; count == 0; pgtest_pause_ms(10)) {
		if (pg_exec(pg, sql, NULL, 0, &rows, NULL) < 0)
			abort();
		count = pg_rows_count(rows);
		pg_rows_free(&rows);
	}
	pg_close(&pg);
	return NULL;
}
