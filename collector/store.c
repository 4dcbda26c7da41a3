/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "backoff.h"
#include "clock.h"
#include "log.h"

/* This part of a group is not filled ahead: what came since from those that had nothing waiting would wait one group longer. */
enum { REFRESH_MS = 1000, LATE_SHARE = 8 };

struct store {
	struct store_options options;
	pthread_t thread;
	pthread_mutex_t lock; /* guards the queue, ahead_bytes, is_idle and answered */
	pthread_cond_t wake;
	struct jobqueue *queue;
	size_t ahead_bytes; /* of the jobs taken ahead */
	bool is_idle;       /* the thread waits for the server and found nothing to take ahead: tell it by idle_fd */
	int idle_fd;        /* -1: nothing is taken ahead */
	struct job *answered, **last_answered; /* on their way to the loop, in order; a list of their own takes no memory */
	_Atomic bool is_stopping;
	/* The thread's own. */
	struct pg *pg;
	bool is_refreshed; /* since the connection was made */
	int64_t refreshed_at_ms;
	struct jobqueue_taken taken; /* the group in hand */
	struct jobqueue_taken ahead; /* what the next one begins with */
	unsigned failed_in_row;
};

static void deliver_answers(void *context)
{
	struct store *store = context;
	pthread_mutex_lock(&store->lock);
	struct job *job = store->answered;
	store->answered = NULL;
	store->last_answered = &store->answered;
	pthread_mutex_unlock(&store->lock);
	while (job) {
		struct job *next = job->next;
		store->options.on_answer(store->options.context, job);
		job = next;
	}
}

/* An answer that got lost would leave its job under way for ever, and the one after it would pass over its verdicts. Where there is
 * no memory to call the loop it waits for the next call. */
static void post_answers(struct store *store, struct job *const *jobs, size_t count)
{
	pthread_mutex_lock(&store->lock);
	for (size_t i = 0; i < count; i++) {
		jobs[i]->next = NULL;
		*store->last_answered = jobs[i];
		store->last_answered = &jobs[i]->next;
	}
	bool is_any = store->answered != NULL;
	pthread_mutex_unlock(&store->lock);
	if (is_any)
		loop_post(store->options.loop, deliver_answers, store);
}

struct delivery {
	struct store *store;
	void *news;
};

static void deliver_news(void *context)
{
	struct delivery *delivery = context;
	delivery->store->options.on_news(delivery->store->options.context, delivery->news);
	free(delivery);
}

static void post_news(struct store *store, void *news)
{
	struct delivery *delivery = calloc(1, sizeof(*delivery));
	if (delivery) {
		*delivery = (struct delivery){store, news};
		if (loop_post(store->options.loop, deliver_news, delivery) == 0)
			return;
	}
	free(delivery);
	store->is_refreshed = false; /* out of memory: all is read again, as after a new connection */
	store->options.free_news(news);
}

/* Takes what waits, up to the limits, and what was taken ahead; waits at most REFRESH_MS. 0 when nothing came. */
static size_t take(struct store *store)
{
	struct timespec until;
	struct jobqueue_taken done = store->taken;
	store->taken = store->ahead;
	store->ahead = (struct jobqueue_taken){.jobs = done.jobs};
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += REFRESH_MS / 1000;
	pthread_mutex_lock(&store->lock);
	store->ahead_bytes = 0;
	while (store->taken.count == 0 && jobqueue_bytes(store->queue) == 0 && !store->is_stopping)
		if (pthread_cond_timedwait(&store->wake, &store->lock, &until) != 0)
			break;
	if (!store->is_stopping)
		jobqueue_take(store->queue, &store->options.group, &store->taken);
	pthread_mutex_unlock(&store->lock);
	return store->taken.count;
}

/* Takes one job ahead and makes it ready. */
static bool take_ahead(void *context)
{
	struct store *store = context;
	struct jobqueue_taken *ahead = &store->ahead;
	struct jobqueue_limits limits = store->options.group;
	size_t before = ahead->count;
	eventfd_t count;
	limits.rows -= limits.rows / LATE_SHARE;
	if (limits.jobs > before + 1)
		limits.jobs = before + 1;
	eventfd_read(store->idle_fd, &count);
	pthread_mutex_lock(&store->lock);
	jobqueue_take(store->queue, &limits, ahead);
	store->ahead_bytes = ahead->bytes;
	store->is_idle = jobqueue_bytes(store->queue) == 0;
	pthread_mutex_unlock(&store->lock);
	if (ahead->count > before)
		store->options.work.prepare(store->options.work.context, ahead->jobs[before]);
	return ahead->count > before;
}

static int refresh(struct store *store, void **news_out, struct err *err)
{
	int64_t now_ms = clock_monotonic_ms(clock_system());
	const struct store_work *work = &store->options.work;
	*news_out = NULL;
	if (store->is_refreshed && now_ms - store->refreshed_at_ms < REFRESH_MS)
		return 0;
	if (work->refresh(work->context, store->pg, !store->is_refreshed, news_out, err) < 0)
		return -1;
	store->is_refreshed = true;
	store->refreshed_at_ms = now_ms;
	return 0;
}

/* What was stored is stored, whether or not the news can be read now; the next refresh tries again. */
static void refresh_now(struct store *store)
{
	void *news;
	struct err err;
	store->refreshed_at_ms = INT64_MIN / 2;
	if (refresh(store, &news, &err) == 0 && news)
		post_news(store, news);
}

