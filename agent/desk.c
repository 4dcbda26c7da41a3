/* SPDX-License-Identifier: Apache-2.0 */
#include "desk.h"

#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "catalog_text.h"
#include "inbox.h"
#include "recordwire.h"

void desk_init(struct desk *desk, struct outbox *outbox, const struct registry *registry,
	       const char *office_code)
{
	*desk = (struct desk){
		.outbox = outbox,
		.registry = registry,
		.office_code = office_code,
		.clock = clock_system(),
		.ids = {.clock = clock_system(), .random = random_system()},
	};
}

/* The newest revision of an item that the centre has not put aside, copied. */
struct newest {
	bool is_found;
	unsigned kind;
	uint8_t revision_id[16];
	Zhibao__V1__Record *record; /* owned */
};

static int take_newest(void *context, const struct outbox_record *record)
{
	struct newest *newest = context;
	if (!newest->is_found) {
		/* The clerk amends what was entered last, also when it was sent back. */
		newest->kind = record->kind;
		newest->record = zhibao__v1__record__unpack(NULL, record->len, record->body);
	}
	newest->is_found = true;
	if (record->code)
		return 0; /* but builds on a revision that is stored */
	memcpy(newest->revision_id, record->revision_id, 16);
	return 1;
}

static bool has_plan_item(void *context, const char *office_code, const uint8_t item_id[16])
{
	struct desk *desk = context;
	struct newest newest = {0};
	(void)office_code;
	struct outbox_query query = {catalog_kind_find("plan_item")->body_number, item_id, 0, 1};
	if (outbox_list(desk->outbox, &query, take_newest, &newest, NULL) < 0)
		return false;
	if (newest.record)
		zhibao__v1__record__free_unpacked(newest.record, NULL);
	return newest.is_found;
}

static void set_fields(ProtobufCMessage *body, const struct catalog_kind *kind,
		       const json_t *fields, struct problems *problems)
{
	const char *name;
	json_t *value;
	uint64_t seen = 0;
	json_object_foreach((json_t *)(uintptr_t)fields, name, value)
	{
		int i = catalog_field_find(kind->fields, kind->field_count, name);
		bool is_twice = i >= 0 && (seen >> i & 1);
		if (i < 0)
			problems_add(problems, "E_FIELD_UNKNOWN", name, "%s没有“%.40s”这一项", kind->label_zh,
				     name);
		else if (is_twice) /* by its name and by its label */
			problems_add(problems, "E_FIELD_TWICE", kind->fields[i].name, "%s填写了两次", kind->fields[i].label_zh);
		else
			catalog_set_json(body, kind->fields, (size_t)i, value, problems);
		if (i >= 0)
			seen |= UINT64_C(1) << i;
	}
}

/* Carries over from old what fields does not name. Goes through JSON, the form every field has. */
static void carry_over(ProtobufCMessage *body, const ProtobufCMessage *old,
		       const struct catalog_kind *kind, const json_t *fields,
		       struct problems *problems)
{
	for (size_t i = 0; i < kind->field_count; i++) {
		if (json_object_get(fields, kind->fields[i].name) ||
		    json_object_get(fields, kind->fields[i].label_zh))
			continue;
		json_t *value = catalog_field_to_json(old, kind->fields, i);
		catalog_set_json(body, kind->fields, i, value, problems);
		json_decref(value);
	}
}

/* An entry on its way into the outbox. */
struct draft {
	const struct catalog_kind *kind;
	ProtobufCMessage *body;
	struct newest newest;
	uint8_t *bytes;
	size_t len;
	int64_t recorded_at_us;
};

static void draft_fini(struct draft *draft)
{
	if (draft->body)
		protobuf_c_message_free_unpacked(draft->body, NULL);
	if (draft->newest.record)
		zhibao__v1__record__free_unpacked(draft->newest.record, NULL);
	free(draft->bytes);
}

