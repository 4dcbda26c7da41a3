/* SPDX-License-Identifier: Apache-2.0 */
#include "cancel.h"

#include <string.h>
#include <time.h>

#include "pgcursor.h"

void cancel_init(struct cancel *cancel)
{
	memset(cancel, 0, sizeof(*cancel));
	pthread_mutex_init(&cancel->lock, NULL);
}

void cancel_fini(struct cancel *cancel)
{
	pthread_mutex_destroy(&cancel->lock);
}

/* The place of a connection, or of none; NULL when there is no such place. */
static struct pg **find(struct cancel *cancel, const struct pg *pg)
{
	for (size_t i = 0; i < CANCEL_MAX; i++)
		if (cancel->running[i] == pg)
			return &cancel->running[i];
	return NULL;
}

bool cancel_begin(struct cancel *cancel, struct pg *pg)
{
	pthread_mutex_lock(&cancel->lock);
	struct pg **place = cancel->is_stopping ? NULL : find(cancel, NULL);
	if (place)
		*place = pg;
	pthread_mutex_unlock(&cancel->lock);
	return place != NULL;
}

void cancel_end(struct cancel *cancel, struct pg *pg)
{
	pthread_mutex_lock(&cancel->lock);
	struct pg **place = find(cancel, pg);
	if (place)
		*place = NULL;
	pthread_mutex_unlock(&cancel->lock);
}

void cancel_and_join(struct cancel *cancel, pthread_t thread)
{
	struct timespec until;
	do {
		pthread_mutex_lock(&cancel->lock);
		cancel->is_stopping = true;
		for (size_t i = 0; i < CANCEL_MAX; i++)
			if (cancel->running[i])
				pg_cancel(cancel->running[i]);
		pthread_mutex_unlock(&cancel->lock);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += 1;
	} while (pthread_timedjoin_np(thread, NULL, &until) != 0);
}
