/* SPDX-License-Identifier: Apache-2.0 */
/* Exports over HTTP: of any length, on connections of their own. */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "export.h"
#include "log.h"
#include "pgcursor.h"
#include "sql.h"

struct job {
	struct pgpool *pool; /* borrowed */
	struct pg *pg;       /* lent */
	struct export *export;
	struct buf piece;
	size_t sent; /* of the piece */
};

static ssize_t job_read(void *context, char *to, size_t size)
{
	struct job *job = context;
	struct err err = {0};
	while (job->sent == job->piece.len) {
		buf_reset(&job->piece);
		job->sent = 0;
		int rc = export_next(job->export, &job->piece, &err);
		if (rc < 0)
			log_warn("export.failed", "cause=\"%s\"", err.text);
		if (rc <= 0)
			return rc;
	}
	size_t count = job->piece.len - job->sent < size ? job->piece.len - job->sent : size;
	memcpy(to, job->piece.data + job->sent, count);
	job->sent += count;
	return (ssize_t)count;
}

static void job_cancel(void *context)
{
	pg_cancel(((struct job *)context)->pg);
}

static void job_close(void *context)
{
	struct job *job = context;
	export_close(&job->export);
	pgpool_return(job->pool, job->pg);
	buf_fini(&job->piece);
	free(job);
}

static int is_known(struct pg *pg, const struct export_options *options, bool *out, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {pg_text(options->node), options->as_of};
	if (pg_exec(pg, SQL_node_known, params, 2, &rows, err) < 0)
		return -1;
	*out = pg_get_bool(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static void start(struct api *api, const struct export_options *options,
		  struct http_response *response)
{
	struct err err = {0};
	bool is_node = false;
	struct job *job = calloc(1, sizeof(*job));
	if (!job) {
		http_fail(response, 500, "E_MEMORY", "内存不足");
		return;
	}
	job->pool = api->exports;
	if (pgpool_try_borrow(api->exports, &job->pg, &err) == 0 &&
	    is_known(job->pg, options, &is_node, &err) == 0 && is_node &&
	    export_open(&job->export, job->pg, options, &err) == 0) {
		response->stream = (struct http_stream){job_read, job_cancel, job_close, job};
		response->content_type = export_content_type(options->format);
		buf_text(&response->file_name, export_file_name(options->format));
		return;
	}
	if (err.code == ERR_FULL)
		http_fail(response, 503, "E_EXPORT_BUSY", "其他导出正在进行，请稍后重试");
	else if (err.code == ERR_RETRY)
		http_fail(response, 503, "E_DB_DOWN", "数据库暂时不可用，请稍后重试");
	else if (err.code == ERR_NONE)
		http_fail(response, 404, "E_NODE_UNKNOWN", "没有这个单位");
	else
		http_fail(response, 500, "E_INTERNAL", "内部错误，详见服务日志");
	if (err.code != ERR_NONE && err.code != ERR_FULL)
		log_warn("export.failed", "cause=\"%s\"", err.text);
	if (job->pg)
		pgpool_return(api->exports, job->pg);
	free(job);
}

void apiexport(void *context, struct http_request *request, struct http_response *response)
{
	static const char *const known[] = {"kind", "node", "on", "as_of", NULL};
	const char *kind = http_query(request, "kind");
	struct export_options options = {.format =
						 export_format_find(http_path(request, "format"))};
	struct point point;
	if (params_known(request, known, response) < 0 ||
	    api_point(context, request, &point, response) < 0)
		return;
	options.kind = kind && *kind ? catalog_kind_find(kind) : NULL;
	options.node = api_node(request);
	options.on = point.on;
	options.as_of = point.as_of;
	if (!options.format)
		http_fail(response, 404, "E_FORMAT_UNKNOWN", "格式应为 sdmx、dhis2 或 csv");
	else if (export_wants_kind(options.format) ? !options.kind : kind && *kind)
		http_fail(response, 400, "E_KIND_UNKNOWN",
			  "csv 须指明记录类别 kind，其他格式没有类别");
	else if (export_wants_kind(options.format) && point.on.len >= 0)
		http_fail(response, 400, "E_PARAM_UNKNOWN", "记录导出没有统计日 on");
	else
		start(context, &options, response);
}
