/* SPDX-License-Identifier: Apache-2.0 */
/* A sheet with the words, one sheet per table with typed cells, the official form on a sheet of its own. Text is always
 * written as text, so a leading = stays text. libxlsxwriter takes overlapping merges and bad UTF-8 without a word; neither
 * can happen here: ranges come from one loop, text from the database. */
#include "reportwriter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "calendar.h"
#include "fsx.h"

enum { SHEET_NAME_CHARACTERS = 31, MAX_BYTES = 256 << 20 };

struct book {
	lxw_workbook *workbook;
	lxw_format *title, *heading, *label, *words, *note, *caption, *head, *text, *count, *percent, *average, *date, *instant;
	lxw_format *total[REPORT_INSTANT + 1];
	lxw_format *form_title, *form_year, *form_line, *form_head, *form_section, *form_label, *form_answer;
	struct report_file *file;
	int sheets;
	lxw_error failed; /* first failure */
};

static void keep(struct book *book, lxw_error error)
{
	if (book->failed == LXW_NO_ERROR)
		book->failed = error;
}

static lxw_format *format_new(struct book *book, const char *font, double size, bool is_bold, bool has_border)
{
	lxw_format *format = workbook_add_format(book->workbook);
	if (!format) {
		keep(book, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return NULL;
	}
	format_set_font_name(format, font);
	format_set_font_size(format, size);
	format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
	if (is_bold)
		format_set_bold(format);
	if (has_border)
		format_set_border(format, LXW_BORDER_THIN);
	return format;
}

static lxw_format *typed(struct book *book, enum report_type type, bool is_total)
{
	static const char *const numbers[] = {
		[REPORT_COUNT] = "#,##0", [REPORT_RATIO] = "0.00%", [REPORT_AVERAGE] = "0.00",
		[REPORT_DATE] = "yyyy-mm-dd", [REPORT_INSTANT] = "yyyy-mm-dd hh:mm:ss",
	};
	lxw_format *format = format_new(book, "等线", 10.5, is_total, true);
	if (!format)
		return NULL;
	if (is_total)
		format_set_bg_color(format, 0xF2F2F2);
	if (type == REPORT_TEXT)
		format_set_text_wrap(format);
	else
		format_set_num_format(format, numbers[type]);
	if (type == REPORT_DATE || type == REPORT_INSTANT)
		format_set_align(format, LXW_ALIGN_CENTER);
	return format;
}

static void add_formats(struct book *book)
{
	book->title = format_new(book, "宋体", 16, true, false);
	book->heading = format_new(book, "宋体", 12, true, false);
	book->label = format_new(book, "等线", 10.5, true, false);
	book->words = format_new(book, "等线", 10.5, false, false);
	book->note = format_new(book, "等线", 9, false, false);
	book->caption = format_new(book, "宋体", 14, true, false);
	book->head = format_new(book, "等线", 10.5, true, true);
	book->form_title = format_new(book, "宋体", 18, true, false);
	book->form_year = format_new(book, "宋体", 14, false, false);
	book->form_line = format_new(book, "宋体", 12, false, false);
	book->form_head = format_new(book, "宋体", 12, true, true);
	book->form_section = format_new(book, "宋体", 12, false, true);
	book->form_label = format_new(book, "宋体", 12, false, true);
	book->form_answer = format_new(book, "宋体", 12, false, true);
	lxw_format **const plain[] = {&book->text, &book->count, &book->percent, &book->average, &book->date, &book->instant};
	for (enum report_type type = REPORT_TEXT; type <= REPORT_INSTANT; type++) {
		*plain[type] = typed(book, type, false);
		book->total[type] = typed(book, type, true);
	}
	if (book->failed != LXW_NO_ERROR)
		return;
	lxw_format *const wrapped[] = {book->words, book->note, book->head, book->form_label, book->form_answer};
	for (size_t i = 0; i < sizeof(wrapped) / sizeof(wrapped[0]); i++)
		format_set_text_wrap(wrapped[i]);
	lxw_format *const centred[] = {book->head, book->form_title, book->form_year, book->form_head, book->form_section,
				       book->form_answer};
	for (size_t i = 0; i < sizeof(centred) / sizeof(centred[0]); i++)
		format_set_align(centred[i], LXW_ALIGN_CENTER);
	format_set_bg_color(book->head, 0xDDE6F0);
}

/* Captions without what Excel forbids in names of sheets, numbered so that no two are the same. */
static lxw_worksheet *add_sheet(struct book *book, const char *caption)
{
	char name[SHEET_NAME_CHARACTERS * 4 + 1];
	int characters = 3;
	size_t len = (size_t)snprintf(name, sizeof(name), "%d ", book->sheets + 1);
	for (const char *at = caption; *at && characters < SHEET_NAME_CHARACTERS - 1 && len + 4 < sizeof(name);) {
		size_t bytes = 1;
		while (((unsigned char)at[bytes] & 0xC0) == 0x80)
			bytes++;
		if (!strchr("[]:*?/\\'", *at)) {
			memcpy(name + len, at, bytes);
			len += bytes;
			characters += bytes == 4 ? 2 : 1; /* counted in UTF-16 */
		}
		at += bytes;
	}
	name[len] = '\0';
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);
	if (!sheet) {
		keep(book, LXW_ERROR_SHEETNAME_ALREADY_USED);
		return NULL;
	}
	book->sheets++;
	worksheet_set_paper(sheet, 9); /* A4 */
	worksheet_fit_to_pages(sheet, 1, 0);
	return sheet;
}

