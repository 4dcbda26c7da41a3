/* SPDX-License-Identifier: Apache-2.0 */
#include "fold.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backoff.h"
#include "cancel.h"
#include "clock.h"
#include "log.h"
#include "pg.h"
#include "rebuild.h"
#include "sql.h"

struct fold {
	pthread_t thread;
	pthread_mutex_t lock; /* guards status and is_stopping */
	pthread_cond_t wake;
	bool is_stopping;
	struct fold_status status;
	char *conninfo;
	int64_t interval_ms;
	unsigned workers; /* connections that make the roll-ups anew */
	struct pg *pg; /* the thread's */
	struct cancel cancel;
};

/* The first value of the one row of a statement. */
static int read_instant(struct pg *pg, const char *sql, int64_t *out, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (pg_exec(pg, sql, NULL, 0, &rows, err) < 0)
		return -1;
	if (pg_rows_count(rows) == 1)
		*out = pg_get_instant(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int rebuild_if_needed(struct fold *fold, int64_t horizon_us, struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param horizon = pg_instant(horizon_us);
	bool is_done;
	if (pg_exec(fold->pg, SQL_fold_is_anew, &horizon, 1, &rows, err) < 0)
		return -1;
	bool is_needed = pg_get_bool(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc < 0 || !is_needed ? rc : rebuild_run(fold->pg, fold->conninfo, fold->workers, &fold->cancel, horizon_us, &is_done, err);
}

/* *has_more_out: the tail was longer than a window. */
static int run_once(struct fold *fold, struct fold_status *status, bool *has_more_out, struct err *err)
{
	struct pg_rows *rows = NULL;
	int64_t horizon_us = 0;
	if (read_instant(fold->pg, SQL_fold_horizon, &horizon_us, err) < 0 || rebuild_if_needed(fold, horizon_us, err) < 0)
		return -1;
	struct pg_param horizon = pg_instant(horizon_us);
	if (pg_exec(fold->pg, SQL_fold, &horizon, 1, &rows, err) < 0)
		return -1;
	bool is_ours = !pg_is_null(rows, 0, 0);
	uint64_t folded = is_ours ? (uint64_t)pg_get_int(rows, 0, 0) : 0;
	status->batches += folded;
	status->is_programme_loaded = pg_get_bool(rows, 0, 1);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0 || read_instant(fold->pg, SQL_fold_position, &status->as_of_us, err) < 0)
		return -1;
	*has_more_out = folded > 0 && status->as_of_us < horizon_us;
	return 0;
}

static int connect_and_fold(struct fold *fold, struct fold_status *status, bool *has_more_out, struct err *err)
{
	if (!fold->pg && pg_open(&fold->pg, fold->conninfo, "zhibao-aggregator fold", err) < 0)
		return -1;
	if (!pg_is_up(fold->pg) && pg_reconnect(fold->pg, err) < 0)
		return -1;
	if (!cancel_begin(&fold->cancel, fold->pg)) {
		err_set(err, ERR_RETRY, "fold: stopped");
		return -1;
	}
	int rc = run_once(fold, status, has_more_out, err);
	cancel_end(&fold->cancel, fold->pg);
	return rc;
}

/* True when it is time to stop. */
static bool wait_ms(struct fold *fold, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&fold->lock);
	while (!fold->is_stopping)
		if (pthread_cond_timedwait(&fold->wake, &fold->lock, &until) != 0)
			break;
	bool is_stopping = fold->is_stopping;
	pthread_mutex_unlock(&fold->lock);
	return is_stopping;
}

static void *serve(void *context)
{
	struct fold *fold = context;
	unsigned failed_in_row = 0;
	int64_t pause_ms = 0;
	while (!wait_ms(fold, pause_ms)) {
		struct err err = {0};
		struct fold_status status = fold_status(fold);
		int64_t started_us = clock_now_us(clock_system());
		bool has_more = false;
		int rc = connect_and_fold(fold, &status, &has_more, &err);
		status.is_up = rc == 0;
		status.last_duration_us = clock_now_us(clock_system()) - started_us;
		if (rc == 0) {
			status.folds++;
			failed_in_row = 0;
			pause_ms = has_more ? 0 : fold->interval_ms;
		} else {
			status.failures++;
			pause_ms = fold->interval_ms + backoff_ms(random_system(), failed_in_row, 500, 30000);
			if (failed_in_row++ == 0)
				log_warn("fold.retry", "wait_ms=%lld cause=\"%s\"", (long long)pause_ms, err.text);
		}
		pthread_mutex_lock(&fold->lock);
		fold->status = status;
		pthread_mutex_unlock(&fold->lock);
	}
	pg_close(&fold->pg);
	return NULL;
}

int fold_start(struct fold **out, const char *conninfo, int64_t interval_ms, unsigned workers, struct err *err)
{
	pthread_condattr_t attributes;
	*out = NULL;
	struct fold *fold = calloc(1, sizeof(*fold));
	char *copy = strdup(conninfo);
	if (!fold || !copy)
		goto failed;
	fold->conninfo = copy;
	fold->interval_ms = interval_ms;
	fold->workers = workers;
	pthread_mutex_init(&fold->lock, NULL);
	cancel_init(&fold->cancel);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&fold->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&fold->thread, NULL, serve, fold) == 0) {
		*out = fold;
		return 0;
	}
failed:
	err_set(err, ERR_NOMEM, "内存不足");
	free(copy);
	free(fold);
	return -1;
}

void fold_stop(struct fold **fold_ref)
{
	struct fold *fold = *fold_ref;
	if (!fold)
		return;
	pthread_mutex_lock(&fold->lock);
	fold->is_stopping = true;
	pthread_cond_signal(&fold->wake);
	pthread_mutex_unlock(&fold->lock);
	cancel_and_join(&fold->cancel, fold->thread);
	cancel_fini(&fold->cancel);
	pthread_cond_destroy(&fold->wake);
	pthread_mutex_destroy(&fold->lock);
	free(fold->conninfo);
	free(fold);
	*fold_ref = NULL;
}

struct fold_status fold_status(struct fold *fold)
{
	pthread_mutex_lock(&fold->lock);
	struct fold_status status = fold->status;
	pthread_mutex_unlock(&fold->lock);
	return status;
}
