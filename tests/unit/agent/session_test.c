/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "frame.h"
#include "recordwire.h"
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
	const uint8_t *bodies[4096];
	size_t lengths[4096];
};

static const uint8_t letter = 'x';

static void chain_to(struct world *world, uint64_t seq, uint8_t out[CHAIN_BYTES])
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

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct session_options options = {
		.office_code = "420102",
		.programme = "p",
		.programme_version = 1,
		.max_inflight_batches = 4,
		.backoff_base_ms = 1000,
		.backoff_cap_ms = 300000,
		.ping_idle_ms = 30000,
		.random = random_system(),
		.ledger = {world, io_position, io_read, io_chain_at, io_acked, io_settle, io_lost, io_drop, io_fork},
		.link = {.context = world, .send = io_send, .reconnect = io_reconnect},
	};
	world->uuid[0] = 9;
	world->last_seq = 100;
	*state = world;
	return session_new(&world->session, &options);
}

static int teardown(void **state)
{
	struct world *world = *state;
	session_free(&world->session);
	free(world);
	return 0;
}

static void deliver(struct world *world, uint8_t type, uint64_t gen, const ProtobufCMessage *message, int64_t now_ms)
{
	uint8_t data[8192];
	struct frame frame = {FRAME_VERSION, type, gen};
	frame_encode(&frame, data);
	size_t len = protobuf_c_message_pack(message, data + FRAME_BYTES);
	session_message(world->session, data, FRAME_BYTES + len, now_ms);
}

static void welcome(struct world *world, uint64_t acked_seq, uint64_t credit, const char *office)
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

static void ack(struct world *world, uint64_t seq, uint64_t credit, int64_t now_ms)
{
	Zhibao__V1__Ack message = ZHIBAO__V1__ACK__INIT;
	message.acked_seq = seq;
	message.credit_bytes = credit;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK, 5, &message.base, now_ms);
}

static void nack(struct world *world, Zhibao__V1__NackCode code, uint32_t retry_ms, int64_t now_ms)
{
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	message.code = code;
	message.retry_after_ms = retry_ms;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &message.base, now_ms);
}

/* A refusal that says where the stream stands: after acked_seq, where the ledger agrees. */
static void nack_at(struct world *world, Zhibao__V1__NackCode code, uint64_t acked_seq, int64_t now_ms)
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

static void test_window(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	assert_true(session_is_open(world->session));
	assert_int_equal(world->sent_count, 1 + 4); /* no more than four batches in flight */
	assert_int_equal(world->sent[1].first_seq, 1);
	assert_int_equal(world->sent[4].first_seq, 31);
	assert_int_equal(world->sent[4].gen, 5);
	ack(world, 20, 1 << 20, 1); /* two batches at once: cumulative */
	assert_int_equal(world->acked_seq, 20);
	assert_int_equal(world->sent_count, 1 + 6);
	ack(world, 10, 1 << 20, 2); /* an older one, late: harmless */
	assert_int_equal(world->acked_seq, 20);
	while (world->acked_seq < 100)
		ack(world, world->acked_seq + 10, 1 << 20, 3);
	assert_int_equal(world->sent_count, 1 + 10); /* each record went once */
	world->last_seq = 101;
	session_grown(world->session, 4);
	assert_int_equal(world->sent[world->sent_count - 1].first_seq, 101);
}

/* A move ends the session when everything sent is acknowledged: nothing has to be sent twice, nothing is refused. */
static void test_move(void **state)
{
	struct world *world = *state;
	session_move(world->session, 0, 0);
	welcome(world, 0, 1 << 20, "420102");
	session_move(world->session, 500, 1);
	ack(world, 10, 1 << 20, 400);
	assert_int_equal(world->sent_count, 1 + 5); /* until then it goes on */
	ack(world, 20, 1 << 20, 501);
	ack(world, 40, 1 << 20, 502);
	assert_int_equal(world->sent_count, 1 + 5);
	assert_int_equal(world->reconnects, 0);
	ack(world, 50, 1 << 20, 503);
	assert_int_equal(world->sent[world->sent_count - 1].type, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE);
	assert_int_equal(world->reconnects, 1);
	assert_int_equal(world->delay_ms, 0);
	assert_false(world->was_failure);
	assert_false(session_is_open(world->session));
	welcome(world, 50, 1 << 20, "420102");
	assert_int_equal(world->sent[world->sent_count - 1].first_seq, 81);
	session_tick(world->session, 900); /* and it does not move again */
	assert_int_equal(world->reconnects, 1);
}

static void test_resume(void **state)
{
	struct world *world = *state;
	world->acked_seq = 30;
	welcome(world, 50, 1 << 20, "420102"); /* acknowledgements were lost on the way */
	assert_int_equal(world->sent[1].first_seq, 51);
	ack(world, 50, 1 << 20, 1);
	assert_int_equal(world->acked_seq, 50);
}

