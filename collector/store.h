/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - a thread that owns a database connection and works off a queue of jobs
 * Jobs go in from the loop thread and come back to it, answered, through the callback (run by the loop). What waits when
 * the thread becomes free is worked off together: groups grow with the load, and no timer makes anyone wait. While the
 * server works on a group, jobs of the next one are taken and made ready.
 * Thread: store_submit and the callbacks belong to the loop thread; struct store_work to the store's own. */
#ifndef ZHIBAO_STORE_H
#define ZHIBAO_STORE_H

#include "jobqueue.h"
#include "loop.h"
#include "pgcopy.h"

struct store;

/* What the thread does. Everything blocks; ERR_RETRY and ERR_UNKNOWN mean that nothing may be answered. */
struct store_work {
	void *context;
	/* *is_stale_out, false before: refresh at once, before the answers leave. */
	int (*run)(void *context, struct pg *pg, struct job **jobs, size_t count, const struct pg_meanwhile *meanwhile,
		   bool *is_stale_out, struct err *err);
	/* A job of the next group, while run waits for the server; without the connection. NULL: there is nothing to prepare. */
	void (*prepare)(void *context, struct job *job);
	/* After a connection was made and then once a second. *news_out, when set, goes to on_news. */
	int (*refresh)(void *context, struct pg *pg, bool is_new_connection, void **news_out, struct err *err);
};

struct store_options {
	const char *conninfo; /* borrowed for the life of the store */
	struct loop *loop;
	struct jobqueue_limits group;
	struct store_work work;
	void (*on_answer)(void *context, struct job *job); /* takes the job */
	void (*on_news)(void *context, void *news);        /* takes the news */
	void (*free_news)(void *news);
	void *context;
};

/* Connects and refreshes once before it returns; news_out as above. */
int store_start(struct store **out, const struct store_options *options, void **news_out, struct err *err);
void store_stop(struct store **store); /* waits for the group in hand; drops what waits */
void store_submit(struct store *store, struct job *job); /* takes the job */
size_t store_waiting_bytes(struct store *store);
size_t store_office_bytes(struct store *store, const char *office_code); /* of these, an office's */

#endif
