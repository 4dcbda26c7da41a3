/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog_text.h"
#include "recordwire.h"
#include "utf8.h"

/* Which wire types a catalogue type may have. */
static bool fits(enum field_type type, const ProtobufCFieldDescriptor *wire)
{
	bool is_list = wire->label == PROTOBUF_C_LABEL_REPEATED;
	bool is_alone = (wire->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
	if (is_list != catalog_is_list(type))
		return false;
	switch (type) {
	case FIELD_COUNT:
		return wire->type == PROTOBUF_C_TYPE_UINT32 && is_alone;
	case FIELD_SIZE:
		return wire->type == PROTOBUF_C_TYPE_UINT64 && is_alone;
	case FIELD_BOOL:
		return wire->type == PROTOBUF_C_TYPE_BOOL && is_alone;
	case FIELD_DATE:
		return wire->type == PROTOBUF_C_TYPE_SINT32 && is_alone;
	case FIELD_INSTANT:
		return wire->type == PROTOBUF_C_TYPE_SINT64 && is_alone;
	case FIELD_ENUM:
	case FIELD_ENUM_LIST:
		return wire->type == PROTOBUF_C_TYPE_ENUM;
	case FIELD_UUID:
	case FIELD_DIGEST:
	case FIELD_UUID_LIST:
		return wire->type == PROTOBUF_C_TYPE_BYTES;
	case FIELD_ROWS:
		return wire->type == PROTOBUF_C_TYPE_MESSAGE;
	default:
		return wire->type == PROTOBUF_C_TYPE_STRING;
	}
}

static void check_enum(const struct catalog_field *field, const ProtobufCEnumDescriptor *wire)
{
	assert_int_equal(field->value_count + 1, wire->n_values); /* and the unspecified one */
	for (size_t i = 0; i < field->value_count; i++) {
		const ProtobufCEnumValue *value =
			protobuf_c_enum_descriptor_get_value(wire, field->values[i].number);
		assert_non_null(value);
		/* LECTURE_CATEGORY_VILLAGE ends with the name in capitals. */
		size_t name_len = strlen(field->values[i].name), wire_len = strlen(value->name);
		assert_true(wire_len > name_len);
		assert_int_equal(strcasecmp(value->name + wire_len - name_len, field->values[i].name), 0);
		assert_true(utf8_is_valid(field->values[i].label_zh, strlen(field->values[i].label_zh)));
	}
}

static void check_fields(const struct catalog_field *fields, size_t count,
			 const ProtobufCMessageDescriptor *descriptor)
{
	assert_int_equal(count, descriptor->n_fields);
	for (size_t i = 0; i < count; i++) {
		const ProtobufCFieldDescriptor *wire = &descriptor->fields[i];
		assert_string_equal(fields[i].name, wire->name);
		assert_true(strlen(fields[i].label_zh) > 0);
		if (!fits(fields[i].type, wire))
			fail_msg("%s.%s", descriptor->short_name, wire->name);
		if (fields[i].type == FIELD_ENUM || fields[i].type == FIELD_ENUM_LIST)
			check_enum(&fields[i], wire->descriptor);
		if (fields[i].type == FIELD_ROWS)
			check_fields(fields[i].columns, fields[i].column_count, wire->descriptor);
		if (catalog_is_list(fields[i].type))
			assert_true(fields[i].max_elements > 0);
	}
}

static void test_agreement(void **state)
{
	const ProtobufCMessageDescriptor *record = &zhibao__v1__record__descriptor;
	(void)state;
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		const struct catalog_kind *kind = catalog_kinds[k];
		const ProtobufCFieldDescriptor *body =
			protobuf_c_message_descriptor_get_field(record, kind->body_number);
		assert_non_null(body);
		assert_string_equal(body->name, kind->name);
		assert_ptr_equal(body->descriptor, kind->descriptor);
		assert_int_equal(catalog_kind_index(kind), k);
		assert_ptr_equal(catalog_kind_by_number(kind->body_number), kind);
		assert_ptr_equal(catalog_kind_find(kind->code), kind);
		assert_ptr_equal(catalog_kind_find(kind->label_zh), kind);
		check_fields(kind->fields, kind->field_count, kind->descriptor);
		/* A list can name every item: its title is there and is words. */
		assert_in_range(kind->field_count, 1, CATALOG_FIELDS_MAX);
		int title = catalog_field_find(kind->fields, kind->field_count, kind->title_field);
		assert_in_range(title, 0, kind->field_count - 1);
		assert_true(kind->fields[title].is_required);
		assert_true(kind->fields[title].type == FIELD_TEXT || kind->fields[title].type == FIELD_ENUM ||
			    kind->fields[title].type == FIELD_CODE);
	}
	assert_null(catalog_kind_find("none"));
	assert_null(catalog_kind_by_number(0));
	assert_null(catalog_kind_by_number(CATALOG_FIRST_BODY_NUMBER - 1));
	assert_null(catalog_kind_by_number(CATALOG_FIRST_BODY_NUMBER + CATALOG_KIND_COUNT));
}

