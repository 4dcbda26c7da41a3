/* SPDX-License-Identifier: Apache-2.0 */
#include "controldesk.h"

#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "controlfiles.h"

/* What one answer holds at most; whoever wants more asks again. */
enum { PAGE_RECORDS = 1000 };

/* Collects the answers of outbox_list. */
struct listing {
	json_t *array;
	bool with_body;
	uint64_t last_place;
};

static int add_record(void *context, const struct outbox_record *record)
{
	struct listing *listing = context;
	json_array_append_new(listing->array, desk_describe(record, listing->with_body));
	listing->last_place = record->place;
	return 0;
}

static json_t *do_list(struct agent *agent, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "kind"));
	const char *item = json_string_value(json_object_get(request, "item_id"));
	json_int_t limit = json_integer_value(json_object_get(request, "limit"));
	json_int_t before = json_integer_value(json_object_get(request, "before"));
	const struct catalog_kind *kind = name ? catalog_kind_find(name) : NULL;
	struct uuid id;
	struct err err = {0};
	if (name && !kind)
		return control_refuse("E_KIND_UNKNOWN", "没有这种记录类别");
	if (item && uuid_parse(item, strlen(item), &id) < 0)
		return control_refuse("E_ID_BAD", "记录编号应为 UUID");
	struct listing listing = {json_array(), item != NULL, 0};
	struct outbox_query query = {
		.kind = kind ? kind->body_number : 0,
		.item_id = item ? id.bytes : NULL,
		.before_place = before > 0 ? (uint64_t)before : 0,
		.limit = limit <= 0 ? 50 : limit < PAGE_RECORDS ? (uint64_t)limit : PAGE_RECORDS,
	};
	if (outbox_list(agent_outbox(agent), &query, add_record, &listing, &err) < 0) {
		json_decref(listing.array);
		return control_refuse_err(&err);
	}
	if (item && before <= 0 && json_array_size(listing.array) == 0) {
		json_decref(listing.array);
		return control_refuse("E_ITEM_UNKNOWN", "台账里没有这条记录");
	}
	json_t *answer = json_pack("{s:b, s:o}", "ok", 1, "records", listing.array);
	if (json_array_size(listing.array) == query.limit)
		json_object_set_new(answer, "next", json_integer((json_int_t)listing.last_place));
	return answer;
}

/* {"BUSY": 2}: what the centre refused since the start, by code. */
static json_t *refusals(const struct sender *sender)
{
	const ProtobufCEnumDescriptor *codes = &zhibao__v1__nack_code__descriptor;
	json_t *object = json_object();
	for (unsigned i = 0; i < codes->n_values; i++) {
		uint64_t count = sender_refusals(sender, (unsigned)codes->values[i].value);
		if (count > 0)
			json_object_set_new(object, codes->values[i].name + strlen("NACK_CODE_"),
					    json_integer((json_int_t)count));
	}
	return object;
}

static json_t *do_status(struct agent *agent, const char *office_code)
{
	struct outbox_summary summary;
	struct err err = {0};
	char uuid[33], acked_at[INSTANT_TEXT_SIZE] = "", oldest[INSTANT_TEXT_SIZE] = "";
	if (outbox_summary(agent_outbox(agent), &summary, &err) < 0)
		return control_refuse_err(&err);
	hex_format(outbox_uuid(agent_outbox(agent)), OUTBOX_UUID_BYTES, uuid);
	if (summary.centre_time_us)
		instant_format(summary.centre_time_us, acked_at);
	if (summary.oldest_pending_at_us)
		instant_format(summary.oldest_pending_at_us, oldest);
	return json_pack("{s:b, s:s, s:s, s:b, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:o}", "ok", 1,
			 "office_code", office_code, "endpoint",
			 sender_endpoint(agent_sender(agent)), "is_connected", sender_is_open(agent_sender(agent)),
			 "reason", sender_reason(agent_sender(agent)), "outbox_uuid", uuid, "last_seq",
			 (json_int_t)outbox_last_seq(agent_outbox(agent)), "acked_seq",
			 (json_int_t)outbox_acked_seq(agent_outbox(agent)), "records",
			 (json_int_t)summary.records, "pending", (json_int_t)summary.pending,
			 "pending_bytes", (json_int_t)summary.pending_bytes, "quarantined",
			 (json_int_t)summary.quarantined, "oldest_pending_at", oldest, "acked_at",
			 acked_at, "refusals", refusals(agent_sender(agent)));
}

