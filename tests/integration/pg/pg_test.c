/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: the codes of its errors, its end and its renewal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pgtest.h"

/* Statements are known by address, so that the same one twice has to be the same object. */
static const char SQL_pid[] = "SELECT pg_backend_pid()";
static const char SQL_prepared[] = "SELECT count(*) FROM pg_prepared_statements";

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
	struct pg *admin = pgtest_open();
	(void)state;
	pgtest_script(admin, "CREATE TABLE public.codes (n int PRIMARY KEY)");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pg *pg = pgtest_open();
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
	assert_int_equal(pgtest_number(admin, "SELECT count(*) FROM public.codes"), 0);
	pg_close(&admin);
}

static void test_reconnect(void **state)
{
	struct pg *pg = pgtest_open();
	struct err err;
	(void)state;
	int64_t pid = pgtest_number(pg, SQL_pid);
	assert_int_equal(pgtest_number(pg, SQL_prepared), 2);
	pgtest_terminate(pid);
	assert_int_equal(pg_exec(pg, SQL_pid, NULL, 0, NULL, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_false(pg_is_up(pg));
	assert_int_equal(pg_exec(pg, SQL_pid, NULL, 0, NULL, &err), -1); /* not by itself */
	assert_int_equal(pg_reconnect(pg, &err), 0);
	assert_true(pg_is_up(pg));
	/* The new backend knows neither; each is prepared when it is used. */
	assert_int_equal(pgtest_number(pg, SQL_prepared), 1);
	assert_true(pgtest_number(pg, SQL_pid) != pid);
	assert_int_equal(pgtest_number(pg, SQL_prepared), 2);
	assert_int_equal(pgtest_number(pg, "SELECT count(*) FROM pg_settings WHERE (name, setting) IN"
				    " (('TimeZone', 'UTC'), ('jit', 'off'))"),
			 2);
	pg_close(&pg);
	struct pg *none;
	assert_int_equal(pg_open(&none, "host=/nowhere dbname=x", "pg_test", &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_reconnect),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