static void put_text(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
		     lxw_format *format)
{
	keep(book, worksheet_write_string(sheet, row, column, text ? text : "", format));
}

static lxw_datetime datetime(int64_t instant_us)
{
	int64_t days = (instant_us >= 0 ? instant_us : instant_us - 86399999999) / INT64_C(86400000000);
	int64_t rest_us = instant_us - days * INT64_C(86400000000);
	char text[DATE_TEXT_SIZE];
	date_format((int32_t)days, text);
	return (lxw_datetime){
		.year = (int)strtol(text, NULL, 10),
		.month = (int)strtol(text + 5, NULL, 10),
		.day = (int)strtol(text + 8, NULL, 10),
		.hour = (int)(rest_us / INT64_C(3600000000)),
		.min = (int)(rest_us / 60000000 % 60),
		.sec = (double)(rest_us / 1000000 % 60),
	};
}

static bool is_rate(enum report_type type)
{
	return type == REPORT_RATIO || type == REPORT_AVERAGE;
}

static lxw_col_t put_cell(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t at, const struct report_column *column,
			  const struct report_cell *cell, bool is_total)
{
	lxw_format *const plain[] = {book->text, book->count, book->percent, book->average, book->date, book->instant};
	lxw_format *format = is_total ? book->total[column->type] : plain[column->type];
	lxw_format *number = is_total ? book->total[REPORT_COUNT] : book->count;
	lxw_datetime when;
	if (cell->is_null) {
		for (int i = 0; i < (is_rate(column->type) ? 2 : 0); i++)
			keep(book, worksheet_write_blank(sheet, row, at++, number));
		keep(book, worksheet_write_blank(sheet, row, at, format));
		return (lxw_col_t)(at + 1);
	}
	switch (column->type) {
	case REPORT_TEXT:
		put_text(book, sheet, row, at, cell->text, format);
		break;
	case REPORT_COUNT:
		keep(book, worksheet_write_number(sheet, row, at, (double)cell->number, format));
		break;
	case REPORT_RATIO:
	case REPORT_AVERAGE:
		keep(book, worksheet_write_number(sheet, row, at++, (double)cell->number, number));
		keep(book, worksheet_write_number(sheet, row, at++, (double)cell->denominator, number));
		int64_t hundredths = report_hundredths(column->type, cell);
		if (hundredths == INT64_MIN)
			put_text(book, sheet, row, at, "不适用", format);
		else
			keep(book, worksheet_write_number(sheet, row, at,
							  (double)hundredths / (column->type == REPORT_RATIO ? 10000 : 100), format));
		break;
	case REPORT_DATE:
		when = datetime(cell->number * INT64_C(86400000000));
		keep(book, worksheet_write_datetime(sheet, row, at, &when, format));
		break;
	case REPORT_INSTANT:
		when = datetime(cell->number + INT64_C(8) * 3600 * 1000000);
		keep(book, worksheet_write_datetime(sheet, row, at, &when, format));
		break;
	}
	return (lxw_col_t)(at + 1);
}

