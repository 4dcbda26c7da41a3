/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "csvtable.h"

#define CSV(text) text, sizeof(text) - 1

static void test_forms(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		size_t rows;
		const char *last;
		size_t last_line;
	} cases[] = {
		{CSV("a,b\n1,2\n"), 2, "2", 2},
		{CSV("\xEF\xBB\xBF"
		     "a,b\r\n1,2\r\n"), 2, "2", 2},
		{CSV("a,b\r1,2\r"), 2, "2", 2},
		{CSV("a,b\n\n\n1,2"), 2, "2", 4},
		{CSV("a,b\n\"x\ny\",1\n3, \"4\" \n"), 3, "4", 4},
		{CSV("a,b\n1,\"say \"\"hi\"\"\"\n"), 2, "say \"hi\"", 2},
		{CSV("a,b\n,\n1,2\n"), 2, "2", 3},
		{CSV("\xD6\xF7\xCC\xE2,b\n1,\xD0\xFB\xBD\xB2\n"), 2, "宣讲", 2},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct csv_table table;
		struct err err = {0};
		if (csv_table_parse(cases[i].data, cases[i].len, &table, &err) < 0)
			fail_msg("case %zu: %s", i, err.text);
		assert_int_equal(table.row_count, cases[i].rows);
		assert_string_equal(csv_cell(&table, table.row_count - 1, 1), cases[i].last);
		assert_int_equal(table.rows[table.row_count - 1].line, cases[i].last_line);
		assert_int_equal(csv_column(&table, "b"), 1);
		assert_int_equal(csv_column(&table, "c"), -1);
		assert_string_equal(csv_cell(&table, 0, 9), "");
		assert_int_equal(table.was_gbk, i == 7);
		csv_table_fini(&table);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		const char *code;
	} cases[] = {
		{CSV(""), "E_CSV_EMPTY"},
		{CSV("\n\n"), "E_CSV_EMPTY"},
		{CSV("a,b\n\"1,2\n"), "E_CSV_SYNTAX"},
		{CSV("a,b\n1,\0\n"), "E_CSV_NUL"},
		{CSV("a,b\n1,\xFF\xFF\n"), "E_CSV_ENCODING"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct csv_table table;
		struct err err = {0};
		assert_int_equal(csv_table_parse(cases[i].data, cases[i].len, &table, &err), -1);
		if (!strstr(err.text, cases[i].code))
			fail_msg("case %zu: %s", i, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms), cmocka_unit_test(test_refusals)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
