/* SPDX-License-Identifier: Apache-2.0 */
/* Room for large answers: however many ask at once, what is promised or on the way to them stays within the bound, and in the end
 * everybody is served. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"
#include "jobqueue.h"
#include "reception.h"

enum { AGENTS = 1000, WANT_BYTES = FILE_WINDOW_CHUNKS * FILE_CHUNK_BYTES, ROOM = 8 * WANT_BYTES };

struct world {
	struct reception *reception;
	struct job *jobs[2 * AGENTS];
	size_t job_count;
	size_t waiting_bytes, calls;
	bool is_starved; /* every job is refused where it is handed over, as when memory is out */
	int64_t now_ms;
	/* What each agent heard last. */
	uint64_t tokens[AGENTS];
	unsigned pings[AGENTS], busy[AGENTS], refused_type[AGENTS], chunks[AGENTS], downlinks[AGENTS];
};

static int io_send(void *context, const struct peer *peer, const void *data, size_t len)
{
	struct world *world = context;
	struct frame frame;
	const uint8_t *body = (const uint8_t *)data + FRAME_BYTES;
	uint32_t no;
	memcpy(&no, peer->id, sizeof(no));
	assert_int_equal(frame_decode(data, len, &frame), FRAME_OK);
	if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING) {
		Zhibao__V1__Ping *ping = zhibao__v1__ping__unpack(NULL, len - FRAME_BYTES, body);
		world->tokens[no] = ping->token;
		world->pings[no]++;
		zhibao__v1__ping__free_unpacked(ping, NULL);
	} else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK) {
		Zhibao__V1__Nack *nack = zhibao__v1__nack__unpack(NULL, len - FRAME_BYTES, body);
		world->busy[no] += nack->code == ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY && nack->retry_after_ms > 0;
		world->refused_type[no] = nack->refused_type;
		zhibao__v1__nack__free_unpacked(nack, NULL);
	}
	world->chunks[no] += frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK;
	world->downlinks[no] += frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK;
	return 0;
}

static bool io_submit(void *context, struct job *job)
{
	struct world *world = context;
	world->calls++;
	if (world->is_starved) {
		assert_true(world->calls < 10 * AGENTS); /* it comes back, but not for ever */
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY;
		reception_answer(world->reception, job, world->now_ms);
		return false;
	}
	world->waiting_bytes += job_bytes(job);
	world->jobs[world->job_count++] = job;
	return false;
}

static bool io_has_room(void *context, const struct job *job, size_t bytes)
{
	(void)context;
	assert_true(bytes >= job->answer_bytes + sizeof(*job)); /* the queue hears of the answer */
	return true;
}

static void say(struct world *world, uint32_t no, uint8_t type, const ProtobufCMessage *message)
{
	uint8_t data[512];
	struct router_message in = {.peer.len = sizeof(no), .data = data};
	struct frame frame = {2, type, type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO ? 0 : 1};
	memcpy(in.peer.id, &no, sizeof(no));
	snprintf(in.user_id, sizeof(in.user_id), "k%u", no + 1);
	frame_encode(&frame, data);
	in.len = FRAME_BYTES + protobuf_c_message_pack(message, data + FRAME_BYTES);
	reception_message(world->reception, &in, world->now_ms);
}

static void greet(struct world *world, uint32_t no)
{
	uint8_t uuid[OUTBOX_UUID_BYTES] = {1};
	Zhibao__V1__Hello hello = ZHIBAO__V1__HELLO__INIT;
	memcpy(uuid + 4, &no, sizeof(no));
	hello.protocol_min = 1;
	hello.protocol_max = 2;
	hello.outbox_uuid = (ProtobufCBinaryData){sizeof(uuid), uuid};
	say(world, no, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, &hello.base);
	struct job *job = world->jobs[--world->job_count];
	job->session_gen = 1;
	reception_answer(world->reception, job, world->now_ms);
}

static void want(struct world *world, uint32_t no)
{
	Zhibao__V1__Want message = ZHIBAO__V1__WANT__INIT;
	message.count = FILE_WINDOW_CHUNKS;
	say(world, no, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT, &message.base);
}

