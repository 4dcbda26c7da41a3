/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "calendar.h"

static const int64_t shanghai_offset_us = INT64_C(8) * 3600 * 1000000;

void report_init(struct report *report, size_t max_bytes)
{
	*report = (struct report){.parameters = "{}"};
	arena_init(&report->arena, max_bytes);
}

void report_fini(struct report *report)
{
	arena_fini(&report->arena);
	*report = (struct report){0};
}

int report_check(const struct report *report, struct err *err)
{
	if (!report->is_failed)
		return 0;
	err_set(err, ERR_NOMEM, "报告超出内存限额 %zu 字节", report->arena.max_bytes);
	return -1;
}

static void *take(struct report *report, size_t len)
{
	void *out = report->is_failed ? NULL : arena_alloc(&report->arena, len);
	if (out)
		memset(out, 0, len);
	else
		report->is_failed = true;
	return out;
}

const char *report_copy(struct report *report, const char *text)
{
	if (!text)
		return NULL;
	char *out = report->is_failed ? NULL : arena_copy(&report->arena, text, strlen(text));
	if (out)
		return out;
	report->is_failed = true;
	return "";
}

const char *report_format(struct report *report, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *out = len < 0 ? NULL : take(report, (size_t)len + 1);
	if (out)
		vsnprintf(out, (size_t)len + 1, format, again);
	va_end(again);
	return out ? out : "";
}

static struct report_block *add_block(struct report *report, enum report_block_kind kind, const char *text)
{
	struct report_block *block = take(report, sizeof(*block));
	if (!block)
		return NULL;
	block->kind = kind;
	block->text = report_copy(report, text);
	if (report->last)
		report->last->next = block;
	else
		report->first = block;
	report->last = block;
	return block;
}

void report_section(struct report *report, const char *name, const char *heading)
{
	struct report_block *block = add_block(report, REPORT_SECTION, heading);
	if (block)
		block->name = report_copy(report, name);
}

void report_paragraph(struct report *report, const char *text)
{
	add_block(report, REPORT_PARAGRAPH, text);
}

void report_note(struct report *report, const char *text)
{
	add_block(report, REPORT_NOTE, text);
}

void report_break(struct report *report)
{
	add_block(report, REPORT_BREAK, NULL);
}

struct report_table *report_table_new(struct report *report, const char *name, const char *caption,
				      const struct report_column *columns, size_t column_count)
{
	struct report_table *table = take(report, sizeof(*table));
	if (!table)
		return NULL;
	table->name = report_copy(report, name);
	table->caption = report_copy(report, caption);
	table->columns = columns;
	table->column_count = column_count;
	return table;
}

void report_place(struct report *report, struct report_table *table)
{
	struct report_block *block = table ? add_block(report, REPORT_TABLE, NULL) : NULL;
	if (block)
		block->table = table;
}

struct report_table *report_table(struct report *report, const char *name, const char *caption,
				  const struct report_column *columns, size_t column_count)
{
	struct report_table *table = report_table_new(report, name, caption, columns, column_count);
	report_place(report, table);
	return table;
}

struct report_cell *report_row(struct report *report, struct report_table *table, bool is_total)
{
	struct report_row *row =
		table ? take(report, sizeof(*row) + table->column_count * sizeof(row->cells[0])) : NULL;
	if (!row)
		return NULL;
	row->is_total = is_total;
	for (size_t i = 0; i < table->column_count; i++)
		row->cells[i].is_null = true;
	if (table->last)
		table->last->next = row;
	else
		table->first = row;
	table->last = row;
	table->row_count++;
	return row->cells;
}

struct report_form *report_form(struct report *report, const char *programme_name, int year)
{
	struct report_form *form = take(report, sizeof(*form));
	struct report_block *block = form ? add_block(report, REPORT_FORM, NULL) : NULL;
	if (!block)
		return NULL;
	block->form = form;
	form->title = report_format(report, "“%s”活动情况统计表", programme_name);
	form->year = report_format(report, "(%d 年)", year);
	form->office_label = "填报单位（盖章）：";
	form->filled_label = "填报时间：";
	form->heads[0] = "项 目";
	form->heads[1] = "内 容";
	form->heads[2] = "开展情况";
	form->office = form->filled = "";
	return form;
}

struct report_form_row *report_form_row(struct report *report, struct report_form *form)
{
	struct report_form_row *row = form ? take(report, sizeof(*row)) : NULL;
	if (!row)
		return NULL;
	row->section = row->label = row->answer = "";
	if (form->last)
		form->last->next = row;
	else
		form->first = row;
	form->last = row;
	return row;
}

