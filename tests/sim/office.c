/* SPDX-License-Identifier: Apache-2.0 */
#include "office.h"

#include <stdlib.h>
#include <string.h>

#include "catalog_text.h"
#include "log.h"

const char *const office_author = "虚构经办人";

static void put_uuid(json_t *object, const char *name, const ProtobufCBinaryData *id)
{
	char text[UUID_TEXT_SIZE];
	if (id->len != 16)
		return;
	uuid_format(id->data, text);
	json_object_set_new(object, name, json_string(text));
}

/* One line per revision, read back from the ledger: what will be sent, byte for byte, as JSON. */
static int log_record(void *context, const struct outbox_body *body)
{
	static const char *const operations[] = {"", "submit", "amend", "withdraw"};
	struct office *office = context;
	const struct catalog_kind *kind;
	Zhibao__V1__Record *record = zhibao__v1__record__unpack(NULL, body->len, body->data);
	const ProtobufCMessage *message = record ? record_body(record, &kind) : NULL;
	if (message) {
		json_t *line = json_pack("{s:s, s:s, s:s, s:I, s:o}", "office", office->info->code, "kind",
					 kind->name, "op", operations[record->operation], "seq",
					 (json_int_t)body->seq, "body",
					 catalog_to_json(message, kind->fields, kind->field_count));
		put_uuid(line, "item_id", &record->item_id);
		put_uuid(line, "revision_id", &record->revision_id);
		put_uuid(line, "base_revision_id", &record->base_revision_id);
		json_dumpf(line, office->log, JSON_COMPACT);
		fputc('\n', office->log);
		json_decref(line);
	}
	if (record)
		zhibao__v1__record__free_unpacked(record, NULL);
	return 0;
}

int office_enter(struct office *office, struct entry *entries, size_t count,
		 struct desk_result *results, struct err *err)
{
	struct desk_entry *desk = calloc(count + 1, sizeof(*desk));
	struct desk_result *own = calloc(count + 1, sizeof(*own));
	struct problems *problems = calloc(count + 1, sizeof(*problems));
	uint64_t before = outbox_last_seq(agent_outbox(office->agent));
	int rc = -1;
	if (!desk || !own || !problems)
		goto out;
	for (size_t i = 0; i < count; i++)
		desk[i] = (struct desk_entry){
			.kind = entries[i].kind,
			.operation = entries[i].kind ? ZHIBAO__V1__OPERATION__OPERATION_SUBMIT
						     : entries[i].operation,
			.item_id = entries[i].kind ? NULL : entries[i].item.bytes,
			.author = office_author,
			.fields = entries[i].fields,
		};
	rc = agent_enter(office->agent, desk, count, own, problems, err);
	for (size_t i = 0; i < count && rc == 0; i++) {
		office->entered += own[i].seq > 0;
		if (problems[i].count) {
			office->refused++;
			log_warn("sim.refused", "office=%s kind=%s code=%s text=\"%s\"", office->info->code,
				 entries[i].kind ? entries[i].kind : "change", problems[i].items[0].code,
				 problems[i].items[0].text);
		}
	}
	if (rc == 0 && office->log)
		rc = outbox_read(agent_outbox(office->agent), before + 1, log_record, office, err);
	if (results)
		memcpy(results, own, count * sizeof(*results));
out:
	for (size_t i = 0; i < count; i++)
		json_decref(entries[i].fields);
	free(desk);
	free(own);
	free(problems);
	return rc;
}

int office_remember_lecture(struct office *office, struct uuid id, bool is_joint)
{
	if (office->lecture_count == office->lecture_size) {
		size_t size = office->lecture_size ? office->lecture_size * 2 : 64;
		struct sim_item *more = realloc(office->lectures, size * sizeof(*more));
		if (!more)
			return -1;
		office->lectures = more;
		office->lecture_size = size;
	}
	office->lectures[office->lecture_count++] = (struct sim_item){id, is_joint};
	return 0;
}

void office_fini(struct office *office)
{
	agent_close(&office->agent);
	free(office->lectures);
}
