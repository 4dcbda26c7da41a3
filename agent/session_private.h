/* SPDX-License-Identifier: Apache-2.0 */
/* session_private.h - what the parts of the session share: messages in, messages out, and what to do when the centre refuses */
#ifndef ZHIBAO_SESSION_PRIVATE_H
#define ZHIBAO_SESSION_PRIVATE_H

#include "session.h"

enum phase { PHASE_DOWN, PHASE_HELLO, PHASE_OPEN };

enum {
	MAX_INFLIGHT = 64,
	REPLY_TIMEOUT_MS = 30000,
	BATCH_RECORDS = 4096,
	HALVE_WAIT_MS = 100,
	MAX_MISSED_PINGS = 3,
	DENIED_SOON_MIN_MS = 5000,
	DENIED_SOON_MAX_MS = 15000,
	DENIED_MIN_MS = 600000,
	DENIED_MAX_MS = 3600000,
	DENIED_SOON = 3
};

struct session {
	struct session_options options;
	enum phase phase;
	uint8_t protocol; /* of the session */
	uint64_t session_gen;
	uint64_t next_seq;     /* first not yet sent */
	uint64_t sent_to;      /* newest ever sent in this session, or acknowledged before it */
	uint64_t sent_bytes;   /* of batch payloads in this session */
	uint64_t credit_bytes; /* absolute */
	uint64_t asked_bytes;  /* wanted_bytes when credit was asked for last */
	uint64_t wanted_bytes; /* credit that the batch at next_seq needs, 0: not known; until then it is not read again */
	uint64_t inflight_last[MAX_INFLIGHT]; /* last_seq of batches not acknowledged, oldest first */
	size_t inflight_count;
	size_t batch_bytes, batch_records; /* limits, halved by TOO_BIG and BAD, doubled by each Ack */
	bool is_unsettled;      /* acknowledgements were taken and not yet stored */
	unsigned attempts;      /* failed in a row, reset by the first acknowledgement that is stored */
	unsigned denials;       /* in a row */
	int64_t hold_until_ms;  /* 0: not held */
	int64_t heard_at_ms;
	int64_t progress_at_ms; /* when the oldest batch under way was sent or the last one acknowledged */
	int64_t next_ping_ms;
	int64_t move_at_ms; /* from when on nothing new is sent, so that the session can end; 0: it stays */
	unsigned missed_pings;
	uint64_t ping_token;
	uint64_t refusals[SESSION_NACK_CODES]; /* by code; those that later versions add are counted as 0 */
};

/* Stores the acknowledgements that came, if any; false when the ledger cannot. Only one that can is asked again without a pause. */
bool session_store_acks(struct session *session);
bool session_put(struct session *session, uint8_t type, const ProtobufCMessage *message);
/* Sends what waits, as far as window, credit and pipe allow. */
void session_pump(struct session *session, int64_t now_ms);
void session_ping(struct session *session, int64_t now_ms);
void session_plan_ping(struct session *session, int64_t now_ms);
/* Closes the connection and tries the next collector after the back-off. */
void session_start_over(struct session *session, const char *reason);
void session_rewind_to(struct session *session, uint64_t acked_seq);
void session_take_credit(struct session *session, uint64_t credit_bytes);
/* Does the ledger hold this point of the centre's stream? */
bool session_is_shared(struct session *session, uint64_t seq, const ProtobufCBinaryData *chain, uint64_t last_seq);
/* Highest point both sides share: probes are the centre's, newest first. 0 when there is none. */
uint64_t session_shared_point(struct session *session, Zhibao__V1__ForkProbe **probes, size_t count,
			      uint64_t last_seq);
void session_fork_from(struct session *session, uint64_t shared_seq);
void session_on_nack(struct session *session, const ProtobufCMessage *message, int64_t now_ms);

#endif
