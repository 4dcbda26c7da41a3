/* SPDX-License-Identifier: Apache-2.0 */
/* One file: a head, then each section and each table behind a blank line. Rates take three columns. */
#include "reportwriter.h"

#include <csv.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char table_mark[] = "表", bom[] = "\xef\xbb\xbf";

/* Text that a spreadsheet would read as a formula is shielded by an apostrophe. */
static void put_text(struct report *report, struct buf *out, const char *text, const char *end)
{
	if (*text && strchr("=+-@\t\r", *text))
		text = report_format(report, "'%s", text);
	size_t len = csv_write(NULL, 0, text, strlen(text));
	char *at = buf_extend(out, len);
	if (at)
		csv_write(at, len, text, strlen(text));
	buf_text(out, end);
}

static void put_line(struct report *report, struct buf *out, const char *name, const char *text)
{
	put_text(report, out, name, ",");
	put_text(report, out, text, "\r\n");
}

static bool is_rate(enum report_type type)
{
	return type == REPORT_RATIO || type == REPORT_AVERAGE;
}

static void put_headings(struct report *report, struct buf *out, const struct report_table *table)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct report_column *column = &table->columns[i];
		const char *end = i + 1 < table->column_count ? "," : "\r\n";
		if (!is_rate(column->type)) {
			put_text(report, out, column->heading, end);
			continue;
		}
		put_text(report, out, report_format(report, "%s（分子）", column->heading), ",");
		put_text(report, out, report_format(report, "%s（分母）", column->heading), ",");
		put_text(report, out,
			 column->type == REPORT_RATIO ? report_format(report, "%s（%%）", column->heading) : column->heading, end);
	}
}

static void put_cell(struct report *report, struct buf *out, const struct report_column *column,
		     const struct report_cell *cell, const char *end)
{
	int64_t hundredths = report_hundredths(column->type, cell);
	if (is_rate(column->type) && cell->is_null)
		buf_format(out, ",,%s", end);
	else if (is_rate(column->type)) {
		buf_format(out, "%" PRId64 ",%" PRId64 ",", cell->number, cell->denominator);
		if (hundredths == INT64_MIN)
			put_text(report, out, "不适用", end);
		else
			buf_format(out, "%s%s", report_decimal_text(report, hundredths), end);
	} else if (cell->is_null)
		buf_text(out, end);
	else if (column->type == REPORT_COUNT)
		buf_format(out, "%" PRId64 "%s", cell->number, end);
	else
		put_text(report, out, report_cell_text(report, column, cell), end);
}

static void put_table(struct report *report, struct report_file *file, const struct report_table *table)
{
	struct buf *out = &file->data;
	buf_text(out, "\r\n");
	if (table->source)
		put_line(report, out, "来源", report_source_text(report, table->source));
	put_line(report, out, table_mark, table->caption);
	put_headings(report, out, table);
	for (const struct report_row *row = table->first; row; row = row->next) {
		for (size_t i = 0; i < table->column_count; i++)
			put_cell(report, out, &table->columns[i], &row->cells[i], i + 1 < table->column_count ? "," : "\r\n");
		file->rows++;
	}
	buf_text(out, "\r\n");
}

static void put_form(struct report *report, struct buf *out, const struct report_form *form)
{
	buf_text(out, "\r\n");
	if (form->source)
		put_line(report, out, "来源", report_source_text(report, form->source));
	put_line(report, out, form->title, form->year);
	put_line(report, out, form->office_label, form->office);
	put_line(report, out, form->filled_label, form->filled);
	for (int i = 0; i < 3; i++)
		put_text(report, out, form->heads[i], i < 2 ? "," : "\r\n");
	for (const struct report_form_row *row = form->first; row; row = row->next) {
		put_text(report, out, row->section, ",");
		put_text(report, out, row->label, ",");
		put_text(report, out, row->answer, "\r\n");
	}
	buf_text(out, "\r\n");
}

static void put_block(struct report *report, struct report_file *file, const struct report_block *block)
{
	struct buf *out = &file->data;
	switch (block->kind) {
	case REPORT_SECTION:
		buf_text(out, "\r\n");
		put_line(report, out, "章节", block->text);
		break;
	case REPORT_PARAGRAPH:
		put_line(report, out, "说明", block->text);
		break;
	case REPORT_NOTE:
		put_line(report, out, "注", block->text);
		break;
	case REPORT_TABLE:
		put_table(report, file, block->table);
		break;
	case REPORT_FORM:
		put_form(report, out, block->form);
		break;
	case REPORT_BREAK:
		break;
	}
}

int report_write_csv(struct report *report, struct report_file *file, struct err *err)
{
	struct buf *out = &file->data;
	(void)err;
	buf_text(out, bom); /* Excel takes it as UTF-8 only then */
	put_line(report, out, "报告", report->title);
	put_line(report, out, "对象", report->office_name);
	put_line(report, out, "单位代码", report->office_code);
	put_line(report, out, "参数", report->parameters);
	put_line(report, out, "统计截止日", report_date_text(report, report->on));
	put_line(report, out, "数据时点", report_as_of_text(report));
	put_line(report, out, "规则版本", report->rule_version);
	for (const struct report_block *block = report->first; block; block = block->next)
		put_block(report, file, block);
	return 0;
}

/* What the reader of a CSV sees: for each table the number of rows under its headings. */
struct counter {
	const struct report_block *block; /* next table expected from here on */
	size_t field, rows, tables;
	int end; /* of the line before */
	bool is_mark, is_in_table;
	bool is_wrong;
};

static const struct report_block *next_table(const struct report_block *block)
{
	while (block && block->kind != REPORT_TABLE)
		block = block->next;
	return block;
}

static void on_field(void *data, size_t len, void *context)
{
	struct counter *counter = context;
	if (counter->field == 0)
		counter->is_mark = len == sizeof(table_mark) - 1 && memcmp(data, table_mark, len) == 0;
	counter->field++;
}

static void end_table(struct counter *counter)
{
	if (!counter->is_in_table)
		return;
	/* The headings are a line too. */
	counter->is_wrong = counter->is_wrong || !counter->block || counter->rows != counter->block->table->row_count + 1;
	counter->is_in_table = false;
	counter->block = counter->block ? next_table(counter->block->next) : NULL;
	counter->tables++;
}

static void on_line(int end, void *context)
{
	struct counter *counter = context;
	bool is_second_half = counter->end == '\r' && end == '\n' && counter->field == 0;
	counter->end = end;
	if (is_second_half)
		return;
	if (counter->field == 0)
		end_table(counter);
	else if (counter->is_in_table)
		counter->rows++;
	else if (counter->is_mark && counter->field == 2) {
		counter->is_in_table = true;
		counter->rows = 0;
	}
	counter->field = 0;
	counter->is_mark = false;
}

int report_check_csv(const struct report *report, const void *data, size_t len, struct err *err)
{
	struct counter counter = {.block = next_table(report->first)};
	struct csv_parser parser;
	size_t head = sizeof(bom) - 1;
	bool is_read = len > head && memcmp(data, bom, head) == 0;
	if (is_read && csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) == 0) {
		const char *text = (const char *)data + head;
		is_read = csv_parse(&parser, text, len - head, on_field, on_line, &counter) == len - head &&
			  csv_fini(&parser, on_field, on_line, &counter) == 0;
		csv_free(&parser);
	}
	end_table(&counter);
	if (is_read && !counter.is_wrong && !counter.block)
		return 0;
	err_set(err, ERR_DATA, "E_REPORT_CSV CSV 重读不符：第 %zu 个表的行数与报告不同", counter.tables);
	return -1;
}
