/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - the agent's half of the protocol as a pure state machine (docs/protocol.md)
 * No socket, no disk, no clock: inputs are calls with the time in them, outputs go through two interfaces, the link to a
 * collector and the ledger.
 * Thread: one owner. */
#ifndef ZHIBAO_SESSION_H
#define ZHIBAO_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chain.h"
#include "clock.h"
#include "zhibao/v1/session.pb-c.h"

struct session;
struct programme;

/* Contiguous records to send, or one gap. What it points to is borrowed until the next read. */
struct session_slice {
	uint64_t first_seq, last_seq;
	size_t count; /* of records; 0 for a gap */
	const uint8_t *const *bodies;
	const size_t *lengths;
	const uint8_t *gap; /* encoded Gap */
	size_t gap_len;
	uint8_t prev_chain[CHAIN_BYTES], chain[CHAIN_BYTES];
};

struct session_position {
	const uint8_t *outbox_uuid;
	uint64_t last_seq, acked_seq, boot_no, pending_bytes;
	uint64_t downlink_seq;
	const uint8_t *forked_from; /* 16 bytes or NULL */
	uint64_t fork_seq;
};

struct session_ledger {
	void *context;
	void (*position)(void *context, struct session_position *out);
	/* Records from first_seq within the limits, at least one, or a gap. -1 when the disk refuses. */
	int (*read)(void *context, uint64_t first_seq, size_t max_bytes, size_t max_records,
		    struct session_slice *out);
	int (*chain_at)(void *context, uint64_t seq, uint8_t out[CHAIN_BYTES]);
	/* Take the acknowledgement, from now on the position; it need not be on the disk before settle. -1 when the disk or the
	 * memory refuses: then all that was not settled is forgotten, as after a crash. */
	int (*acked)(void *context, uint64_t seq, const Zhibao__V1__Ack *ack);
	/* Store what was taken. 1, or 0 when there was nothing; -1 when the disk refuses, as above. */
	int (*settle)(void *context);
	/* The centre was set back: only records up to seq are durable. */
	int (*lost)(void *context, uint64_t seq);
	/* The centre will never take this record: a gap takes its place. */
	int (*drop)(void *context, uint64_t seq);
	/* Start a new stream from after shared_seq. */
	int (*fork)(void *context, uint64_t shared_seq);
};

struct session_link {
	void *context;
	/* True when the bytes were handed over; false when the pipe is full (try again at a tick). */
	bool (*send)(void *context, const uint8_t *data, size_t len);
	/* Close the connection and open a new one after delay_ms, to the next collector if is_failure; reason for the log and
	 * the clerk. */
	void (*reconnect)(void *context, int64_t delay_ms, bool is_failure, const char *reason);
	/* The session is open; version 2 messages may be sent with session_send when is_v2. May be NULL. */
	void (*opened)(void *context, const Zhibao__V1__Welcome *welcome, bool is_v2);
	/* A message that is not the session's own: files, downlink, enrolment, recall, collectors; a Nack of such; and a Bye,
	 * before the session acts on it. May be NULL. */
	void (*deliver)(void *context, uint8_t type, const ProtobufCMessage *message);
};

struct session_options {
	const char *office_code; /* borrowed */
	const struct programme *programme; /* borrowed; of the pack in use, with id "" when there is none */
	unsigned max_inflight_batches;
	int64_t backoff_base_ms, backoff_cap_ms, ping_idle_ms;
	const struct random_source *random;
	struct session_ledger ledger;
	struct session_link link;
};

int session_new(struct session **out, const struct session_options *options);
void session_free(struct session **session);
void session_set_programme(struct session *session, const struct programme *programme); /* borrowed */

void session_up(struct session *session, int64_t now_ms);     /* handshake done */
void session_down(struct session *session, int64_t now_ms);   /* no connection, or lost */
void session_denied(struct session *session, int64_t now_ms); /* the key was refused */
void session_message(struct session *session, const uint8_t *data, size_t len, int64_t now_ms);
void session_grown(struct session *session, int64_t now_ms); /* the outbox has more */
/* To be called at least once a second. */
void session_tick(struct session *session, int64_t now_ms);
/* Once after_ms have passed and everything sent is acknowledged, ends the open session in good order and connects anew at
 * once. Forgotten when the session ends otherwise. */
void session_move(struct session *session, int64_t after_ms, int64_t now_ms);
void session_stay(struct session *session); /* a move that has not ended it yet is off */
/* Ends the session in good order and connects anew at once, as after a change of key. */
void session_restart(struct session *session, const char *reason);
/* Acknowledgements wait to be stored: session_settle is to be called when no message waits any more. */
bool session_is_unsettled(const struct session *session);
void session_settle(struct session *session);
bool session_is_open(const struct session *session);
/* How often the centre refused with this code since the start, hellos included. */
enum { SESSION_NACK_CODES = 16 };
uint64_t session_refusals(const struct session *session, unsigned code);
/* A message of another part of the agent in the open session. False when it is not open or the pipe is full. */
bool session_send(struct session *session, uint8_t type, const ProtobufCMessage *message);
/* Everything is delivered and acknowledged: the line is free for files. */
bool session_is_caught_up(struct session *session);

#endif
