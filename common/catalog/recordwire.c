/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the wire, driven by protobuf-c's descriptors. What it makes is what protobuf_c_message_unpack makes of the
 * same bytes (a test compares), but texts are judged while they are copied, bytes are not copied, and unknown fields are
 * dropped: scanning first and unpacking then took a quarter of the collector's time. */
#include "recordwire.h"

#include <string.h>

#include "utf8.h"

/* Wire types of protobuf. */
enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };
/* The number of elements a list has room for stands before its first element. */
enum { LIST_HEAD = 16 };
enum { CACHE_LINE_BYTES = 64 };

struct reader {
	const uint8_t *at;
	const uint8_t *end;
};

/* What is common to all levels of a message. */
struct decoder {
	struct arena *arena;
	struct problems *problems;
};

/* A field on the wire: its key is read, its value is not. */
struct wire_field {
	const ProtobufCFieldDescriptor *field;
	uint64_t key;
	unsigned wire_type;
};

static bool read_long_varint(struct reader *reader, uint64_t *out)
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

static inline bool read_varint(struct reader *reader, uint64_t *out)
{
	if (reader->at == reader->end || *reader->at >= 0x80)
		return read_long_varint(reader, out);
	*out = *reader->at++;
	return true;
}

static bool skip(struct reader *reader, uint64_t len)
{
	if (len > (uint64_t)(reader->end - reader->at))
		return false;
	reader->at += len;
	return true;
}

/* The part that a length in front of it spans. */
static bool read_part(struct reader *reader, struct reader *part)
{
	uint64_t len;
	if (!read_varint(reader, &len))
		return false;
	part->at = reader->at;
	if (!skip(reader, len))
		return false;
	part->end = reader->at;
	return true;
}

static bool skip_field(struct reader *reader, unsigned wire_type)
{
	uint64_t value;
	struct reader part;
	switch (wire_type) {
	case WIRE_VARINT:
		return read_varint(reader, &value);
	case WIRE_FIXED64:
		return skip(reader, 8);
	case WIRE_BYTES:
		return read_part(reader, &part);
	case WIRE_FIXED32:
		return skip(reader, 4);
	default:
		return false; /* groups are not ours */
	}
}

static unsigned wire_type_of(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return WIRE_FIXED32;
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return WIRE_FIXED64;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return WIRE_BYTES;
	default:
		return WIRE_VARINT;
	}
}

static size_t size_of(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return 8;
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	default:
		return 4;
	}
}

static bool read_message(struct decoder *decoder, ProtobufCMessage *message, struct reader reader, int depth);

static bool read_text(struct decoder *decoder, const ProtobufCFieldDescriptor *field, struct reader part, char **out)
{
	size_t len = (size_t)(part.end - part.at);
	if (memchr(part.at, 0, len))
		problems_add(decoder->problems, "E_TEXT_NUL", field->name, "文字中含有空字符（NUL），请删除后重新填写");
	else if (!utf8_is_valid((const char *)part.at, len))
		problems_add(decoder->problems, "E_TEXT_ENCODING", field->name, "文字不是有效的 UTF-8");
	*out = arena_copy(decoder->arena, part.at, len);
	return *out;
}

/* What came before is merged with what comes now, as protobuf asks. */
static bool read_inner(struct decoder *decoder, const ProtobufCFieldDescriptor *field, struct reader part,
		       ProtobufCMessage **out, int depth)
{
	const ProtobufCMessageDescriptor *descriptor = field->descriptor;
	if (depth >= WIRE_DEPTH_MAX) {
		problems_add(decoder->problems, "E_WIRE_DEPTH", "", "消息嵌套过深");
		return false;
	}
	if (!*out) {
		*out = arena_alloc(decoder->arena, descriptor->sizeof_message);
		if (!*out)
			return false;
		descriptor->message_init(*out);
	}
	return read_message(decoder, *out, part, depth + 1);
}

