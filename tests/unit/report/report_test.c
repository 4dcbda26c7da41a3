/* SPDX-License-Identifier: Apache-2.0 */
/* The report model and its writers. With ZHIBAO_REPORT_OUT set the files are left in that folder to be looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the four before it */
#include <cmocka.h>

#include "calendar.h"
#include "digest.h"
#include "fsx.h"
#include "reportbuild.h"
#include "reportwriter.h"

static const struct report_fonts fonts = REPORT_FONTS_DEFAULT;

static const struct report_column columns[] = {
	{"office", "单位", REPORT_TEXT, 14, false},      {"sessions", "场次", REPORT_COUNT, 6, true},
	{"coverage", "覆盖率", REPORT_RATIO, 14, true},  {"average", "人均", REPORT_AVERAGE, 9, false},
	{"due_on", "截止日", REPORT_DATE, 9, false},     {"received_at", "接收时间", REPORT_INSTANT, 16, false},
};
enum { OFFICE, SESSIONS, COVERAGE, AVERAGE, DUE, RECEIVED, COLUMNS };

static void add_row(struct report *report, struct report_table *table, bool is_total, const char *office, int64_t sessions,
		    int64_t covered, int64_t units)
{
	struct report_cell *cells = report_row(report, table, is_total);
	assert_non_null(cells);
	cells[OFFICE] = (struct report_cell){.text = report_copy(report, office)};
	cells[SESSIONS] = (struct report_cell){.number = sessions};
	cells[COVERAGE] = (struct report_cell){.number = covered, .denominator = units};
	if (is_total)
		return;
	cells[AVERAGE] = (struct report_cell){.number = sessions, .denominator = 7};
	cells[DUE] = (struct report_cell){.number = 19812};
	cells[RECEIVED] = (struct report_cell){.number = INT64_C(1732982399999999)};
}

static void make(struct report *report, int rows)
{
	report_init(report, 64 << 20);
	report->kind = "audit";
	report->title = "“人社惠民政策进万家”活动审计报告";
	report->office_code = "420000";
	report->office_name = "湖北省人力资源和社会保障厅";
	report->rule_version = "hubei-2024@1";
	report->register_version = 1;
	report->on = 20057; /* 2024-11-30 */
	report->as_of_us = shanghai_day_end_us(report->on) - 1;
	report_section(report, "coverage", "一、乡镇覆盖");
	report_paragraph(report, "全省乡镇（街道）1260 个，已覆盖 1101 个，覆盖率 87.38%。𣲗源口镇、盛𡐓镇等均已覆盖；本段用来看折行与首行缩进是否妥当，文字略长一些。");
	struct report_table *table = report_table(report, "coverage", "各地覆盖情况", columns, COLUMNS);
	int64_t units = 0, sessions = 0;
	for (int i = 0; i < rows; i++) {
		char name[64];
		snprintf(name, sizeof(name), "%s%d", i == 1 ? "=SUM(A1) 𣲗源口镇" : "盛𡐓镇", i);
		add_row(report, table, false, name, i, i % 8, 8);
		units += 8;
		sessions += i;
	}
	int64_t covered = 0;
	for (int i = 0; i < rows; i++)
		covered += i % 8;
	add_row(report, table, true, "合计", sessions, covered, units);
	report_note(report, "覆盖按广义口径、含街道。");
	report_section(report, "empty", "二、没有乡镇的地方");
	table = report_table(report, "none", "无", columns, COLUMNS);
	add_row(report, table, false, "某区", 0, 0, 0);
}

static void test_rates(void **state)
{
	static const struct {
		int64_t n, d;
		const char *expected;
	} cases[] = {
		{0, 0, "不适用"}, {0, 3, "0.00%"}, {1, 3, "33.33%"}, {2, 3, "66.67%"}, {1, 800, "0.13%"}, {3, 800, "0.38%"},
		{1, 1, "100.00%"}, {7, 6, "116.67%"}, {1234567890123, 1234567890124, "100.00%"},
	};
	struct report report;
	(void)state;
	report_init(&report, 1 << 16);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct report_cell cell = {.number = cases[i].n, .denominator = cases[i].d};
		assert_string_equal(report_cell_text(&report, &columns[COVERAGE], &cell), cases[i].expected);
	}
	struct report_cell average = {.number = 5, .denominator = 8};
	assert_string_equal(report_cell_text(&report, &columns[AVERAGE], &average), "0.63");
	/* Days from an event to a report that came before it. */
	average = (struct report_cell){.number = -70, .denominator = 2};
	assert_string_equal(report_cell_text(&report, &columns[AVERAGE], &average), "-35.00");
	average = (struct report_cell){.number = -1, .denominator = 8};
	assert_string_equal(report_cell_text(&report, &columns[AVERAGE], &average), "-0.12");
	struct report_cell unknown = {.is_null = true};
	assert_string_equal(report_cell_text(&report, &columns[SESSIONS], &unknown), "—");
	report_fini(&report);
}

