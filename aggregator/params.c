/* SPDX-License-Identifier: Apache-2.0 */
#include "params.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "uuid.h"

static int parse_as_of(const char *text, int64_t *as_of_us)
{
	int32_t day;
	if (date_parse(text, strlen(text), &day) == 0) {
		*as_of_us = shanghai_day_end_us(day) - 1; /* the end of the day is exclusive */
		return 0;
	}
	return instant_parse(text, strlen(text), as_of_us);
}

int params_point(const struct http_request *request, int64_t folded_us, struct point *out,
		 struct http_response *response)
{
	const char *on = http_query(request, "on");
	const char *as_of = http_query(request, "as_of");
	int32_t day;
	int64_t as_of_us;
	out->on = pg_null_date();
	out->as_of = pg_null_instant();
	if (on && *on) {
		if (date_parse(on, strlen(on), &day) < 0) {
			http_fail(response, 400, "E_DATE_BAD", "截至日期 on 应为 YYYY-MM-DD");
			return -1;
		}
		out->on = pg_date(day);
	}
	if (as_of && *as_of) {
		if (parse_as_of(as_of, &as_of_us) < 0) {
			http_fail(response, 400, "E_DATE_BAD", "数据时点 as_of 应为 YYYY-MM-DD 或带时区的时间");
			return -1;
		}
		if (as_of_us < folded_us)
			out->as_of = pg_instant(as_of_us);
	}
	return 0;
}

static int visit_name(void *context, const char *name)
{
	for (const char *const *known = context; *known; known++)
		if (strcmp(*known, name) == 0)
			return 0;
	return -1;
}

int params_known(const struct http_request *request, const char *const *names,
		 struct http_response *response)
{
	if (http_each_query(request, visit_name, (void *)(uintptr_t)names) == 0)
		return 0;
	http_fail(response, 400, "E_PARAM_UNKNOWN", "有不认识的查询参数");
	return -1;
}

int params_choice(const struct http_request *request, const char *name, const char *const *words,
		  const char *code, const char **out, struct http_response *response)
{
	const char *text = http_query(request, name);
	*out = words[0];
	if (!text || !*text)
		return 0;
	for (size_t i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0) {
			*out = words[i];
			return 0;
		}
	}
	http_fail(response, 400, code, "查询参数的取值不在可选范围内");
	return -1;
}

int params_number(const struct http_request *request, const char *name, int64_t min, int64_t max,
		  int64_t default_value, int64_t *out, struct http_response *response)
{
	const char *text = http_query(request, name);
	char *end;
	*out = default_value;
	if (!text || !*text)
		return 0;
	errno = 0;
	*out = strtoll(text, &end, 10);
	if (errno || *end || end == text || *out < min || *out > max) {
		http_fail(response, 400, "E_LIMIT_BAD", "数字参数不在允许范围内");
		return -1;
	}
	return 0;
}

int params_uuid(const struct http_request *request, const char *name, uint8_t bytes[16],
		struct pg_param *out, struct http_response *response)
{
	const char *text = http_query(request, name);
	struct uuid uuid;
	*out = pg_uuid(NULL);
	if (!text || !*text)
		return 0;
	if (uuid_parse(text, strlen(text), &uuid) < 0) {
		http_fail(response, 400, "E_ID_BAD", "编号应为 UUID");
		return -1;
	}
	memcpy(bytes, uuid.bytes, 16);
	*out = pg_uuid(bytes);
	return 0;
}
