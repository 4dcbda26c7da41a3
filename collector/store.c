/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "backoff.h"
#include "clock.h"
#include "group.h"
#include "log.h"
#include "registryload.h"

enum { REFRESH_MS = 1000 };

struct store {
	struct store_options options;
	pthread_t thread;
	pthread_mutex_t lock; /* guards the queue */
	pthread_cond_t wake;
	struct job *first, **last;
	size_t waiting_bytes;
	_Atomic bool is_stopping;
	/* The thread's own. */
	struct pg *pg;
	struct group *group;
	struct registry *registry;
	int64_t register_version;
	int64_t refreshed_at_ms;
	struct job **jobs;
	unsigned failed_in_row;
};

/* Posted to the loop: one answered job, or new keys. */
struct delivery {
	struct store *store;
	struct job *job;
	struct keyring *keyring;
};

static void deliver(void *context)
{
	struct delivery *delivery = context;
	struct store_options *options = &delivery->store->options;
	if (delivery->job)
		options->on_answer(options->context, delivery->job);
	if (delivery->keyring)
		options->on_keyring(options->context, delivery->keyring);
	free(delivery);
}

static void post(struct store *store, struct job *job, struct keyring *keyring)
{
	struct delivery *delivery = calloc(1, sizeof(*delivery));
	if (delivery) {
		*delivery = (struct delivery){store, job, keyring};
		if (loop_post(store->options.loop, deliver, delivery) == 0)
			return;
	}
	free(delivery); /* out of memory: the agent asks again */
	job_free(&job);
	free(keyring);
}

/* Takes what waits, up to the limit; waits at most REFRESH_MS. 0 when nothing came. */
static size_t take(struct store *store)
{
	struct timespec until;
	size_t count = 0;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += REFRESH_MS / 1000;
	pthread_mutex_lock(&store->lock);
	while (!store->first && !store->is_stopping)
		if (pthread_cond_timedwait(&store->wake, &store->lock, &until) != 0)
			break;
	while (store->first && count < store->options.group_max && !store->is_stopping) {
		struct job *job = store->first;
		store->first = job->next;
		if (!store->first)
			store->last = &store->first;
		job->next = NULL;
		store->waiting_bytes -= job->len;
		store->jobs[count++] = job;
	}
	pthread_mutex_unlock(&store->lock);
	return count;
}

/* Keys and registers as they are now. Another process changes both. */
static int refresh(struct store *store, struct err *err)
{
	struct keyring *keyring;
	int64_t now_ms = clock_monotonic_ms(clock_system());
	if (now_ms - store->refreshed_at_ms < REFRESH_MS && store->registry)
		return 0;
	if (registry_refresh(store->pg, &store->registry, &store->register_version, err) < 0 ||
	    keyring_load(store->pg, &keyring, err) < 0)
		return -1;
	store->refreshed_at_ms = now_ms;
	post(store, NULL, keyring);
	return 0;
}

static int ensure_connection(struct store *store, struct err *err)
{
	if (pg_is_up(store->pg))
		return 0;
	return pg_reconnect(store->pg, err);
}

/* Nothing is acknowledged; agents hold their records and ask again. */
static void refuse_all(struct store *store, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		job_clear_answer(store->jobs[i]);
		store->jobs[i]->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN;
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
	while (!store->is_stopping) {
		struct err err = {0};
		size_t count = take(store);
		int rc = ensure_connection(store, &err);
		if (rc == 0)
			rc = refresh(store, &err);
		if (rc == 0 && count > 0)
			rc = group_store(store->group, store->pg, store->registry, store->jobs, count, &err);
		if (rc < 0)
			refuse_all(store, count);
		for (size_t i = 0; i < count; i++)
			post(store, store->jobs[i], NULL);
		if (rc < 0)
			pause_after_failure(store, &err);
		else
			store->failed_in_row = 0;
	}
	return NULL;
}

int store_start(struct store **out, const struct store_options *options, struct keyring **keyring_out,
		struct err *err)
{
	pthread_condattr_t attributes;
	*out = NULL;
	*keyring_out = NULL;
	struct store *store = calloc(1, sizeof(*store));
	if (!store) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	store->options = *options;
	store->last = &store->first;
	pthread_mutex_init(&store->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&store->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	store->jobs = calloc(options->group_max, sizeof(struct job *));
	if (!store->jobs || group_new(&store->group, err) < 0 ||
	    pg_open(&store->pg, options->conninfo, "zhibao-collector", err) < 0 ||
	    registry_refresh(store->pg, &store->registry, &store->register_version, err) < 0 ||
	    keyring_load(store->pg, keyring_out, err) < 0)
		goto failed;
	if (pthread_create(&store->thread, NULL, serve, store) != 0) {
		err_set(err, ERR_RETRY, "store: no thread");
		goto failed;
	}
	*out = store;
	return 0;
failed:
	pg_close(&store->pg);
	group_free(&store->group);
	registry_free(&store->registry);
	free(store->jobs);
	free(store);
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
	while (store->first) {
		struct job *next = store->first->next;
		job_free(&store->first);
		store->first = next;
	}
	pg_close(&store->pg);
	group_free(&store->group);
	registry_free(&store->registry);
	pthread_cond_destroy(&store->wake);
	pthread_mutex_destroy(&store->lock);
	free(store->jobs);
	free(store);
	*store_ref = NULL;
}

void store_submit(struct store *store, struct job *job)
{
	pthread_mutex_lock(&store->lock);
	job->next = NULL;
	*store->last = job;
	store->last = &job->next;
	store->waiting_bytes += job->len;
	pthread_cond_signal(&store->wake);
	pthread_mutex_unlock(&store->lock);
}

size_t store_waiting_bytes(struct store *store)
{
	pthread_mutex_lock(&store->lock);
	size_t bytes = store->waiting_bytes;
	pthread_mutex_unlock(&store->lock);
	return bytes;
}