static void test_as_of_words(void **state)
{
	struct report report;
	(void)state;
	report_init(&report, 1 << 16);
	report.as_of_us = shanghai_day_end_us(20057) - 1;
	assert_string_equal(report_as_of_text(&report), "2024年11月30日24时");
	report.as_of_us = shanghai_day_end_us(20057);
	assert_string_equal(report_as_of_text(&report), "2024-12-01 00:00:00");
	report_fini(&report);
}

static void test_sums(void **state)
{
	struct report report;
	struct err err = {0};
	(void)state;
	make(&report, 9);
	assert_int_equal(report_check_sums(&report, &err), 0);
	struct report_table *table = report_find(&report, "coverage");
	table->last->cells[COVERAGE].number++;
	assert_int_equal(report_check_sums(&report, &err), -1);
	assert_int_equal(err.code, ERR_DATA);
	assert_non_null(strstr(err.text, "各地覆盖情况"));
	table->last->cells[COVERAGE].number--;
	table->first->cells[SESSIONS].number++;
	assert_int_equal(report_check_sums(&report, &err), -1);
	report_fini(&report);
}

static void test_memory_limit(void **state)
{
	struct report report;
	struct err err = {0};
	(void)state;
	report_init(&report, 4096);
	struct report_table *table = report_table(&report, "t", "表", columns, COLUMNS);
	for (int i = 0; i < 100; i++)
		report_row(&report, table, false);
	report_paragraph(&report, "仍可调用");
	assert_int_equal(report_check(&report, &err), -1);
	assert_int_equal(err.code, ERR_NOMEM);
	report_fini(&report);
}

/* Every writer: the same bytes from two reports of the same values. */
static void test_same_bytes(void **state)
{
	(void)state;
	for (int format = 0; format < REPORT_FORMATS; format++) {
		struct report reports[2];
		struct report_file files[2];
		struct err err = {0};
		for (int i = 0; i < 2; i++) {
			make(&reports[i], 120);
			if (report_write(&reports[i], (enum report_format)format, &fonts, &files[i], &err) < 0)
				fail_msg("%s", err.text);
			assert_int_equal(files[i].rows, 122);
		}
		assert_int_equal(files[0].data.len, files[1].data.len);
		assert_memory_equal(files[0].data.data, files[1].data.data, files[0].data.len);
		const char *out = getenv("ZHIBAO_REPORT_OUT");
		if (out) {
			char path[500];
			snprintf(path, sizeof(path), "%s/sample.%s", out, report_format_name((enum report_format)format));
			assert_int_equal(file_write(path, files[0].data.data, files[0].data.len, 0644, &err), 0);
		}
		for (int i = 0; i < 2; i++) {
			report_file_fini(&files[i]);
			report_fini(&reports[i]);
		}
	}
}

static void test_pdf_check(void **state)
{
	struct report report, other;
	struct report_file file;
	struct err err = {0};
	int pages;
	(void)state;
	make(&report, 120);
	assert_int_equal(report_write(&report, REPORT_PDF, &fonts, &file, &err), 0);
	assert_int_equal(file.missing_glyphs, 0);
	assert_true(file.pages > 2);
	assert_int_equal(report_check_pdf(&report, file.data.data, file.data.len, &pages, &err), 0);
	assert_int_equal(pages, file.pages);
	make(&other, 1);
	report_section(&other, "more", "三、没有印出的𣲗节");
	assert_int_equal(report_check_pdf(&other, file.data.data, file.data.len, &pages, &err), -1);
	assert_non_null(strstr(err.text, "没有印出的𣲗节"));
	assert_int_equal(report_check_pdf(&report, file.data.data, file.data.len / 2, &pages, &err), -1);
	report_file_fini(&file);
	report_fini(&report);
	report_fini(&other);
}

