/* SPDX-License-Identifier: Apache-2.0 */
/* sessionworld.h - what the tests of a session stand on */
#ifndef ZHIBAO_SESSIONWORLD_H
#define ZHIBAO_SESSIONWORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "session.h"

/* A ledger of one-byte records and a wire that is a list, both in memory. */
struct world {
	struct session *session;
	uint8_t uuid[16];
	uint64_t last_seq, acked_seq;
	bool pipe_is_full;
	struct {
		uint8_t type;
		uint64_t gen, first_seq, count;
	} sent[256];
	size_t sent_count;
	int reconnects, forks, settled;
	uint64_t stored_seq; /* acked_seq after a crash */
	bool is_disk_full;
	bool was_failure;
	uint64_t dropped_seq;
	int64_t delay_ms;
	uint64_t shared_seq;
	size_t verdicts;
	void (*on_deliver)(void *context, uint8_t type, const ProtobufCMessage *message); /* of the link; may be NULL */
	uint8_t delivered_type;
	const uint8_t *bodies[4096];
	size_t lengths[4096];
};

int world_setup(void **state);
int world_teardown(void **state);
void chain_to(struct world *world, uint64_t seq, uint8_t out[CHAIN_BYTES]);
/* What the centre says: any message, or one of those that every test needs. */
void deliver(struct world *world, uint8_t type, uint64_t gen, const ProtobufCMessage *message, int64_t now_ms);
void welcome(struct world *world, uint64_t acked_seq, uint64_t credit, const char *office);
void ack(struct world *world, uint64_t seq, uint64_t credit, int64_t now_ms);
void nack(struct world *world, Zhibao__V1__NackCode code, uint32_t retry_ms, int64_t now_ms);
/* A refusal that says where the stream stands: after acked_seq, where the ledger agrees. */
void nack_at(struct world *world, Zhibao__V1__NackCode code, uint64_t acked_seq, int64_t now_ms);

#endif
