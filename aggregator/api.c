/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"

#include <stdbool.h>
#include <string.h>

#include "catalog.h"
#include "log.h"
#include "params.h"
#include "sql.h"
#include "uuid.h"

static const char *const province = "420000";

/* A refusal of the database carries its stable code before the first space. */
static bool answer_refusal(const char *text, struct http_response *response)
{
	const char *space = strchr(text, ' ');
	char code[64];
	if (strncmp(text, "E_", 2) != 0 || !space || (size_t)(space - text) >= sizeof(code))
		return false;
	memcpy(code, text, (size_t)(space - text));
	code[space - text] = '\0';
	http_fail(response, 400, code, space + 1);
	return true;
}

/* Nothing was found: there is no such thing, or the roll-ups are being made (anew) just now. */
static void answer_missing(struct pg *pg, const char *code, const char *text, struct http_response *response)
{
	struct err err;
	struct pg_rows *rows = NULL;
	if (pg_exec(pg, SQL_fold_position, NULL, 0, &rows, &err) == 0 && pg_rows_count(rows) == 0)
		http_fail(response, 503, "E_NOT_READY", "正在汇总，请稍后重试");
	else
		http_fail(response, 404, code, text);
	pg_rows_free(&rows);
}

void api_answer(struct api *api, const char *sql, const struct pg_param *params, size_t count,
		const char *missing_code, const char *missing_text, struct http_response *response)
{
	struct err err = {0};
	struct pg *pg = NULL;
	struct pg_rows *rows = NULL;
	if (pgpool_borrow(api->pool, &pg, &err) < 0 ||
	    pg_exec(pg, sql, params, count, &rows, &err) < 0) {
		if (err.code == ERR_DATA && answer_refusal(err.text, response))
			goto out;
		log_warn("api.failed", "cause=\"%s\"", err.text);
		if (err.code == ERR_RETRY)
			http_fail(response, 503, "E_DB_DOWN", "数据库暂时不可用，请稍后重试");
		else
			http_fail(response, 500, "E_INTERNAL", "内部错误，详见服务日志");
	} else if (pg_rows_count(rows) == 0 || pg_is_null(rows, 0, 0)) {
		answer_missing(pg, missing_code, missing_text, response);
	} else {
		buf_text(&response->body, pg_get_text(rows, 0, 0));
		if (pg_rows_check(rows, &err) < 0)
			http_fail(response, 500, "E_INTERNAL", "内部错误，详见服务日志");
	}
out:
	pg_rows_free(&rows);
	if (pg)
		pgpool_return(api->pool, pg);
}

int api_point(struct api *api, struct http_request *request, struct point *point,
	      struct http_response *response)
{
	return params_point(request, fold_status(api->fold).as_of_us, point, response);
}

const char *api_node(const struct http_request *request)
{
	const char *node = http_query(request, "node");
	return node && *node ? node : province;
}

static void get_offices(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"on", "as_of", NULL};
	struct api *api = context;
	struct point point;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0)
		return;
	struct pg_param params[] = {pg_text(NULL), point.on, point.as_of};
	api_answer(api, SQL_offices, params, 3, "E_NOT_READY", "尚未汇总，请稍后重试", response);
}

static void get_coverage(void *context, struct http_request *request,
			 struct http_response *response)
{
	static const char *const known[] = {"node", "on", "as_of", "depth", NULL};
	static const char *const depths[] = {"children", "counties", NULL};
	struct api *api = context;
	struct point point;
	const char *depth;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0 ||
	    params_choice(request, "depth", depths, "E_LEVEL_BAD", &depth, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of, pg_text(depth)};
	api_answer(api, SQL_coverage, params, 4, "E_NODE_UNKNOWN", "没有这个单位", response);
}

