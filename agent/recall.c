/* SPDX-License-Identifier: Apache-2.0 */
#include "recall.h"

#include <string.h>

#include "arena.h"
#include "log.h"
#include "outbox_private.h"
#include "recordwire.h"

/* The newest batch that is there, 0 when none is; -1: all are. */
static int64_t newest_batch(struct outbox *outbox)
{
	int64_t batch;
	return outbox_number(outbox, "SELECT coalesce(recalled_batch, -1) FROM meta", &batch, NULL) < 0 ? -1 : batch;
}

bool recall_is_due(struct outbox *outbox)
{
	return newest_batch(outbox) >= 0;
}

bool recall_ask(struct outbox *outbox, struct session *session)
{
	Zhibao__V1__Recall recall = ZHIBAO__V1__RECALL__INIT;
	int64_t batch = newest_batch(outbox);
	recall.after_batch = (uint64_t)batch;
	return batch >= 0 && session_send(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALL, &recall.base);
}

/* A record that is there already, by its revision, stays as it is. */
static int insert(struct outbox *outbox, const ProtobufCBinaryData *bytes, struct err *err)
{
	static const char sql[] =
		"INSERT INTO record (seq, item_id, revision_id, kind, operation, recorded_at_us, body, chain)"
		" SELECT NULL, ?1, ?2, ?3, ?4, ?5, ?6, zeroblob(32)"
		" WHERE NOT EXISTS (SELECT 1 FROM record WHERE item_id = ?1 AND revision_id = ?2)";
	struct arena arena;
	struct problems problems = {0};
	sqlite3_stmt *statement = NULL;
	int rc = 0;
	arena_init(&arena, WIRE_FLOOR_BYTES + bytes->len * WIRE_EXPANSION);
	const Zhibao__V1__Record *record = (const Zhibao__V1__Record *)wire_unpack(
		&zhibao__v1__record__descriptor, &arena, bytes->data, bytes->len, &problems);
	if (!record || record->item_id.len != 16 || record->revision_id.len != 16)
		goto out; /* it was put aside when it was sent: nothing to show */
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK) {
		rc = outbox_fail(outbox, err);
		goto out;
	}
	sqlite3_bind_blob(statement, 1, record->item_id.data, 16, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 2, record->revision_id.data, 16, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, (int64_t)record->body_case);
	sqlite3_bind_int64(statement, 4, (int64_t)record->operation);
	sqlite3_bind_int64(statement, 5, record->recorded_at_us);
	sqlite3_bind_blob64(statement, 6, bytes->data, bytes->len, SQLITE_STATIC);
	rc = outbox_finish(outbox, statement, err);
out:
	sqlite3_finalize(statement);
	arena_fini(&arena);
	return rc;
}

static int note_progress(struct outbox *outbox, const Zhibao__V1__Recalled *message, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(outbox->db, "UPDATE meta SET recalled_batch = ?1", -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	if (message->has_more)
		sqlite3_bind_int64(statement, 1, (int64_t)message->batch);
	int rc = outbox_finish(outbox, statement, err);
	sqlite3_finalize(statement);
	return rc;
}

bool recall_take(struct outbox *outbox, const Zhibao__V1__Recalled *message)
{
	struct err err = {0};
	int rc = outbox_run(outbox, "BEGIN IMMEDIATE", &err);
	for (size_t i = 0; i < message->n_records && rc == 0; i++)
		rc = insert(outbox, &message->records[i], &err);
	if (rc == 0)
		rc = note_progress(outbox, message, &err);
	if (rc == 0)
		rc = outbox_run(outbox, "COMMIT", &err);
	if (rc < 0) {
		outbox_undo(outbox);
		log_error("recall.store", "cause=\"%s\"", err.text); /* asked for again in the next session */
		return false;
	}
	if (message->n_records > 0)
		log_info("recall.taken", "batch=%llu records=%zu", (unsigned long long)message->batch,
			 message->n_records);
	if (message->not_kept_records > 0)
		log_warn("recall.not_kept", "records=%llu 中心已存有这些记录，但未保留原文，无法取回到本机台账",
			 (unsigned long long)message->not_kept_records);
	return message->has_more;
}