static void test_missing_font(void **state)
{
	static const struct report_fonts wrong = {"No Such Family", "Noto Serif CJK SC", "Noto Sans CJK SC"};
	struct report report;
	struct report_file file;
	struct err err = {0};
	(void)state;
	make(&report, 1);
	assert_int_equal(report_write(&report, REPORT_PDF, &wrong, &file, &err), -1);
	assert_int_equal(err.code, ERR_CONFIG);
	report_fini(&report);
}

static void test_missing_glyph(void **state)
{
	struct report report;
	struct report_file file;
	struct err err = {0};
	(void)state;
	make(&report, 1);
	report_paragraph(&report, "\xf3\xb0\x80\x81"); /* private use: no font has it */
	assert_int_equal(report_write(&report, REPORT_PDF, &fonts, &file, &err), 0);
	assert_int_equal(file.missing_glyphs, 1);
	report_file_fini(&file);
	report_fini(&report);
}

static void test_csv(void **state)
{
	struct report report;
	struct report_file file;
	struct err err = {0};
	(void)state;
	make(&report, 3);
	assert_int_equal(report_write(&report, REPORT_CSV, &fonts, &file, &err), 0);
	const char *text = buf_string(&file.data);
	assert_memory_equal(text, "\xef\xbb\xbf", 3);
	assert_non_null(strstr(text, "\"'=SUM(A1) 𣲗源口镇1\",1,1,8,12.50,1,7,0.14,\"2024-03-30\",\"2024-11-30 23:59:59\"\r\n"));
	assert_null(strstr(text, ",=SUM"));
	assert_non_null(strstr(text, "\"某区\",0,0,0,\"不适用\""));
	assert_int_equal(report_check_csv(&report, file.data.data, file.data.len, &err), 0);
	/* A row less is seen, and so is a file that was cut. */
	report_row(&report, report_find(&report, "coverage"), false);
	assert_int_equal(report_check_csv(&report, file.data.data, file.data.len, &err), -1);
	report_fini(&report);
	make(&report, 3);
	assert_int_equal(report_check_csv(&report, file.data.data, file.data.len - 200, &err), -1);
	report_file_fini(&file);
	report_fini(&report);
}

static void test_digests(void **state)
{
	/* GB/T 32905 example 1 and FIPS 180-2: both of "abc". */
	static const uint8_t sm3[DIGEST_BYTES] = {0x66, 0xc7, 0xf0, 0xf4, 0x62, 0xee, 0xed, 0xd9, 0xd1, 0xf2, 0xd4,
						  0x6b, 0xdc, 0x10, 0xe4, 0xe2, 0x41, 0x67, 0xc4, 0x87, 0x5c, 0xf2,
						  0xf7, 0xa2, 0x29, 0x7d, 0xa0, 0x2b, 0x8f, 0x4b, 0xa8, 0xe0};
	static const uint8_t sha256[DIGEST_BYTES] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
						     0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
						     0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
	uint8_t out[DIGEST_BYTES];
	struct err err = {0};
	(void)state;
	assert_int_equal(digest_sm3("abc", 3, out, &err), 0);
	assert_memory_equal(out, sm3, sizeof(out));
	assert_int_equal(digest_sha256("abc", 3, out, &err), 0);
	assert_memory_equal(out, sha256, sizeof(out));
}