static int32_t unzigzag32(uint32_t value)
{
	return (int32_t)(value >> 1 ^ (0 - (value & 1)));
}

static int64_t unzigzag64(uint64_t value)
{
	return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

static bool read_number(struct reader *reader, ProtobufCType type, void *member)
{
	uint64_t value;
	if (!read_varint(reader, &value))
		return false;
	switch (type) {
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)member = value != 0;
		break;
	case PROTOBUF_C_TYPE_SINT32:
		*(int32_t *)member = unzigzag32((uint32_t)value);
		break;
	case PROTOBUF_C_TYPE_SINT64:
		*(int64_t *)member = unzigzag64(value);
		break;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)member = value;
		break;
	default:
		*(uint32_t *)member = (uint32_t)value;
		break;
	}
	return true;
}

/* The value of a field, which has the wire type of its type, into its place in the message or in a list. */
static bool read_value(struct decoder *decoder, const ProtobufCFieldDescriptor *field, unsigned wire_type, struct reader *reader,
		       void *member, int depth)
{
	struct reader part;
	switch (wire_type) {
	case WIRE_VARINT:
		return read_number(reader, field->type, member);
	case WIRE_BYTES:
		if (!read_part(reader, &part))
			return false;
		if (field->type == PROTOBUF_C_TYPE_MESSAGE)
			return read_inner(decoder, field, part, member, depth);
		if (field->type == PROTOBUF_C_TYPE_STRING)
			return read_text(decoder, field, part, member);
		*(ProtobufCBinaryData *)member = (ProtobufCBinaryData){
			(size_t)(part.end - part.at), part.at < part.end ? (uint8_t *)(uintptr_t)part.at : NULL};
		return true;
	default: /* a fixed number; the hosts are little-endian, as the wire is */
		part.at = reader->at;
		if (!skip(reader, size_of(field->type)))
			return false;
		memcpy(member, part.at, size_of(field->type));
		return true;
	}
}

/* How many elements follow in a row, this one included; lists are not mixed by any encoder. */
static size_t run_of(struct reader reader, uint64_t key)
{
	size_t run = 0;
	uint64_t next = key;
	while (next == key && skip_field(&reader, (unsigned)(key & 7)) && ++run && reader.at < reader.end)
		if (!read_varint(&reader, &next))
			break;
	return run ? run : 1;
}

/* Room for more elements. Grows at least by half, so that elements scattered on purpose cost no square of their number. */
static bool grow_list(struct decoder *decoder, size_t width, size_t count, size_t more, void **list)
{
	size_t room = *list ? *(size_t *)(void *)((char *)*list - LIST_HEAD) : 0;
	if (more <= room - count)
		return true;
	room = count + (more > count / 2 ? more : count / 2);
	char *data = room <= (SIZE_MAX - LIST_HEAD) / width ? arena_alloc(decoder->arena, LIST_HEAD + room * width) : NULL;
	if (!data)
		return false;
	*(size_t *)(void *)data = room;
	if (count > 0)
		memcpy(data + LIST_HEAD, *list, count * width);
	*list = data + LIST_HEAD;
	return true;
}

/* Numbers one after the other in one part. */
static bool read_packed(struct decoder *decoder, const ProtobufCFieldDescriptor *field, struct reader part, size_t *count,
			void **list)
{
	size_t width = size_of(field->type);
	unsigned wire_type = wire_type_of(field->type);
	while (part.at < part.end) {
		if (!grow_list(decoder, width, *count, 1, list) ||
		    !read_value(decoder, field, wire_type, &part, (char *)*list + *count * width, 0))
			return false;
		++*count;
	}
	return true;
}