static lxw_col_t put_headings(struct book *book, lxw_worksheet *sheet, struct report *report, const struct report_table *table)
{
	lxw_col_t at = 0;
	for (size_t i = 0; i < table->column_count; i++) {
		const struct report_column *column = &table->columns[i];
		double width = column->width * 2.0 + 2;
		const char *heading = column->heading;
		if (is_rate(column->type)) {
			width = 11;
			keep(book, worksheet_set_column(sheet, at, (lxw_col_t)(at + 1), width, NULL));
			put_text(book, sheet, 1, at++, report_format(report, "%s（分子）", column->heading), book->head);
			put_text(book, sheet, 1, at++, report_format(report, "%s（分母）", column->heading), book->head);
			if (column->type == REPORT_RATIO)
				heading = report_format(report, "%s（%%）", column->heading);
		}
		if (column->type == REPORT_INSTANT)
			width = 20;
		keep(book, worksheet_set_column(sheet, at, at, width > 60 ? 60 : width, NULL));
		put_text(book, sheet, 1, at++, heading, book->head);
	}
	return at;
}

static void put_table(struct book *book, struct report *report, const struct report_table *table)
{
	lxw_worksheet *sheet = add_sheet(book, table->caption);
	lxw_row_t row = 2;
	lxw_col_t columns;
	if (!sheet)
		return;
	put_text(book, sheet, 0, 0, table->caption, book->caption);
	keep(book, worksheet_set_row(sheet, 0, 26, NULL));
	columns = put_headings(book, sheet, report, table);
	for (const struct report_row *at = table->first; at; at = at->next, row++) {
		lxw_col_t column = 0;
		for (size_t i = 0; i < table->column_count; i++)
			column = put_cell(book, sheet, row, column, &table->columns[i], &at->cells[i], at->is_total);
		book->file->rows++;
	}
	worksheet_freeze_panes(sheet, 2, 1);
	keep(book, worksheet_repeat_rows(sheet, 0, 1));
	if (columns > 8)
		worksheet_set_landscape(sheet);
	if (table->row_count > 0)
		keep(book, worksheet_autofilter(sheet, 1, 0, row - 1, (lxw_col_t)(columns - 1)));
	keep(book, worksheet_set_footer(sheet, "&C第 &P 页 共 &N 页"));
}

static void merge(struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, lxw_row_t last_row, lxw_col_t last_column,
		  const char *text, lxw_format *format)
{
	if (row == last_row && column == last_column)
		put_text(book, sheet, row, column, text, format);
	else
		keep(book, worksheet_merge_range(sheet, row, column, last_row, last_column, text, format));
}

/* A plain count is a number whose format shows the unit of the form, so that it can still be added up. */
static void put_answer(struct book *book, lxw_worksheet *sheet, struct report *report, lxw_row_t row, const struct report_form_row *at)
{
	if (!at->has_count) {
		put_text(book, sheet, row, 2, at->answer, book->form_answer);
		return;
	}
	lxw_format *format = format_new(book, "宋体", 12, false, true);
	if (!format)
		return;
	format_set_align(format, LXW_ALIGN_CENTER);
	format_set_num_format(format, report_format(report, "0\" %s\"", at->unit));
	keep(book, worksheet_write_number(sheet, row, 2, (double)at->count, format));
}

static void put_form(struct book *book, struct report *report, const struct report_form *form)
{
	lxw_worksheet *sheet = add_sheet(book, "统计表");
	lxw_row_t row = 5, section_row = 5;
	if (!sheet)
		return;
	keep(book, worksheet_set_column(sheet, 0, 0, 12, NULL));
	keep(book, worksheet_set_column(sheet, 1, 1, 46, NULL));
	keep(book, worksheet_set_column(sheet, 2, 2, 44, NULL));
	merge(book, sheet, 0, 0, 0, 2, form->title, book->form_title);
	merge(book, sheet, 1, 0, 1, 2, form->year, book->form_year);
	merge(book, sheet, 2, 0, 2, 2, report_format(report, "%s%s", form->office_label, form->office), book->form_line);
	merge(book, sheet, 3, 0, 3, 2, report_format(report, "%s%s", form->filled_label, form->filled), book->form_line);
	keep(book, worksheet_set_row(sheet, 0, 32, NULL));
	for (lxw_col_t i = 0; i < 3; i++)
		put_text(book, sheet, 4, i, form->heads[i], book->form_head);
	for (const struct report_form_row *at = form->first; at; at = at->next, row++) {
		put_text(book, sheet, row, 1, at->label, book->form_label);
		put_answer(book, sheet, report, row, at);
		keep(book, worksheet_set_row(sheet, row, strlen(at->label) > 66 || strlen(at->answer) > 60 ? 44 : 27, NULL));
		if (!at->next || strcmp(at->next->section, at->section) != 0) {
			merge(book, sheet, section_row, 0, row, 0, at->section, book->form_section);
			section_row = row + 1;
		}
	}
	worksheet_center_horizontally(sheet);
	keep(book, worksheet_print_area(sheet, 0, 0, row - 1, 2));
}

