/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "calendar.h"
#include "inbox.h"
#include "outbox_private.h"
#include "uuid.h"

/* Notes what a message says about a revision of the item: whether the verdict that holds now is an acceptance. */
static void note_verdict(json_t *accepted, const uint8_t item_id[16], const Zhibao__V1__Downlink *message)
{
	char revision[UUID_TEXT_SIZE];
	if (message->kind != ZHIBAO__V1__DOWNLINK_KIND__DOWNLINK_KIND_REVIEW ||
	    message->verdict == ZHIBAO__V1__VERDICT__VERDICT_UNSPECIFIED || message->revision_id.len != 16 ||
	    message->item_id.len != 16 || memcmp(message->item_id.data, item_id, 16) != 0)
		return;
	uuid_format(message->revision_id.data, revision);
	if (message->verdict == ZHIBAO__V1__VERDICT__VERDICT_ACCEPTED)
		json_object_set_new(accepted, revision, json_true());
	else
		json_object_del(accepted, revision);
}

int inbox_is_accepted(struct outbox *outbox, const uint8_t item_id[16], bool *is_accepted_out, struct err *err)
{
	/* Messages are few, and SQLite searches their bytes much faster than they are unpacked. */
	static const char sql[] = "SELECT body FROM inbox WHERE instr(body, ?1) > 0 ORDER BY seq";
	sqlite3_stmt *statement = NULL;
	int got;
	json_t *accepted = json_object();
	*is_accepted_out = false;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK) {
		json_decref(accepted);
		return outbox_fail(outbox, err);
	}
	sqlite3_bind_blob(statement, 1, item_id, 16, SQLITE_STATIC);
	while ((got = sqlite3_step(statement)) == SQLITE_ROW) {
		Zhibao__V1__Downlink *message = zhibao__v1__downlink__unpack(
			NULL, (size_t)sqlite3_column_bytes(statement, 0), sqlite3_column_blob(statement, 0));
		if (!message)
			continue;
		note_verdict(accepted, item_id, message);
		zhibao__v1__downlink__free_unpacked(message, NULL);
	}
	*is_accepted_out = json_object_size(accepted) > 0;
	json_decref(accepted);
	int rc = got == SQLITE_DONE ? 0 : outbox_fail(outbox, err);
	sqlite3_finalize(statement);
	return rc;
}

static json_t *describe(const Zhibao__V1__Downlink *message)
{
	static const char *const kinds[] = {"other", "notice", "review", "programme", "extension"};
	static const char *const verdicts[] = {"", "pending", "accepted", "returned", "rejected"};
	char at[INSTANT_TEXT_SIZE], item[UUID_TEXT_SIZE] = "";
	size_t kind = (size_t)message->kind < 5 ? (size_t)message->kind : 0;
	size_t verdict = (size_t)message->verdict < 5 ? (size_t)message->verdict : 0;
	instant_format(message->created_at_us, at);
	if (message->item_id.len == 16)
		uuid_format(message->item_id.data, item);
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i}", "seq", (json_int_t)message->seq, "kind",
			 kinds[kind], "created_at", at, "author", message->author, "title", message->title, "text",
			 message->text, "item_id", item, "verdict", verdicts[verdict], "programme", message->programme,
			 "programme_version", (int)message->programme_version);
}

json_t *inbox_list(struct outbox *outbox, uint64_t limit, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(outbox->db, "SELECT body FROM inbox ORDER BY seq DESC LIMIT ?1", -1, &statement, NULL) !=
	    SQLITE_OK) {
		outbox_fail(outbox, err);
		return NULL;
	}
	json_t *list = json_array();
	sqlite3_bind_int64(statement, 1, (int64_t)limit);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		Zhibao__V1__Downlink *message = zhibao__v1__downlink__unpack(
			NULL, (size_t)sqlite3_column_bytes(statement, 0), sqlite3_column_blob(statement, 0));
		if (!message)
			continue;
		json_array_append_new(list, describe(message));
		zhibao__v1__downlink__free_unpacked(message, NULL);
	}
	sqlite3_finalize(statement);
	return list;
}
