/* SPDX-License-Identifier: Apache-2.0 */
/* The indicators over HTTP: figures, the records behind them, effect sheets, the baseline plan,
 * the lines of annex 2, honest intervals. */
#include "api.h"
#include "params.h"
#include "sql.h"

static const char *get_text(const struct http_request *request, const char *name)
{
	const char *text = http_query(request, name);
	return text ? text : "";
}

void apifigures_catalogue(void *context, struct http_request *request,
			  struct http_response *response)
{
	static const char *const known[] = {NULL};
	struct pg_param params[] = {pg_text(NULL), pg_null_date(), pg_null_instant()};
	if (params_known(request, known, response) == 0)
		api_answer(context, SQL_indicator_catalogue, params, 3, "E_NOT_READY", "尚无数据",
			   response);
}

void apifigures_indicator(void *context, struct http_request *request,
			  struct http_response *response)
{
	static const char *const known[] = {"id", "node", "on", "as_of", "depth", NULL};
	static const char *const depths[] = {"children", "node", NULL};
	struct api *api = context;
	struct point point;
	const char *depth;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0 ||
	    params_choice(request, "depth", depths, "E_LEVEL_BAD", &depth, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of,
				    pg_text(get_text(request, "id")), pg_text(depth)};
	api_answer(api, SQL_indicator, params, 5, "E_NODE_UNKNOWN", "没有这个单位", response);
}

void apifigures_members(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"id",   "node",  "on",    "as_of",
					    "part", "limit", "after", NULL};
	struct api *api = context;
	struct point point;
	int64_t limit, offset;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0 ||
	    params_number(request, "limit", 1, 500, 50, &limit, response) < 0 ||
	    params_number(request, "after", 0, 100000000, 0, &offset, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)),
				    point.on,
				    point.as_of,
				    pg_text(get_text(request, "id")),
				    pg_text(get_text(request, "part")),
				    pg_int8(limit),
				    pg_int8(offset)};
	api_answer(api, SQL_indicator_members, params, 7, "E_NODE_UNKNOWN", "没有这个单位",
		   response);
}

void apifigures_effect(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"node", "on", "as_of", NULL};
	struct api *api = context;
	struct point point;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of};
	api_answer(api, SQL_effect, params, 3, "E_NODE_UNKNOWN", "没有这个市州或县", response);
}

void apifigures_baseline(void *context, struct http_request *request,
			 struct http_response *response)
{
	static const char *const known[] = {"node", "on", "as_of", "scope", NULL};
	static const char *const scopes[] = {"cities", "provincial", "all", NULL};
	struct api *api = context;
	struct point point;
	const char *scope;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0 ||
	    params_choice(request, "scope", scopes, "E_SCOPE_BAD", &scope, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of,
				    pg_text(scope)};
	api_answer(api, SQL_baseline, params, 4, "E_NODE_UNKNOWN", "没有这个单位", response);
}

void apifigures_annex2(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"node", "on", "as_of", NULL};
	struct api *api = context;
	struct point point;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of};
	api_answer(api, SQL_annex2, params, 3, "E_NODE_UNKNOWN", "没有这个单位", response);
}

void apifigures_annex2_sessions(void *context, struct http_request *request,
				struct http_response *response)
{
	static const char *const known[] = {"line", "on", "as_of", "limit", "after", NULL};
	struct api *api = context;
	struct point point;
	int64_t limit, offset;
	uint8_t line_bytes[16];
	struct pg_param line;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0 ||
	    params_uuid(request, "line", line_bytes, &line, response) < 0 ||
	    params_number(request, "limit", 1, 500, 50, &limit, response) < 0 ||
	    params_number(request, "after", 0, 100000000, 0, &offset, response) < 0)
		return;
	struct pg_param params[] = {line, point.on, point.as_of, pg_int8(limit), pg_int8(offset)};
	api_answer(api, SQL_annex2_sessions, params, 5, "E_LINE_UNKNOWN", "厅计划没有这一项",
		   response);
}

void apifigures_interval(void *context, struct http_request *request,
			 struct http_response *response)
{
	static const char *const known[] = {"node", "on", "as_of", NULL};
	struct api *api = context;
	struct point point;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of};
	api_answer(api, SQL_coverage_interval, params, 3, "E_NODE_UNKNOWN", "没有这个单位",
		   response);
}
