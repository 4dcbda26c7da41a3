/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines over HTTP: what is owed and how it stands, and what counties filed with their cities. */
#include <stdlib.h>

#include "api.h"
#include "sql.h"

void api_deadlines(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"node", "on", "as_of", "milestone", "state", NULL};
	static const char *const states[] = {"", "exempt", "not_due", "on_time", "late", "missing", NULL};
	struct api *api = context;
	struct point point;
	int64_t milestone;
	const char *state;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0 ||
	    params_number(request, "milestone", 1, 9999, 0, &milestone, response) < 0 ||
	    params_choice(request, "state", states, "E_STATE_BAD", &state, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of,
				    milestone ? pg_int4((int32_t)milestone) : pg_null_int4(),
				    pg_text(*state ? state : NULL)};
	api_answer(api, SQL_deadlines, params, 5, "E_NODE_UNKNOWN", "没有这个单位", response);
}

void api_deadline_matrix(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"node", "on", "as_of", NULL};
	struct api *api = context;
	struct point point;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of};
	api_answer(api, SQL_deadline_matrix, params, 3, "E_NODE_UNKNOWN", "没有这个单位", response);
}

void api_deadline_obligation(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"on", "as_of", NULL};
	struct api *api = context;
	struct point point;
	const char *text = http_path(request, "milestone");
	char *end;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0)
		return;
	long milestone = strtol(text, &end, 10);
	if (*end || end == text || milestone < 1 || milestone > 9999) {
		http_fail(response, 400, "E_MILESTONE_BAD", "任务编号应为 1 到 9999 的整数");
		return;
	}
	struct pg_param params[] = {pg_text(http_path(request, "office")), point.on, point.as_of,
				    pg_int4((int32_t)milestone)};
	api_answer(api, SQL_deadline_obligation, params, 4, "E_OBLIGATION_UNKNOWN", "这个单位没有这项报送任务",
		   response);
}
