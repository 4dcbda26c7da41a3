/* SPDX-License-Identifier: Apache-2.0 */
/* Reports over HTTP: the list with digests, and the files of those that passed their checks. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "log.h"
#include "params.h"
#include "reportjob.h"
#include "reportwriter.h"
#include "sql.h"

void apireport_list(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"node", "state", "limit", "after", NULL};
	static const char *const states[] = {"any", "delivered", "open", "failed", NULL};
	const char *node = http_query(request, "node"), *state;
	int64_t limit, offset;
	if (params_known(request, known, response) < 0 ||
	    params_choice(request, "state", states, "E_STATE_BAD", &state, response) < 0 ||
	    params_number(request, "limit", 1, 500, 50, &limit, response) < 0 ||
	    params_number(request, "after", 0, 100000000, 0, &offset, response) < 0)
		return;
	struct api *api = context;
	struct buf findings = {0}, restricted = {0};
	int64_t verified_at_us = reportworker_status(api->reports).verified_at_us;
	reportworker_findings(api->reports, &findings);
	report_restricted_names(&restricted);
	struct pg_param params[] = {pg_int8(limit), pg_int8(offset), pg_text(node && *node ? node : NULL), pg_text(state),
				    pg_text(buf_string(&findings)), verified_at_us > 0 ? pg_instant(verified_at_us) : pg_null_instant(),
				    pg_text(buf_string(&restricted))};
	api_answer(api, SQL_reports, params, 7, "E_NODE_UNKNOWN", "没有这个单位", response);
	buf_fini(&findings);
	buf_fini(&restricted);
}

void apireport_file(void *context, struct http_request *request, struct http_response *response)
{
	struct api *api = context;
	struct err err = {0};
	struct pg *pg = NULL;
	struct pg_rows *rows = NULL;
	const char *job = http_path(request, "job"), *name = http_path(request, "format");
	int format = report_format_find(name);
	char *end;
	errno = 0;
	int64_t id = strtoll(job, &end, 10);
	if (errno || *end || end == job || format < 0) {
		http_fail(response, 404, "E_REPORT_UNKNOWN", "没有这份报告");
		return;
	}
	struct pg_param params[] = {pg_int8(id), pg_text(name)};
	if (pgpool_borrow(api->pool, &pg, &err) < 0 || pg_exec(pg, SQL_report_file, params, 2, &rows, &err) < 0) {
		http_fail(response, 503, "E_DB_DOWN", "数据库暂时不可用，请稍后重试");
	} else if (pg_rows_count(rows) == 0) {
		http_fail(response, 404, "E_REPORT_UNKNOWN", "没有这份报告，或尚未通过核对");
	} else {
		size_t len, sha256_len;
		bool is_restricted = report_is_restricted(pg_get_text(rows, 0, 2));
		const uint8_t *data = pg_get_bytes(rows, 0, 0, &len), *sha256 = pg_get_bytes(rows, 0, 1, &sha256_len);
		if (pg_rows_check(rows, &err) < 0) {
			http_fail(response, 500, "E_INTERNAL", "内部错误，详见服务日志");
		} else if (is_restricted) {
			http_fail(response, 403, "E_REPORT_RESTRICTED", "限制分发的报告只用命令交给有权人员");
		} else if (reportjob_check_stored(name, data, len, sha256, sha256_len, &err) < 0) {
			log_error("report.altered", "job=%" PRId64 " cause=\"%s\"", id, err.text);
			http_fail(response, 500, "E_REPORT_DIGEST", "报告文件与登记的摘要不符，没有交出");
		} else {
			buf_append(&response->body, data, len);
			response->content_type = report_format_content_type((enum report_format)format);
		}
	}
	pg_rows_free(&rows);
	if (pg)
		pgpool_return(api->pool, pg);
}
