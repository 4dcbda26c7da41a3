/* SPDX-License-Identifier: Apache-2.0 */
/* Credit: of a fleet that comes back together no more than may be on the way, or the least each; more in order of arrival. And what a
 * batch costs that is refused, and whose may overtake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"
#include "reception.h"

enum { FEW = 20, SOME = 200, MANY = 3000, IN_FLIGHT = 32 << 20, WINDOW = 4 << 20, LEAST = 16 << 10, FULL = 64 << 10, WHOLE = (256 + 4) << 10,
       BATCH_MAX = FULL + 200 };

static struct job *jobs[MANY];
static size_t job_count;
static uint64_t credit[MANY]; /* as told last, by the number in the peer's name */
static uint64_t sent[MANY];   /* bytes of batches */
static uint32_t turns[2 * MANY]; /* who was told of more credit without having said anything, in order */
static size_t turn_count;
static bool is_full;
static Zhibao__V1__NackCode refusal; /* the last one */
static uint32_t pause_ms;
static int64_t now_ms = 1000;

static int io_send(void *context, const struct peer *peer, const void *data, size_t len)
{
	struct frame frame;
	const uint8_t *body = (const uint8_t *)data + FRAME_BYTES;
	uint32_t no;
	(void)context;
	memcpy(&no, peer->id, sizeof(no));
	assert_int_equal(frame_decode(data, len, &frame), FRAME_OK);
	if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME) {
		Zhibao__V1__Welcome *welcome = zhibao__v1__welcome__unpack(NULL, len - FRAME_BYTES, body);
		credit[no] = welcome->credit_bytes;
		zhibao__v1__welcome__free_unpacked(welcome, NULL);
	} else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG) {
		Zhibao__V1__Pong *pong = zhibao__v1__pong__unpack(NULL, len - FRAME_BYTES, body);
		credit[no] = pong->credit_bytes;
		if (pong->token == 0)
			turns[turn_count++] = no;
		zhibao__v1__pong__free_unpacked(pong, NULL);
	} else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK) {
		Zhibao__V1__Nack *nack = zhibao__v1__nack__unpack(NULL, len - FRAME_BYTES, body);
		refusal = nack->code;
		pause_ms = nack->retry_after_ms;
		credit[no] = nack->credit_bytes;
		zhibao__v1__nack__free_unpacked(nack, NULL);
	} else {
		assert_int_equal(frame.type, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK);
		Zhibao__V1__Ack *ack = zhibao__v1__ack__unpack(NULL, len - FRAME_BYTES, body);
		credit[no] = ack->credit_bytes;
		zhibao__v1__ack__free_unpacked(ack, NULL);
	}
	return 0;
}

static bool io_submit(void *context, struct job *job)
{
	(void)context;
	jobs[job_count++] = job;
	job->is_express = job->is_trickle;
	return job->is_express;
}

static bool io_has_room(void *context, const struct job *job, size_t bytes)
{
	(void)context;
	(void)job;
	(void)bytes;
	return !is_full;
}

static void say(struct reception *reception, uint32_t no, uint8_t version, uint8_t type, uint64_t gen, const ProtobufCMessage *message)
{
	static uint8_t data[BATCH_MAX + FRAME_BYTES];
	struct router_message in = {.peer.len = sizeof(no), .data = data};
	struct frame frame = {version, type, gen};
	memcpy(in.peer.id, &no, sizeof(no));
	snprintf(in.user_id, sizeof(in.user_id), "k%u", no + 1);
	frame_encode(&frame, data);
	in.len = FRAME_BYTES + protobuf_c_message_pack(message, data + FRAME_BYTES);
	reception_message(reception, &in, now_ms);
}

static void open_session(struct reception *reception, uint32_t no)
{
	uint8_t uuid[OUTBOX_UUID_BYTES] = {1};
	Zhibao__V1__Hello hello = ZHIBAO__V1__HELLO__INIT;
	memcpy(uuid + 4, &no, sizeof(no));
	hello.protocol_min = 1;
	hello.protocol_max = 2;
	hello.outbox_uuid = (ProtobufCBinaryData){sizeof(uuid), uuid};
	say(reception, no, 1, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, 0, &hello.base);
	assert_int_equal(job_count, 1);
	jobs[0]->session_gen = 1;
	reception_answer(reception, jobs[--job_count], now_ms);
}