static void pong(struct world *world, uint32_t no)
{
	Zhibao__V1__Pong message = ZHIBAO__V1__PONG__INIT;
	message.token = world->tokens[no];
	say(world, no, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG, &message.base);
}

static uint32_t agent_of(const struct job *job)
{
	uint32_t no;
	memcpy(&no, job->peer.id, sizeof(no));
	return no;
}

/* The store answers its newest job. Returns whose it was. */
static uint32_t serve(struct world *world)
{
	static uint8_t content[FILE_CHUNK_BYTES];
	struct job *job = world->jobs[--world->job_count];
	uint32_t no = agent_of(job);
	Zhibao__V1__Chunk chunk = ZHIBAO__V1__CHUNK__INIT;
	chunk.data = (ProtobufCBinaryData){sizeof(content), content};
	for (int i = 0; i < FILE_WINDOW_CHUNKS; i++)
		assert_int_equal(job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK, &chunk.base), 0);
	reception_answer(world->reception, job, world->now_ms);
	return no;
}

static int setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct keyring *keyring;
	struct err err;
	struct reception_options options = {
		.window_bytes = 1 << 20, .in_flight_bytes = 1 << 20, .answer_bytes = ROOM, .idle_ms = 300000, .limits = {.max_sessions = 4},
		.clock = clock_system(), .io = {world, io_send, io_submit, io_has_room}};
	world->now_ms = 1000;
	assert_int_equal(keyring_new(&keyring, AGENTS, &err), 0);
	for (; keyring->count < AGENTS; keyring->count++) {
		keyring->entries[keyring->count].number = (int64_t)keyring->count + 1;
		snprintf(keyring->entries[keyring->count].office_code, CODE_SIZE, "%06zu", keyring->count);
	}
	keyring_seal(keyring);
	assert_int_equal(reception_new(&world->reception, &options, &err), 0);
	reception_set_keyring(world->reception, keyring);
	for (uint32_t no = 0; no < AGENTS; no++)
		greet(world, no);
	world->waiting_bytes = world->calls = 0;
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	while (world->job_count > 0)
		job_free(&world->jobs[--world->job_count]);
	reception_free(&world->reception);
	free(world);
	return 0;
}

/* A new pack: everybody asks, few are served at a time, and those that were refused ask again until all have it. */
static void test_fleet(void **state)
{
	struct world *world = *state;
	unsigned served = 0, rounds = 0;
	for (uint32_t no = 0; no < AGENTS; no++)
		want(world, no);
	assert_true(world->job_count > 0 && world->waiting_bytes <= ROOM + world->job_count * 1024);
	assert_int_equal(world->busy[AGENTS - 1], 1);
	assert_int_equal(world->refused_type[AGENTS - 1], ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT);
	while (served < AGENTS && rounds++ < AGENTS) {
		size_t before = world->job_count;
		while (world->job_count > 0)
			serve(world);
		for (uint32_t no = 0; no < AGENTS; no++) /* what is on the way counts: no room yet */
			if (world->chunks[no] == 0)
				want(world, no);
		assert_int_equal(world->job_count, 0);
		for (uint32_t no = 0; no < AGENTS; no++)
			pong(world, no);
		for (uint32_t no = 0; no < AGENTS; no++)
			if (world->chunks[no] == 0)
				want(world, no);
		served += (unsigned)before;
	}
	for (uint32_t no = 0; no < AGENTS; no++)
		assert_int_equal(world->chunks[no], FILE_WINDOW_CHUNKS);
	assert_in_range(rounds, AGENTS / 8, AGENTS / 8 + 1); /* all the room is used */
}

/* An agent asks on before it says what it got; a peer that only asks gets no further. */
static void test_one_peer(void **state)
{
	struct world *world = *state;
	for (int i = 0; i < 10; i++)
		want(world, 7);
	assert_int_equal(world->job_count, 2);
	serve(world);
	serve(world);
	assert_in_range(world->tokens[7], 2 * WANT_BYTES, 2 * WANT_BYTES + 1024);
	want(world, 7);
	assert_int_equal(world->job_count, 0);
	pong(world, 7);
	want(world, 7);
	assert_int_equal(world->job_count, 1);
	assert_int_equal(world->busy[7], 9);
}

