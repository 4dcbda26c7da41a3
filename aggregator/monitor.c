/* SPDX-License-Identifier: Apache-2.0 */
/* Routes for supervisors: alive, ready, measured. */
#include "api.h"
#include "clock.h"
#include "sql.h"

/* A fold older than this means that figures stand still. */
static const int64_t stale_us = 60LL * 1000000;
static const char *const newest_change = "reports";

void monitor_healthz(void *context, struct http_request *request, struct http_response *response)
{
	(void)context;
	(void)request;
	response->content_type = "text/plain; charset=utf-8";
	buf_text(&response->body, "ok\n");
}

static bool has_schema(struct api *api)
{
	struct pg *pg = NULL;
	struct pg_rows *rows = NULL;
	struct err err;
	struct pg_param change = pg_text(newest_change);
	bool found = false;
	if (pgpool_borrow(api->pool, &pg, &err) == 0 &&
	    pg_exec(pg, SQL_schema_change, &change, 1, &rows, &err) == 0)
		found = pg_rows_count(rows) == 1 && pg_get_bool(rows, 0, 0);
	pg_rows_free(&rows);
	if (pg)
		pgpool_return(api->pool, pg);
	return found;
}

void monitor_readyz(void *context, struct http_request *request, struct http_response *response)
{
	struct api *api = context;
	struct fold_status status = fold_status(api->fold);
	(void)request;
	const struct {
		const char *name, *detail;
		bool is_ok;
	} checks[] = {
		{"schema", "数据库可达且结构版本相符", has_schema(api)},
		{"programme", "已装载活动包", status.is_programme_loaded},
		{"fold", "汇总正常且不超过一分钟",
		 status.is_up && clock_now_us(clock_system()) - status.as_of_us < stale_us},
	};
	bool is_ready = true;
	struct buf list = {0};
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		is_ready = is_ready && checks[i].is_ok;
		buf_format(&list, "%s{\"name\":\"%s\",\"ok\":%s,\"detail\":\"%s\"}", i ? "," : "",
			   checks[i].name, checks[i].is_ok ? "true" : "false", checks[i].detail);
	}
	response->status = is_ready ? 200 : 503;
	buf_format(&response->body, "{\"ready\":%s,\"checks\":[%s]}", is_ready ? "true" : "false",
		   buf_string(&list));
	buf_fini(&list);
}

static void metric(struct buf *out, const char *name, const char *type, const char *help,
		   double value)
{
	buf_format(out, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, type, name, value);
}

void monitor_metrics(void *context, struct http_request *request, struct http_response *response)
{
	struct api *api = context;
	struct fold_status status = fold_status(api->fold);
	struct http_stats stats = http_stats(api->server);
	struct buf *out = &response->body;
	int64_t lag_us = clock_now_us(clock_system()) - status.as_of_us;
	(void)request;
	response->content_type = "text/plain; version=0.0.4; charset=utf-8";
	metric(out, "zhibao_fold_up", "gauge", "1 when the last fold succeeded", status.is_up);
	metric(out, "zhibao_fold_lag_seconds", "gauge", "age of the newest folded instant",
	       status.as_of_us ? (double)lag_us / 1e6 : 0);
	metric(out, "zhibao_fold_duration_seconds", "gauge", "duration of the last fold",
	       (double)status.last_duration_us / 1e6);
	metric(out, "zhibao_folds_total", "counter", "successful folds", (double)status.folds);
	metric(out, "zhibao_fold_failures_total", "counter", "failed folds", (double)status.failures);
	metric(out, "zhibao_folded_batches_total", "counter", "batches folded by this process",
	       (double)status.batches);
	struct freezer_status freezer = freezer_status(api->freezer);
	metric(out, "zhibao_freeze_up", "gauge", "1 when the last look for figures to freeze succeeded", freezer.is_up);
	metric(out, "zhibao_frozen_sets_total", "counter", "sets of figures frozen by this process", (double)freezer.frozen);
	metric(out, "zhibao_freeze_stuck", "gauge", "figures that are due and could not be made", (double)freezer.stuck);
	metric(out, "zhibao_freeze_failures_total", "counter", "looks that failed", (double)freezer.failures);
	struct reportworker_status reports = reportworker_status(api->reports);
	metric(out, "zhibao_report_worker_up", "gauge", "1 when the last look at the report jobs succeeded", reports.is_up);
	metric(out, "zhibao_reports_open", "gauge", "reports put down and not yet handed out", (double)reports.open_count);
	metric(out, "zhibao_reports_failed", "gauge", "reports that failed their checks", (double)reports.failed_count);
	metric(out, "zhibao_reports_delivered_total", "counter", "reports handed out by this process", (double)reports.delivered);
	metric(out, "zhibao_report_failures_total", "counter", "reports given up by this process", (double)reports.failed);
	metric(out, "zhibao_report_retries_total", "counter", "reports put off by this process", (double)reports.retries);
	metric(out, "zhibao_report_files_altered", "gauge", "files that were not what their digests say at the last look, in the store or in report.dir",
	       (double)reports.altered_count);
	metric(out, "zhibao_report_files_missing", "gauge", "files that were put in report.dir and were not there at the last look",
	       (double)reports.missing_count);
	metric(out, "zhibao_report_verified_timestamp_seconds", "gauge", "when the last look at the files ended, 0 before the first",
	       (double)reports.verified_at_us / 1e6);
	buf_text(out, "# HELP zhibao_http_requests_total requests answered, by class of status\n"
		      "# TYPE zhibao_http_requests_total counter\n");
	for (int class = 2; class < 6; class++)
		buf_format(out, "zhibao_http_requests_total{status=\"%dxx\"} %llu\n", class,
			   (unsigned long long)stats.requests[class]);
}
