/* SPDX-License-Identifier: Apache-2.0 */
#include "sessionworld.h"

#include <stdlib.h>

#include "arena.h"
#include "frame.h"
#include "recordwire.h"
#include "registry.h"

static const uint8_t letter = 'x';

void chain_to(struct world *world, uint64_t seq, uint8_t out[CHAIN_BYTES])
{
	chain_start(world->uuid, out);
	for (uint64_t i = 1; i <= seq; i++)
		chain_step(out, i, &letter, 1);
}

static bool io_send(void *context, const uint8_t *data, size_t len)
{
	struct world *world = context;
	struct frame frame;
	struct arena arena;
	struct problems problems = {0};
	if (world->pipe_is_full)
		return false;
	assert_int_equal(frame_decode(data, len, &frame), FRAME_OK);
	world->sent[world->sent_count].type = frame.type;
	world->sent[world->sent_count].gen = frame.session_gen;
	if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH) {
		arena_init(&arena, 1 << 20);
		const Zhibao__V1__Batch *batch = (const void *)wire_unpack(
			&zhibao__v1__batch__descriptor, &arena, data + FRAME_BYTES, len - FRAME_BYTES, &problems);
		assert_non_null(batch);
		world->sent[world->sent_count].first_seq = batch->first_seq;
		world->sent[world->sent_count].count = batch->n_records;
		arena_fini(&arena);
	}
	world->sent_count++;
	return true;
}

static void io_position(void *context, struct session_position *out)
{
	struct world *world = context;
	*out = (struct session_position){
		.outbox_uuid = world->uuid, .last_seq = world->last_seq, .acked_seq = world->acked_seq, .boot_no = 1};
}

static int io_read(void *context, uint64_t first_seq, size_t max_bytes, size_t max_records, struct session_slice *out)
{
	struct world *world = context;
	size_t count = 0;
	(void)max_bytes;
	while (count < max_records && count < 10 && first_seq + count <= world->last_seq) {
		world->bodies[count] = &letter;
		world->lengths[count++] = 1;
	}
	*out = (struct session_slice){.first_seq = first_seq,
				      .last_seq = first_seq + count - 1,
				      .count = count,
				      .bodies = world->bodies,
				      .lengths = world->lengths};
	chain_to(world, first_seq - 1, out->prev_chain);
	chain_to(world, first_seq + count - 1, out->chain);
	return 0;
}

static int io_chain_at(void *context, uint64_t seq, uint8_t out[CHAIN_BYTES])
{
	struct world *world = context;
	if (seq > world->last_seq)
		return -1;
	chain_to(world, seq, out);
	return 0;
}

static int io_acked(void *context, uint64_t seq, const Zhibao__V1__Ack *ack)
{
	struct world *world = context;
	assert_true(seq >= world->acked_seq); /* never backwards */
	world->acked_seq = seq;
	world->verdicts += ack->n_quarantined;
	return 0;
}

static int io_settle(void *context)
{
	struct world *world = context;
	if (world->is_disk_full) {
		world->acked_seq = world->stored_seq;
		return -1;
	}
	world->stored_seq = world->acked_seq;
	world->settled++;
	return 1;
}

static int io_fork(void *context, uint64_t shared_seq)
{
	struct world *world = context;
	world->forks++;
	world->shared_seq = shared_seq;
	return 0;
}

static int io_lost(void *context, uint64_t seq)
{
	struct world *world = context;
	assert_true(seq < world->acked_seq);
	world->acked_seq = seq;
	return 0;
}

static int io_drop(void *context, uint64_t seq)
{
	struct world *world = context;
	world->dropped_seq = seq;
	return 0;
}

static void io_reconnect(void *context, int64_t delay_ms, bool is_failure, const char *reason)
{
	struct world *world = context;
	assert_true(strlen(reason) > 0);
	world->was_failure = is_failure;
	world->reconnects++;
	world->delay_ms = delay_ms;
}

static void io_deliver(void *context, uint8_t type, const ProtobufCMessage *message)
{
	struct world *world = context;
	if (world->on_deliver)
		world->on_deliver(world, type, message);
}

int world_setup(void **state)
{
	static const struct programme programme = {"p", 2024, 1};
	struct world *world = calloc(1, sizeof(*world));
	struct session_options options = {
		.office_code = "420102",
		.programme = &programme,
		.max_inflight_batches = 4,
		.backoff_base_ms = 1000,
		.backoff_cap_ms = 300000,
		.ping_idle_ms = 30000,
		.random = random_system(),
		.ledger = {world, io_position, io_read, io_chain_at, io_acked, io_settle, io_lost, io_drop, io_fork},
		.link = {.context = world, .send = io_send, .reconnect = io_reconnect, .deliver = io_deliver},
	};
	world->uuid[0] = 9;
	world->last_seq = 100;
	*state = world;
	return session_new(&world->session, &options);
}

int world_teardown(void **state)
{
	struct world *world = *state;
	session_free(&world->session);
	free(world);
	return 0;
}

void deliver(struct world *world, uint8_t type, uint64_t gen, const ProtobufCMessage *message, int64_t now_ms)
{
	uint8_t data[8192];
	struct frame frame = {FRAME_VERSION, type, gen};
	frame_encode(&frame, data);
	size_t len = protobuf_c_message_pack(message, data + FRAME_BYTES);
	session_message(world->session, data, FRAME_BYTES + len, now_ms);
}

void welcome(struct world *world, uint64_t acked_seq, uint64_t credit, const char *office)
{
	Zhibao__V1__Welcome message = ZHIBAO__V1__WELCOME__INIT;
	uint8_t chain[CHAIN_BYTES];
	chain_to(world, acked_seq, chain);
	session_up(world->session, 0);
	assert_int_equal(world->sent[world->sent_count - 1].type, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO);
	message.session_gen = 5;
	message.acked_seq = acked_seq;
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	message.credit_bytes = credit;
	message.office_code = (char *)(uintptr_t)office;
	message.protocol = 2;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME, 5, &message.base, 0);
}

void ack(struct world *world, uint64_t seq, uint64_t credit, int64_t now_ms)
{
	Zhibao__V1__Ack message = ZHIBAO__V1__ACK__INIT;
	message.acked_seq = seq;
	message.credit_bytes = credit;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK, 5, &message.base, now_ms);
}

void nack(struct world *world, Zhibao__V1__NackCode code, uint32_t retry_ms, int64_t now_ms)
{
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	message.code = code;
	message.retry_after_ms = retry_ms;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &message.base, now_ms);
}

void nack_at(struct world *world, Zhibao__V1__NackCode code, uint64_t acked_seq, int64_t now_ms)
{
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	uint8_t chain[CHAIN_BYTES];
	chain_to(world, acked_seq, chain);
	message.code = code;
	message.retry_after_ms = 10;
	message.acked_seq = acked_seq;
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &message.base, now_ms);
}
