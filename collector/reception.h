/* SPDX-License-Identifier: Apache-2.0 */
/* reception.h - the collector's half of the protocol as a pure state machine (docs/protocol.md)
 * Sessions of agents: reads their messages, checks them, hands jobs to the store, turns its answers into messages. No
 * socket, no database, no clock: inputs are calls with the time in them, outputs go through struct reception_io.
 * Memory: one session per connection, at most max_sessions per key; jobs are bounded by has_room.
 * Thread: one owner. */
#ifndef ZHIBAO_RECEPTION_H
#define ZHIBAO_RECEPTION_H

#include "account.h"
#include "clock.h"
#include "jobs.h"
#include "keyring.h"
#include "reply.h"

struct reception;

struct reception_io {
	void *context;
	/* 0, or -1 when the peer is gone or its pipe is full; nothing is queued then. */
	int (*send)(void *context, const struct peer *peer, const void *data, size_t len);
	/* Takes it; comes back through reception_answer. True: it goes beside the writer of its office, which only a trickle may. */
	bool (*submit)(void *context, struct job *job);
	/* May a job wait for the store, with so many bytes? */
	bool (*has_room)(void *context, const struct job *job, size_t bytes);
};

struct reception_options {
	struct reply_terms terms;      /* what it points to is borrowed for the life of the reception */
	uint64_t window_bytes;         /* that a session may have on the way at most */
	uint64_t in_flight_bytes;      /* that all sessions together may have on the way; see receptioncredit.c */
	uint64_t least_bytes;          /* that each of them may have beside that without asking */
	uint64_t answer_bytes;         /* that large answers to all sessions together may have on the way */
	int64_t idle_ms;               /* after which a silent session is forgotten */
	struct account_limits limits;
	const struct clock *clock; /* only for the times told to agents */
	struct reception_io io;
};

struct downlink_head {
	char office_code[CODE_SIZE];
	uint64_t last_seq;
};

int reception_new(struct reception **out, const struct reception_options *options, struct err *err);
void reception_free(struct reception **reception);

/* One payload of a connection whose key is known by user_id. */
void reception_message(struct reception *reception, const struct router_message *message, int64_t now_ms);
void reception_answer(struct reception *reception, struct job *job, int64_t now_ms); /* takes it */
/* Keys in force; takes it. */
void reception_set_keyring(struct reception *reception, struct keyring *keyring);
const struct keyring *reception_keyring(const struct reception *reception);
/* Newest messages per office, sorted by it: what is new is sent to those who are here. Borrowed for the call. */
void reception_set_heads(struct reception *reception, const struct downlink_head *heads, size_t count);
/* Forgets silent sessions, counts the busy ones anew, hands on credit that was not used and sends for messages that had no room; to be
 * called about once a second. */
void reception_tick(struct reception *reception, int64_t now_ms);
/* From now on nothing new is taken in; jobs under way are answered. */
void reception_drain(struct reception *reception);
bool reception_is_idle(const struct reception *reception); /* no job is under way */
/* The addresses of the collectors are others now (borrowed like those of the terms, which they replace): tells the open
 * sessions. An agent whose first choice is another one moves there within spread_ms, in good order. */
void reception_set_endpoints(struct reception *reception, const char *const *endpoints, size_t count, uint32_t spread_ms);
/* Ends every session: agents come back within reconnect_ms. */
void reception_bye(struct reception *reception, const char *reason, uint32_t reconnect_ms);
size_t reception_session_count(const struct reception *reception);

#endif