static bool read_element(struct decoder *decoder, const struct wire_field *found, ProtobufCMessage *message,
			 struct reader *reader, int depth)
{
	const ProtobufCFieldDescriptor *field = found->field;
	size_t *count = (size_t *)(void *)((char *)message + field->quantifier_offset);
	void **list = (void **)(void *)((char *)message + field->offset);
	size_t width = size_of(field->type);
	struct reader part;
	if (found->wire_type != wire_type_of(field->type))
		return found->wire_type == WIRE_BYTES && read_part(reader, &part) &&
		       read_packed(decoder, field, part, count, list);
	size_t room = *list ? *(size_t *)(void *)((char *)*list - LIST_HEAD) : 0;
	if (*count == room && !grow_list(decoder, width, *count, run_of(*reader, found->key), list))
		return false;
	void *element = (char *)*list + *count * width;
	memset(element, 0, width);
	if (!read_value(decoder, field, found->wire_type, reader, element, depth))
		return false;
	++*count;
	return true;
}

static bool read_field(struct decoder *decoder, const struct wire_field *found, ProtobufCMessage *message,
		       struct reader *reader, int depth)
{
	const ProtobufCFieldDescriptor *field = found->field;
	void *member = (char *)message + field->offset;
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return read_element(decoder, found, message, reader, depth);
	if (found->wire_type != wire_type_of(field->type))
		return false;
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
		/* The members share their place; as with protobuf-c, the last one stands alone. */
		memset(member, 0, size_of(field->type));
		*(uint32_t *)(void *)((char *)message + field->quantifier_offset) = field->id;
	} else if (field->label == PROTOBUF_C_LABEL_OPTIONAL && field->quantifier_offset != 0) {
		*(protobuf_c_boolean *)((char *)message + field->quantifier_offset) = 1;
	}
	return read_value(decoder, field, found->wire_type, reader, member, depth);
}

/* Numbers of fields come in few ranges without a gap, most messages have one: the place is counted, not searched. After the last
 * range protobuf-c puts one that begins where the fields end. */
static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *descriptor, uint64_t number)
{
	const ProtobufCIntRange *range = descriptor->field_ranges;
	for (unsigned left = descriptor->n_field_ranges; left > 0; left--, range++) {
		uint64_t place = number - (uint64_t)range->start_value; /* of a number before the range a large one */
		if (place < range[1].orig_index - range->orig_index)
			return &descriptor->fields[range->orig_index + place];
	}
	return NULL;
}

static bool read_message(struct decoder *decoder, ProtobufCMessage *message, struct reader reader, int depth)
{
	while (reader.at < reader.end) {
		struct wire_field found;
		if (!read_varint(&reader, &found.key) || found.key >> 3 == 0 || found.key >> 3 > 0x1FFFFFFF)
			return false;
		found.wire_type = (unsigned)(found.key & 7);
		found.field = find_field(message->descriptor, found.key >> 3);
		if (!(found.field ? read_field(decoder, &found, message, &reader, depth)
				  : skip_field(&reader, found.wire_type)))
			return false;
	}
	return true;
}

/* What another processor has just written is asked for ahead of the walk: a length tells where the next one is, so the walk would
 * wait for memory at every element. */
static void ask_for(const uint8_t *data, size_t len)
{
	for (size_t at = 0; at < len; at += CACHE_LINE_BYTES)
		__builtin_prefetch(data + at);
}

ProtobufCMessage *wire_unpack(const ProtobufCMessageDescriptor *descriptor, struct arena *arena,
			      const uint8_t *data, size_t len, struct problems *problems)
{
	struct decoder decoder = {arena, problems};
	size_t before = problems->count;
	ask_for(data, len);
	ProtobufCMessage *message = arena_alloc(arena, descriptor->sizeof_message);
	if (message)
		descriptor->message_init(message);
	bool is_read = message && read_message(&decoder, message, (struct reader){data, len ? data + len : data}, 0);
	if (!is_read && problems->count == before)
		problems_add(problems, "E_WIRE_BAD", "", "消息无法解析");
	return problems->count == before ? message : NULL;
}
