/* SPDX-License-Identifier: Apache-2.0 */
#include "reportworker.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backoff.h"
#include "cancel.h"
#include "clock.h"
#include "log.h"
#include "reportverify.h"
#include "sql.h"

/* Reports looked at before those that are due get their turn; findings kept for the page. */
enum { REPORTS_AT_ONCE = 64, FINDINGS_MAX = 1000 };

struct reportworker {
	pthread_t thread;
	pthread_mutex_t lock; /* guards status, findings and is_stopping */
	pthread_cond_t wake;
	bool is_stopping;
	struct reportworker_status status;
	struct buf findings; /* of the last whole look: JSON, without the brackets */
	const struct conf *conf;
	struct reportjob_options options;
	struct cancel cancel;
	/* Of the thread alone. */
	struct pg *pg;
	bool is_looking; /* a look is under way */
	struct report_look look;
	struct buf found;    /* by it, as findings */
	int64_t look_due_ms; /* the next one, monotonic */
};

struct reportjob_options reportworker_job_options(const struct conf *conf)
{
	return (struct reportjob_options){
		.fonts = {conf_text(conf, "report.title_font"), conf_text(conf, "report.body_font"), conf_text(conf, "report.table_font")},
		.dir = conf_text(conf, "report.dir"),
	};
}