/* A section of the audit and the appendix of indicators: the same, hidden in both, absent there, and each way apart. */
static void test_agreements(void **state)
{
	static const struct report_column feedback[] = {{"source", "来源", REPORT_TEXT, 9, false},
							{"total", "总量", REPORT_COUNT, 9, false},
							{"satisfied", "满意率", REPORT_RATIO, 9, false}};
	static const struct report_column indicators[] = {{"id", "编号", REPORT_TEXT, 9, false},
							  {"key", "分项代码", REPORT_TEXT, 9, false},
							  {"numerator", "分子", REPORT_COUNT, 9, false},
							  {"denominator", "分母", REPORT_COUNT, 9, false}};
	struct report report;
	struct err err = {0};
	(void)state;
	make(&report, 1);
	struct report_cell *own = report_row(&report, report_table(&report, "feedback", "反馈统计", feedback, 3), false);
	struct report_table *table = report_table(&report, "indicators", "全部指标", indicators, 4);
	own[0] = (struct report_cell){.text = "12333 咨询电话"};
	own[1] = (struct report_cell){.number = 170};
	own[2] = (struct report_cell){.is_null = true}; /* fewer than are shown, and no row there */
	struct report_cell *total = report_row(&report, table, false);
	total[0] = (struct report_cell){.text = "I-14"};
	total[1] = (struct report_cell){.text = "hotline_12333"};
	total[2] = (struct report_cell){.number = 170};
	assert_int_equal(report_check_agreements(&report, &err), 0);
	struct report_cell *satisfied = report_row(&report, table, false);
	satisfied[0] = total[0];
	satisfied[1] = (struct report_cell){.text = "hotline_12333.satisfied"};
	satisfied[3] = (struct report_cell){.number = 20};
	assert_int_equal(report_check_agreements(&report, &err), 0);
	own[2] = (struct report_cell){.number = 19, .denominator = 20};
	assert_int_equal(report_check_agreements(&report, &err), -1);
	assert_non_null(strstr(err.text, "feedback.satisfied 为 19/20，指标 I-14 hotline_12333.satisfied 为 0/20（不公布）"));
	satisfied[2] = (struct report_cell){.number = 19};
	assert_int_equal(report_check_agreements(&report, &err), 0);
	own[1].number = 230;
	assert_int_equal(report_check_agreements(&report, &err), -1);
	assert_non_null(strstr(err.text, "feedback.total 为 230/0，指标 I-14 hotline_12333 为 170/0"));
	report_fini(&report);
}

/* A list of records and the appendix of indicators: as many rows as it counts; an empty list is no table. */
static void test_lists(void **state)
{
	static const struct report_column titles[] = {{"title", "名称", REPORT_TEXT, 9, false}};
	static const struct report_column library[] = {{"disclosure", "应上尽上率", REPORT_RATIO, 9, false}};
	static const struct report_column indicators[] = {{"id", "编号", REPORT_TEXT, 9, false},
							  {"key", "分项代码", REPORT_TEXT, 9, false},
							  {"numerator", "分子", REPORT_COUNT, 9, false},
							  {"denominator", "分母", REPORT_COUNT, 9, false}};
	struct report report;
	struct err err = {0};
	(void)state;
	make(&report, 1);
	struct report_cell *figure = report_row(&report, report_table(&report, "indicators", "全部指标", indicators, 4), false);
	figure[0] = (struct report_cell){.text = "I-07"};
	figure[1] = (struct report_cell){.text = ""};
	figure[2] = (struct report_cell){.number = 3};
	figure[3] = (struct report_cell){.number = 3};
	struct report_cell *section = report_row(&report, report_table(&report, "library", "政策文件库", library, 1), true);
	section[0] = (struct report_cell){.number = 3, .denominator = 3};
	assert_int_equal(report_check_agreements(&report, &err), 0);
	figure[3].number = section[0].denominator = 5;
	assert_int_equal(report_check_agreements(&report, &err), -1);
	assert_non_null(strstr(err.text, "offline 有 0 行，按指标 I-07  应为 2 行"));
	struct report_table *list = report_table(&report, "offline", "应公开而未在网上公开的政策文件", titles, 1);
	report_row(&report, list, false)[0] = (struct report_cell){.text = "甲"};
	report_row(&report, list, false)[0] = (struct report_cell){.text = "乙"};
	report_row(&report, list, true)[0] = (struct report_cell){.text = "合计"};
	assert_int_equal(report_check_agreements(&report, &err), 0);
	report_row(&report, report_table(&report, "works", "宣传作品清单", titles, 1), false)[0] = (struct report_cell){.text = "丙"};
	assert_int_equal(report_check_agreements(&report, &err), -1);
	assert_non_null(strstr(err.text, "works 有 1 行，按指标 I-18  应为 0 行"));
	report_fini(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),        cmocka_unit_test(test_as_of_words),  cmocka_unit_test(test_sums),
		cmocka_unit_test(test_memory_limit), cmocka_unit_test(test_same_bytes),   cmocka_unit_test(test_pdf_check),
		cmocka_unit_test(test_missing_font), cmocka_unit_test(test_missing_glyph), cmocka_unit_test(test_csv),
		cmocka_unit_test(test_digests),      cmocka_unit_test(test_agreements), cmocka_unit_test(test_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
