/* SPDX-License-Identifier: Apache-2.0 */
#include "formsheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formcheck.h"

enum column { ITEM, SUB_FIELD, LABEL, UNIT, PROPOSED, SOURCES, OVERRIDE, REASON, COLUMN_COUNT };
enum { ITEM_FREE = 22 };

static const char *const headings[COLUMN_COUNT] = {"项号", "子项", "项目", "单位", "建议值", "依据记录数", "改填", "说明"};

/* Fields of the form that stand above the cells, in the order of the sheet. */
static const char *const field_names[] = {"period",    "period_start", "period_end", "scope",	   "filled_on",
					  "filled_by", "approved_by",  "is_stamped", "scan_digest", "participation_total"};

static void append_cell(struct buf *out, const char *text, bool is_last)
{
	bool needs_quotes = strpbrk(text, ",\"\r\n") != NULL;
	if (needs_quotes)
		buf_text(out, "\"");
	for (const char *at = text; *at; at++)
		buf_append(out, *at == '"' ? "\"\"" : at, *at == '"' ? 2 : 1);
	buf_text(out, needs_quotes ? "\"" : "");
	buf_text(out, is_last ? "\r\n" : ",");
}

static void append_row(struct buf *out, const char *const cells[COLUMN_COUNT])
{
	for (int c = 0; c < COLUMN_COUNT; c++)
		append_cell(out, cells[c] ? cells[c] : "", c == COLUMN_COUNT - 1);
}

static const json_t *cell_of(const json_t *proposal, const struct form_cell *cell)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(proposal, "cells"), i, one)
		if (json_integer_value(json_object_get(one, "item_no")) == cell->item_no &&
		    strcmp(json_string_value(json_object_get(one, "sub_field")), cell->sub_field) == 0)
			return one;
	return NULL;
}

/* Where the records give nothing because there is nothing to divide by, the sheet says why it does not apply. */
static const char *reason_of(const struct form_cell *cell, const char *value)
{
	if (value)
		return "";
	return cell->type == FORM_PERCENT ? "辖区内没有乡镇" : cell->type == FORM_RATIO ? "没有宣讲骨干" : "";
}

static void append_cells(struct buf *out, const json_t *proposal)
{
	for (size_t i = 0; i < FORM_CELL_COUNT; i++) {
		char item[12], sources[24];
		const struct form_cell *cell = &form_cells[i];
		const json_t *proposed = cell_of(proposal, cell);
		const char *value = json_string_value(json_object_get(proposed, "value"));
		snprintf(item, sizeof(item), "%u", cell->item_no);
		snprintf(sources, sizeof(sources), "%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(proposed, "sources")));
		const char *row[COLUMN_COUNT] = {item,	  cell->sub_field, cell->label_zh, cell->unit, value ? value : "",
						 sources, "",		   reason_of(cell, value)};
		append_row(out, row);
	}
}

void formsheet_write(struct buf *out, const json_t *proposal, const json_t *fields)
{
	const struct catalog_kind *kind = catalog_kind_find("statistics_form");
	buf_text(out, "\xef\xbb\xbf");
	append_row(out, headings);
	for (size_t i = 0; i < sizeof(field_names) / sizeof(field_names[0]); i++) {
		char number[24] = "";
		int f = catalog_field_find(kind->fields, kind->field_count, field_names[i]);
		const json_t *known = json_object_get(proposal, field_names[i]);
		const char *value = json_string_value(known ? known : json_object_get(fields, field_names[i]));
		if (json_is_integer(known))
			snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(known));
		const char *row[COLUMN_COUNT] = {field_names[i], "", kind->fields[f].label_zh, "", value ? value : number, "", "", ""};
		append_row(out, row);
	}
	append_cells(out, proposal);
}

struct reading {
	const struct csv_table *table;
	int columns[COLUMN_COUNT];
	json_t *fields, *lines, *entries;
};

static const char *at(const struct reading *reading, size_t row, enum column column)
{
	return reading->columns[column] < 0 ? "" : csv_cell(reading->table, row, (size_t)reading->columns[column]);
}

static void set(json_t *object, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(object, key, json_string(text));
}