static int schedule(struct reportworker *worker, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param params[] = {pg_text(conf_text(worker->conf, "report.weekly")), pg_text(conf_text(worker->conf, "report.monthly")),
				    pg_int8(conf_number(worker->conf, "report.catch_up"))};
	if (pg_exec(worker->pg, SQL_reportjob_schedule, params, 3, &rows, err) < 0)
		return -1;
	int64_t put_down = pg_get_int(rows, 0, 0);
	if (put_down > 0)
		log_info("report.scheduled", "count=%" PRId64, put_down);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int count_jobs(struct reportworker *worker, struct reportworker_status *status, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (pg_exec(worker->pg, SQL_reportjob_counts, NULL, 0, &rows, err) < 0)
		return -1;
	status->open_count = pg_get_int(rows, 0, 0);
	status->failed_count = pg_get_int(rows, 0, 1);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static void publish(struct reportworker *worker, const struct reportworker_status *status)
{
	pthread_mutex_lock(&worker->lock);
	worker->status = *status;
	pthread_mutex_unlock(&worker->lock);
}

static int connect_up(struct reportworker *worker, struct err *err)
{
	const char *conninfo = conf_text(worker->conf, "database.conninfo");
	if (!worker->pg && pg_open(&worker->pg, conninfo, "zhibao-aggregator report", err) < 0)
		return -1;
	return pg_is_up(worker->pg) ? 0 : pg_reconnect(worker->pg, err);
}

/* Puts down what is due and makes everything that is open, one after the other. */
static int run_once(struct reportworker *worker, struct reportworker_status *status, struct err *err)
{
	if (connect_up(worker, err) < 0 || schedule(worker, err) < 0 || count_jobs(worker, status, err) < 0)
		return -1;
	publish(worker, status);
	while (cancel_begin(&worker->cancel, worker->pg)) { /* a report may take minutes */
		int64_t job;
		struct err why = {0};
		enum reportjob_outcome outcome = reportjob_run(worker->pg, &worker->options, 0, &job, &why);
		cancel_end(&worker->cancel, worker->pg);
		if (outcome == REPORTJOB_NONE)
			break;
		if (outcome == REPORTJOB_DELIVERED) {
			status->delivered++;
			log_info("report.delivered", "job=%" PRId64, job);
		} else if (outcome == REPORTJOB_FAILED) {
			status->failed++;
			log_error("report.failed", "job=%" PRId64 " cause=\"%s\"", job, why.text);
		} else {
			status->retries++;
			log_warn("report.retry", "job=%" PRId64 " cause=\"%s\"", job, why.text);
			if (!pg_is_up(worker->pg) || job == 0) {
				*err = why;
				return -1;
			}
		}
		if (count_jobs(worker, status, err) < 0)
			return -1;
		publish(worker, status);
	}
	return 0;
}

static void on_finding(void *context, const struct report_finding *finding)
{
	static const char *const names[] = {"store_altered", "folder_altered", "folder_missing"};
	struct reportworker *worker = context;
	const struct report_look *look = &worker->look;
	if (finding->fault == REPORT_FOLDER_MISSING)
		log_warn("report.missing", "job=%" PRId64 " format=%s path=\"%s\" cause=\"%s\"", finding->job, finding->format, finding->path,
			 finding->cause);
	else
		log_error("report.altered", "job=%" PRId64 " format=%s path=\"%s\" cause=\"%s\"", finding->job, finding->format, finding->path,
			  finding->cause);
	if (reportverify_altered(look) + look->findings[REPORT_FOLDER_MISSING] <= FINDINGS_MAX)
		buf_format(&worker->found, "%s{\"job\":%" PRId64 ",\"format\":\"%s\",\"fault\":\"%s\"}", worker->found.len > 0 ? "," : "",
			   finding->job, finding->format, names[finding->fault]);
}

static void end_look(struct reportworker *worker, struct reportworker_status *status)
{
	status->altered_count = reportverify_altered(&worker->look);
	status->missing_count = worker->look.findings[REPORT_FOLDER_MISSING];
	status->verified_at_us = clock_now_us(clock_system());
	log_info("report.verified", "files=%" PRId64 " altered=%" PRId64 " missing=%" PRId64, worker->look.files, status->altered_count,
		 status->missing_count);
	pthread_mutex_lock(&worker->lock);
	struct buf before = worker->findings;
	worker->findings = worker->found;
	worker->found = before;
	pthread_mutex_unlock(&worker->lock);
	worker->is_looking = false;
	worker->look_due_ms = clock_monotonic_ms(clock_system()) + conf_number(worker->conf, "report.verify_interval");
}

/* Looks at some of what was handed out when it is time to, each report in a statement of its own. *more_out: the look goes on. */
static int look_on(struct reportworker *worker, struct reportworker_status *status, bool *more_out, struct err *err)
{
	if (!worker->is_looking && clock_monotonic_ms(clock_system()) < worker->look_due_ms)
		return 0;
	if (!worker->is_looking) {
		worker->look = (struct report_look){.dir = worker->options.dir, .on_finding = on_finding, .context = worker};
		buf_reset(&worker->found);
		worker->is_looking = true;
	}
	for (int i = 0; i < REPORTS_AT_ONCE && cancel_begin(&worker->cancel, worker->pg); i++) {
		int rc = reportverify_next(worker->pg, &worker->look, err);
		cancel_end(&worker->cancel, worker->pg);
		if (rc < 0)
			return -1;
		if (rc == 0) {
			end_look(worker, status);
			return 0;
		}
	}
	*more_out = true;
	return 0;
}

/* True when it is time to stop. */
static bool wait_ms(struct reportworker *worker, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&worker->lock);
	while (!worker->is_stopping)
		if (pthread_cond_timedwait(&worker->wake, &worker->lock, &until) != 0)
			break;
	bool stop = worker->is_stopping;
	pthread_mutex_unlock(&worker->lock);
	return stop;
}

static void *serve(void *context)
{
	struct reportworker *worker = context;
	struct reportworker_status status = {0};
	unsigned failed_in_row = 0;
	int64_t pause_ms = 0;
	while (!wait_ms(worker, pause_ms)) {
		struct err err = {0};
		bool has_more = false;
		status.is_up = run_once(worker, &status, &err) == 0 && look_on(worker, &status, &has_more, &err) == 0;
		pause_ms = has_more ? 0 : conf_number(worker->conf, "report.interval");
		if (status.is_up) {
			failed_in_row = 0;
		} else {
			pause_ms += backoff_ms(random_system(), failed_in_row, 500, 30000);
			if (failed_in_row++ == 0)
				log_warn("report.wait", "wait_ms=%" PRId64 " cause=\"%s\"", pause_ms, err.text);
		}
		publish(worker, &status);
	}
	pg_close(&worker->pg);
	return NULL;
}

/* Names of reports with a comma between. */
static int check_names(const struct conf *conf, const char *key, struct err *err)
{
	const char *at = conf_text(conf, key);
	while (*at) {
		char name[40];
		size_t len = strcspn(at, ",");
		bool fits = len < sizeof(name);
		memcpy(name, at, fits ? len : 0);
		name[fits ? len : 0] = '\0';
		if (!report_kind_find(name)) {
			err_set(err, ERR_CONFIG, "CONF_BAD_VALUE %s：没有“%.*s”这种报告", key, (int)len, at);
			return -1;
		}
		if (report_is_restricted(name)) {
			err_set(err, ERR_CONFIG, "CONF_BAD_VALUE %s：“%s”限制分发，不能排程", key, name);
			return -1;
		}
		at += len + (at[len] == ',');
	}
	return 0;
}

int reportworker_start(struct reportworker **out, const struct conf *conf, struct err *err)
{
	pthread_condattr_t attributes;
	*out = NULL;
	if (check_names(conf, "report.weekly", err) < 0 || check_names(conf, "report.monthly", err) < 0)
		return -1;
	struct reportworker *worker = calloc(1, sizeof(*worker));
	if (!worker) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	worker->conf = conf;
	worker->options = reportworker_job_options(conf);
	pthread_mutex_init(&worker->lock, NULL);
	cancel_init(&worker->cancel);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&worker->thread, NULL, serve, worker) == 0) {
		*out = worker;
		return 0;
	}
	err_set(err, ERR_NOMEM, "无法启动线程");
	free(worker);
	return -1;
}

void reportworker_stop(struct reportworker **worker_ref)
{
	struct reportworker *worker = *worker_ref;
	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->is_stopping = true;
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->lock);
	cancel_and_join(&worker->cancel, worker->thread);
	cancel_fini(&worker->cancel);
	pthread_cond_destroy(&worker->wake);
	pthread_mutex_destroy(&worker->lock);
	buf_fini(&worker->findings);
	buf_fini(&worker->found);
	free(worker);
	*worker_ref = NULL;
}

struct reportworker_status reportworker_status(struct reportworker *worker)
{
	if (!worker)
		return (struct reportworker_status){.is_up = true};
	pthread_mutex_lock(&worker->lock);
	struct reportworker_status status = worker->status;
	pthread_mutex_unlock(&worker->lock);
	return status;
}

void reportworker_findings(struct reportworker *worker, struct buf *out)
{
	buf_text(out, "[");
	if (worker) {
		pthread_mutex_lock(&worker->lock);
		buf_text(out, buf_string(&worker->findings));
		pthread_mutex_unlock(&worker->lock);
	}
	buf_text(out, "]");
}
