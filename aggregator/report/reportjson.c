/* SPDX-License-Identifier: Apache-2.0 */
#include "reportwriter.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "calendar.h"

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *rate_json(struct report *report, const struct report_column *column, const struct report_cell *cell)
{
	bool applies = report_hundredths(column->type, cell) != INT64_MIN;
	const struct report_column plain = {.type = REPORT_AVERAGE}; /* the number without its percent sign */
	struct report_cell scaled = *cell;
	if (column->type == REPORT_RATIO)
		scaled.number *= 100;
	return json_pack("{s:I, s:I, s:o}", "numerator", (json_int_t)cell->number, "denominator", (json_int_t)cell->denominator,
			 column->type == REPORT_RATIO ? "percent" : "value",
			 applies ? json_string(report_cell_text(report, &plain, &scaled)) : json_null());
}

static json_t *cell_json(struct report *report, const struct report_column *column, const struct report_cell *cell)
{
	char instant[INSTANT_TEXT_SIZE];
	if (cell->is_null)
		return json_null();
	switch (column->type) {
	case REPORT_TEXT:
		return json_string(cell->text);
	case REPORT_COUNT:
		return json_integer(cell->number);
	case REPORT_RATIO:
	case REPORT_AVERAGE:
		return rate_json(report, column, cell);
	case REPORT_DATE:
		return json_string(report_date_text(report, (int32_t)cell->number));
	case REPORT_INSTANT:
		instant_format(cell->number, instant);
		return json_string(instant);
	}
	return NULL;
}

static json_t *table_json(struct report *report, const struct report_table *table, struct report_file *out)
{
	static const char *const types[] = {"text", "count", "ratio", "average", "date", "instant"};
	json_t *columns = json_array(), *rows = json_array();
	for (size_t i = 0; i < table->column_count; i++)
		json_array_append_new(columns, json_pack("{s:s, s:s, s:s}", "name", table->columns[i].name, "heading",
							 table->columns[i].heading, "type", types[table->columns[i].type]));
	for (const struct report_row *row = table->first; row; row = row->next) {
		json_t *object = json_object();
		json_object_set_new(object, "is_total", json_boolean(row->is_total));
		for (size_t i = 0; i < table->column_count; i++)
			json_object_set_new(object, table->columns[i].name, cell_json(report, &table->columns[i], &row->cells[i]));
		json_array_append_new(rows, object);
		out->rows++;
	}
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "type", "table", "name", table->name, "caption", table->caption, "source",
			 text_or_null(table->source), "columns", columns, "rows", rows);
}

static json_t *form_json(const struct report_form *form)
{
	json_t *rows = json_array();
	for (const struct report_form_row *row = form->first; row; row = row->next)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:o, s:o, s:s}", "section", row->section, "label", row->label,
						      "unit", text_or_null(row->unit), "count",
						      row->has_count ? json_integer(row->count) : json_null(), "answer",
						      row->answer));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "type", "form", "title", form->title, "year", form->year, "office",
			 form->office, "filled", form->filled, "source", text_or_null(form->source), "rows", rows);
}

static json_t *block_json(struct report *report, const struct report_block *block, struct report_file *out)
{
	switch (block->kind) {
	case REPORT_PARAGRAPH:
		return json_pack("{s:s, s:s}", "type", "paragraph", "text", block->text);
	case REPORT_NOTE:
		return json_pack("{s:s, s:s}", "type", "note", "text", block->text);
	case REPORT_TABLE:
		return table_json(report, block->table, out);
	case REPORT_FORM:
		return form_json(block->form);
	default:
		return NULL;
	}
}

static json_t *sections_json(struct report *report, struct report_file *out)
{
	json_t *sections = json_array(), *blocks = NULL;
	for (const struct report_block *block = report->first; block; block = block->next) {
		if (block->kind == REPORT_BREAK)
			continue;
		if (block->kind == REPORT_SECTION || !blocks) {
			bool is_named = block->kind == REPORT_SECTION;
			blocks = json_array();
			json_array_append_new(sections, json_pack("{s:s, s:s, s:o}", "name", is_named ? block->name : "", "heading",
								  is_named ? block->text : "", "blocks", blocks));
			if (is_named)
				continue;
		}
		json_array_append_new(blocks, block_json(report, block, out));
	}
	return sections;
}

static int collect(const char *data, size_t len, void *context)
{
	struct buf *out = context;
	buf_append(out, data, len);
	return out->is_failed ? -1 : 0;
}

int report_write_json(struct report *report, struct report_file *out, struct err *err)
{
	char as_of[INSTANT_TEXT_SIZE];
	json_error_t why;
	instant_format(report->as_of_us, as_of);
	json_t *parameters = json_loads(report->parameters, 0, &why);
	if (!parameters)
		parameters = json_object();
	json_t *root = json_pack("{s:s, s:s, s:{s:s, s:s}, s:o, s:s, s:s, s:s, s:I, s:[s, s, s, s], s:o}", "report", report->kind, "title",
				 report->title, "office", "code", report->office_code, "name_zh", report->office_name,
				 "parameters", parameters, "as_of", as_of, "on", report_date_text(report, report->on),
				 "rule_version", report->rule_version, "register_version",
				 (json_int_t)report->register_version, "arguments", report->office_code,
				 report_date_text(report, report->on), as_of, report->period ? report->period : "", "sections", sections_json(report, out));
	int rc = root ? json_dump_callback(root, collect, &out->data, JSON_INDENT(1)) : -1;
	json_decref(root);
	buf_text(&out->data, "\n");
	if (rc == 0)
		return 0;
	err_set(err, ERR_DATA, "E_REPORT_TEXT 报告中有不合规的文字，无法写成 JSON");
	return -1;
}