/* Key of the answer in a line, by the sort of the cell. */
static const char *key_of(const struct form_cell *cell)
{
	return cell->type == FORM_COUNT						? "count"
	       : cell->type == FORM_BOOLEAN					? "is_yes"
	       : cell->type == FORM_PERCENT || cell->type == FORM_RATIO ? "rate_text"
									: "text";
}

static void read_cell(struct reading *reading, size_t row, const struct form_cell *cell)
{
	const char *proposed = at(reading, row, PROPOSED), *override = at(reading, row, OVERRIDE);
	const char *reason = at(reading, row, REASON), *value = *override ? override : proposed;
	bool is_left = strcmp(value, "不适用") == 0, is_open = strcmp(value, "未填") == 0;
	if (!*value && !*reason)
		return; /* nothing said; a cell that must be answered is asked for by the rules */
	json_t *line = json_pack("{s:i, s:s}", "item_no", (int)cell->item_no, "sub_field", cell->sub_field);
	json_object_set_new(line, "state", json_string(is_open ? "not_answered" : is_left || !*value ? "not_applicable" : "value"));
	if (*value && !is_left && !is_open)
		set(line, key_of(cell), value);
	set(line, "reason", reason);
	if (cell->type == FORM_COUNT)
		set(line, "proposed_count", proposed);
	json_array_append_new(reading->lines, line);
}

static void read_entry(struct reading *reading, size_t row)
{
	json_t *entry = json_object();
	set(entry, "label", at(reading, row, LABEL));
	set(entry, "count", at(reading, row, OVERRIDE));
	set(entry, "unit", at(reading, row, UNIT));
	set(entry, "note", at(reading, row, REASON));
	json_array_append_new(reading->entries, entry);
}

static int read_row(struct reading *reading, size_t row, struct err *err)
{
	const char *item = at(reading, row, ITEM), *sub_field = at(reading, row, SUB_FIELD);
	size_t line = reading->table->rows[row].line;
	if (strspn(item, "0123456789") == strlen(item) && *item) {
		unsigned long number = strtoul(item, NULL, 10);
		int cell = number < ITEM_FREE ? form_cell_find((uint32_t)number, sub_field) : -1;
		if (number == ITEM_FREE) {
			read_entry(reading, row);
		} else if (cell >= 0) {
			read_cell(reading, row, &form_cells[cell]);
		} else {
			err_set(err, ERR_DATA, "E_FORM_CELL_UNKNOWN 第 %zu 行：统计表没有第 %.12s 项“%.40s”", line, item, sub_field);
			return -1;
		}
		return 0;
	}
	for (size_t i = 0; i < sizeof(field_names) / sizeof(field_names[0]); i++)
		if (strcmp(field_names[i], item) == 0) {
			const char *override = at(reading, row, OVERRIDE);
			set(reading->fields, item, *override ? override : at(reading, row, PROPOSED));
			return 0;
		}
	err_set(err, ERR_DATA, "E_FORM_ROW 第 %zu 行：项号“%.40s”既不是项号，也不是统计表的字段", line, item);
	return -1;
}

json_t *formsheet_read(const struct csv_table *table, struct err *err)
{
	struct reading reading = {.table = table};
	for (int c = 0; c < COLUMN_COUNT; c++) {
		reading.columns[c] = csv_column(table, headings[c]);
		if (reading.columns[c] < 0 && (c == ITEM || c == PROPOSED || c == OVERRIDE || c == REASON)) {
			err_set(err, ERR_DATA, "E_CSV_HEADING 缺少“%s”这一列，请用 form propose 生成的表填写", headings[c]);
			return NULL;
		}
	}
	reading.fields = json_object();
	reading.lines = json_array();
	reading.entries = json_array();
	for (size_t row = 1; row < table->row_count; row++)
		if (read_row(&reading, row, err) < 0) {
			json_decref(reading.fields);
			json_decref(reading.lines);
			json_decref(reading.entries);
			return NULL;
		}
	json_object_set_new(reading.fields, "lines", reading.lines);
	if (json_array_size(reading.entries) > 0)
		json_object_set(reading.fields, "entries", reading.entries);
	json_decref(reading.entries);
	return reading.fields;
}
