/* SPDX-License-Identifier: Apache-2.0 */
#include "recordwire.h"

#include <string.h>

#include "utf8.h"

struct reader {
	const uint8_t *at;
	const uint8_t *end;
};

static bool read_varint(struct reader *reader, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		uint8_t byte = *reader->at++;
		*out |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

static bool skip(struct reader *reader, uint64_t len)
{
	if (len > (uint64_t)(reader->end - reader->at))
		return false;
	reader->at += len;
	return true;
}

static bool scan(const ProtobufCMessageDescriptor *descriptor, struct reader reader, int depth,
		 struct problems *problems);

static bool scan_bytes(const ProtobufCFieldDescriptor *field, struct reader *reader, int depth,
		       struct problems *problems)
{
	uint64_t len;
	if (!read_varint(reader, &len) || len > (uint64_t)(reader->end - reader->at))
		return false;
	const uint8_t *data = reader->at;
	reader->at += len;
	if (!field)
		return true;
	if (field->type == PROTOBUF_C_TYPE_MESSAGE)
		return scan(field->descriptor, (struct reader){data, data + len}, depth + 1, problems);
	if (field->type != PROTOBUF_C_TYPE_STRING)
		return true;
	if (memchr(data, 0, len))
		problems_add(problems, "E_TEXT_NUL", field->name, "文字中含有空字符（NUL），请删除后重新填写");
	else if (!utf8_is_valid((const char *)data, len))
		problems_add(problems, "E_TEXT_ENCODING", field->name, "文字不是有效的 UTF-8");
	return true;
}

static bool scan(const ProtobufCMessageDescriptor *descriptor, struct reader reader, int depth,
		 struct problems *problems)
{
	if (depth > WIRE_DEPTH_MAX) {
		problems_add(problems, "E_WIRE_DEPTH", "", "消息嵌套过深");
		return false;
	}
	while (reader.at < reader.end) {
		uint64_t key, value;
		if (!read_varint(&reader, &key) || key >> 3 == 0 || key >> 3 > 0x1FFFFFFF)
			return false;
		const ProtobufCFieldDescriptor *field =
			protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(key >> 3));
		bool is_sound;
		switch (key & 7) {
		case 0:
			is_sound = read_varint(&reader, &value);
			break;
		case 1:
			is_sound = skip(&reader, 8);
			break;
		case 2:
			is_sound = scan_bytes(field, &reader, depth, problems);
			break;
		case 5:
			is_sound = skip(&reader, 4);
			break;
		default:
			is_sound = false; /* groups are not ours */
		}
		if (!is_sound)
			return false;
	}
	return true;
}

void wire_scan(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t len,
	       struct problems *problems)
{
	size_t before = problems->count;
	if (!scan(descriptor, (struct reader){data, len ? data + len : data}, 0, problems) &&
	    problems->count == before)
		problems_add(problems, "E_WIRE_BAD", "", "消息无法解析");
}

static void *allocate(void *context, size_t len)
{
	return arena_alloc(context, len);
}

static void release(void *context, void *data)
{
	(void)context;
	(void)data; /* the arena frees everything at once */
}

ProtobufCMessage *wire_unpack(const ProtobufCMessageDescriptor *descriptor, struct arena *arena,
			      const uint8_t *data, size_t len, struct problems *problems)
{
	ProtobufCAllocator allocator = {allocate, release, arena};
	size_t before = problems->count;
	wire_scan(descriptor, data, len, problems);
	if (problems->count > before)
		return NULL;
	ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, &allocator, len, data);
	if (!message)
		problems_add(problems, "E_WIRE_BAD", "", "消息无法解析");
	return message;
}
