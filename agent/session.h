/* SPDX-License-Identifier: Apache-2.0 */
/* session.h - the agent's half of the protocol as a pure state machine
 * No socket, no disk, no clock: inputs are calls with the time in them, outputs go through struct session_io.
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

struct session_slice { /* contiguous records to send; bodies are borrowed until the next read */
	uint64_t first_seq;
	size_t count;
	const uint8_t *const *bodies;
	const size_t *lengths;
	uint8_t prev_chain[CHAIN_BYTES], chain[CHAIN_BYTES];
};

struct session_position {
	const uint8_t *outbox_uuid;
	uint64_t last_seq, acked_seq, boot_no, pending_bytes;
};

struct session_io {
	void *context;
	/* True when the bytes were handed over; false when the pipe is full (try again at a tick). */
	bool (*send)(void *context, const uint8_t *data, size_t len);
	void (*position)(void *context, struct session_position *out);
	/* Records from first_seq within the limits, at least one if there is any. 0 or -1. */
	int (*read)(void *context, uint64_t first_seq, size_t max_bytes, size_t max_records,
		    struct session_slice *out);
	int (*chain_at)(void *context, uint64_t seq, uint8_t out[CHAIN_BYTES]);
	/* Store the acknowledgement; -1 when the disk refuses (the session starts over). */
	int (*acked)(void *context, uint64_t seq, const Zhibao__V1__Ack *ack);
	/* Start a new stream from after shared_seq. 0 or -1. */
	int (*fork)(void *context, uint64_t shared_seq);
	/* Close the connection and open a new one after delay_ms; reason for the log and the clerk. */
	void (*reconnect)(void *context, int64_t delay_ms, const char *reason);
};

struct session_options {
	const char *office_code; /* borrowed */
	const char *programme;   /* borrowed */
	uint32_t programme_version;
	unsigned max_inflight_batches;
	int64_t backoff_base_ms, backoff_cap_ms, ping_idle_ms;
	const struct random_source *random;
	struct session_io io;
};

int session_new(struct session **out, const struct session_options *options);
void session_free(struct session **session);

void session_up(struct session *session, int64_t now_ms);     /* handshake done */
void session_down(struct session *session, int64_t now_ms);   /* no connection, or lost */
void session_denied(struct session *session, int64_t now_ms); /* the key was refused */
void session_message(struct session *session, const uint8_t *data, size_t len, int64_t now_ms);
void session_grown(struct session *session, int64_t now_ms); /* the outbox has more */
/* To be called at least once a second. */
void session_tick(struct session *session, int64_t now_ms);
bool session_is_open(const struct session *session);

#endif
