/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the catalogue as JSON, with the argument cells those of the form, with blanks the characters of which nothing is seen, for
 * the tests that compare them with the schema. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "formcheck.h"
#include "utf8.h"

static int dump_cells(void)
{
	static const char *const types[] = {"count", "boolean", "text", "url", "percent", "ratio"};
	json_t *cells = json_array();
	for (size_t i = 0; i < FORM_CELL_COUNT; i++)
		json_array_append_new(cells, json_pack("[i, s, s, s, s, b]", (int)form_cells[i].item_no, form_cells[i].sub_field,
						       types[form_cells[i].type], form_cells[i].label_zh,
						       form_cells[i].unit, form_cells[i].is_mandatory));
	json_dumpf(cells, stdout, JSON_COMPACT);
	json_decref(cells);
	return 0;
}

static int dump_blanks(void)
{
	static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
	for (unsigned code = 1; code <= 0x10FFFF; code++) {
		unsigned char text[5] = {(unsigned char)code};
		unsigned tail = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
		if (tail > 0)
			text[0] = (unsigned char)(leads[tail] | code >> 6 * tail);
		for (unsigned at = 1; at <= tail; at++)
			text[at] = (unsigned char)(0x80 | (code >> 6 * (tail - at) & 0x3F));
		if (text_is_blank((const char *)text))
			printf("%u\n", code);
	}
	return 0;
}

static json_t *field(const struct catalog_field *f)
{
	json_t *values = json_array(), *labels = json_array();
	for (size_t v = 0; v < f->value_count; v++) {
		json_array_append_new(values, json_string(f->values[v].name));
		json_array_append_new(labels, json_string(f->values[v].label_zh));
	}
	return json_pack("{s:s, s:s, s:i, s:b, s:I, s:I, s:o, s:o}", "name", f->name, "label", f->label_zh, "type",
			 (int)f->type, "required", f->is_required, "min", (json_int_t)f->min, "max",
			 (json_int_t)f->max, "values", values, "value_labels", labels);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "blanks") == 0 ? dump_blanks() : dump_cells();
	json_t *kinds = json_array();
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		json_t *fields = json_array();
		for (size_t i = 0; i < catalog_kinds[k]->field_count; i++)
			json_array_append_new(fields, field(&catalog_kinds[k]->fields[i]));
		json_array_append_new(kinds, json_pack("{s:s, s:s, s:o}", "name", catalog_kinds[k]->name, "label",
						       catalog_kinds[k]->label_zh, "fields", fields));
	}
	json_dumpf(kinds, stdout, JSON_COMPACT);
	json_decref(kinds);
	return 0;
}
