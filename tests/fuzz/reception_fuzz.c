/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's reception against agents that say anything and a store that answers anything. Eight connections with
 * four keys (one of them a one-time key) and one without; messages sound, wrong and noise.
 * Checked: what goes out can be read and is within the limits, acknowledged is only what the store has stored, no key has
 * more sessions and no lane more waiting bytes than it may. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "reception.h"
#include "recordwire.h"

enum { CONNECTIONS = 8, MAX_SESSIONS = 2, JOBS_MAX = 256, LANE_BYTES = 1 << 20, STEPS_MAX = 1000 };

enum {
	STEP_NOISE,
	STEP_BODY,
	STEP_HELLO,
	STEP_BATCH,
	STEP_ANSWER,
	STEP_TICK,
	STEP_KEYS,
	STEP_HEADS,
	STEP_END,
	STEP_PING,
	STEP_GAP,
	STEP_FILES,
	STEP_SEND,
	STEPS
};

struct connection {
	const char *user_id;
	uint8_t protocol; /* as Welcome said */
	uint64_t session_gen;
	uint64_t next_seq; /* of the next batch, as the agent sees it */
	uint8_t chain[CHAIN_BYTES];
};

struct world {
	struct reception *reception;
	struct connection connections[CONNECTIONS];
	struct job *jobs[JOBS_MAX];
	size_t job_count;
	size_t waiting[LANE_COUNT];
	uint64_t last_gen;
	uint64_t stored_seq; /* greatest that the store ever said of any stream */
	int64_t now_ms;
	bool is_pipe_full;
};

static const char *const user_ids[CONNECTIONS] = {"k1", "k1", "k1", "k2", "k2", "k3", "e1", "k99"};

static int send_to(void *context, const struct peer *peer, const void *data, size_t len)
{
	struct world *world = context;
	struct frame frame;
	struct arena arena;
	struct problems problems = {0};
	static const ProtobufCMessageDescriptor *const descriptors[] = {
		[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME] = &zhibao__v1__welcome__descriptor,
		[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK] = &zhibao__v1__ack__descriptor,
		[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK] = &zhibao__v1__nack__descriptor,
		[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING] = &zhibao__v1__ping__descriptor,
		[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG] = &zhibao__v1__pong__descriptor,
		[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE] = &zhibao__v1__bye__descriptor,
		[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK] = &zhibao__v1__downlink__descriptor,
	};
	must(peer->len == 5 && peer->id[4] < CONNECTIONS && len <= FRAME_MAX_BYTES);
	if (world->is_pipe_full)
		return -1;
	must(frame_decode(data, len, &frame) == FRAME_OK);
	must(frame.type < sizeof(descriptors) / sizeof(descriptors[0]) && descriptors[frame.type]);
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	const ProtobufCMessage *message = wire_unpack(descriptors[frame.type], &arena,
						      (const uint8_t *)data + FRAME_BYTES, len - FRAME_BYTES, &problems);
	must(message); /* an agent can read it within its own budget */
	struct connection *connection = &world->connections[peer->id[4]];
	if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME) {
		const Zhibao__V1__Welcome *welcome = (const Zhibao__V1__Welcome *)message;
		must(welcome->chain.len == CHAIN_BYTES && welcome->protocol >= 1 && welcome->protocol <= 2);
		connection->protocol = (uint8_t)welcome->protocol;
		connection->session_gen = welcome->session_gen;
		connection->next_seq = welcome->acked_seq + 1;
		memcpy(connection->chain, welcome->chain.data, CHAIN_BYTES);
	} else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK) {
		const Zhibao__V1__Ack *ack = (const Zhibao__V1__Ack *)message;
		must(ack->acked_seq <= world->stored_seq && ack->n_quarantined <= 500);
	} else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK) {
		must(frame.version >= 2);
	}
	arena_fini(&arena);
	return 0;
}

