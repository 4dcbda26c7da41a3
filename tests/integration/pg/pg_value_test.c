/* SPDX-License-Identifier: Apache-2.0 */
/* Values on their way: COPY in, rows out, parameters; each type, NULL, and types that do not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "copyrow.h"
#include "pgcopy.h"
#include "pgtest.h"

static const uint8_t some_uuid[16] = {1, 2, 3, 0xff};
enum { EVERY_COLUMNS = 12 };
static const char SQL_every[] = "SELECT a, b, c, d, e, f, g, h, i->'甲'->>0, j[1] || '|' || j[2],"
				" k[2], cardinality(m) FROM every ORDER BY d";

static void make_every(struct pg *pg)
{
	pgtest_script(pg,
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
	struct pg *pg = pgtest_open();
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
	struct pg *pg = pgtest_open();
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
	struct pg *pg = pgtest_open();
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
	struct pg *pg = pgtest_open();
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
	struct pg *pg = pgtest_open();
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy_every_type),
		cmocka_unit_test(test_copy_refused),
		cmocka_unit_test(test_wrong_type),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_params),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
