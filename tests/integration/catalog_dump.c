/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the catalogue as JSON, or with an argument the cells of the form, for the tests that compare them with the schema. */
#include <jansson.h>
#include <stdio.h>

#include "formcheck.h"

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
	(void)argv;
	if (argc > 1)
		return dump_cells();
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