static struct reception *reception_of(uint32_t count, uint64_t records_per_day)
{
	struct reception *reception;
	struct keyring *keyring;
	struct err err;
	struct reception_options options = {
		.window_bytes = WINDOW, .in_flight_bytes = IN_FLIGHT, .least_bytes = LEAST, .idle_ms = 300000,
		.limits = {.max_sessions = 4, .records_per_day = records_per_day}, .clock = clock_system(),
		.io = {NULL, io_send, io_submit, io_has_room}};
	assert_int_equal(keyring_new(&keyring, count, &err), 0);
	for (; keyring->count < count; keyring->count++) {
		keyring->entries[keyring->count].number = (int64_t)keyring->count + 1;
		snprintf(keyring->entries[keyring->count].office_code, CODE_SIZE, "%06zu", keyring->count);
	}
	keyring_seal(keyring);
	assert_int_equal(reception_new(&reception, &options, &err), 0);
	reception_set_keyring(reception, keyring);
	memset(sent, 0, sizeof(sent));
	turn_count = 0;
	for (uint32_t no = 0; no < count; no++)
		open_session(reception, no);
	return reception;
}

static void test_first_windows(void **state)
{
	static const uint32_t counts[] = {FEW, SOME, MANY};
	for (size_t i = 0; i < 3; i++) {
		uint32_t count = counts[i];
		uint64_t sum = 0;
		(void)state;
		struct reception *reception = reception_of(count, 0);
		for (uint32_t no = 0; no < count; no++) {
			assert_in_range(credit[no], LEAST, WHOLE);
			sum += credit[no];
		}
		assert_true(sum <= IN_FLIGHT || sum == (uint64_t)count * LEAST);
		reception_free(&reception);
	}
}

/* Whoever has a record larger than usual asks, and so it goes however many there are. */
static void test_asking(void **state)
{
	struct reception *reception = reception_of(MANY, 0);
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	(void)state;
	say(reception, MANY - 1, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, 1, &ping.base);
	assert_int_equal(credit[MANY - 1], LEAST); /* a ping alone asks for nothing */
	ping.wanted_bytes = 200 << 10;
	say(reception, MANY - 1, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, 1, &ping.base);
	assert_int_equal(credit[MANY - 1], LEAST + (200 << 10));
	ping.wanted_bytes = UINT64_MAX;
	say(reception, MANY - 2, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, 1, &ping.base);
	assert_int_equal(credit[MANY - 2], LEAST + WHOLE);
	/* Whoever asks again lacks it: a batch of its got lost. But there is an end to it. */
	for (int i = 0; i < 100; i++) {
		assert_in_range(credit[MANY - 2], LEAST + WHOLE + (uint64_t)i, WINDOW);
		say(reception, MANY - 2, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, 1, &ping.base);
	}
	assert_int_equal(credit[MANY - 2], WINDOW);
	reception_free(&reception);
}

/* One record of so many bytes; the chain is right if it is to be. Returns what it takes of the credit. */
static size_t send_batch(struct reception *reception, uint32_t no, size_t bytes, size_t records, bool is_right)
{
	static uint8_t record[BATCH_MAX];
	uint8_t before[CHAIN_BYTES] = {7}, after[CHAIN_BYTES];
	ProtobufCBinaryData list[10];
	Zhibao__V1__Batch batch = ZHIBAO__V1__BATCH__INIT;
	memcpy(after, before, CHAIN_BYTES);
	for (size_t i = 0; i < records; i++) {
		list[i] = (ProtobufCBinaryData){bytes, record};
		chain_step(after, 1 + i, record, bytes);
	}
	if (!is_right)
		after[0]++;
	batch.first_seq = 1;
	batch.prev_chain = (ProtobufCBinaryData){CHAIN_BYTES, before};
	batch.chain = (ProtobufCBinaryData){CHAIN_BYTES, after};
	batch.records = list;
	batch.n_records = records;
	refusal = ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED;
	say(reception, no, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, 1, &batch.base);
	return zhibao__v1__batch__get_packed_size(&batch);
}