static int ensure_connection(struct store *store, struct err *err)
{
	if (pg_is_up(store->pg))
		return 0;
	store->is_refreshed = false;
	return pg_reconnect(store->pg, err);
}

/* Nothing is acknowledged; agents hold their records and ask again. */
static void refuse_all(struct store *store, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		job_clear_answer(store->taken.jobs[i]);
		store->taken.jobs[i]->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN;
	}
}

static void pause_after_failure(struct store *store, const struct err *err)
{
	int64_t wait_ms = backoff_ms(random_system(), store->failed_in_row, 100, 5000);
	if (store->failed_in_row++ == 0)
		log_error("store.retry", "wait_ms=%lld cause=\"%s\"", (long long)wait_ms, err->text);
	struct timespec pause = {wait_ms / 1000, wait_ms % 1000 * 1000000};
	nanosleep(&pause, NULL);
}

static void *serve(void *context)
{
	struct store *store = context;
	const struct store_work *work = &store->options.work;
	const struct pg_meanwhile meanwhile = {take_ahead, store, store->idle_fd};
	while (!store->is_stopping) {
		struct err err = {0};
		size_t count = take(store);
		int rc = ensure_connection(store, &err);
		void *news = NULL;
		bool is_stale = false;
		if (rc == 0)
			rc = refresh(store, &news, &err);
		if (news)
			post_news(store, news);
		if (rc == 0 && count > 0)
			rc = work->run(work->context, store->pg, store->taken.jobs, count, work->prepare ? &meanwhile : NULL,
				       &is_stale, &err);
		if (rc == 0 && is_stale)
			refresh_now(store);
		if (rc < 0)
			refuse_all(store, count);
		post_answers(store, store->taken.jobs, count);
		if (rc < 0)
			pause_after_failure(store, &err);
		else
			store->failed_in_row = 0;
	}
	return NULL;
}

static void free_store(struct store *store)
{
	jobqueue_free(&store->queue);
	pg_close(&store->pg);
	if (store->idle_fd >= 0)
		close(store->idle_fd);
	pthread_cond_destroy(&store->wake);
	pthread_mutex_destroy(&store->lock);
	free(store->taken.jobs);
	free(store->ahead.jobs);
	free(store);
}

int store_start(struct store **out, const struct store_options *options, void **news_out, struct err *err)
{
	pthread_condattr_t attributes;
	*out = NULL;
	*news_out = NULL;
	struct store *store = calloc(1, sizeof(*store));
	if (!store) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	store->options = *options;
	store->last_answered = &store->answered;
	pthread_mutex_init(&store->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&store->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	store->taken.jobs = calloc(options->group.jobs, sizeof(struct job *));
	store->ahead.jobs = calloc(options->group.jobs, sizeof(struct job *));
	store->idle_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (jobqueue_new(&store->queue) < 0 || !store->taken.jobs || !store->ahead.jobs || store->idle_fd < 0) {
		err_set(err, ERR_NOMEM, "内存不足");
		goto failed;
	}
	if (pg_open(&store->pg, options->conninfo, "zhibao-collector", err) < 0 ||
	    refresh(store, news_out, err) < 0)
		goto failed;
	if (pthread_create(&store->thread, NULL, serve, store) != 0) {
		err_set(err, ERR_RETRY, "store: no thread");
		goto failed;
	}
	*out = store;
	return 0;
failed:
	if (*news_out)
		options->free_news(*news_out);
	*news_out = NULL;
	free_store(store);
	return -1;
}

void store_stop(struct store **store_ref)
{
	struct store *store = *store_ref;
	if (!store)
		return;
	pthread_mutex_lock(&store->lock);
	store->is_stopping = true;
	pthread_cond_signal(&store->wake);
	pthread_mutex_unlock(&store->lock);
	pthread_join(store->thread, NULL);
	loop_run_posts(store->options.loop); /* the answers of the group that was in hand */
	deliver_answers(store);
	for (size_t i = 0; i < store->ahead.count; i++)
		job_free(&store->ahead.jobs[i]);
	free_store(store);
	*store_ref = NULL;
}

void store_submit(struct store *store, struct job *job)
{
	pthread_mutex_lock(&store->lock);
	int rc = jobqueue_push(store->queue, job);
	bool was_idle = store->is_idle;
	store->is_idle = false;
	pthread_cond_signal(&store->wake);
	pthread_mutex_unlock(&store->lock);
	if (was_idle)
		eventfd_write(store->idle_fd, 1);
	if (rc == 0)
		return;
	/* Out of memory. Later, not from here: whoever is told may submit again. */
	job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY;
	post_answers(store, &job, 1);
}

size_t store_waiting_bytes(struct store *store)
{
	pthread_mutex_lock(&store->lock);
	size_t bytes = jobqueue_bytes(store->queue) + store->ahead_bytes;
	pthread_mutex_unlock(&store->lock);
	return bytes;
}

size_t store_office_bytes(struct store *store, const char *office_code)
{
	pthread_mutex_lock(&store->lock);
	size_t bytes = jobqueue_office_bytes(store->queue, office_code);
	pthread_mutex_unlock(&store->lock);
	return bytes;
}