static int find_kind(struct desk *desk, const struct desk_entry *entry, struct draft *draft,
		     struct problems *problems)
{
	if (!entry->item_id) {
		draft->kind = entry->kind ? catalog_kind_find(entry->kind) : NULL;
		if (!draft->kind)
			problems_add(problems, "E_KIND_UNKNOWN", "kind", "没有“%.40s”这种记录，可用的类别见 record --help",
				     entry->kind ? entry->kind : "");
	} else {
		struct outbox_query query = {0, entry->item_id, 0, 1000};
		outbox_list(desk->outbox, &query, take_newest, &draft->newest, NULL);
		draft->kind = draft->newest.is_found ? catalog_kind_by_number(draft->newest.kind) : NULL;
		if (!draft->kind || !draft->newest.record)
			problems_add(problems, "E_ITEM_UNKNOWN", "item_id", "台账里没有这条记录，请用 list 查看编号");
	}
	return problems->count ? -1 : 0;
}

static int fill_body(const struct desk_entry *entry, struct draft *draft, struct problems *problems)
{
	const struct catalog_kind *old_kind;
	draft->body = catalog_body_new(draft->kind->descriptor);
	if (!draft->body)
		return -1;
	if (entry->operation == ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW)
		return 0;
	if (entry->item_id) {
		const ProtobufCMessage *old = record_body(draft->newest.record, &old_kind);
		if (old && old_kind == draft->kind)
			carry_over(draft->body, old, draft->kind, entry->fields, problems);
	}
	set_fields(draft->body, draft->kind, entry->fields, problems);
	return problems->count ? -1 : 0;
}

/* What was accepted is not changed without words, as far as the office has heard of it. */
static void check_reason(struct desk *desk, const Zhibao__V1__Record *record, struct problems *problems)
{
	bool is_accepted;
	struct err err = {0};
	if (record->operation == ZHIBAO__V1__OPERATION__OPERATION_SUBMIT || record->correction_reason[0])
		return; /* a blank one is refused whatever was heard */
	if (inbox_is_accepted(desk->outbox, record->item_id.data, &is_accepted, &err) < 0)
		problems_add(problems, "E_AGENT", "", "%s", err.text);
	else if (is_accepted)
		problems_add(problems, "E_REASON_MISSING", "correction_reason",
			     "这条记录已审核通过，更正或撤回须写明原因（--reason 原因）");
}

static void prepare(struct desk *desk, const struct desk_entry *entry, struct draft *draft,
		    struct desk_result *result, struct problems *problems)
{
	static const uint8_t none[16];
	if (find_kind(desk, entry, draft, problems) < 0 || fill_body(entry, draft, problems) < 0)
		return;
	Zhibao__V1__Record record = ZHIBAO__V1__RECORD__INIT;
	draft->recorded_at_us = clock_now_us(desk->clock);
	result->revision_id = uuid_next(&desk->ids);
	if (entry->item_id)
		memcpy(result->item_id.bytes, entry->item_id, 16);
	else
		result->item_id = uuid_next(&desk->ids);
	record.item_id = (ProtobufCBinaryData){16, result->item_id.bytes};
	record.revision_id = (ProtobufCBinaryData){16, result->revision_id.bytes};
	record.operation = entry->operation;
	/* When nothing of the item is stored, the correction is its first revision. */
	if (entry->item_id && memcmp(draft->newest.revision_id, none, 16) != 0)
		record.base_revision_id = (ProtobufCBinaryData){16, draft->newest.revision_id};
	else
		record.operation = ZHIBAO__V1__OPERATION__OPERATION_SUBMIT;
	record.recorded_at_us = draft->recorded_at_us;
	record.author = (char *)(uintptr_t)(entry->author ? entry->author : "");
	record.on_behalf_of = (char *)(uintptr_t)(entry->on_behalf_of ? entry->on_behalf_of : "");
	record.correction_reason = (char *)(uintptr_t)(entry->correction_reason ? entry->correction_reason : "");
	record.programme = (char *)(uintptr_t)registry_programme(desk->registry)->id;
	record.programme_version = registry_programme(desk->registry)->version;
	record.body_case = (Zhibao__V1__Record__BodyCase)draft->kind->body_number;
	record.office_profile = (void *)draft->body; /* every member of the oneof is a pointer */
	struct check_context context = {
		.registry = desk->registry,
		.author_office_code = desk->office_code,
		.today_on = shanghai_date(draft->recorded_at_us),
		.is_entry = true,
		.has_plan_item = has_plan_item,
		.context = desk,
	};
	if (entry->operation == ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW &&
	    record.operation != entry->operation)
		problems_add(problems, "E_BASE_MISSING", "item_id", "这条记录没有被中心接收，无需撤回");
	else
		check_record(&record, &context, problems);
	check_reason(desk, &record, problems);
	if (problems->count)
		return;
	draft->len = zhibao__v1__record__get_packed_size(&record);
	if (draft->len > RECORD_MAX_BYTES) {
		problems_add(problems, "E_RECORD_BIG", "", "这条记录共 %zu KiB，超过 %d KiB 的上限，请分成几条录入",
			     draft->len / 1024, RECORD_MAX_BYTES / 1024);
		return;
	}
	draft->bytes = malloc(draft->len + 1);
	if (draft->bytes)
		zhibao__v1__record__pack(&record, draft->bytes);
	result->kind = draft->kind;
}