static void get_completion(void *context, struct http_request *request,
			   struct http_response *response)
{
	static const char *const known[] = {"node", "on", "as_of", "depth", "scope", NULL};
	static const char *const depths[] = {"children", NULL};
	static const char *const scopes[] = {"cities", "provincial", "all", NULL};
	struct api *api = context;
	struct point point;
	const char *scope, *depth;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0 ||
	    params_choice(request, "depth", depths, "E_LEVEL_BAD", &depth, response) < 0 ||
	    params_choice(request, "scope", scopes, "E_SCOPE_BAD", &scope, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of, pg_text(scope)};
	api_answer(api, SQL_completion, params, 4, "E_NODE_UNKNOWN", "没有这个单位", response);
}

static void get_lectures(struct api *api, struct http_request *request, const struct point *point,
			 int64_t limit, int64_t offset, struct http_response *response)
{
	static const char *const categories[] = {"",       "general", "enterprise", "campus",
						 "village", "site",    "system",     NULL};
	static const char *const breadths[] = {"broad", "strict", NULL};
	static const char *const counted_words[] = {"true", "false", "any", NULL};
	static const char *const planned_words[] = {"any", "yes", "no", NULL};
	const char *unit = http_query(request, "unit");
	const char *category, *breadth, *counted, *planned;
	uint8_t plan_bytes[16];
	struct pg_param plan;
	if (params_choice(request, "category", categories, "E_CATEGORY_BAD", &category, response) < 0 ||
	    params_choice(request, "breadth", breadths, "E_BREADTH_BAD", &breadth, response) < 0 ||
	    params_choice(request, "counted", counted_words, "E_COUNTED_BAD", &counted, response) < 0 ||
	    params_choice(request, "planned", planned_words, "E_PLANNED_BAD", &planned, response) < 0 ||
	    params_uuid(request, "plan_item", plan_bytes, &plan, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)),
				    point->on,
				    point->as_of,
				    pg_text(unit && *unit ? unit : NULL),
				    plan,
				    pg_text(*category ? category : NULL),
				    pg_text(breadth),
				    pg_text(counted),
				    pg_int8(limit),
				    pg_int8(offset),
				    pg_text(planned)};
	api_answer(api, SQL_lectures, params, 11, "E_NODE_UNKNOWN", "没有这个单位", response);
}

static void get_items(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"kind",     "node",    "on",      "as_of", "unit",
					    "plan_item", "category", "breadth", "counted", "planned",
					    "limit",    "after",   NULL};
	struct api *api = context;
	struct point point;
	int64_t limit, offset;
	const char *name = http_query(request, "kind");
	const struct catalog_kind *kind = catalog_kind_find(name && *name ? name : "lecture_event");
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0 ||
	    params_number(request, "limit", 1, 500, 50, &limit, response) < 0 ||
	    params_number(request, "after", 0, 100000000, 0, &offset, response) < 0)
		return;
	if (!kind) {
		http_fail(response, 400, "E_KIND_UNKNOWN", "没有这种记录类别");
	} else if (strcmp(kind->name, "lecture_event") == 0) {
		get_lectures(api, request, &point, limit, offset, response);
	} else {
		struct pg_param params[] = {pg_text(api_node(request)), point.on, point.as_of,
					    pg_text(kind->name), pg_int8(limit), pg_int8(offset)};
		api_answer(api, SQL_items, params, 6, "E_NODE_UNKNOWN", "没有这个单位", response);
	}
}

static void get_item(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"on", "as_of", NULL};
	struct api *api = context;
	struct point point;
	const char *item = http_path(request, "item");
	struct uuid uuid;
	if (params_known(request, known, response) < 0 ||
	    api_point(api, request, &point, response) < 0)
		return;
	if (uuid_parse(item, strlen(item), &uuid) < 0) {
		http_fail(response, 400, "E_ID_BAD", "编号应为 UUID");
		return;
	}
	struct pg_param params[] = {pg_text(http_path(request, "office")), point.on, point.as_of,
				    pg_uuid(uuid.bytes)};
	api_answer(api, SQL_item, params, 4, "E_ITEM_UNKNOWN", "没有这条记录", response);
}

