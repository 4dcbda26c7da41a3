/* SPDX-License-Identifier: Apache-2.0 */
#include "importer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "csvtable.h"
#include "fsx.h"
#include "uuid.h"

enum { MAX_FILE_BYTES = 64 << 20, ROWS_PER_REQUEST = 500 };

#define note_heading "问题" /* column that a rejected file carries */

/* Columns that are no fields of a kind. */
enum own_column { OWN_NOTE, OWN_ITEM, OWN_REASON, OWN_COLUMNS };
static const char *const own_names[OWN_COLUMNS][2] = {
	[OWN_NOTE] = {note_heading, note_heading},
	[OWN_ITEM] = {"item_id", "记录编号"},
	[OWN_REASON] = {"correction_reason", "更正原因"},
};

static bool is_own(const char *heading, enum own_column own)
{
	return strcmp(heading, own_names[own][0]) == 0 || strcmp(heading, own_names[own][1]) == 0;
}

static bool is_any_own(const char *heading)
{
	for (int own = 0; own < OWN_COLUMNS; own++)
		if (is_own(heading, (enum own_column)own))
			return true;
	return false;
}

/* Cell of the row in the own column, "" when there is none. */
static const char *own_cell(const struct csv_table *table, size_t row, enum own_column own)
{
	for (size_t c = 0; c < table->rows[0].cell_count; c++)
		if (is_own(csv_cell(table, 0, c), own))
			return csv_cell(table, row, c);
	return "";
}

/* The items named must be numbers: whether they are in the ledger is told row by row. */
static int check_items(const struct csv_table *table, struct err *err)
{
	struct uuid id;
	for (size_t row = 1; row < table->row_count; row++) {
		const char *item = own_cell(table, row, OWN_ITEM);
		if (*item && uuid_parse(item, strlen(item), &id) < 0) {
			err_set(err, ERR_DATA, "E_CSV_ITEM 第 %zu 行：记录编号“%.60s”应为 UUID，可用 list 查看",
				table->rows[row].line, item);
			return -1;
		}
	}
	return 0;
}

static bool has_new_rows(const struct csv_table *table)
{
	for (size_t row = 1; row < table->row_count; row++)
		if (!*own_cell(table, row, OWN_ITEM))
			return true;
	return table->row_count <= 1;
}

static int check_headings(const struct csv_table *table, const struct catalog_kind *kind,
			  struct err *err)
{
	for (size_t c = 0; c < table->rows[0].cell_count; c++) {
		const char *heading = csv_cell(table, 0, c);
		if (*heading && !is_any_own(heading) &&
		    catalog_field_find(kind->fields, kind->field_count, heading) < 0) {
			err_set(err, ERR_DATA, "E_CSV_COLUMN 第 %zu 行：%s没有“%s”这一列，请删除或改名",
				table->rows[0].line, kind->label_zh, heading);
			return -1;
		}
	}
	bool is_whole = has_new_rows(table); /* an amendment leaves out what stays */
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct catalog_field *field = &kind->fields[i];
		if (is_whole && field->is_required && csv_column(table, field->name) < 0 &&
		    csv_column(table, field->label_zh) < 0) {
			err_set(err, ERR_DATA, "E_CSV_COLUMN_MISSING 第 %zu 行：缺少必填列“%s”（%s）",
				table->rows[0].line, field->label_zh, field->name);
			return -1;
		}
	}
	return check_items(table, err);
}

static json_t *row_entry(const struct csv_table *table, size_t row, const struct import_options *options)
{
	json_t *fields = json_object();
	const char *item = own_cell(table, row, OWN_ITEM), *reason = own_cell(table, row, OWN_REASON);
	for (size_t c = 0; c < table->rows[0].cell_count; c++) {
		const char *heading = csv_cell(table, 0, c);
		const char *cell = csv_cell(table, row, c);
		if (*heading && *cell && !is_any_own(heading))
			json_object_set_new(fields, heading, json_string(cell));
	}
	json_t *entry = json_pack("{s:s, s:o}", "kind", options->kind->name, "fields", fields);
	if (*item) {
		json_object_set_new(entry, "operation", json_string("amend"));
		json_object_set_new(entry, "item_id", json_string(item));
	}
	if (*reason || (*item && options->correction_reason))
		json_object_set_new(entry, "correction_reason", json_string(*reason ? reason : options->correction_reason));
	return entry;
}

