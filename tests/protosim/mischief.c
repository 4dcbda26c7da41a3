/* SPDX-License-Identifier: Apache-2.0 */
#include "mischief.h"

#include <stdlib.h>
#include <string.h>

#include "frame.h"

enum { TAG = MODEL_TAGS - 1 };

static void send(struct world *world, uint8_t version, uint8_t type, uint64_t gen, const ProtobufCMessage *message)
{
	struct frame frame = {version, type, gen};
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t *data = malloc(FRAME_BYTES + len);
	frame_encode(&frame, data);
	protobuf_c_message_pack(message, data + FRAME_BYTES);
	world_send_up(world, world->mischief.line_no, data, FRAME_BYTES + len);
	free(data);
}

static void hello(struct world *world)
{
	Zhibao__V1__Hello message = ZHIBAO__V1__HELLO__INIT;
	if (world->mischief.uuid[0] == 0)
		memset(world->mischief.uuid, 7, OUTBOX_UUID_BYTES);
	message.protocol_min = 1;
	message.protocol_max = world_dice(world, 2) ? 1 : 2;
	message.outbox_uuid = (ProtobufCBinaryData){OUTBOX_UUID_BYTES, world->mischief.uuid};
	send(world, 1, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, 0, &message.base);
}

static void reconnect(struct world *world)
{
	world->mischief.line_no = world_connect(world, MISCHIEF, world_dice(world, COLLECTORS));
	world->mischief.session_gen = 0;
	if (world->mischief.line_no > 0)
		hello(world);
}

/* A batch that hangs together by itself, at a place of our choice. */
static void batch(struct world *world, uint64_t first_seq, size_t count, bool is_other_chain, uint64_t gen)
{
	Zhibao__V1__Batch message = ZHIBAO__V1__BATCH__INIT;
	ProtobufCBinaryData records[8];
	uint8_t bodies[8][PAYLOAD_BYTES], prev[CHAIN_BYTES], chain[CHAIN_BYTES];
	memcpy(prev, world->mischief.chain, CHAIN_BYTES);
	prev[0] ^= is_other_chain;
	memcpy(chain, prev, CHAIN_BYTES);
	for (size_t i = 0; i < count; i++) {
		struct payload payload = {TAG, (unsigned)((first_seq + i) % MODEL_RECORDS)};
		records[i] = (ProtobufCBinaryData){payload_make(payload, bodies[i]), bodies[i]};
		chain_step(chain, first_seq + i, records[i].data, records[i].len);
	}
	message.first_seq = first_seq;
	message.prev_chain = (ProtobufCBinaryData){CHAIN_BYTES, prev};
	message.chain = (ProtobufCBinaryData){CHAIN_BYTES, chain};
	message.records = records;
	message.n_records = count;
	send(world, (uint8_t)world->mischief.tag, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, gen, &message.base);
}

static void noise(struct world *world)
{
	uint8_t data[200];
	size_t len = world_dice(world, sizeof(data));
	struct frame frame = {(uint8_t)world->mischief.tag, (uint8_t)world_dice(world, 24), world->mischief.session_gen};
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)world_dice(world, 256);
	if (len > FRAME_BYTES && world_dice(world, 2))
		frame_encode(&frame, data);
	world_send_up(world, world->mischief.line_no, data, len);
}

static void oversize(struct world *world)
{
	size_t len = FRAME_HARD_BYTES + 8192;
	struct frame frame = {(uint8_t)world->mischief.tag, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH,
			      world->mischief.session_gen};
	uint8_t *data = calloc(1, len);
	frame_encode(&frame, data);
	world_send_up(world, world->mischief.line_no, data, len);
	free(data);
}

static void unknown_type(struct world *world)
{
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	send(world, (uint8_t)world->mischief.tag, 200, world->mischief.session_gen, &ping.base);
}

static void flood(struct world *world)
{
	for (int i = 0; i < 12; i++)
		batch(world, world->mischief.acked_seq + 1 + (uint64_t)i, 1, false, world->mischief.session_gen);
}

void mischief_act(struct world *world)
{
	uint64_t next = world->mischief.acked_seq + 1, gen = world->mischief.session_gen;
	world_schedule(world, 300 + (int64_t)world_dice(world, 2500), EVENT_MISCHIEF);
	struct line *line = world_line(world, world->mischief.line_no);
	if (world->is_mischief_revoked && world_dice(world, 4) == 0) {
		world->is_mischief_revoked = false;
		world_refresh_keys(world);
	}
	if (!line || !line->is_up || gen == 0) {
		reconnect(world);
		return;
	}
	switch (world_dice(world, 16)) {
	case 0:
		batch(world, next + 5, 2, false, gen);
		break;
	case 1:
		if (next > 2)
			batch(world, next - 1, 4, false, gen);
		break;
	case 2:
		batch(world, next, 3, true, gen);
		break;
	case 3:
		batch(world, next, 1, false, gen + 1);
		break;
	case 4:
		noise(world);
		break;
	case 5:
		oversize(world);
		break;
	case 6:
		unknown_type(world);
		break;
	case 7:
		flood(world);
		break;
	case 8:
		world->is_mischief_revoked = true;
		world_refresh_keys(world);
		break;
	case 9:
		world_cut(world, world->mischief.line_no);
		break;
	default:
		batch(world, next, 1 + world_dice(world, 6), false, gen);
	}
}

void mischief_message(struct world *world, uint64_t line_no, const uint8_t *data, size_t len)
{
	struct frame frame;
	if (line_no != world->mischief.line_no || frame_decode(data, len, &frame) != FRAME_OK)
		return;
	if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME) {
		Zhibao__V1__Welcome *welcome = zhibao__v1__welcome__unpack(NULL, len - FRAME_BYTES, data + FRAME_BYTES);
		world->mischief.session_gen = welcome->session_gen;
		world->mischief.acked_seq = welcome->acked_seq;
		world->mischief.tag = welcome->protocol;
		memcpy(world->mischief.chain, welcome->chain.data, CHAIN_BYTES);
		zhibao__v1__welcome__free_unpacked(welcome, NULL);
	} else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK) {
		Zhibao__V1__Ack *ack = zhibao__v1__ack__unpack(NULL, len - FRAME_BYTES, data + FRAME_BYTES);
		if (ack->chain.len == CHAIN_BYTES && ack->acked_seq > world->mischief.acked_seq) {
			world->mischief.acked_seq = ack->acked_seq;
			memcpy(world->mischief.chain, ack->chain.data, CHAIN_BYTES);
		}
		zhibao__v1__ack__free_unpacked(ack, NULL);
	} else if (frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK) {
		Zhibao__V1__Nack *nack = zhibao__v1__nack__unpack(NULL, len - FRAME_BYTES, data + FRAME_BYTES);
		if (nack->code == ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED ||
		    nack->code == ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED)
			world->mischief.session_gen = 0;
		zhibao__v1__nack__free_unpacked(nack, NULL);
	}
}
