/* SPDX-License-Identifier: Apache-2.0 */
/* cancel.h - statements under way on some connections, for a stop to end
 * A statement over millions of records may take minutes; a stop does not wait for it.
 * Thread: any. */
#ifndef ZHIBAO_CANCEL_H
#define ZHIBAO_CANCEL_H

#include <pthread.h>
#include <stdbool.h>

#include "pg.h"

enum { CANCEL_MAX = 32 };

struct cancel {
	pthread_mutex_t lock;
	struct pg *running[CANCEL_MAX];
	bool is_stopping;
};

void cancel_init(struct cancel *cancel);
void cancel_fini(struct cancel *cancel);
/* From here to cancel_end a stop may cancel what pg does. False when it is time to stop, or CANCEL_MAX are under way. */
bool cancel_begin(struct cancel *cancel, struct pg *pg);
void cancel_end(struct cancel *cancel, struct pg *pg);
/* Refuses further beginnings, cancels what runs, and joins the thread. A cancel between two statements ends neither, so it is
 * asked again until the thread has ended. */
void cancel_and_join(struct cancel *cancel, pthread_t thread);

#endif