static bool submit(void *context, struct job *job)
{
	struct world *world = context;
	must(world->job_count < JOBS_MAX && (job->kind == JOB_DOWNLINK || job->body));
	world->waiting[job_lane(job->kind)] += job_bytes(job);
	must(world->waiting[job_lane(job->kind)] <= LANE_BYTES);
	world->jobs[world->job_count++] = job;
	return false;
}

static bool has_room(void *context, const struct job *job, size_t bytes)
{
	struct world *world = context;
	/* A full list counts as a full lane, so that this test's own list holds. */
	return world->job_count + CONNECTIONS < JOBS_MAX && world->waiting[job_lane(job->kind)] + bytes <= LANE_BYTES;
}

static struct keyring *make_keyring(uint8_t mask)
{
	static const struct keyring_entry entries[] = {
		{1, false, {1}, "420102"}, {2, false, {2}, "420103"}, {3, false, {3}, "42"}, {1, true, {4}, "420102"}};
	struct keyring *keyring;
	struct err err;
	must(keyring_new(&keyring, 4, &err) == 0);
	for (size_t i = 0; i < 4; i++)
		if (mask >> i & 1)
			keyring->entries[keyring->count++] = entries[i];
	keyring_seal(keyring);
	return keyring;
}

void fuzz_setup(void)
{
}

static void say(struct world *world, uint8_t c, const uint8_t *data, size_t len)
{
	struct router_message message = {.peer = {5, {0, 1, 2, 3, c}}, .data = data, .len = len};
	strcpy(message.user_id, world->connections[c].user_id);
	reception_message(world->reception, &message, world->now_ms);
	must(reception_session_count(world->reception) <= 4 * MAX_SESSIONS);
}

static void say_body(struct world *world, uint8_t c, uint8_t type, const void *body, size_t len)
{
	struct connection *connection = &world->connections[c];
	struct frame frame = {connection->protocol, type, connection->session_gen};
	uint8_t *data = malloc(FRAME_BYTES + len);
	must(data);
	frame_encode(&frame, data);
	if (len)
		memcpy(data + FRAME_BYTES, body, len);
	say(world, c, data, FRAME_BYTES + len);
	free(data);
}

static void say_message(struct world *world, uint8_t c, uint8_t type, const ProtobufCMessage *message)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *body = malloc(len + 1);
	must(body);
	protobuf_c_message_pack(message, body);
	say_body(world, c, type, body, len);
	free(body);
}

static void hello(struct world *world, uint8_t c, struct fuzz_input *in)
{
	Zhibao__V1__Hello message = ZHIBAO__V1__HELLO__INIT;
	uint8_t uuid[OUTBOX_UUID_BYTES] = {0}, how = take_u8(in);
	uuid[0] = how & 3;
	message.protocol_min = how >> 7 ? 2 : 1;
	message.protocol_max = (how >> 5 & 3) == 3 ? 1 : 2;
	message.outbox_uuid = (ProtobufCBinaryData){(how & 0x1C) == 0x1C ? 15 : OUTBOX_UUID_BYTES, uuid};
	message.downlink_seq = take_u8(in);
	world->connections[c].protocol = 1;
	world->connections[c].session_gen = 0;
	say_message(world, c, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, &message.base);
}

/* Records of equal size; one bit each makes the number, the chain before and the chain after wrong. */
static void batch(struct world *world, uint8_t c, struct fuzz_input *in)
{
	static const uint8_t record[4096] = "record";
	static ProtobufCBinaryData records[256];
	struct connection *connection = &world->connections[c];
	Zhibao__V1__Batch message = ZHIBAO__V1__BATCH__INIT;
	uint8_t prev_chain[CHAIN_BYTES], chain[CHAIN_BYTES], how = take_u8(in);
	size_t record_len = take_u16(in) % sizeof(record);
	message.n_records = take_u8(in);
	message.first_seq = connection->next_seq + ((how & 7) == 1 ? 5 : 0) - ((how & 7) == 2 ? 1 : 0);
	memcpy(prev_chain, connection->chain, CHAIN_BYTES);
	prev_chain[0] ^= (how & 0x18) == 0x18;
	memcpy(chain, prev_chain, CHAIN_BYTES);
	for (size_t i = 0; i < message.n_records; i++) {
		records[i] = (ProtobufCBinaryData){record_len, (uint8_t *)(uintptr_t)record};
		chain_step(chain, message.first_seq + i, record, record_len);
	}
	chain[0] ^= (how & 0xE0) == 0xE0;
	message.records = records;
	message.prev_chain = (ProtobufCBinaryData){CHAIN_BYTES, prev_chain};
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	connection->next_seq = message.first_seq + message.n_records;
	memcpy(connection->chain, chain, CHAIN_BYTES);
	say_message(world, c, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, &message.base);
}

