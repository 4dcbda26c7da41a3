/* SPDX-License-Identifier: Apache-2.0 */
#include "freezer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backoff.h"
#include "cancel.h"
#include "clock.h"
#include "log.h"
#include "sql.h"

/* One in a transaction: after its rows are written the next would take half a minute to be worked out, and no fold passes a
 * transaction that has written. */
enum { SETS_AT_ONCE = 1 };

struct freezer {
	pthread_t thread;
	pthread_mutex_t lock; /* guards status and is_stopping */
	pthread_cond_t wake;
	bool is_stopping;
	struct freezer_status status;
	char *conninfo;
	int64_t interval_ms;
	struct pg *pg;      /* the thread's */
	struct cancel cancel;
};

/* *count_out: sets frozen. */
static int look(struct freezer *freezer, struct freezer_status *status, uint64_t *count_out,
		struct err *err)
{
	struct pg_rows *rows = NULL;
	struct pg_param limit = pg_int4(SETS_AT_ONCE);
	if (!freezer->pg &&
	    pg_open(&freezer->pg, freezer->conninfo, "zhibao-aggregator freezer", err) < 0)
		return -1;
	if (!pg_is_up(freezer->pg) && pg_reconnect(freezer->pg, err) < 0)
		return -1;
	if (!cancel_begin(&freezer->cancel, freezer->pg)) /* a figure may take a minute */
		return 0;
	int rc = pg_exec(freezer->pg, SQL_freeze_next, &limit, 1, &rows, err);
	cancel_end(&freezer->cancel, freezer->pg);
	if (rc < 0)
		return -1;
	*count_out = (uint64_t)pg_get_int(rows, 0, 0);
	uint64_t stuck = (uint64_t)pg_get_int(rows, 0, 1);
	if (stuck > 0 && status->stuck == 0)
		log_error("freezer.stuck", "figures=%llu first=\"%s\"", (unsigned long long)stuck,
			  pg_get_text(rows, 0, 2));
	if (*count_out > 0)
		log_info("freezer.frozen", "sets=%llu", (unsigned long long)*count_out);
	status->stuck = stuck;
	status->failures += stuck > 0;
	status->frozen += *count_out;
	rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

/* True when it is time to stop. */
static bool wait_ms(struct freezer *freezer, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&freezer->lock);
	while (!freezer->is_stopping)
		if (pthread_cond_timedwait(&freezer->wake, &freezer->lock, &until) != 0)
			break;
	bool is_stopping = freezer->is_stopping;
	pthread_mutex_unlock(&freezer->lock);
	return is_stopping;
}

static void *serve(void *context)
{
	struct freezer *freezer = context;
	unsigned failed_in_row = 0;
	int64_t pause_ms = 0;
	while (!wait_ms(freezer, pause_ms)) {
		struct err err = {0};
		struct freezer_status status = freezer_status(freezer);
		uint64_t count = 0;
		status.is_up = look(freezer, &status, &count, &err) == 0;
		if (status.is_up) {
			failed_in_row = 0;
			pause_ms = count > 0 ? 0 : freezer->interval_ms;
		} else {
			status.failures++;
			pause_ms = freezer->interval_ms +
				   backoff_ms(random_system(), failed_in_row, 500, 30000);
			if (failed_in_row++ == 0)
				log_warn("freezer.retry", "wait_ms=%lld cause=\"%s\"",
					 (long long)pause_ms, err.text);
		}
		pthread_mutex_lock(&freezer->lock);
		freezer->status = status;
		pthread_mutex_unlock(&freezer->lock);
	}
	pg_close(&freezer->pg);
	return NULL;
}

int freezer_start(struct freezer **out, const char *conninfo, int64_t interval_ms, struct err *err)
{
	pthread_condattr_t attributes;
	*out = NULL;
	struct freezer *freezer = calloc(1, sizeof(*freezer));
	char *copy = strdup(conninfo);
	if (!freezer || !copy)
		goto failed;
	freezer->conninfo = copy;
	freezer->interval_ms = interval_ms;
	pthread_mutex_init(&freezer->lock, NULL);
	cancel_init(&freezer->cancel);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&freezer->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&freezer->thread, NULL, serve, freezer) == 0) {
		*out = freezer;
		return 0;
	}
failed:
	err_set(err, ERR_NOMEM, "内存不足");
	free(copy);
	free(freezer);
	return -1;
}

void freezer_stop(struct freezer **freezer_ref)
{
	struct freezer *freezer = *freezer_ref;
	if (!freezer)
		return;
	pthread_mutex_lock(&freezer->lock);
	freezer->is_stopping = true;
	pthread_cond_signal(&freezer->wake);
	pthread_mutex_unlock(&freezer->lock);
	cancel_and_join(&freezer->cancel, freezer->thread);
	cancel_fini(&freezer->cancel);
	pthread_cond_destroy(&freezer->wake);
	pthread_mutex_destroy(&freezer->lock);
	free(freezer->conninfo);
	free(freezer);
	*freezer_ref = NULL;
}

struct freezer_status freezer_status(struct freezer *freezer)
{
	pthread_mutex_lock(&freezer->lock);
	struct freezer_status status = freezer->status;
	pthread_mutex_unlock(&freezer->lock);
	return status;
}