/* What is refused, what a session leaves behind when it ends and what a silent peer never takes comes back. */
static void test_given_back(void **state)
{
	struct world *world = *state;
	Zhibao__V1__Bye bye = ZHIBAO__V1__BYE__INIT;
	for (int i = 0; i < 3; i++) {
		for (uint32_t no = 0; no < 8; no++)
			want(world, no);
		assert_int_equal(world->job_count, 8);
		want(world, 100);
		assert_int_equal(world->job_count, 8);
		while (i == 0 && world->job_count > 0) { /* the database was away */
			struct job *job = world->jobs[--world->job_count];
			job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN;
			reception_answer(world->reception, job, world->now_ms);
		}
		while (world->job_count > 0)
			serve(world);
		world->now_ms += 59000;
		reception_tick(world->reception, world->now_ms);
		for (uint32_t no = 0; i == 1 && no < 8; no++) {
			say(world, no, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, &bye.base);
			greet(world, no);
		}
	}
	want(world, 100);
	assert_int_equal(world->job_count, 0);
	world->now_ms += 1000;
	reception_tick(world->reception, world->now_ms);
	want(world, 100);
	assert_int_equal(world->job_count, 1);
}

static void announce(struct world *world)
{
	static struct downlink_head heads[AGENTS];
	for (size_t i = 0; i < AGENTS; i++) {
		snprintf(heads[i].office_code, CODE_SIZE, "%06zu", i);
		heads[i].last_seq = 1;
	}
	reception_set_heads(world->reception, heads, AGENTS);
}

static void test_notice(void **state)
{
	struct world *world = *state;
	int ticks = 0;
	size_t told = 0;
	for (announce(world); world->job_count > 0; reception_tick(world->reception, world->now_ms), ticks++) {
		assert_true(world->job_count <= ROOM / DOWNLINK_BYTES);
		while (world->job_count > 0) {
			Zhibao__V1__Downlink message = ZHIBAO__V1__DOWNLINK__INIT;
			struct job *job = world->jobs[--world->job_count];
			message.seq = job->acked_seq = job->first_seq;
			assert_int_equal(job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK, &message.base), 0);
			reception_answer(world->reception, job, world->now_ms);
		}
	}
	for (uint32_t no = 0; no < AGENTS; no++)
		told += world->downlinks[no] == 1 && world->pings[no] == 0; /* what is small needs no Ping */
	assert_int_equal(told, AGENTS);
	assert_int_equal(ticks, (AGENTS + ROOM / DOWNLINK_BYTES - 1) / (ROOM / DOWNLINK_BYTES));
}

/* store_submit answers at once when it has no memory: what asks again then must not do so from there. */
static void test_no_memory(void **state)
{
	struct world *world = *state;
	world->is_starved = true;
	announce(world);
	assert_int_equal(world->calls, AGENTS); /* once each */
	world->is_starved = false;
	reception_tick(world->reception, world->now_ms);
	assert_true(world->job_count > 0);
}

/* A group is as heavy as its answers. */
static void test_group(void **state)
{
	struct job *taken_jobs[AGENTS];
	struct jobqueue *queue;
	struct jobqueue_limits limits = {AGENTS, AGENTS, 4 * WANT_BYTES};
	struct jobqueue_taken taken = {.jobs = taken_jobs};
	(void)state;
	assert_int_equal(jobqueue_new(&queue), 0);
	for (size_t i = 0; i < 100; i++) {
		struct job *job = calloc(1, sizeof(*job));
		job->kind = JOB_WANT;
		job->answer_bytes = WANT_BYTES;
		snprintf(job->office_code, CODE_SIZE, "%06zu", i);
		assert_int_equal(jobqueue_push(queue, job), 0);
	}
	assert_true(jobqueue_bytes(queue) > 100 * WANT_BYTES);
	jobqueue_take(queue, &limits, &taken);
	assert_int_equal(taken.count, 3);
	for (size_t i = 0; i < taken.count; i++)
		job_free(&taken_jobs[i]);
	jobqueue_free(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fleet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_given_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_notice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
		cmocka_unit_test(test_group),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