static void gap(struct world *world, uint8_t c, struct fuzz_input *in)
{
	struct connection *connection = &world->connections[c];
	Zhibao__V1__Batch message = ZHIBAO__V1__BATCH__INIT;
	uint8_t prev_chain[CHAIN_BYTES], body[256];
	uint64_t last_seq = connection->next_seq + take_u8(in);
	const uint8_t *bytes = take_bytes(in, &message.gap.len);
	memcpy(prev_chain, connection->chain, CHAIN_BYTES);
	message.gap.data = (uint8_t *)(uintptr_t)bytes;
	if (message.gap.len < 2) { /* a sound one */
		Zhibao__V1__Gap sound = ZHIBAO__V1__GAP__INIT;
		sound.last_seq = last_seq;
		sound.reason = (char *)(uintptr_t) "damaged";
		message.gap = (ProtobufCBinaryData){zhibao__v1__gap__pack(&sound, body), body};
	}
	chain_step(connection->chain, last_seq, message.gap.data, message.gap.len);
	message.first_seq = connection->next_seq;
	connection->next_seq = last_seq + 1;
	message.prev_chain = (ProtobufCBinaryData){CHAIN_BYTES, prev_chain};
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, connection->chain};
	say_message(world, c, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, &message.base);
}

static void files(struct world *world, uint8_t c, struct fuzz_input *in)
{
	static uint8_t data[FRAME_HARD_BYTES + 8192];
	Zhibao__V1__Chunk chunk = ZHIBAO__V1__CHUNK__INIT;
	Zhibao__V1__Enrol enrol = ZHIBAO__V1__ENROL__INIT;
	Zhibao__V1__DownlinkAck ack = ZHIBAO__V1__DOWNLINK_ACK__INIT;
	uint8_t key[32] = {take_u8(in)};
	switch (take_u8(in) % 3) {
	case 0:
		chunk.file_id = (ProtobufCBinaryData){32, key};
		chunk.data = (ProtobufCBinaryData){take_u16(in) * 5u % sizeof(data), data};
		say_message(world, c, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK, &chunk.base);
		break;
	case 1:
		enrol.public_key = (ProtobufCBinaryData){32, key};
		say_message(world, c, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROL, &enrol.base);
		break;
	default:
		ack.seq = take_u8(in);
		say_message(world, c, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK_ACK, &ack.base);
	}
}

static void answer_session(struct world *world, struct job *job, struct fuzz_input *in)
{
	if (job->kind == JOB_HELLO) {
		job->session_gen = ++world->last_gen;
		job->stream_id = job->outbox_uuid[0];
		job->acked_seq = take_u8(in);
		job->downlink_head = take_u8(in);
		chain_start(job->outbox_uuid, job->chain);
		job->probe_count = take_u8(in) % (MAX_PROBES + 1);
		job->probes = calloc(job->probe_count + 1, sizeof(*job->probes));
		must(job->probes);
		strcpy(job->programme, "p");
	} else {
		job->acked_seq = job->last_seq;
	}
	size_t verdicts = take_u8(in);
	for (size_t i = 0; i < (verdicts > 250 ? verdicts * 5 : verdicts % 4); i++)
		must(job_add_verdict(job, job->acked_seq ? 1 + i % job->acked_seq : 0, "E_TOWNSHIP_UNKNOWN", "township_codes",
				     "乡镇代码不在名册中") == 0);
	if (job->acked_seq > world->stored_seq)
		world->stored_seq = job->acked_seq;
}

