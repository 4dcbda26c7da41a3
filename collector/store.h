/* SPDX-License-Identifier: Apache-2.0 */
/* store.h - the thread that owns the database connection of the collector
 * Jobs go in from the loop thread and come back to it, answered, through the callback (run by the loop). Jobs that
 * wait are stored together in one transaction.
 * Thread: store_submit and the callbacks belong to the loop thread. */
#ifndef ZHIBAO_STORE_H
#define ZHIBAO_STORE_H

#include "jobs.h"
#include "keyring.h"
#include "loop.h"

struct store;

struct store_options {
	const char *conninfo; /* borrowed for the life of the store */
	struct loop *loop;
	size_t group_max;
	void (*on_answer)(void *context, struct job *job);           /* takes the job */
	void (*on_keyring)(void *context, struct keyring *keyring);  /* takes the keyring */
	void *context;
};

/* Connects and loads the keys before it returns, so that nobody is let in without them. */
int store_start(struct store **out, const struct store_options *options, struct keyring **keyring_out,
		struct err *err);
void store_stop(struct store **store); /* waits for the group in hand; drops what waits */
void store_submit(struct store *store, struct job *job); /* takes the job */
size_t store_waiting_bytes(struct store *store);

#endif