static void send_full(struct reception *reception, uint32_t no)
{
	sent[no] += send_batch(reception, no, FULL, 1, true);
	assert_in_range(sent[no], 1, credit[no]);
	assert_int_equal(refusal, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
}

static void ask(struct reception *reception, uint32_t no)
{
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	ping.token = 1;
	ping.wanted_bytes = BATCH_MAX;
	say(reception, no, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, 1, &ping.base);
}

static bool may_send(uint32_t no)
{
	return sent[no] + BATCH_MAX <= credit[no];
}

/* The store answers the oldest of what it has. */
static void answer_one(struct reception *reception, Zhibao__V1__NackCode nack)
{
	struct job *job = jobs[0];
	memmove(jobs, jobs + 1, --job_count * sizeof(jobs[0]));
	job->nack = nack;
	job->acked_seq = nack ? 0 : job->last_seq;
	reception_answer(reception, job, now_ms);
}

/* A whole fleet has backlogs: what is on the way is bounded, nobody is refused, and everybody comes in the order in which they asked. */
static void test_line(void **state)
{
	struct reception *reception = reception_of(MANY, 0);
	uint32_t at_once = 0, in_turn = 0;
	(void)state;
	for (uint32_t no = 0; no < MANY; no++)
		ask(reception, no);
	while (at_once < MANY && may_send(at_once))
		at_once++;
	assert_in_range((uint64_t)at_once * BATCH_MAX, IN_FLIGHT - BATCH_MAX, IN_FLIGHT);
	for (uint32_t no = at_once; no < MANY; no++)
		assert_false(may_send(no));
	for (uint32_t no = 0; no < at_once; no++)
		send_full(reception, no);
	while (job_count > 0) { /* each asks again at once and is not served before those who wait */
		uint32_t no;
		memcpy(&no, jobs[0]->peer.id, sizeof(no));
		answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
		if (turn_count < MANY)
			ask(reception, no);
		for (; in_turn < turn_count; in_turn++) {
			assert_int_equal(turns[in_turn], (at_once + in_turn) % MANY);
			if (turns[in_turn] >= at_once)
				send_full(reception, turns[in_turn]);
		}
		assert_true(job_count * BATCH_MAX <= IN_FLIGHT);
	}
	assert_in_range(turn_count, MANY - at_once, MANY);
	reception_free(&reception);
}

/* Credit cannot be taken back; of one that does not use it, it is not counted for ever. Nor is that of one that is gone. */
static void test_unused(void **state)
{
	struct reception *reception = reception_of(MANY, 0);
	(void)state;
	for (uint32_t no = 0; no < MANY; no++)
		ask(reception, no);
	for (int tick = 0; tick < 10; tick++)
		reception_tick(reception, now_ms);
	assert_int_equal(turn_count, 0);
	reception_tick(reception, now_ms);
	assert_in_range(turn_count * BATCH_MAX, IN_FLIGHT - BATCH_MAX, IN_FLIGHT);
	size_t before = turn_count;
	Zhibao__V1__Bye bye = ZHIBAO__V1__BYE__INIT;
	for (size_t i = 0; i < before; i++)
		say(reception, turns[i], 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, 1, &bye.base);
	reception_tick(reception, now_ms);
	assert_int_equal(turn_count, 2 * before);
	/* Those in line may go, too. */
	for (uint32_t no = MANY - 100; no < MANY; no++)
		say(reception, no, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, 1, &bye.base);
	for (int tick = 0; tick < 100; tick++)
		reception_tick(reception, now_ms);
	for (size_t i = 0; i < turn_count; i++)
		assert_true(turns[i] < MANY - 100);
	reception_free(&reception);
}

/* Without room a batch is refused before its chain is looked at, and waits longer the longer it takes until there is some. */
static void test_no_room(void **state)
{
	struct reception *reception = reception_of(FEW, 0);
	uint32_t pauses[2];
	(void)state;
	for (int i = 0; i < 2; i++) {
		for (int batches = 0; batches < (i ? 40 : 20); batches++)
			send_batch(reception, (uint32_t)batches % FEW, 10000, 1, true);
		reception_tick(reception, now_ms);
		for (int answers = 0; answers < 10; answers++)
			answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
		is_full = true;
		send_batch(reception, 0, 100, 1, false);
		is_full = false;
		assert_int_equal(refusal, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY);
		pauses[i] = pause_ms;
		while (job_count > 0)
			answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
		reception_tick(reception, now_ms);
		reception_tick(reception, now_ms);
	}
	assert_in_range(pauses[0], 450, 550); /* as much waits as was stored within a second: half of that */
	assert_in_range(pauses[1], 1400, 1600);
	send_batch(reception, 0, 100, 1, false);
	assert_int_equal(refusal, ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD);
	reception_free(&reception);
}

/* An outage of the store or a full queue eats up nobody's day. */
static void test_refused_is_not_charged(void **state)
{
	struct reception *reception = reception_of(FEW, 10);
	(void)state;
	for (int i = 0; i < 5; i++) {
		is_full = true;
		send_batch(reception, 0, 100, 6, true);
		is_full = false;
		assert_int_equal(refusal, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY);
		send_batch(reception, 0, 100, 6, true);
		assert_int_equal(job_count, 1);
		answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN);
		assert_int_equal(refusal, ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN);
	}
	send_batch(reception, 0, 100, 6, false);
	assert_int_equal(refusal, ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD);
	send_batch(reception, 0, 100, 6, true);
	answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
	send_batch(reception, 0, 100, 6, true); /* six were stored */
	assert_int_equal(refusal, ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA);
	assert_int_equal(job_count, 0);
	reception_free(&reception);
}

