/* SPDX-License-Identifier: Apache-2.0 */
/* reception_private.h - what the parts of the reception share: greetings, other messages, answers */
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

/* A message on its way through. */
struct incoming {
	struct reception *reception;
	const struct router_message *message;
	const struct keyring_entry *key;
	struct account *account;
	struct session *session; /* of the connection; NULL when there is none */
	struct frame frame;      /* for answers: version and generation of the sender */
	const ProtobufCMessage *body;
	size_t len; /* of the body on the wire */
	uint64_t first_seq; /* of the batch, where it could be read */
	bool is_counted;    /* against the credit */
	int64_t now_ms;
};

enum { BUSY_MS = 1000 };

void reception_refuse(struct incoming *in, Zhibao__V1__NackCode code, int64_t retry_ms, const char *detail);
/* Three unreadable messages within a minute bar the key for a while; its records stay in its outbox. */
void reception_strike(struct incoming *in, const char *detail);
/* A job with the message's bytes; NULL, and the peer was told, when there is no room. */
struct job *reception_make_job(struct incoming *in, enum job_kind kind);
void reception_on_hello(struct incoming *in);

/* Sends what is in reception->out. */
int reception_flush(struct reception *reception, const struct peer *peer);
void reception_submit(struct reception *reception, struct job *job); /* takes it */
/* Sends for what is new, one question at a time, never more than the window beyond what the agent has stored. */
void reception_pump_downlink(struct reception *reception, struct session *session);
/* Raises the credit of a session to what it has got through and a window: its share of in_flight_bytes among the busy sessions or,
 * before it sent anything, among all keys. Once all it sent is answered it may always send one batch of the usual size, or one of
 * wanted_bytes. So a backlog of many waits at the agents, where it is durable, and not here. */
void reception_grant(const struct reception *reception, struct session *session, uint64_t wanted_bytes);
/* A dead connection says nothing after it was fenced; one that goes on speaking may be a second machine. */
void reception_note_fenced(struct account *account, const char *office_code, int64_t now_ms);

#endif
