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
	bool is_downlink_late; /* messages to some office had no room: look at all at the next tick */
	uint64_t tick_no;
	uint64_t busy_now;    /* sessions that sent batches in this tick */
	uint64_t busy_before; /* those that did so in the one before, or then had some under way */
	uint64_t answered_now, answered_before; /* bytes of the batches that were answered in them */
	uint64_t waiting_bytes;  /* of the batches that are with the store */
	uint64_t promised_bytes; /* the sum of those of the sessions */
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
	size_t answer_bytes; /* that a large answer may have */
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
bool reception_submit(struct reception *reception, struct job *job); /* takes it; as struct reception_io says */
/* Sends for what is new, one question at a time, never more than the window beyond what the agent has stored. */
void reception_pump_downlink(struct reception *reception, struct session *session);
/* receptioncredit.c. Raises the credit of a session to what it has got through and its share. */
void reception_grant(struct reception *reception, struct session *session);
/* It needs so much more for its next batch: now, or when its turn comes. */
void reception_ask(struct reception *reception, struct session *session, uint64_t wanted_bytes);
/* It has sent a batch. */
void reception_use(struct reception *reception, struct session *session, size_t len);
/* Gives to those in line what has become free. */
void reception_hand_on(struct reception *reception);
/* Who is busy; what was given and not used for a while is given to others; once a tick. */
void reception_review_credit(struct reception *reception);
/* How long one that was refused for want of room is to wait, by what waits and how fast it goes. */
int64_t reception_pause_ms(const struct reception *reception);
void reception_pump_late_downlinks(struct reception *reception); /* those that had no room */
/* May a large answer of so many bytes be promised to the session? */
bool reception_has_answer_room(const struct reception *reception, const struct session *session, size_t bytes);
/* What the job was promised is sent or refused. -1 when the peer is gone or its pipe is full. */
int reception_answer_sent(struct reception *reception, struct session *session, const struct job *job, int64_t now_ms);
void reception_on_pong(struct incoming *in);
/* Counts no longer what a silent peer may never take. */
void reception_sweep_answers(struct reception *reception, int64_t now_ms);
/* A dead connection says nothing after it was fenced; one that goes on speaking may be a second machine. */
void reception_note_fenced(struct account *account, const char *office_code, int64_t now_ms);

#endif
