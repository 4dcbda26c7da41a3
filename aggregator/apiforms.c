/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics forms over HTTP: what was received, and what it adds up to. */
#include <string.h>

#include "api.h"
#include "params.h"
#include "sql.h"
#include "uuid.h"

static const char *const periods[] = {"mid_year", "year_end", NULL};

static const char *node_of(const struct http_request *request)
{
	const char *node = http_query(request, "node");
	return node && *node ? node : "420000";
}

static int get_parts(struct api *api, struct http_request *request, const char *const *known, struct point *point,
		     const char **period, struct http_response *response)
{
	if (params_known(request, known, response) < 0 ||
	    params_point(request, fold_status(api->fold).as_of_us, point, response) < 0)
		return -1;
	return params_choice(request, "period", periods, "E_PERIOD_BAD", period, response);
}

void api_forms(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"node", "period", "as_of", "detail", NULL};
	static const char *const details[] = {"all", "list", NULL};
	struct api *api = context;
	struct point point;
	const char *period, *detail;
	if (get_parts(api, request, known, &point, &period, response) < 0 ||
	    params_choice(request, "detail", details, "E_DETAIL_BAD", &detail, response) < 0)
		return;
	struct pg_param params[] = {pg_text(node_of(request)), pg_text(period), point.as_of, pg_text(detail)};
	api_answer(api, SQL_forms, params, 4, "E_NODE_UNKNOWN", "没有这个单位", response);
}

void api_forms_consolidated(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"node", "period", "as_of", NULL};
	struct api *api = context;
	struct point point;
	const char *period;
	if (get_parts(api, request, known, &point, &period, response) < 0)
		return;
	struct pg_param params[] = {pg_text(node_of(request)), pg_text(period), point.as_of};
	api_answer(api, SQL_forms_consolidated, params, 3, "E_NODE_UNKNOWN", "没有这个单位", response);
}

void api_one_form(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"on", "as_of", NULL};
	struct api *api = context;
	struct point point;
	struct uuid uuid;
	const char *item = http_path(request, "item");
	if (params_known(request, known, response) < 0 || api_point(api, request, &point, response) < 0)
		return;
	if (uuid_parse(item, strlen(item), &uuid) < 0) {
		http_fail(response, 400, "E_ID_BAD", "编号应为 UUID");
		return;
	}
	struct pg_param params[] = {pg_text(http_path(request, "office")), point.on, point.as_of, pg_uuid(uuid.bytes)};
	api_answer(api, SQL_one_form, params, 4, "E_FORM_UNKNOWN", "没有收到这张统计表", response);
}