struct report_table *report_find(const struct report *report, const char *name)
{
	for (struct report_block *block = report->first; block; block = block->next)
		if (block->kind == REPORT_TABLE && strcmp(block->table->name, name) == 0)
			return block->table;
	return NULL;
}

int report_column_index(const struct report_table *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i].name, name) == 0)
			return (int)i;
	return -1;
}

int64_t report_hundredths(enum report_type type, const struct report_cell *cell)
{
	if (cell->is_null || cell->denominator <= 0)
		return INT64_MIN;
	__extension__ typedef __int128 wide;
	wide scaled = (wide)cell->number * (type == REPORT_RATIO ? 10000 : 100);
	wide doubled = 2 * scaled + cell->denominator, by = 2 * (wide)cell->denominator;
	return (int64_t)(doubled / by - (doubled % by < 0)); /* down, below zero as well */
}

const char *report_decimal_text(struct report *report, int64_t hundredths)
{
	int64_t size = hundredths < 0 ? -hundredths : hundredths;
	return report_format(report, "%s%" PRId64 ".%02d", hundredths < 0 ? "-" : "", size / 100, (int)(size % 100));
}

const char *report_date_text(struct report *report, int32_t on)
{
	char text[DATE_TEXT_SIZE];
	date_format(on, text);
	return report_copy(report, text);
}

const char *report_instant_text(struct report *report, int64_t instant_us)
{
	char text[INSTANT_TEXT_SIZE];
	instant_format(instant_us, text);
	return report_copy(report, text);
}

const char *report_source_text(struct report *report, const char *source)
{
	return report_format(report, "%s（$1 '%s'，$2 '%s'，$3 '%s'，$4 '%s'）", source, report->office_code,
			     report_date_text(report, report->on), report_instant_text(report, report->as_of_us),
			     report->period ? report->period : "");
}

static const char *instant_text(struct report *report, int64_t instant_us)
{
	char text[INSTANT_TEXT_SIZE];
	instant_format(instant_us + shanghai_offset_us, text); /* as the wall clock of the one zone */
	text[10] = ' ';
	text[19] = '\0';
	return report_copy(report, text);
}

const char *report_cell_text(struct report *report, const struct report_column *column, const struct report_cell *cell)
{
	int64_t hundredths;
	if (cell->is_null)
		return column->type == REPORT_TEXT ? "" : "—";
	switch (column->type) {
	case REPORT_TEXT:
		return cell->text;
	case REPORT_COUNT:
		return report_format(report, "%" PRId64, cell->number);
	case REPORT_RATIO:
	case REPORT_AVERAGE:
		hundredths = report_hundredths(column->type, cell);
		if (hundredths == INT64_MIN)
			return "不适用";
		return report_format(report, "%s%s", report_decimal_text(report, hundredths), column->type == REPORT_RATIO ? "%" : "");
	case REPORT_DATE:
		return report_date_text(report, (int32_t)cell->number);
	case REPORT_INSTANT:
		return instant_text(report, cell->number);
	}
	return "";
}

const char *report_as_of_text(struct report *report)
{
	int32_t day = shanghai_date(report->as_of_us);
	char text[DATE_TEXT_SIZE];
	date_format(day, text);
	if (report->as_of_us == shanghai_day_end_us(day) - 1)
		return report_format(report, "%.4s年%d月%d日24时", text, (text[5] - '0') * 10 + text[6] - '0',
				     (text[8] - '0') * 10 + text[9] - '0');
	return instant_text(report, report->as_of_us);
}

static int check_column(const struct report_table *table, size_t i, struct err *err)
{
	const struct report_column *column = &table->columns[i];
	int64_t sum = 0, below = 0;
	for (const struct report_row *row = table->first; row; row = row->next) {
		const struct report_cell *cell = &row->cells[i];
		if (!row->is_total && !cell->is_null) {
			sum += cell->number;
			below += cell->denominator;
		}
		if (row->is_total && (cell->number != sum || cell->denominator != below)) {
			err_set(err, ERR_DATA,
				"E_REPORT_SUM 表“%s”的“%s”合计为 %" PRId64 "/%" PRId64 "，各行之和为 %" PRId64 "/%" PRId64,
				table->caption, column->heading, cell->number, cell->denominator, sum, below);
			return -1;
		}
	}
	return 0;
}

int report_check_sums(const struct report *report, struct err *err)
{
	for (const struct report_block *block = report->first; block; block = block->next) {
		for (size_t i = 0; block->kind == REPORT_TABLE && i < block->table->column_count; i++)
			if (block->table->columns[i].adds_up && check_column(block->table, i, err) < 0)
				return -1;
	}
	return 0;
}
