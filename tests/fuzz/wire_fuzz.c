/* SPDX-License-Identifier: Apache-2.0 */
/* An envelope and a message of any type, read as both ends read it: scanned, unpacked in an arena with a budget, packed. */
#include "fuzz.h"

#include <stdlib.h>

#include "arena.h"
#include "frame.h"
#include "recordwire.h"
#include "utf8.h"
#include "zhibao/v1/session.pb-c.h"

static const ProtobufCMessageDescriptor *const descriptors[] = {
	NULL,
	&zhibao__v1__hello__descriptor,
	&zhibao__v1__welcome__descriptor,
	&zhibao__v1__batch__descriptor,
	&zhibao__v1__ack__descriptor,
	&zhibao__v1__nack__descriptor,
	&zhibao__v1__ping__descriptor,
	&zhibao__v1__pong__descriptor,
	&zhibao__v1__bye__descriptor,
	&zhibao__v1__enrol__descriptor,
	&zhibao__v1__enrolled__descriptor,
	&zhibao__v1__offer__descriptor,
	&zhibao__v1__offer_status__descriptor,
	&zhibao__v1__chunk__descriptor,
	&zhibao__v1__chunk_ack__descriptor,
	&zhibao__v1__file_done__descriptor,
	&zhibao__v1__downlink__descriptor,
	&zhibao__v1__downlink_ack__descriptor,
	&zhibao__v1__want__descriptor,
	&zhibao__v1__recall__descriptor,
	&zhibao__v1__recalled__descriptor,
	/* These travel inside others. */
	&zhibao__v1__gap__descriptor,
	&zhibao__v1__pack_bundle__descriptor,
	&zhibao__v1__record__descriptor,
};
enum { DESCRIPTORS = sizeof(descriptors) / sizeof(descriptors[0]) };

void fuzz_setup(void)
{
}

/* A message with something in every field: numbers, texts, bytes, two elements per list; rows go one level down. */
static size_t fill_message(const ProtobufCMessageDescriptor *descriptor, int depth, uint8_t *out, size_t size)
{
	size_t len = 0;
	for (unsigned i = 0; i < descriptor->n_fields && len + 200 < size; i++) {
		const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
		for (int twice = field->label == PROTOBUF_C_LABEL_REPEATED ? 2 : 1; twice > 0 && len + 200 < size; twice--) {
			bool is_long = field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES ||
				       field->type == PROTOBUF_C_TYPE_MESSAGE;
			unsigned key = field->id << 3 | (is_long ? 2 : 0);
			if (field->type == PROTOBUF_C_TYPE_MESSAGE && depth > 1)
				break;
			for (; key >= 0x80; key >>= 7)
				out[len++] = (uint8_t)(key | 0x80);
			out[len++] = (uint8_t)key;
			if (!is_long) {
				out[len++] = (uint8_t)(i + 1);
			} else if (field->type == PROTOBUF_C_TYPE_STRING) {
				memcpy(out + len, "\x06宣讲", 7);
				len += 7;
			} else if (field->type == PROTOBUF_C_TYPE_BYTES) {
				out[len++] = 32;
				memset(out + len, (int)i, 32);
				len += 32;
			} else {
				size_t room = size - len - 2 < 120 ? size - len - 2 : 120;
				size_t inner = fill_message(field->descriptor, depth + 1, out + len + 1, room);
				out[len++] = (uint8_t)inner;
				len += inner;
			}
		}
	}
	return len;
}

ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	if (index >= DESCRIPTORS)
		return -1;
	struct frame frame = {FRAME_VERSION, (uint8_t)index, 7};
	frame_encode(&frame, out);
	return FRAME_BYTES +
	       (ptrdiff_t)(descriptors[index]
				   ? fill_message(descriptors[index], 0, out + FRAME_BYTES, size - FRAME_BYTES)
				   : 0);
}

/* What came through is what we promise to the code behind: texts that end where they should and are UTF-8. */
static void look_at(const ProtobufCMessage *message)
{
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const char *base = (const char *)message;
		bool is_list = field->label == PROTOBUF_C_LABEL_REPEATED;
		size_t count = is_list ? *(const size_t *)(const void *)(base + field->quantifier_offset) : 1;
		if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF &&
		    *(const uint32_t *)(const void *)(base + field->quantifier_offset) != field->id)
			continue;
		for (size_t e = 0; e < count; e++) {
			const void *const *pointers = is_list ? *(const void *const *const *)(const void *)(base + field->offset)
							      : (const void *const *)(const void *)(base + field->offset);
			if (field->type == PROTOBUF_C_TYPE_STRING)
				must(pointers[e] && utf8_is_valid(pointers[e], strlen(pointers[e])));
			else if (field->type == PROTOBUF_C_TYPE_MESSAGE && pointers[e])
				look_at(pointers[e]);
			else if (field->type == PROTOBUF_C_TYPE_MESSAGE)
				must(!is_list);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct frame frame;
	struct arena arena;
	struct problems problems = {0};
	uint8_t head[FRAME_BYTES];
	if (frame_decode(data, len, &frame) != FRAME_OK || frame.type >= DESCRIPTORS || !descriptors[frame.type])
		return 0;
	frame_encode(&frame, head);
	must(memcmp(head, data, FRAME_BYTES) == 0);
	len -= FRAME_BYTES;
	size_t budget = WIRE_FLOOR_BYTES + len * WIRE_EXPANSION;
	arena_init(&arena, budget);
	ProtobufCMessage *message =
		wire_unpack(descriptors[frame.type], &arena, data + FRAME_BYTES, len, &problems);
	must((message == NULL) == (problems.count > 0));
	must(arena.used_bytes <= budget);
	if (message) {
		look_at(message);
		size_t packed_len = protobuf_c_message_get_packed_size(message);
		uint8_t *packed = malloc(packed_len + 1);
		must(packed && protobuf_c_message_pack(message, packed) == packed_len);
		free(packed);
	}
	arena_fini(&arena);
	return 0;
}
