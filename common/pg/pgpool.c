/* SPDX-License-Identifier: Apache-2.0 */
#include "pgpool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	struct pg *pg;
	bool is_lent;
};

struct pgpool {
	pthread_mutex_t lock;
	pthread_cond_t is_free;
	char *conninfo;
	char *application;
	size_t size;
	struct slot slots[];
};

int pgpool_open(struct pgpool **out, const char *conninfo, const char *application, size_t size,
		struct err *err)
{
	struct pgpool *pool = calloc(1, sizeof(*pool) + size * sizeof(pool->slots[0]));
	*out = NULL;
	if (pool) {
		pthread_mutex_init(&pool->lock, NULL);
		pthread_cond_init(&pool->is_free, NULL);
		pool->size = size;
		pool->conninfo = strdup(conninfo);
		pool->application = strdup(application);
	}
	if (!pool || !pool->conninfo || !pool->application) {
		err_set(err, ERR_NOMEM, "内存不足");
		pgpool_close(&pool);
		return -1;
	}
	*out = pool;
	return 0;
}

void pgpool_close(struct pgpool **pool_ref)
{
	struct pgpool *pool = *pool_ref;
	if (!pool)
		return;
	for (size_t i = 0; i < pool->size; i++)
		pg_close(&pool->slots[i].pg);
	pthread_cond_destroy(&pool->is_free);
	pthread_mutex_destroy(&pool->lock);
	free(pool->conninfo);
	free(pool->application);
	free(pool);
	*pool_ref = NULL;
}

/* NULL when there is none and nobody wants to wait. */
static struct slot *take_slot(struct pgpool *pool, bool may_wait)
{
	pthread_mutex_lock(&pool->lock);
	for (;;) {
		for (size_t i = 0; i < pool->size; i++) {
			if (pool->slots[i].is_lent)
				continue;
			pool->slots[i].is_lent = true;
			pthread_mutex_unlock(&pool->lock);
			return &pool->slots[i];
		}
		if (!may_wait) {
			pthread_mutex_unlock(&pool->lock);
			return NULL;
		}
		pthread_cond_wait(&pool->is_free, &pool->lock);
	}
}

static void give_slot(struct pgpool *pool, struct slot *slot)
{
	pthread_mutex_lock(&pool->lock);
	slot->is_lent = false;
	pthread_cond_signal(&pool->is_free);
	pthread_mutex_unlock(&pool->lock);
}

static int lend(struct pgpool *pool, struct slot *slot, struct pg **out, struct err *err)
{
	int rc = 0;
	if (!slot->pg)
		rc = pg_open(&slot->pg, pool->conninfo, pool->application, err);
	else if (!pg_is_still_up(slot->pg))
		rc = pg_reconnect(slot->pg, err);
	*out = rc == 0 ? slot->pg : NULL;
	if (rc < 0)
		give_slot(pool, slot);
	return rc;
}

int pgpool_borrow(struct pgpool *pool, struct pg **out, struct err *err)
{
	return lend(pool, take_slot(pool, true), out, err);
}

int pgpool_try_borrow(struct pgpool *pool, struct pg **out, struct err *err)
{
	struct slot *slot = take_slot(pool, false);
	*out = NULL;
	if (slot)
		return lend(pool, slot, out, err);
	err_set(err, ERR_FULL, "pg: 连接都在使用中");
	return -1;
}

void pgpool_return(struct pgpool *pool, struct pg *pg)
{
	pg_rollback(pg);
	for (size_t i = 0; i < pool->size; i++)
		if (pool->slots[i].pg == pg)
			give_slot(pool, &pool->slots[i]);
}