/* Acknowledgements that came together are stored together, and before anything is said that builds on them. */
static void test_settle(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	assert_false(session_is_unsettled(world->session));
	ack(world, 10, 1 << 20, 1);
	ack(world, 20, 1 << 20, 1);
	assert_true(session_is_unsettled(world->session));
	assert_int_equal(world->settled, 0);
	assert_int_equal(world->sent_count, 1 + 6); /* the next ones went all the same */
	session_settle(world->session);
	session_settle(world->session);
	assert_int_equal(world->settled, 1);
	assert_int_equal(world->stored_seq, 20);
	ack(world, 30, 1 << 20, 2);
	session_tick(world->session, 3);
	assert_int_equal(world->stored_seq, 30);
	ack(world, 40, 1 << 20, 4);
	session_down(world->session, 5);
	assert_int_equal(world->stored_seq, 40);
	assert_int_equal(world->reconnects, 1);
}

/* A ledger that cannot store is asked after longer and longer pauses, though each time the centre answers well. */
static void test_settle_fails(void **state)
{
	struct world *world = *state;
	int64_t longest_ms = 0;
	world->is_disk_full = true;
	for (int i = 0; i < 12; i++) {
		welcome(world, 0, 1 << 20, "420102");
		ack(world, 10, 1 << 20, 1);
		session_settle(world->session);
		assert_int_equal(world->reconnects, i + 1);
		assert_int_equal(world->acked_seq, 0);
		if (world->delay_ms > longest_ms)
			longest_ms = world->delay_ms;
	}
	assert_true(longest_ms > 10000);
	world->is_disk_full = false;
	welcome(world, 0, 1 << 20, "420102");
	ack(world, 10, 1 << 20, 1);
	session_settle(world->session);
	session_down(world->session, 2);
	assert_in_range(world->delay_ms, 0, 1000);
}

static void test_credit(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 150, "420102"); /* room for one batch of ten records and its chain values */
	size_t first = world->sent_count;
	assert_true(first >= 2 && first < 5);
	session_tick(world->session, 10);
	assert_int_equal(world->sent_count, first);
	ack(world, 10, 1 << 20, 20);
	assert_true(world->sent_count > first);
}

static void test_full_pipe(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	size_t before = world->sent_count;
	world->pipe_is_full = true;
	ack(world, 40, 1 << 20, 1);
	assert_int_equal(world->sent_count, before);
	world->pipe_is_full = false;
	session_tick(world->session, 1000);
	assert_int_equal(world->sent[before].first_seq, 41);
}

static void test_nacks(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	ack(world, 10, 1 << 20, 1);
	size_t before = world->sent_count;
	nack(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN, 2000, 100);
	session_tick(world->session, 2099);
	assert_int_equal(world->sent_count, before); /* held */
	session_tick(world->session, 2100);
	assert_int_equal(world->sent[before].first_seq, 11); /* from after the last acknowledgement */
	before = world->sent_count;
	nack_at(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP, 10, 3000);
	session_tick(world->session, 3010);
	assert_int_equal(world->sent[before].first_seq, 11);
	/* A batch that cannot be read is halved until the bad record is alone. */
	uint64_t last_count = 99;
	for (int64_t now = 5000; now < 100000 && last_count > 1; now += 2000) {
		before = world->sent_count;
		nack(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD, 0, now);
		session_tick(world->session, now + 1500);
		assert_int_equal(world->sent[before].first_seq, 11);
		last_count = world->sent[before].count;
		if (world->sent_count > 200)
			world->sent_count = 0;
	}
	assert_int_equal(last_count, 1);
	assert_int_equal(world->dropped_seq, 0);
	assert_int_equal(world->dropped_seq, 0); /* a refusal that names nothing drops nothing */
	Zhibao__V1__Nack named = ZHIBAO__V1__NACK__INIT;
	named.code = ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD;
	named.first_seq = 12; /* another one */
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &named.base, 140000);
	assert_int_equal(world->dropped_seq, 0);
	named.first_seq = 11; /* refused alone: for ever */
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &named.base, 150000);
	assert_int_equal(world->dropped_seq, 11);
	nack(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED, 0, 200000);
	assert_int_equal(world->reconnects, 1);
	assert_false(session_is_open(world->session));
}