/* A text that the field takes. */
static const char *sample(const struct catalog_field *field)
{
	static char number[32];
	switch (field->type) {
	case FIELD_COUNT:
	case FIELD_SIZE:
		snprintf(number, sizeof(number), "%lld", (long long)field->max);
		return number;
	case FIELD_BOOL:
		return "否";
	case FIELD_DATE:
		return "2024-02-29";
	case FIELD_INSTANT:
		return "2024-03-25T09:00:00+08:00";
	case FIELD_ENUM:
		return field->values[field->value_count - 1].label_zh;
	case FIELD_ENUM_LIST:
		return field->values[0].name;
	case FIELD_UUID:
		return "01900000-0000-7000-8000-000000000001";
	case FIELD_UUID_LIST:
		return "01900000-0000-7000-8000-000000000001；01900000-0000-7000-8000-000000000002";
	case FIELD_DIGEST:
	case FIELD_HEX:
		return "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	case FIELD_URL:
		return "https://a.example/x";
	case FIELD_URL_LIST:
		return "https://a.example/x;https://b.example/y";
	case FIELD_ROWS:
		return "[{}]";
	default:
		return "甲、乙";
	}
}

/* Every field of every kind: text in, JSON out, JSON in, the same JSON out; and through the wire. */
static void test_round_trip(void **state)
{
	(void)state;
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		const struct catalog_kind *kind = catalog_kinds[k];
		struct problems problems = {0};
		ProtobufCMessage *first = catalog_body_new(kind->descriptor);
		ProtobufCMessage *second = catalog_body_new(kind->descriptor);
		for (size_t i = 0; i < kind->field_count; i++)
			catalog_set_text(first, kind->fields, i, sample(&kind->fields[i]), &problems);
		json_t *json = catalog_to_json(first, kind->fields, kind->field_count);
		assert_int_equal(json_object_size(json), kind->field_count);
		for (size_t i = 0; i < kind->field_count; i++)
			catalog_set_json(second, kind->fields, i, json_object_get(json, kind->fields[i].name),
					 &problems);
		assert_int_equal(problems.count, 0);
		uint8_t bytes[8192];
		size_t len = protobuf_c_message_pack(second, bytes);
		struct arena arena;
		arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
		ProtobufCMessage *third = wire_unpack(kind->descriptor, &arena, bytes, len, &problems);
		assert_non_null(third);
		json_t *again = catalog_to_json(third, kind->fields, kind->field_count);
		assert_true(json_equal(json, again));
		json_decref(again);
		json_decref(json);
		arena_fini(&arena);
		protobuf_c_message_free_unpacked(first, NULL);
		protobuf_c_message_free_unpacked(second, NULL);
	}
}

static void test_explicit_zero(void **state)
{
	const struct catalog_kind *kind = catalog_kind_find("lecture_event");
	ProtobufCMessage *body = catalog_body_new(kind->descriptor);
	size_t i = (size_t)catalog_field_find(kind->fields, kind->field_count, "attendance");
	struct problems problems = {0};
	struct field_value value;
	(void)state;
	field_get(body, kind->fields, i, &value);
	assert_false(value.is_set);
	catalog_set_text(body, kind->fields, i, "0", &problems);
	field_get(body, kind->fields, i, &value);
	assert_true(value.is_set);
	assert_int_equal(value.number, 0);
	protobuf_c_message_free_unpacked(body, NULL);
}