/* What the store is asked while it stores nothing keeps its sessions busy: the first to be answered gets a share, not the whole. */
static void test_stall(void **state)
{
	struct reception *reception = reception_of(SOME, 0);
	(void)state;
	for (uint32_t no = 0; no < SOME; no++)
		send_full(reception, no);
	for (int tick = 0; tick < 3; tick++)
		reception_tick(reception, now_ms);
	for (uint32_t no = 0; no < SOME; no++) {
		answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
		assert_in_range(credit[no] - sent[no], LEAST, IN_FLIGHT / SOME);
	}
	/* Those who have been answered and say nothing are not. */
	for (int tick = 0; tick < 3; tick++)
		reception_tick(reception, now_ms);
	send_full(reception, 0);
	answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
	assert_int_equal(credit[0] - sent[0], WINDOW);
	reception_free(&reception);
}

static bool may_overtake(struct reception *reception, size_t bytes)
{
	send_batch(reception, 0, bytes, 1, true);
	return jobs[job_count - 1]->is_trickle;
}

/* What comes before the answer to the one before it stays beside the others as long as it is little, and behind what waits with them. */
static void test_trickle(void **state)
{
	struct reception *reception = reception_of(FEW, 0);
	(void)state;
	for (int round = 0; round < 2; round++) {
		size_t beside = 0;
		while (may_overtake(reception, 1000))
			beside++;
		assert_in_range(beside * 1000, LEAST - 2000, LEAST);
		for (; beside > 0; beside--)
			answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
		assert_false(may_overtake(reception, 100)); /* the last went to the writer of the office */
		while (job_count > 0)
			answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
	}
	assert_true(may_overtake(reception, 100));
	assert_true(may_overtake(reception, 100));
	while (job_count > 0)
		answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY);
	assert_true(may_overtake(reception, 100));
	answer_one(reception, ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED);
	reception_free(&reception);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_first_windows), cmocka_unit_test(test_asking), cmocka_unit_test(test_line),
					     cmocka_unit_test(test_unused), cmocka_unit_test(test_no_room),
					     cmocka_unit_test(test_refused_is_not_charged), cmocka_unit_test(test_stall),
					     cmocka_unit_test(test_trickle)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
