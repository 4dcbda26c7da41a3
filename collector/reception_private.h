/* SPDX-License-Identifier: Apache-2.0 */
/* reception_private.h - what the two halves of the reception share: messages in, answers out */
#ifndef ZHIBAO_RECEPTION_PRIVATE_H
#define ZHIBAO_RECEPTION_PRIVATE_H

#include "reception.h"
#include "sessions.h"

struct reception {
	struct reception_options options;
	struct sessions *sessions;
	struct accounts *accounts;
	struct keyring *keyring;
	struct downlink_head *heads;
	size_t head_count;
	struct buf out;
	size_t jobs_under_way;
	bool is_draining;
	uint64_t tick_no;
	uint64_t busy_now, busy_before; /* sessions that sent batches in this tick and in the one before */
};

/* Sends what is in reception->out. */
int reception_flush(struct reception *reception, const struct peer *peer);
void reception_submit(struct reception *reception, struct job *job); /* takes it */
/* Sends for what is new, one question at a time, never more than the window beyond what the agent has stored. */
void reception_pump_downlink(struct reception *reception, struct session *session);
/* Raises the credit of a session to what it has got through and a window: its share of in_flight_bytes among the busy
 * sessions, never less than a whole batch. So a backlog of many waits at the agents, where it is durable, and not here. */
void reception_grant(const struct reception *reception, struct session *session);
/* A dead connection says nothing after it was fenced; one that goes on speaking may be a second machine. */
void reception_note_fenced(struct account *account, const char *office_code, int64_t now_ms);

#endif