/* The store answers one of the jobs that wait: the oldest, mostly as asked. */
static void answer(struct world *world, struct fuzz_input *in)
{
	static const Zhibao__V1__NackCode codes[] = {
		ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP,     ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC,
		ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED,  ZHIBAO__V1__NACK_CODE__NACK_CODE_FORK,
		ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY,    ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED,
		ZHIBAO__V1__NACK_CODE__NACK_CODE_DB_DOWN, ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA};
	uint8_t how = take_u8(in);
	if (world->job_count == 0)
		return;
	struct job *job = world->jobs[0];
	memmove(world->jobs, world->jobs + 1, --world->job_count * sizeof(world->jobs[0]));
	world->waiting[job_lane(job->kind)] -= job_bytes(job);
	job->received_at_us = 1730000000000000;
	if (how >= 224) {
		job->nack = codes[how % 8];
	} else if (job->kind == JOB_HELLO || job->kind == JOB_BATCH) {
		answer_session(world, job, in);
	} else if (job->kind == JOB_DOWNLINK) {
		/* At least one: the reception asks again at once for what the head promises. */
		job->acked_seq = job->first_seq - 1;
		how |= 1;
		for (; job->acked_seq < job->last_seq && how; how >>= 1) {
			Zhibao__V1__Downlink message = ZHIBAO__V1__DOWNLINK__INIT;
			message.seq = ++job->acked_seq;
			message.title = (char *)(uintptr_t) "通知";
			must(job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK, &message.base) == 0);
		}
	}
	reception_answer(world->reception, job, world->now_ms);
}

static void end_something(struct world *world, uint8_t how)
{
	Zhibao__V1__Bye bye = ZHIBAO__V1__BYE__INIT;
	if (how < 4)
		reception_drain(world->reception);
	else if (how < 32)
		reception_bye(world->reception, "drain", 1000);
	else
		say_message(world, how % CONNECTIONS, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, &bye.base);
}