static void test_fork(void **state)
{
	struct world *world = *state;
	/* The centre knows more than this outbox: it was restored from a backup. */
	uint64_t real_last = world->last_seq;
	Zhibao__V1__Welcome message = ZHIBAO__V1__WELCOME__INIT;
	Zhibao__V1__ForkProbe probes[2], *pointers[2] = {&probes[0], &probes[1]};
	uint8_t chain[CHAIN_BYTES] = {1}, good[CHAIN_BYTES];
	chain_to(world, 80, good);
	zhibao__v1__fork_probe__init(&probes[0]);
	zhibao__v1__fork_probe__init(&probes[1]);
	probes[0].seq = 120;
	probes[0].chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	probes[1].seq = 80;
	probes[1].chain = (ProtobufCBinaryData){CHAIN_BYTES, good};
	session_up(world->session, 0);
	message.session_gen = 5;
	message.acked_seq = real_last + 20;
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	message.office_code = (char *)(uintptr_t) "420102";
	message.protocol = 2;
	message.fork_probes = pointers;
	message.n_fork_probes = 2;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME, 5, &message.base, 0);
	assert_int_equal(world->forks, 1);
	assert_int_equal(world->shared_seq, 80);
	assert_int_equal(world->reconnects, 1);
}

/* RESYNC: the centre has more than it could tell; going on from there, not from what the agent knew, ends the dispute. */
static void test_resync(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	size_t before = world->sent_count;
	nack_at(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC, 25, 100);
	session_tick(world->session, 110);
	assert_int_equal(world->sent[before].first_seq, 26);
	/* A place the ledger does not share: ask for everything anew. */
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	uint8_t other[CHAIN_BYTES] = {1};
	message.code = ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP;
	message.acked_seq = 30;
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, other};
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &message.base, 200);
	assert_int_equal(world->reconnects, 1);
}

/* The centre was restored from a backup: what it lost is pending again and is sent again. */
static void test_set_back(void **state)
{
	struct world *world = *state;
	world->acked_seq = 60;
	welcome(world, 40, 1 << 20, "420102");
	assert_int_equal(world->acked_seq, 40);
	assert_int_equal(world->sent[1].first_seq, 41);
}

/* Batches that were refused are counted and granted again, so a refusal cannot starve a session. */
static void test_credit_after_refusal(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 150, "420102");
	Zhibao__V1__Nack message = ZHIBAO__V1__NACK__INIT;
	message.code = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY;
	message.retry_after_ms = 10;
	message.credit_bytes = 250;
	size_t before = world->sent_count;
	deliver(world, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK, 5, &message.base, 100);
	session_tick(world->session, 111);
	assert_int_equal(world->sent_count, before + 1);
	assert_int_equal(world->sent[before].first_seq, 1);
}

/* After one record was refused the others go in full batches again, not one by one for the rest of the session. */
static void test_batches_grow_again(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420102");
	for (int64_t now = 1000; world->sent[world->sent_count - 1].count > 1 && now < 60000; now += 1000) {
		nack(world, ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD, 0, now);
		session_tick(world->session, now + 500);
	}
	assert_int_equal(world->sent[world->sent_count - 1].count, 1);
	for (int64_t now = 60000; world->acked_seq < 20; now += 10)
		ack(world, world->acked_seq + 1, 1 << 20, now);
	assert_true(world->sent[world->sent_count - 1].count > 8);
}

static void test_refusals(void **state)
{
	struct world *world = *state;
	welcome(world, 0, 1 << 20, "420103"); /* the key file of another office */
	assert_int_equal(world->reconnects, 1);
	assert_int_equal(world->sent_count, 1);
	for (int i = 0; i < 3; i++) { /* soon at first: a collector may not know a new key yet */
		session_denied(world->session, 0);
		assert_in_range(world->delay_ms, 5000, 15000);
	}
	session_denied(world->session, 0);
	assert_in_range(world->delay_ms, 600000, 3600000);
	ack(world, 10, 1, 0); /* closed: nobody listens */
	assert_int_equal(world->acked_seq, 0);
	welcome(world, 0, 1 << 20, "420102");
	ack(world, 99, 1 << 20, 0); /* more than was sent: not believed */
	assert_int_equal(world->acked_seq, 0);
	assert_int_equal(world->reconnects, 6);
}

static void test_silence(void **state)
{
	struct world *world = *state;
	world->last_seq = 0;
	welcome(world, 0, 1 << 20, "420102");
	for (int64_t now = 0; now < 600000 && world->reconnects == 0; now += 1000)
		session_tick(world->session, now);
	size_t pings = 0;
	for (size_t i = 0; i < world->sent_count; i++)
		pings += world->sent[i].type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING;
	assert_int_equal(pings, 3);
	assert_int_equal(world->reconnects, 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(test_window), CASE(test_move), CASE(test_resume), CASE(test_settle), CASE(test_settle_fails), CASE(test_credit), CASE(test_full_pipe), CASE(test_nacks),
		CASE(test_fork), CASE(test_resync), CASE(test_set_back), CASE(test_credit_after_refusal),
		CASE(test_batches_grow_again), CASE(test_refusals), CASE(test_silence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
