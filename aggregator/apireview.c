/* SPDX-License-Identifier: Apache-2.0 */
/* Reviews over HTTP: what waits for a verdict, and the words of the record catalogue that pages
 * show records with. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "catalog.h"
#include "sql.h"

void apireview_list(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"kind",  "node",  "on",    "as_of",
					    "state", "limit", "after", NULL};
	static const char *const states[] = {"pending",  "accepted", "returned", "rejected",
					     "disputed", "flagged",  "any",      NULL};
	struct api *api = context;
	struct point point;
	int64_t limit, offset;
	const char *state;
	const char *name = http_query(request, "kind");
	const struct catalog_kind *kind = catalog_kind_find(name && *name ? name : "submission");
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0 ||
	    params_choice(request, "state", states, "E_STATE_BAD", &state, response) < 0 ||
	    params_number(request, "limit", 1, 500, 100, &limit, response) < 0 ||
	    params_number(request, "after", 0, 100000000, 0, &offset, response) < 0)
		return;
	if (!kind) {
		http_fail(response, 400, "E_KIND_UNKNOWN", "没有这种记录类别");
		return;
	}
	struct pg_param params[] = {pg_text(api_node(request)),
				    point.on,
				    point.as_of,
				    pg_text(kind->name),
				    pg_text(state),
				    pg_int8(limit),
				    pg_int8(offset),
				    pg_text(kind->title_field)};
	api_answer(api, SQL_review_list, params, 8, "E_NODE_UNKNOWN", "没有这个单位", response);
}

void apireview_summary(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"node", "on", "as_of", NULL};
	struct api *api = context;
	struct point point;
	struct buf kinds = {0};
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0)
		return;
	for (size_t i = 0; i < CATALOG_KIND_COUNT; i++)
		buf_format(&kinds, "%s%s", i ? "," : "", catalog_kinds[i]->name);
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of,
				    pg_text(kinds.data)};
	api_answer(api, SQL_review_summary, params, 4, "E_NODE_UNKNOWN", "没有这个单位", response);
	buf_fini(&kinds);
}

static json_t *fields_json(const struct catalog_field *fields, size_t count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct catalog_field *field = &fields[i];
		json_t *values = json_object();
		for (size_t v = 0; v < field->value_count; v++)
			json_object_set_new(values, field->values[v].name,
					    json_string(field->values[v].label_zh));
		json_t *one =
			json_pack("{s:s, s:s, s:s?, s:o, s:o}", "name", field->name, "label_zh",
				  field->label_zh, "unit", field->unit, "values", values, "columns",
				  fields_json(field->columns, field->column_count));
		json_array_append_new(list, one);
	}
	return list;
}

void apireview_kinds(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {NULL};
	(void)context;
	if (params_known(request, known, response) < 0)
		return;
	json_t *list = json_array();
	for (size_t i = 0; i < CATALOG_KIND_COUNT; i++) {
		const struct catalog_kind *kind = catalog_kinds[i];
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s, s:o}", "code", kind->code, "kind",
						kind->name, "label_zh", kind->label_zh, "fields",
						fields_json(kind->fields, kind->field_count)));
	}
	json_t *answer = json_pack("{s:o}", "kinds", list);
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	if (text)
		buf_text(&response->body, text);
	else
		http_fail(response, 500, "E_MEMORY", "内存不足");
	free(text);
	json_decref(answer);
}
