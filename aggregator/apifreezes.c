/* SPDX-License-Identifier: Apache-2.0 */
/* Frozen figures, differences and draws over HTTP. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "calendar.h"
#include "sql.h"

static int date_param(struct http_request *request, const char *name, struct pg_param *out,
		      struct http_response *response)
{
	const char *text = http_query(request, name);
	int32_t day;
	*out = pg_null_date();
	if (!text || !*text)
		return 0;
	if (date_parse(text, strlen(text), &day) < 0) {
		http_fail(response, 400, "E_DATE_BAD", "日期应为 YYYY-MM-DD");
		return -1;
	}
	*out = pg_date(day);
	return 0;
}

void apifreezes_frozen(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"node", "date", "indicator", NULL};
	const char *indicator = http_query(request, "indicator");
	struct pg_param date;
	if (params_known(request, known, response) < 0 ||
	    date_param(request, "date", &date, response) < 0)
		return;
	struct pg_param params[] = {pg_text(api_node(request)), date, pg_null_instant(),
				    pg_text(indicator && *indicator ? indicator : NULL)};
	api_answer(context, SQL_frozen, params, 4, "E_NODE_UNKNOWN", "没有这个单位", response);
}

void apifreezes_diff(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"a", "b", "node", "on", "register", "indicator", NULL};
	const char *a = http_query(request, "a"), *b = http_query(request, "b");
	const char *indicator = http_query(request, "indicator");
	struct pg_param on;
	int64_t version;
	if (params_known(request, known, response) < 0 ||
	    date_param(request, "on", &on, response) < 0 ||
	    params_number(request, "register", 1, 1000000, 0, &version, response) < 0)
		return;
	if (!a || !*a) {
		http_fail(response, 400, "E_POINT_BAD", "缺少时点 a");
		return;
	}
	struct pg_param params[] = {pg_text(a),
				    pg_text(b && *b ? b : "live"),
				    pg_text(api_node(request)),
				    on,
				    version ? pg_int4((int32_t)version) : pg_null_int4(),
				    pg_text(indicator && *indicator ? indicator : NULL)};
	api_answer(context, SQL_diff, params, 6, "E_NOT_READY", "尚未汇总，请稍后重试", response);
}

void apifreezes_draws(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"scheme", "as_of", NULL};
	const char *scheme = http_query(request, "scheme");
	struct point point;
	if (params_known(request, known, response) < 0 ||
	    api_point(context, request, &point, response) < 0)
		return;
	struct pg_param params[] = {pg_text(scheme && *scheme ? scheme : NULL), point.as_of};
	api_answer(context, SQL_draws, params, 2, "E_NOT_READY", "尚未汇总，请稍后重试", response);
}

/* The published file of one draw, as `draw show --out` writes it and `draw verify` reads it. Without
 * an instant it is what is published now, before it is folded; an instant is kept to the letter, so
 * that a page opened just before a draw does not show it. */
void apifreezes_draw(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"as_of", NULL};
	const char *text = http_path(request, "draw");
	struct point point;
	char *end;
	if (params_known(request, known, response) < 0 ||
	    params_point(request, INT64_MAX, &point, response) < 0)
		return;
	errno = 0;
	int64_t id = strtoll(text, &end, 10);
	if (errno || *end || end == text) {
		http_fail(response, 404, "E_DRAW_UNKNOWN", "没有这次抽查");
		return;
	}
	struct pg_param params[] = {pg_int8(id), point.as_of};
	api_answer(context, SQL_draw_show, params, 2, "E_DRAW_UNKNOWN", "没有这次抽查，或当时尚未承诺", response);
}
