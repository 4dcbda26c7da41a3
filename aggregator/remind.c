/* SPDX-License-Identifier: Apache-2.0 */
#include "remind.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backoff.h"
#include "log.h"
#include "pg.h"
#include "sql.h"

struct remind {
	pthread_t thread;
	pthread_mutex_t lock; /* guards is_stopping */
	pthread_cond_t wake;
	bool is_stopping;
	char *conninfo;
	int64_t interval_ms;
	struct pg *pg; /* the thread's */
};

static int run_once(struct remind *remind, struct err *err)
{
	struct pg_rows *rows = NULL;
	if (!remind->pg && pg_open(&remind->pg, remind->conninfo, "zhibao-aggregator remind", err) < 0)
		return -1;
	if (!pg_is_up(remind->pg) && pg_reconnect(remind->pg, err) < 0)
		return -1;
	if (pg_exec(remind->pg, SQL_reminder_run, NULL, 0, &rows, err) < 0)
		return -1;
	int64_t made = pg_get_int(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc == 0 && made > 0)
		log_info("remind.made", "reminders=%lld", (long long)made);
	return rc;
}

/* True when it is time to stop. */
static bool wait_ms(struct remind *remind, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&remind->lock);
	while (!remind->is_stopping)
		if (pthread_cond_timedwait(&remind->wake, &remind->lock, &until) != 0)
			break;
	bool is_stopping = remind->is_stopping;
	pthread_mutex_unlock(&remind->lock);
	return is_stopping;
}

static void *serve(void *context)
{
	struct remind *remind = context;
	unsigned failed_in_row = 0;
	int64_t pause_ms = 0;
	while (!wait_ms(remind, pause_ms)) {
		struct err err = {0};
		pause_ms = remind->interval_ms;
		if (run_once(remind, &err) == 0) {
			failed_in_row = 0;
			continue;
		}
		pause_ms += backoff_ms(random_system(), failed_in_row, 500, 30000);
		if (failed_in_row++ == 0)
			log_warn("remind.retry", "wait_ms=%lld cause=\"%s\"", (long long)pause_ms, err.text);
	}
	pg_close(&remind->pg);
	return NULL;
}

int remind_start(struct remind **out, const char *conninfo, int64_t interval_ms, struct err *err)
{
	pthread_condattr_t attributes;
	*out = NULL;
	struct remind *remind = calloc(1, sizeof(*remind));
	char *copy = strdup(conninfo);
	if (!remind || !copy)
		goto failed;
	remind->conninfo = copy;
	remind->interval_ms = interval_ms;
	pthread_mutex_init(&remind->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&remind->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&remind->thread, NULL, serve, remind) == 0) {
		*out = remind;
		return 0;
	}
failed:
	err_set(err, ERR_NOMEM, "内存不足");
	free(copy);
	free(remind);
	return -1;
}

void remind_stop(struct remind **remind_ref)
{
	struct remind *remind = *remind_ref;
	if (!remind)
		return;
	pthread_mutex_lock(&remind->lock);
	remind->is_stopping = true;
	pthread_cond_signal(&remind->wake);
	pthread_mutex_unlock(&remind->lock);
	pthread_join(remind->thread, NULL);
	pthread_cond_destroy(&remind->wake);
	pthread_mutex_destroy(&remind->lock);
	free(remind->conninfo);
	free(remind);
	*remind_ref = NULL;
}