static int parse_entry(const json_t *request, const json_t *object, struct desk_entry *entry,
		       struct uuid *id, struct problems *problems)
{
	const char *item = json_string_value(json_object_get(object, "item_id"));
	const char *operation = json_string_value(json_object_get(object, "operation"));
	entry->kind = json_string_value(json_object_get(object, "kind"));
	entry->fields = json_object_get(object, "fields");
	entry->author = json_string_value(json_object_get(request, "author"));
	entry->on_behalf_of = json_string_value(json_object_get(request, "on_behalf_of"));
	entry->correction_reason = json_string_value(json_object_get(object, "correction_reason"));
	entry->operation = !operation			 ? ZHIBAO__V1__OPERATION__OPERATION_SUBMIT
			   : strcmp(operation, "amend") == 0 ? ZHIBAO__V1__OPERATION__OPERATION_AMEND
			   : strcmp(operation, "withdraw") == 0
				   ? ZHIBAO__V1__OPERATION__OPERATION_WITHDRAW
				   : ZHIBAO__V1__OPERATION__OPERATION_SUBMIT;
	if (entry->operation == ZHIBAO__V1__OPERATION__OPERATION_SUBMIT)
		return 0;
	if (!item || uuid_parse(item, strlen(item), id) < 0) {
		problems_add(problems, "E_ID_BAD", "item_id", "记录编号应为 UUID");
		return -1;
	}
	entry->item_id = id->bytes;
	return 0;
}

static void add_problems(json_t *array, size_t row, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++)
		json_array_append_new(array, json_pack("{s:I, s:s, s:s, s:s}", "row", (json_int_t)row, "code",
						       problems->items[i].code, "field",
						       problems->items[i].field, "message",
						       problems->items[i].text));
}

static json_t *describe_results(const struct desk_result *results, const struct problems *problems,
				size_t count)
{
	json_t *stored = json_array(), *refused = json_array();
	bool is_ok = true;
	for (size_t i = 0; i < count; i++) {
		char item[UUID_TEXT_SIZE], revision[UUID_TEXT_SIZE];
		add_problems(refused, i, &problems[i]);
		if (!results[i].seq) {
			is_ok = false; /* whatever becomes of the words about it */
			continue;
		}
		uuid_format(results[i].item_id.bytes, item);
		uuid_format(results[i].revision_id.bytes, revision);
		json_array_append_new(stored,
				      json_pack("{s:I, s:s, s:s, s:s, s:I}", "row", (json_int_t)i, "item_id", item,
						"revision_id", revision, "kind", results[i].kind->name, "seq",
						(json_int_t)results[i].seq));
	}
	return json_pack("{s:b, s:o, s:o}", "ok", is_ok && json_array_size(refused) == 0, "stored", stored,
			 "problems", refused);
}

json_t *control_desk_enter(struct agent *agent, const json_t *request, uint64_t *last_seq_out)
{
	const json_t *array = json_object_get(request, "entries");
	size_t count = json_array_size(array);
	struct desk_entry *entries = calloc(count + 1, sizeof(*entries));
	struct uuid *ids = calloc(count + 1, sizeof(*ids));
	struct desk_result *results = calloc(count + 1, sizeof(*results));
	struct problems *problems = calloc(count + 1, sizeof(*problems));
	struct problems parsing = {0};
	struct err err = {0};
	json_t *answer = NULL;
	*last_seq_out = 0;
	if (!entries || !ids || !results || !problems)
		goto out;
	for (size_t i = 0; i < count; i++)
		if (parse_entry(request, json_array_get(array, i), &entries[i], &ids[i], &parsing) < 0) {
			answer = control_refuse(parsing.items[0].code, parsing.items[0].text);
			goto out;
		}
	if (agent_enter(agent, entries, count, results, problems, &err) < 0)
		answer = control_refuse_err(&err);
	else
		answer = describe_results(results, problems, count);
	for (size_t i = 0; i < count; i++)
		if (results[i].seq > *last_seq_out)
			*last_seq_out = results[i].seq;
out:
	free(entries);
	free(ids);
	free(results);
	free(problems);
	return answer ? answer : control_refuse("E_MEMORY", "内存不足");
}

void control_desk_look(struct agent *agent, json_t *answer)
{
	json_t *stored = json_object_get(answer, "stored"), *one;
	size_t i;
	json_array_foreach(stored, i, one)
	{
		struct uuid id;
		struct listing listing = {json_array(), false, 0};
		struct outbox_query query = {0, id.bytes, 0, 1};
		const char *item = json_string_value(json_object_get(one, "item_id"));
		uuid_parse(item, strlen(item), &id);
		outbox_list(agent_outbox(agent), &query, add_record, &listing, NULL);
		json_t *record = json_array_get(listing.array, 0);
		json_object_set(one, "state", json_object_get(record, "state"));
		if (json_object_get(record, "problem"))
			json_object_set(one, "problem", json_object_get(record, "problem"));
		json_decref(listing.array);
	}
}

json_t *control_desk_do(struct agent *agent, const char *office_code, const char *op, const json_t *request)
{
	if (strcmp(op, "list") == 0)
		return do_list(agent, request);
	return strcmp(op, "status") == 0 ? do_status(agent, office_code) : NULL;
}