static void test_bad_text(void **state)
{
	static const struct {
		const char *kind, *field, *text, *code;
	} cases[] = {
		{"lecture_event", "occurred_on", "2024-02-30", "E_DATE_BAD"},
		{"lecture_event", "attendance", "12人", "E_NUMBER_BAD"},
		{"lecture_event", "attendance", "-1", "E_NUMBER_BAD"},
		{"lecture_event", "attendance", "1e3", "E_NUMBER_BAD"},
		{"lecture_event", "attendance", "99999999999", "E_NUMBER_BAD"},
		{"lecture_event", "category", "进城", "E_ENUM_UNKNOWN"},
		{"lecture_event", "audiences", "employer;nobody", "E_ENUM_UNKNOWN"},
		{"lecture_event", "plan_item_id", "7", "E_ID_BAD"},
		{"lecture_event", "started_at", "2024-03-25 09:00", "E_INSTANT_BAD"},
		{"lecture_event", "is_window_brochure", "maybe", "E_BOOL_BAD"},
		{"lecture_event", "evidence", "x", "E_ROWS_BAD"},
		{"lecture_event", "evidence", "[{\"colour\":1}]", "E_FIELD_UNKNOWN"},
		{"submission", "file_digest", "00", "E_DIGEST_BAD"},
	};
	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		const struct catalog_kind *kind = catalog_kind_find(cases[c].kind);
		ProtobufCMessage *body = catalog_body_new(kind->descriptor);
		struct problems problems = {0};
		int i = catalog_field_find(kind->fields, kind->field_count, cases[c].field);
		catalog_set_text(body, kind->fields, (size_t)i, cases[c].text, &problems);
		assert_int_equal(problems.count, 1);
		assert_string_equal(problems.items[0].code, cases[c].code);
		protobuf_c_message_free_unpacked(body, NULL);
	}
}

/* Every prefix and every single changed byte of a record is refused or harmless, within the budget. */
static void test_hostile_wire(void **state)
{
	Zhibao__V1__Record record = ZHIBAO__V1__RECORD__INIT;
	const struct catalog_kind *kind = catalog_kind_find("lecture_event");
	struct problems problems = {0};
	uint8_t id[16] = {1}, bytes[4096];
	(void)state;
	record.item_id = record.revision_id = (ProtobufCBinaryData){16, id};
	record.author = (char *)(uintptr_t) "张三";
	record.body_case = ZHIBAO__V1__RECORD__BODY_LECTURE_EVENT;
	record.lecture_event = (Zhibao__V1__LectureEvent *)catalog_body_new(kind->descriptor);
	for (size_t i = 0; i < kind->field_count; i++)
		catalog_set_text(&record.lecture_event->base, kind->fields, i, sample(&kind->fields[i]), &problems);
	size_t len = zhibao__v1__record__pack(&record, bytes);
	for (size_t i = 0; i < 2 * len; i++) {
		struct arena arena;
		uint8_t copy[4096];
		memcpy(copy, bytes, len);
		size_t used = i < len ? i : len;
		if (i >= len)
			copy[i - len] = (uint8_t)~copy[i - len];
		uint8_t *exact = malloc(used + 1); /* so that a sanitizer sees a read beyond */
		memcpy(exact, copy, used);
		arena_init(&arena, WIRE_FLOOR_BYTES + used * WIRE_EXPANSION);
		problems.count = 0;
		const ProtobufCMessage *message =
			wire_unpack(&zhibao__v1__record__descriptor, &arena, exact, used, &problems);
		assert_true(message || problems.count > 0);
		assert_true(arena.used_bytes <= arena.max_bytes);
		arena_fini(&arena);
		free(exact);
	}
	protobuf_c_message_free_unpacked(&record.lecture_event->base, NULL);
}

static void test_wire_texts(void **state)
{
	/* author (field 6) with a NUL, with bad UTF-8, and a group. */
	static const struct {
		const char *data;
		size_t len;
		const char *code;
	} cases[] = {
		{"\x32\x03"
		 "a\0b", 5, "E_TEXT_NUL"},
		{"\x32\x02\xFF\xFE", 4, "E_TEXT_ENCODING"},
		{"\x0B\x0C", 2, "E_WIRE_BAD"},
		{"\x32\x7F", 2, "E_WIRE_BAD"},
		{"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11, "E_WIRE_BAD"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena;
		struct problems problems = {0};
		arena_init(&arena, WIRE_FLOOR_BYTES);
		assert_null(wire_unpack(&zhibao__v1__record__descriptor, &arena,
					(const uint8_t *)cases[i].data, cases[i].len, &problems));
		assert_true(problems.count > 0);
		assert_string_equal(problems.items[0].code, cases[i].code);
		arena_fini(&arena);
	}
}

/* protobuf-c keeps unknown fields; ours drops them. */
static void drop_unknown(ProtobufCMessage *message)
{
	for (unsigned i = 0; i < message->n_unknown_fields; i++)
		free(message->unknown_fields[i].data);
	free(message->unknown_fields);
	message->unknown_fields = NULL;
	message->n_unknown_fields = 0;
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const char *base = (const char *)message;
		if (field->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		const void *member = base + field->offset;
		const uint32_t *which = (const void *)(base + field->quantifier_offset);
		ProtobufCMessage *const *list = *(ProtobufCMessage *const *const *)member;
		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			for (size_t e = 0; e < *(const size_t *)(const void *)which; e++)
				drop_unknown(list[e]);
		else if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) || *which == field->id)
			if (*(ProtobufCMessage *const *)member)
				drop_unknown(*(ProtobufCMessage *const *)member);
	}
}