int desk_enter(struct desk *desk, const struct desk_entry *entries, size_t count,
	       struct desk_result *results, struct problems *problems, struct err *err)
{
	struct draft *drafts = calloc(count + 1, sizeof(*drafts));
	struct outbox_entry *good = calloc(count + 1, sizeof(*good));
	size_t good_count = 0;
	uint64_t seq = 0;
	int rc = -1;
	if (!drafts || !good) {
		err_set(err, ERR_NOMEM, "内存不足");
		goto out;
	}
	for (size_t i = 0; i < count; i++) {
		results[i] = (struct desk_result){0};
		problems[i].count = 0;
		prepare(desk, &entries[i], &drafts[i], &results[i], &problems[i]);
		if (drafts[i].bytes)
			good[good_count++] = (struct outbox_entry){
				results[i].item_id.bytes, results[i].revision_id.bytes,
				drafts[i].kind->body_number, (int)entries[i].operation,
				drafts[i].recorded_at_us, drafts[i].bytes, drafts[i].len};
	}
	rc = good_count ? outbox_append(desk->outbox, good, good_count, &seq, err) : 0;
	for (size_t i = 0; i < count && rc == 0; i++)
		if (drafts[i].bytes)
			results[i].seq = seq++;
out:
	for (size_t i = 0; drafts && i < count; i++)
		draft_fini(&drafts[i]);
	free(drafts);
	free(good);
	return rc;
}

json_t *desk_describe(const struct outbox_record *record, bool with_body)
{
	static const char *const operations[] = {"", "submit", "amend", "withdraw"};
	const struct catalog_kind *kind = catalog_kind_by_number(record->kind);
	char item[UUID_TEXT_SIZE], revision[UUID_TEXT_SIZE], at[INSTANT_TEXT_SIZE];
	uuid_format(record->item_id, item);
	uuid_format(record->revision_id, revision);
	instant_format(record->recorded_at_us, at);
	json_t *out = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "item_id", item, "revision_id", revision, "kind",
		kind ? kind->name : "", "label", kind ? kind->label_zh : "", "operation",
		record->operation >= 1 && record->operation <= 3 ? operations[record->operation] : "",
		"recorded_at", at, "seq", (json_int_t)record->seq, "state",
		record->code ? "quarantined" : record->is_acked ? "delivered" : "pending");
	if (out && record->code)
		json_object_set_new(out, "problem",
				    json_pack("{s:s, s:s, s:s}", "code", record->code, "field", record->field,
					      "message", record->text));
	Zhibao__V1__Record *unpacked =
		out && kind ? zhibao__v1__record__unpack(NULL, record->len, record->body) : NULL;
	const struct catalog_kind *found;
	const ProtobufCMessage *body = unpacked ? record_body(unpacked, &found) : NULL;
	if (body) {
		json_t *fields = catalog_to_json(body, found->fields, found->field_count);
		const json_t *title = json_object_get(fields, "theme");
		if (!title)
			title = json_object_get(fields, "title");
		if (title)
			json_object_set(out, "title", (json_t *)(uintptr_t)title);
		json_object_set_new(out, "author", json_string(unpacked->author));
		if (unpacked->correction_reason[0])
			json_object_set_new(out, "correction_reason", json_string(unpacked->correction_reason));
		if (with_body)
			json_object_set(out, "fields", fields);
		json_decref(fields);
	}
	if (unpacked)
		zhibao__v1__record__free_unpacked(unpacked, NULL);
	return out;
}
