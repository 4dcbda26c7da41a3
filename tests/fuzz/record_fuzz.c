/* SPDX-License-Identifier: Apache-2.0 */
/* A record as it lies in a batch: read within a budget, judged against a registry, told as JSON, and the JSON read back. */
#include "fuzz.h"

#include <stdlib.h>

#include "arena.h"
#include "calendar.h"
#include "catalog_text.h"
#include "check.h"
#include "recordwire.h"
#include "small_registry.h"
#include "utf8.h"

static struct registry *registry;
enum { TODAY_ON = 20028 }; /* 2024-11-01 */

void fuzz_setup(void)
{
	registry = small_registry();
}

/* A word that fits the field, so that a mutation breaks one thing at a time. */
static const char *word_for(const struct catalog_field *field)
{
	static const char uuid[] = "01900000-0000-7000-8000-000000000001";
	switch (field->type) {
	case FIELD_URL:
	case FIELD_URL_LIST:
		return "https://example.cn/a";
	case FIELD_HEX:
	case FIELD_DIGEST:
		return "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	case FIELD_CODE:
		return "420101";
	case FIELD_COUNT:
	case FIELD_SIZE:
		return "12";
	case FIELD_BOOL:
		return "是";
	case FIELD_DATE:
		return "2024-03-05";
	case FIELD_INSTANT:
		return "2024-03-05T09:00:00+08:00";
	case FIELD_ENUM:
	case FIELD_ENUM_LIST:
		return field->values[0].name;
	case FIELD_UUID:
	case FIELD_UUID_LIST:
		return uuid;
	case FIELD_ROWS:
		return NULL;
	default:
		return field->reference == REFERENCE_TOWNSHIP ? "101" : "文字";
	}
}

static void set_all(ProtobufCMessage *message, const struct catalog_field *fields, size_t count)
{
	struct problems problems = {0};
	for (size_t i = 0; i < count; i++) {
		const char *word = word_for(&fields[i]);
		if (word) {
			catalog_set_text(message, fields, i, word, &problems);
			continue;
		}
		json_t *row = json_object();
		for (size_t c = 0; c < fields[i].column_count; c++)
			json_object_set_new(row, fields[i].columns[c].name, json_string(word_for(&fields[i].columns[c])));
		json_t *rows = json_pack("[o]", row);
		catalog_set_json(message, fields, i, rows, &problems);
		json_decref(rows);
	}
	must(problems.count == 0);
}

/* One sound record of each kind, then a withdrawal. */
ptrdiff_t fuzz_seed(size_t index, uint8_t *out, size_t size)
{
	static uint8_t id[16] = {1, 0x90, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1};
	Zhibao__V1__Record record = ZHIBAO__V1__RECORD__INIT;
	if (index > CATALOG_KIND_COUNT)
		return -1;
	const struct catalog_kind *kind = catalog_kinds[index % CATALOG_KIND_COUNT];
	ProtobufCMessage *body = catalog_body_new(kind->descriptor);
	must(body);
	record.item_id = record.revision_id = (ProtobufCBinaryData){16, id};
	record.operation = ZHIBAO__V1__OPERATION__OPERATION_SUBMIT;
	if (index == CATALOG_KIND_COUNT) {
		record.operation = ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW;
		record.base_revision_id = record.item_id;
	} else {
		set_all(body, kind->fields, kind->field_count);
	}
	record.recorded_at_us = 1730000000000000;
	record.author = (char *)(uintptr_t) "张三";
	record.programme = (char *)(uintptr_t) "p";
	record.programme_version = 3;
	record.body_case = (Zhibao__V1__Record__BodyCase)kind->body_number;
	record.office_profile = (void *)body;
	size_t len = zhibao__v1__record__get_packed_size(&record);
	must(len <= size);
	zhibao__v1__record__pack(&record, out);
	protobuf_c_message_free_unpacked(body, NULL);
	return (ptrdiff_t)len;
}

static bool has_plan_item(void *context, const char *office_code, const uint8_t item_id[16])
{
	(void)context;
	(void)office_code;
	return item_id[0] & 1;
}

static void judge(const Zhibao__V1__Record *record, bool is_entry, struct problems *problems)
{
	struct check_context context = {
		.registry = registry,
		.author_office_code = "4201",
		.today_on = TODAY_ON,
		.is_entry = is_entry,
		.has_plan_item = has_plan_item,
	};
	check_record(record, &context, problems);
	for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++) {
		/* They travel in an Ack and are shown to a clerk. */
		const struct problem *problem = &problems->items[i];
		must(problem->code[0] == 'E' && utf8_is_valid(problem->text, strlen(problem->text)));
		must(utf8_is_valid(problem->field, strlen(problem->field)));
	}
}

/* A body as the desk carries it over: what JSON says of it must make the same JSON again. */
static void tell_and_read(const struct catalog_kind *kind, const ProtobufCMessage *body, bool is_sound)
{
	struct problems problems = {0};
	json_t *told = catalog_to_json(body, kind->fields, kind->field_count);
	char *text = told ? json_dumps(told, JSON_COMPACT) : NULL;
	must(text);
	ProtobufCMessage *again = catalog_body_new(kind->descriptor);
	must(again);
	for (size_t i = 0; i < kind->field_count; i++) {
		json_t *value = catalog_field_to_json(body, kind->fields, i);
		catalog_set_json(again, kind->fields, i, value, &problems);
		json_decref(value);
	}
	if (is_sound) { /* what passed the check loses nothing on the way */
		must(problems.count == 0);
		json_t *told_again = catalog_to_json(again, kind->fields, kind->field_count);
		must(json_equal(told, told_again));
		json_decref(told_again);
	}
	protobuf_c_message_free_unpacked(again, NULL);
	json_decref(told);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena arena;
	struct problems reading = {0}, stored = {0}, entered = {0};
	const struct catalog_kind *kind;
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	const Zhibao__V1__Record *record =
		(const void *)wire_unpack(&zhibao__v1__record__descriptor, &arena, data, len, &reading);
	if (record) {
		judge(record, false, &stored);
		judge(record, true, &entered);
		must(entered.count >= stored.count); /* the desk asks for more, never for less */
		const ProtobufCMessage *body = record_body(record, &kind);
		if (body)
			tell_and_read(kind, body,
				      stored.count == 0 && record->operation != ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW);
	}
	arena_fini(&arena);
	return 0;
}