/* What is read must be what protobuf-c reads. True when it was read. */
static bool reads_alike(const uint8_t *bytes, size_t len)
{
	struct arena arena;
	struct problems problems = {0};
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	const ProtobufCMessage *ours = wire_unpack(&zhibao__v1__record__descriptor, &arena, bytes, len, &problems);
	if (ours) {
		ProtobufCMessage *theirs =
			protobuf_c_message_unpack(&zhibao__v1__record__descriptor, NULL, len, bytes);
		assert_non_null(theirs);
		drop_unknown(theirs);
		size_t size = protobuf_c_message_get_packed_size(theirs);
		assert_int_equal(protobuf_c_message_get_packed_size(ours), size);
		uint8_t *a = malloc(size + 1), *b = malloc(size + 1);
		protobuf_c_message_pack(ours, a);
		protobuf_c_message_pack(theirs, b);
		assert_memory_equal(a, b, size);
		free(a);
		free(b);
		protobuf_c_message_free_unpacked(theirs, NULL);
	}
	arena_fini(&arena);
	return ours;
}

static size_t make_record(const struct catalog_kind *kind, uint8_t *out)
{
	Zhibao__V1__Record record = ZHIBAO__V1__RECORD__INIT;
	struct problems problems = {0};
	uint8_t id[16] = {1};
	record.item_id = record.revision_id = (ProtobufCBinaryData){16, id};
	record.author = (char *)(uintptr_t) "张三";
	record.body_case = (Zhibao__V1__Record__BodyCase)kind->body_number;
	ProtobufCMessage *body = catalog_body_new(kind->descriptor);
	record.office_profile = (Zhibao__V1__OfficeProfile *)body;
	for (size_t i = 0; i < kind->field_count; i++)
		catalog_set_text(body, kind->fields, i, sample(&kind->fields[i]), &problems);
	size_t len = zhibao__v1__record__pack(&record, out);
	protobuf_c_message_free_unpacked(body, NULL);
	return len;
}

/* Every kind, whole, twice in a row, with a hole, with each byte another one, and two kinds mixed. */
static void test_reads_as_protobuf(void **state)
{
	uint8_t bytes[2][4096], mixed[3 * 4096];
	size_t read = 0;
	(void)state;
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++) {
		size_t len = make_record(catalog_kinds[k], bytes[0]);
		size_t other = make_record(catalog_kinds[(k + 1) % CATALOG_KIND_COUNT], bytes[1]);
		assert_true(reads_alike(bytes[0], len));
		memcpy(mixed, bytes[0], len);
		memcpy(mixed + len, bytes[0], len);
		assert_true(reads_alike(mixed, 2 * len));
		memcpy(mixed + len, bytes[1], other);
		memcpy(mixed + len + other, bytes[0], len);
		assert_true(reads_alike(mixed, 2 * len + other));
		for (size_t i = 0; i < len; i++) {
			static const uint8_t flips[] = {1, 2, 8, 0x80, 0xFF};
			for (size_t f = 0; f < sizeof(flips); f++) {
				memcpy(mixed, bytes[0], len);
				mixed[i] ^= flips[f];
				read += reads_alike(mixed, len);
			}
			memcpy(mixed, bytes[0], i);
			memcpy(mixed + i, bytes[0] + i + 1, len - i - 1);
			read += reads_alike(mixed, len - 1);
		}
	}
	assert_true(read > 1000); /* or nothing was compared */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agreement),    cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_explicit_zero), cmocka_unit_test(test_bad_text),
		cmocka_unit_test(test_hostile_wire), cmocka_unit_test(test_wire_texts),
		cmocka_unit_test(test_reads_as_protobuf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
