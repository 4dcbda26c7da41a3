/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "backoff.h"
#include "buf.h"
#include "calendar.h"
#include "err.h"
#include "fsx.h"
#include "utf8.h"
#include "uuid.h"

static void test_dates(void **state)
{
	static const struct {
		const char *text;
		int good;
		int32_t date_on;
	} cases[] = {
		{"1970-01-01", 1, 0},	  {"1969-12-31", 1, -1},   {"2024-02-29", 1, 19782},
		{"2023-02-29", 0, 0},	  {"2100-02-29", 0, 0},	   {"2000-02-29", 1, 11016},
		{"2024-13-01", 0, 0},	  {"2024-00-10", 0, 0},	   {"2024-04-31", 0, 0},
		{"2024-1-01", 0, 0},	  {"24-01-01", 0, 0},	   {"2024/01/01", 0, 0},
		{"1899-12-31", 0, 0},	  {"1900-01-01", 1, -25567}, {"2199-12-31", 1, 84005},
		{"2200-01-01", 0, 0},	  {"", 0, 0},		   {"2024-11-30x", 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int32_t date_on = 12345;
		char text[DATE_TEXT_SIZE];
		assert_int_equal(date_parse(cases[i].text, strlen(cases[i].text), &date_on),
				 cases[i].good ? 0 : -1);
		if (cases[i].good) {
			assert_int_equal(date_on, cases[i].date_on);
			date_format(date_on, text);
			assert_string_equal(text, cases[i].text);
		}
	}
}

static void test_instants(void **state)
{
	static const struct {
		const char *text;
		int64_t at_us;
	} good[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2024-11-30T24:00:00Z", -1},
		{"2024-12-01T00:00:00+08:00", 1732982400000000},
		{"2024-11-30T16:00:00Z", 1732982400000000},
		{"2024-11-30T16:00:00.000001Z", 1732982400000001},
		{"1969-12-31T23:59:59.5Z", -500000},
		{"2024-11-30T16:00:00", -1},
		{"2024-11-30T16:00:00.Z", -1},
		{"2024-11-30T16:00:00.1234567Z", -1},
		{"2024-11-30T16:60:00Z", -1},
		{"2024-11-30T16:00:00+8:00", -1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t at_us = 0;
		int rc = instant_parse(good[i].text, strlen(good[i].text), &at_us);
		if (good[i].at_us == -1) {
			assert_int_equal(rc, -1);
		} else {
			assert_int_equal(rc, 0);
			assert_int_equal(at_us, good[i].at_us);
		}
	}
	char text[INSTANT_TEXT_SIZE];
	instant_format(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
	int32_t day;
	date_parse("2024-11-30", 10, &day);
	/* 24:00 in Shanghai belongs to the next day. */
	assert_int_equal(shanghai_day_end_us(day), 1732982400000000);
	assert_int_equal(shanghai_date(1732982400000000 - 1), day);
	assert_int_equal(shanghai_date(1732982400000000), day + 1);
}

static int64_t fixed_now(void *context)
{
	return *(int64_t *)context;
}

static void fixed_fill(void *context, void *out, size_t len)
{
	memset(out, *(int *)context, len);
}

static void test_uuids(void **state)
{
	int64_t now_us = 1732982400000000;
	int byte = 0xFF;
	struct clock clock = {fixed_now, fixed_now, &now_us};
	struct random_source random = {fixed_fill, &byte};
	struct uuid_generator generator = {&clock, &random, 0, 0};
	struct uuid last = uuid_next(&generator);
	(void)state;
	assert_true(uuid_is_v7(last.bytes));
	/* Through the end of the counter, and with a clock that steps back. */
	for (int i = 0; i < 10000; i++) {
		if (i == 5000)
			now_us -= 3600000000;
		struct uuid next = uuid_next(&generator);
		assert_true(uuid_is_v7(next.bytes));
		assert_true(memcmp(last.bytes, next.bytes, 16) < 0);
		last = next;
	}
	struct uuid parsed;
	char text[UUID_TEXT_SIZE];
	uuid_format(last.bytes, text);
	assert_int_equal(uuid_parse(text, strlen(text), &parsed), 0);
	assert_memory_equal(parsed.bytes, last.bytes, 16);
	static const char *const bad[] = {"", "019bad", "01900000-0000-7000-8000-00000000000g",
					  "0190000000007000800000000000000000000", "01900000-0000-7000-8000-0000000000000"};
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(uuid_parse(bad[i], strlen(bad[i]), &parsed), -1);
}

/* Eight characters at once say what one at a time say: every byte at every place of a text that is longer than two words. */
static void test_measure(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++)
		for (size_t place = 0; place < 20; place++) {
			char text[] = "\x7E 0123456789abcdef~~";
			assert_int_equal(sizeof(text), 21);
			text[place] = (char)c;
			struct text_measure measure = text_measure(text, 20);
			assert_int_equal(measure.is_utf8, c < 0x80);
			assert_int_equal(measure.has_control, c < 0x80 && text_has_control(text, 20));
			assert_int_equal(measure.characters, c < 0x80 ? 20 : 0);
		}
	assert_int_equal(text_measure("源口镇12345678源0123456", 27).characters, 19);
}

static void test_utf8(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		int good;
	} cases[] = {
		{"abc", 3, 1},		    {"\xF0\xA3\xB2\x97源口镇", 13, 1}, {"\xC0\x80", 2, 0},
		{"\xED\xA0\x80", 3, 0},	    {"\xF4\x90\x80\x80", 4, 0},	       {"\xE4\xBD", 2, 0},
		{"\xFF", 1, 0},		    {"\xE0\x9F\xBF", 3, 0},	       {"\x80", 1, 0},
		{"\xF0\x8F\xBF\xBF", 4, 0}, {"", 0, 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(utf8_is_valid(cases[i].data, cases[i].len), cases[i].good);
	assert_int_equal(utf8_length("\xF0\xA3\xB2\x97源口镇", 13), 4);
	assert_true(text_has_control("a\0b", 3));
	assert_false(text_has_control("a\tb\r\n", 5));
	static const char *const blank[] = {"", " ", " \t\r\n\v\f", "\u3000", "\u00A0 \u2003\u200B\u202F", "\uFEFF\u2060", "\u2800\u3164\uFFA0"};
	static const char *const seen[] = {"a", "\u3000字", "字\u3000", " .", "\u3001", "\u2010", "\xE3\x80", " \xFF", "\xF0\x9F\x98\x80"};
	for (size_t i = 0; i < sizeof(blank) / sizeof(blank[0]); i++)
		assert_true(text_is_blank(blank[i]));
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		assert_false(text_is_blank(seen[i]));
	struct buf out = {0};
	assert_int_equal(text_from_gbk("\xD0\xFB\xBD\xB2", 4, &out), 0);
	assert_string_equal(buf_string(&out), "宣讲");
	assert_int_equal(text_from_gbk("\xFF\xFF", 2, &out), -1);
	buf_fini(&out);
}

static void test_arena(void **state)
{
	struct arena arena;
	(void)state;
	arena_init(&arena, 10000);
	assert_non_null(arena_alloc(&arena, 9000));
	assert_null(arena_alloc(&arena, 2000));
	char *copy = arena_copy(&arena, "abc", 3);
	assert_string_equal(copy, "abc");
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_true(arena.used_bytes <= 10000);
	arena_fini(&arena);
	assert_int_equal(arena.used_bytes, 0);
}

static void test_errors(void **state)
{
	struct err err;
	char text[600] = "";
	(void)state;
	for (int i = 0; i < 180; i++)
		strcat(text, "字");
	err_set(&err, ERR_DATA, "%s", text);
	assert_true(utf8_is_valid(err.text, strlen(err.text)));
	assert_true(strlen(err.text) > 500);
	err_prefix(&err, "文件 %s：", "a");
	assert_true(utf8_is_valid(err.text, strlen(err.text)));
	err_set(NULL, ERR_DATA, "fine");
	assert_int_equal(err_exit_code(ERR_NONE), 0);
	assert_int_equal(err_exit_code(ERR_USAGE), 64);
	assert_int_equal(err_exit_code(ERR_DATA), 65);
	assert_int_equal(err_exit_code(ERR_CONFIG), 78);
	assert_int_equal(err_exit_code(ERR_RETRY), 75);
}

static void test_backoff(void **state)
{
	(void)state;
	for (unsigned attempt = 0; attempt < 70; attempt++)
		for (int i = 0; i < 50; i++) {
			int64_t wait_ms = backoff_ms(random_system(), attempt, 1000, 300000);
			int64_t limit = attempt < 9 ? (int64_t)1000 << attempt : 300000;
			assert_in_range(wait_ms, 0, limit > 300000 ? 300000 : limit);
		}
	assert_int_equal(random_below(random_system(), 1), 0);
	assert_int_equal(random_below(random_system(), 0), 0);
}

static void test_files(void **state)
{
	char path[] = "/tmp/zhibao-file-XXXXXX";
	struct buf data = {0};
	struct err err;
	(void)state;
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(file_write(path, "hello", 5, 0600, &err), 0);
	assert_int_equal(file_read(path, 5, &data, &err), 0);
	assert_string_equal(buf_string(&data), "hello");
	assert_int_equal(file_read(path, 4, &data, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	remove(path);
	assert_int_equal(file_read(path, 5, &data, &err), -1);
	assert_int_equal(err.code, ERR_IO);
	buf_fini(&data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),  cmocka_unit_test(test_instants), cmocka_unit_test(test_uuids),
		cmocka_unit_test(test_measure),
		cmocka_unit_test(test_utf8),   cmocka_unit_test(test_arena),	cmocka_unit_test(test_errors),
		cmocka_unit_test(test_backoff), cmocka_unit_test(test_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
