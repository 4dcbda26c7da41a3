/* SPDX-License-Identifier: Apache-2.0 */
/* memguard.h - keeps the memory of the process below a limit, whatever a peer sends
 * Queues, sessions, files and answers (receptionroom.c) are bounded where they are kept. What libzmq keeps of a message that never ends is not: no
 * option of its limits that, and it is given back only with the connection. So the guard reads the resident memory ten
 * times a second; above the limit it ends all connections, which every honest agent answers by coming back, and listens
 * again once the memory has come back. When it does not within 10 s, the process is to end: a supervisor starts it anew.
 * Between two looks memory may rise by what the network brings in a tenth of a second.
 * Thread: the loop's. */
#ifndef ZHIBAO_MEMGUARD_H
#define ZHIBAO_MEMGUARD_H

#include "intake.h"

struct memguard;

/* limit_bytes > 0. on_stuck gets why; it is called once. */
int memguard_new(struct memguard **out, struct loop *loop, struct intake *intake, int64_t limit_bytes,
		 void (*on_stuck)(void *context, const struct err *err), void *context, struct err *err);
void memguard_free(struct memguard **guard);

#endif