static void step(struct world *world, struct fuzz_input *in)
{
	uint8_t code = take_u8(in), c = code / STEPS % CONNECTIONS, type;
	struct downlink_head heads[2] = {{"420102", 0}, {"42", 0}};
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	const uint8_t *data;
	size_t len;
	switch (code % STEPS) {
	case STEP_NOISE:
		data = take_bytes(in, &len);
		say(world, c, data, len);
		break;
	case STEP_BODY:
		type = take_u8(in);
		data = take_bytes(in, &len);
		say_body(world, c, type, data, len);
		break;
	case STEP_HELLO:
		hello(world, c, in);
		break;
	case STEP_BATCH:
		batch(world, c, in);
		break;
	case STEP_ANSWER:
		answer(world, in);
		break;
	case STEP_TICK:
		world->now_ms += take_u16(in) * 10;
		reception_tick(world->reception, world->now_ms);
		break;
	case STEP_KEYS:
		reception_set_keyring(world->reception, make_keyring(take_u8(in)));
		break;
	case STEP_HEADS:
		heads[0].last_seq = take_u8(in);
		heads[1].last_seq = take_u8(in);
		reception_set_heads(world->reception, heads, take_u8(in) % 3);
		break;
	case STEP_END:
		end_something(world, take_u8(in));
		break;
	case STEP_PING:
		say_message(world, c, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, &ping.base);
		break;
	case STEP_GAP:
		gap(world, c, in);
		break;
	case STEP_FILES:
		files(world, c, in);
		break;
	default:
		world->is_pipe_full = !world->is_pipe_full;
	}
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
#define ON(connection, step) ((connection) * STEPS + (step))
#define OPEN(connection, uuid) ON(connection, STEP_HELLO), uuid, 0, STEP_ANSWER, 0, 0, 0, 0, 0
	static const uint8_t well[] = {OPEN(0, 1), STEP_BATCH, 0, 100, 0, 10, STEP_BATCH, 0, 100, 0, 200, STEP_ANSWER, 0, 0,
				       STEP_ANSWER, 0, 2, STEP_PING, STEP_GAP, 3, 0, 0, STEP_ANSWER, 0, 0, STEP_END, 40};
	static const uint8_t wrong[] = {OPEN(3, 1), ON(3, STEP_BATCH), 1, 1, 0, 1, STEP_ANSWER, 224, ON(3, STEP_BATCH), 0xE0, 1, 0, 1,
					ON(3, STEP_BATCH), 0x18, 1, 0, 1, STEP_ANSWER, 227, ON(3, STEP_NOISE), 3, 0, 1, 2, 3,
					ON(3, STEP_BODY), 3, 2, 0, 255, 255, ON(3, STEP_PING), STEP_TICK, 255, 255, ON(3, STEP_PING)};
	static const uint8_t crowd[] = {OPEN(0, 1), OPEN(1, 2), OPEN(2, 3), OPEN(1, 1), OPEN(5, 0), ON(6, STEP_FILES), 1, 1,
					STEP_ANSWER, 0, ON(7, STEP_HELLO), 0, 0, STEP_KEYS, 14, ON(0, STEP_PING), STEP_TICK, 255, 255};
	static const uint8_t downlink[] = {OPEN(0, 1), STEP_HEADS, 40, 3, 2, STEP_ANSWER, 255 >> 3, STEP_FILES, 0, 2, 3, STEP_ANSWER, 0,
					   STEP_ANSWER, 255 >> 3, STEP_FILES, 0, 0, 0, 200, STEP_ANSWER, 0, STEP_SEND, STEP_PING,
					   STEP_SEND, STEP_END, 5};
	static const uint8_t floods[] = {OPEN(0, 1), STEP_BATCH, 0, 0, 15, 60, STEP_BATCH, 0, 0, 15, 60, STEP_BATCH, 0, 0, 15, 60,
					 STEP_BATCH, 0, 0, 15, 60, STEP_BATCH, 0, 0, 15, 60, STEP_BATCH, 0, 0, 15, 60, STEP_ANSWER, 0,
					 255, STEP_ANSWER, 230, STEP_END, 1, STEP_PING};
	static const struct {
		const uint8_t *data;
		size_t len;
	} seeds[] = {{well, sizeof(well)}, {wrong, sizeof(wrong)}, {crowd, sizeof(crowd)}, {downlink, sizeof(downlink)},
		     {floods, sizeof(floods)}};
	if (index >= sizeof(seeds) / sizeof(seeds[0]) || seeds[index].len > size)
		return -1;
	memcpy(out, seeds[index].data, seeds[index].len);
	return (ptrdiff_t)seeds[index].len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const endpoints[] = {"tcp://a:5670", "tcp://b:5670"};
	struct fuzz_input in = {data, data + len};
	struct world world = {.now_ms = 1};
	struct err err;
	struct reception_options options = {
		.terms = {30000, endpoints, 2, NULL},
		.window_bytes = 1 << 20,
		.in_flight_bytes = LANE_BYTES,
		.least_bytes = 256,
		.answer_bytes = LANE_BYTES,
		.idle_ms = 300000,
		.limits = {1 << 20, 2000, MAX_SESSIONS},
		.clock = clock_system(),
		.io = {&world, send_to, submit, has_room},
	};
	for (size_t c = 0; c < CONNECTIONS; c++)
		world.connections[c] = (struct connection){.user_id = user_ids[c], .protocol = 1};
	must(reception_new(&world.reception, &options, &err) == 0);
	reception_set_keyring(world.reception, make_keyring(15));
	for (int steps = 0; in.at < in.end && steps < STEPS_MAX; steps++)
		step(&world, &in);
	while (world.job_count > 0)
		answer(&world, &in);
	must(reception_is_idle(world.reception));
	reception_free(&world.reception);
	return 0;
}