static const char *source_line(struct report *report, const char *caption, const char *source)
{
	return report_format(report, "“%s”来源：%s", caption, report_source_text(report, source));
}

static void put_words(struct book *book, lxw_worksheet *sheet, struct report *report)
{
	const struct {
		const char *label, *text;
	} head[] = {
		{"对象", report->office_name},
		{"单位代码", report->office_code},
		{"参数", report->parameters},
		{"统计截止日", report_date_text(report, report->on)},
		{"数据时点", report_as_of_text(report)},
		{"规则版本", report->rule_version},
	};
	lxw_row_t row = 0;
	put_text(book, sheet, row++, 0, report->title, book->title);
	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++, row++) {
		put_text(book, sheet, row, 0, head[i].label, book->label);
		put_text(book, sheet, row, 1, head[i].text, book->words);
	}
	for (const struct report_block *block = report->first; block; block = block->next) {
		if (block->kind == REPORT_SECTION)
			put_text(book, sheet, ++row, 0, block->text, book->heading);
		else if (block->kind == REPORT_PARAGRAPH)
			put_text(book, sheet, row, 1, block->text, book->words);
		else if (block->kind == REPORT_NOTE)
			put_text(book, sheet, row, 1, block->text, book->note);
		else if (block->kind == REPORT_TABLE && block->table->source)
			put_text(book, sheet, row, 1, source_line(report, block->table->caption, block->table->source), book->note);
		else if (block->kind == REPORT_FORM && block->form->source)
			put_text(book, sheet, row, 1, source_line(report, block->form->title, block->form->source), book->note);
		else
			continue;
		row++;
	}
	keep(book, worksheet_set_column(sheet, 0, 0, 14, NULL));
	keep(book, worksheet_set_column(sheet, 1, 1, 90, NULL));
}

static void fill(struct book *book, struct report *report)
{
	lxw_doc_properties properties = {
		.title = (char *)(uintptr_t)report->title,
		.author = (char *)(uintptr_t)report->office_name,
		.company = (char *)(uintptr_t)"",
		.created = (time_t)(report->as_of_us / 1000000),
	};
	keep(book, workbook_set_properties(book->workbook, &properties));
	add_formats(book);
	if (book->failed != LXW_NO_ERROR)
		return;
	for (const struct report_block *block = report->first; block; block = block->next)
		if (block->kind == REPORT_FORM)
			put_form(book, report, block->form);
	lxw_worksheet *words = add_sheet(book, "说明");
	if (words)
		put_words(book, words, report);
	for (const struct report_block *block = report->first; block; block = block->next)
		if (block->kind == REPORT_TABLE)
			put_table(book, report, block->table);
}

int report_write_xlsx(struct report *report, struct report_file *out, struct err *err)
{
	const char *folder = getenv("TMPDIR");
	char path[300];
	int rc = -1;
	snprintf(path, sizeof(path), "%s/zhibao-report-XXXXXX", folder && *folder ? folder : "/tmp");
	int fd = mkstemp(path);
	if (fd < 0) {
		err_set(err, ERR_IO, "%s：无法建立临时文件", path);
		return -1;
	}
	close(fd);
	struct book book = {.workbook = workbook_new(path), .file = out};
	if (book.workbook) {
		fill(&book, report);
		keep(&book, workbook_close(book.workbook));
	}
	if (!book.workbook || book.failed != LXW_NO_ERROR)
		err_set(err, ERR_IO, "E_REPORT_XLSX %s", book.workbook ? lxw_strerror(book.failed) : "内存不足");
	else
		rc = file_read(path, MAX_BYTES, &out->data, err);
	unlink(path);
	return rc;
}
