/* SPDX-License-Identifier: Apache-2.0 */
/* Credit of a fleet that comes back: together no more than may be on the way, or one batch of the usual size each. */
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

enum { FEW = 20, SOME = 200, MANY = 3000, IN_FLIGHT = 32 << 20, WINDOW = 4 << 20, SOFT = 80 << 10, WHOLE = (256 + 4) << 10 };

static struct job *jobs[MANY];
static size_t job_count;
static uint64_t credit[MANY]; /* as told last, by the number in the peer's name */

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
		zhibao__v1__pong__free_unpacked(pong, NULL);
	} else {
		assert_int_equal(frame.type, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK);
	}
	return 0;
}

static void io_submit(void *context, struct job *job)
{
	(void)context;
	jobs[job_count++] = job;
}

static bool io_has_room(void *context, const struct job *job, size_t bytes)
{
	(void)context;
	(void)job;
	(void)bytes;
	return true;
}

static void say(struct reception *reception, uint32_t no, uint8_t version, uint8_t type, uint64_t gen, const ProtobufCMessage *message)
{
	uint8_t data[512];
	struct router_message in = {.peer.len = sizeof(no), .data = data};
	struct frame frame = {version, type, gen};
	memcpy(in.peer.id, &no, sizeof(no));
	snprintf(in.user_id, sizeof(in.user_id), "k%u", no + 1);
	frame_encode(&frame, data);
	in.len = FRAME_BYTES + protobuf_c_message_pack(message, data + FRAME_BYTES);
	reception_message(reception, &in, 1000);
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
	reception_answer(reception, jobs[--job_count], 1000);
}

static struct reception *reception_of(uint32_t count)
{
	struct reception *reception;
	struct keyring *keyring;
	struct err err;
	struct reception_options options = {
		.window_bytes = WINDOW, .in_flight_bytes = IN_FLIGHT, .idle_ms = 300000, .limits = {.max_sessions = 4}, .clock = clock_system(),
		.io = {NULL, io_send, io_submit, io_has_room}};
	assert_int_equal(keyring_new(&keyring, count, &err), 0);
	for (; keyring->count < count; keyring->count++) {
		keyring->entries[keyring->count].number = (int64_t)keyring->count + 1;
		snprintf(keyring->entries[keyring->count].office_code, CODE_SIZE, "%06zu", keyring->count);
	}
	keyring_seal(keyring);
	assert_int_equal(reception_new(&reception, &options, &err), 0);
	reception_set_keyring(reception, keyring);
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
		struct reception *reception = reception_of(count);
		for (uint32_t no = 0; no < count; no++) {
			assert_in_range(credit[no], SOFT, WHOLE);
			sum += credit[no];
		}
		assert_true(sum <= IN_FLIGHT || sum == (uint64_t)count * SOFT);
		reception_free(&reception);
	}
}

/* Whoever has a record larger than usual asks, and so it goes however many there are. */
static void test_asking(void **state)
{
	struct reception *reception = reception_of(MANY);
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	(void)state;
	say(reception, MANY - 1, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, 1, &ping.base);
	assert_int_equal(credit[MANY - 1], SOFT); /* a ping alone asks for nothing */
	ping.wanted_bytes = 200 << 10;
	say(reception, MANY - 1, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, 1, &ping.base);
	assert_int_equal(credit[MANY - 1], 200 << 10);
	ping.wanted_bytes = UINT64_MAX;
	say(reception, MANY - 2, 2, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, 1, &ping.base);
	assert_int_equal(credit[MANY - 2], WHOLE);
	reception_free(&reception);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_first_windows), cmocka_unit_test(test_asking)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