static void append_cell(struct buf *out, const char *text)
{
	bool needs_quotes = strpbrk(text, ",\"\r\n") != NULL;
	if (needs_quotes)
		buf_text(out, "\"");
	for (; *text; text++) {
		if (*text == '"')
			buf_text(out, "\"");
		buf_append(out, text, 1);
	}
	if (needs_quotes)
		buf_text(out, "\"");
}

/* A row as it was, with what is wrong in a last column. */
static void append_row(struct buf *out, const struct csv_table *table, size_t row, const char *note)
{
	int skip = csv_column(table, note_heading);
	for (size_t c = 0; c < table->rows[0].cell_count; c++) {
		if ((int)c == skip)
			continue;
		append_cell(out, csv_cell(table, row, c));
		buf_text(out, ",");
	}
	append_cell(out, note);
	buf_text(out, "\r\n");
}

/* Adds the problems of one answer, with lines of the file, and the rejected rows. */
static void take_answer(const json_t *answer, const struct csv_table *table, size_t first_row,
			struct import_result *out, struct buf *rejected)
{
	json_t *problems = json_object_get(answer, "problems"), *problem;
	size_t i, last_row = 0;
	struct buf note = {0};
	json_array_foreach(problems, i, problem)
	{
		size_t row = first_row + (size_t)json_integer_value(json_object_get(problem, "row"));
		if (row >= table->row_count)
			continue;
		if (row != last_row) {
			if (last_row)
				append_row(rejected, table, last_row, buf_string(&note));
			buf_reset(&note);
			out->refused++;
			last_row = row;
		}
		buf_format(&note, "%s%s %s", note.len ? "；" : "",
			   json_string_value(json_object_get(problem, "code")),
			   json_string_value(json_object_get(problem, "message")));
		json_object_set_new(problem, "line", json_integer((json_int_t)table->rows[row].line));
		json_array_append(out->problems, problem);
	}
	if (last_row)
		append_row(rejected, table, last_row, buf_string(&note));
	out->stored += json_array_size(json_object_get(answer, "stored"));
	buf_fini(&note);
}

static int send_rows(const struct import_options *options, const struct csv_table *table,
		     struct import_result *out, struct buf *rejected, struct err *err)
{
	for (size_t first = 1; first < table->row_count; first += ROWS_PER_REQUEST) {
		json_t *entries = json_array();
		size_t last = first + ROWS_PER_REQUEST;
		for (size_t row = first; row < last && row < table->row_count; row++)
			json_array_append_new(entries, row_entry(table, row, options));
		json_t *request = json_pack("{s:s, s:o, s:s, s:s}", "op", "enter", "entries", entries, "author",
					    options->author, "on_behalf_of", options->on_behalf_of);
		if (options->wait_ms && last >= table->row_count)
			json_object_set_new(request, "wait_ms", json_integer(options->wait_ms));
		json_t *answer = client_ask(options->socket_path, request, err);
		json_decref(request);
		if (!answer)
			return -1;
		if (!json_object_get(answer, "stored")) {
			json_t *problem = json_array_get(json_object_get(answer, "problems"), 0);
			err_set(err, ERR_RETRY, "%s",
				json_string_value(json_object_get(problem, "message")));
			json_decref(answer);
			return -1;
		}
		take_answer(answer, table, first, out, rejected);
		json_decref(answer);
	}
	return 0;
}

int import_run(const struct import_options *options, struct import_result *out, struct err *err)
{
	struct csv_table table;
	struct buf rejected = {0};
	*out = (struct import_result){.problems = json_array()};
	if (csv_table_read(options->file, MAX_FILE_BYTES, &table, err) < 0) {
		json_decref(out->problems);
		out->problems = NULL;
		return -1;
	}
	out->was_gbk = table.was_gbk;
	buf_text(&rejected, "\xEF\xBB\xBF"); /* so that a spreadsheet reads it as UTF-8 */
	append_row(&rejected, &table, 0, note_heading);
	int rc = check_headings(&table, options->kind, err);
	if (rc == 0)
		rc = send_rows(options, &table, out, &rejected, err);
	if (out->refused > 0) {
		if (options->rejected_path)
			snprintf(out->rejected_path, sizeof(out->rejected_path), "%s", options->rejected_path);
		else
			snprintf(out->rejected_path, sizeof(out->rejected_path), "%s.rejected.csv", options->file);
		struct err write_err = {0};
		if (file_write(out->rejected_path, rejected.data, rejected.len, 0600, &write_err) < 0 && rc == 0) {
			if (err)
				*err = write_err;
			rc = -1;
		}
	}
	buf_fini(&rejected);
	csv_table_fini(&table);
	return rc;
}
