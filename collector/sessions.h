/* SPDX-License-Identifier: Apache-2.0 */
/* sessions.h - the table of sessions, by connection
 * Thread: one owner. */
#ifndef ZHIBAO_SESSIONS_H
#define ZHIBAO_SESSIONS_H

#include <sys/queue.h>

#include "account.h"
#include "chain.h"
#include "registry.h"
#include "router.h"

struct session {
	struct session *next, *newer, *older, *same_key; /* the table's */
	struct peer peer;
	uint64_t session_no; /* never used twice */
	struct account *account;
	char office_code[CODE_SIZE];
	uint8_t outbox_uuid[OUTBOX_UUID_BYTES];
	uint32_t protocol;
	bool is_open;
	int64_t stream_id;
	uint64_t session_gen;
	uint64_t taken_bytes;  /* of all batches since Welcome */
	uint64_t done_bytes;   /* of these, answered or refused */
	uint64_t express_bytes; /* of those under way, beside the writer of its office */
	uint64_t sent_in_tick; /* the newest tick in which a batch came */
	uint64_t credit_bytes; /* absolute: what the agent was told */
	uint64_t wanted_bytes; /* for which it stands in line; 0: it does not */
	uint64_t promised_bytes;   /* granted in its turn and not yet used */
	uint64_t promised_in_tick;
	TAILQ_ENTRY(session) place; /* in line */
	int64_t heard_at_ms;
	uint64_t downlink_acked, downlink_sent, downlink_head;
	bool downlink_is_asked; /* the store is reading for it */
	/* Of large answers since Welcome; see receptionroom.c. */
	uint64_t answer_bytes; /* promised or sent, and not known to have arrived */
	uint64_t answers_sent, answers_taken;
	int64_t answered_at_ms; /* the newest */
};

struct sessions;

int sessions_new(struct sessions **out);
void sessions_free(struct sessions **sessions);
struct session *sessions_find(struct sessions *sessions, const struct peer *peer);
/* A fresh session of an outbox, instead of those the connection or the outbox had. The oldest of the key goes when there
 * would be more than max. NULL when memory is out. */
struct session *sessions_begin(struct sessions *sessions, const struct peer *peer, struct account *account,
			       const uint8_t outbox_uuid[OUTBOX_UUID_BYTES], unsigned max);
void sessions_end(struct sessions *sessions, struct session *session);
/* Ends those last heard before the instant. */
void sessions_sweep(struct sessions *sessions, int64_t before_ms);
struct session *sessions_first(struct sessions *sessions); /* oldest first */
struct session *sessions_next(struct sessions *sessions, struct session *session);
size_t sessions_count(const struct sessions *sessions);
/* Puts it at the end of the line of those that wait for credit, where it stays until it leaves or ends. */
void sessions_line_up(struct sessions *sessions, struct session *session, uint64_t wanted_bytes);
void sessions_leave_line(struct sessions *sessions, struct session *session);
struct session *sessions_first_in_line(struct sessions *sessions); /* NULL when none waits */
size_t sessions_line_length(const struct sessions *sessions);
/* Adds to the answer_bytes of the session, and to those of all. */
void sessions_add_answer(struct sessions *sessions, struct session *session, int64_t bytes);
uint64_t sessions_answer_bytes(const struct sessions *sessions);

#endif