static void get_agents(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {NULL};
	struct pg_param params[] = {pg_text(NULL), pg_null_date(), pg_null_instant()};
	if (params_known(request, known, response) == 0)
		api_answer(context, SQL_agents, params, 3, "E_NOT_READY", "尚无数据", response);
}

/* The maps of the programme pack, as they were loaded. */
static void get_map(void *context, struct http_request *request, struct http_response *response)
{
	struct api *api = context;
	struct err err = {0};
	struct pg *pg = NULL;
	struct pg_rows *rows = NULL;
	const char *name = http_path(request, "name");
	size_t len;
	if (strcmp(name, "cities.geojson") != 0 && strcmp(name, "counties.geojson") != 0) {
		http_fail(response, 404, "E_NOT_FOUND", "没有这张地图");
		return;
	}
	struct pg_param params[] = {pg_text(name), pg_null_date(), pg_null_instant()};
	if (pgpool_borrow(api->pool, &pg, &err) < 0 ||
	    pg_exec(pg, SQL_map_file, params, 3, &rows, &err) < 0) {
		http_fail(response, 503, "E_DB_DOWN", "数据库暂时不可用，请稍后重试");
	} else if (pg_rows_count(rows) == 0) {
		http_fail(response, 404, "E_NOT_FOUND", "尚未装载活动包");
	} else {
		const uint8_t *data = pg_get_bytes(rows, 0, 0, &len);
		buf_append(&response->body, data, len);
		response->content_type = "application/geo+json";
		if (pg_rows_check(rows, &err) < 0)
			http_fail(response, 500, "E_INTERNAL", "内部错误，详见服务日志");
	}
	pg_rows_free(&rows);
	if (pg)
		pgpool_return(api->pool, pg);
}

const struct http_route api_routes[] = {
	{"/api/v1/offices", get_offices},
	{"/api/v1/coverage", get_coverage},
	{"/api/v1/completion", get_completion},
	{"/api/v1/items", get_items},
	{"/api/v1/items/{office}/{item}", get_item},
	{"/api/v1/reviews", apireview_list},
	{"/api/v1/reviews/summary", apireview_summary},
	{"/api/v1/kinds", apireview_kinds},
	{"/api/v1/agents", get_agents},
	{"/api/v1/deadlines", api_deadlines},
	{"/api/v1/deadlines/matrix", api_deadline_matrix},
	{"/api/v1/deadlines/{office}/{milestone}", api_deadline_obligation},
	{"/api/v1/forms", api_forms},
	{"/api/v1/forms/consolidated", api_forms_consolidated},
	{"/api/v1/forms/{office}/{item}", api_one_form},
	{"/api/v1/indicators", apifigures_indicator},
	{"/api/v1/indicators/catalogue", apifigures_catalogue},
	{"/api/v1/indicators/members", apifigures_members},
	{"/api/v1/effect", apifigures_effect},
	{"/api/v1/completion/baseline", apifigures_baseline},
	{"/api/v1/completion/annex2", apifigures_annex2},
	{"/api/v1/completion/annex2/sessions", apifigures_annex2_sessions},
	{"/api/v1/coverage/interval", apifigures_interval},
	{"/api/v1/frozen", apifreezes_frozen},
	{"/api/v1/diff", apifreezes_diff},
	{"/api/v1/draws", apifreezes_draws},
	{"/api/v1/draws/{draw}", apifreezes_draw},
	{"/api/v1/export/{format}", apiexport},
	{"/api/v1/files/{office}/{digest}", apifile},
	{"/api/v1/map/{name}", get_map},
	{"/api/v1/reports", apireport_list},
	{"/api/v1/reports/{job}/{format}", apireport_file},
	{"/healthz", monitor_healthz},
	{"/readyz", monitor_readyz},
	{"/metrics", monitor_metrics},
};
const size_t api_route_count = sizeof(api_routes) / sizeof(api_routes[0]);
