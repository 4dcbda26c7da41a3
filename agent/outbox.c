/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox_private.h"

#include <string.h>

static int insert(struct outbox *outbox, uint64_t seq, const struct outbox_entry *entry,
		  const uint8_t chain[CHAIN_BYTES], struct err *err)
{
	sqlite3_stmt *statement = outbox->statements[INSERT_RECORD];
	sqlite3_bind_int64(statement, 1, (int64_t)seq);
	sqlite3_bind_blob(statement, 2, entry->item_id, 16, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 3, entry->revision_id, 16, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 4, entry->kind);
	sqlite3_bind_int64(statement, 5, entry->operation);
	sqlite3_bind_int64(statement, 6, entry->recorded_at_us);
	sqlite3_bind_blob64(statement, 7, entry->body, entry->len, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 8, chain, CHAIN_BYTES, SQLITE_STATIC);
	return outbox_finish(outbox, statement, err);
}

int outbox_append(struct outbox *outbox, const struct outbox_entry *entries, size_t count,
		  uint64_t *first_seq_out, struct err *err)
{
	uint8_t chain[CHAIN_BYTES];
	uint64_t seq = outbox->last_seq, bytes = 0;
	memcpy(chain, outbox->chain, sizeof(chain));
	for (size_t i = 0; i < count; i++)
		bytes += entries[i].len;
	if (bytes > outbox->max_bytes - (outbox->pending_bytes < outbox->max_bytes ? outbox->pending_bytes
										  : outbox->max_bytes)) {
		err_set(err, ERR_FULL, "E_OUTBOX_FULL 待送记录已达上限，请检查到中心的网络");
		return -1;
	}
	if (outbox_run(outbox, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		chain_step(chain, ++seq, entries[i].body, entries[i].len);
		if (insert(outbox, seq, &entries[i], chain, err) < 0) {
			outbox_undo(outbox);
			return -1;
		}
	}
	if (outbox_run(outbox, "COMMIT", err) < 0) {
		outbox_undo(outbox);
		return -1;
	}
	*first_seq_out = outbox->last_seq + 1;
	outbox->last_seq = seq;
	outbox->pending_bytes += bytes;
	memcpy(outbox->chain, chain, sizeof(chain));
	return 0;
}

const uint8_t *outbox_uuid(const struct outbox *outbox)
{
	return outbox->uuid;
}

uint64_t outbox_last_seq(const struct outbox *outbox)
{
	return outbox->last_seq;
}

uint64_t outbox_acked_seq(const struct outbox *outbox)
{
	return outbox->acked_seq;
}

uint64_t outbox_boot_no(const struct outbox *outbox)
{
	return outbox->boot_no;
}

int outbox_chain(struct outbox *outbox, uint64_t seq, uint8_t out[CHAIN_BYTES], struct err *err)
{
	if (seq == 0) {
		chain_start(outbox->uuid, out);
		return 0;
	}
	sqlite3_stmt *statement = outbox->statements[CHAIN_OF];
	sqlite3_bind_int64(statement, 1, (int64_t)seq);
	int got = sqlite3_step(statement);
	bool is_sound = got == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == CHAIN_BYTES;
	if (is_sound)
		memcpy(out, sqlite3_column_blob(statement, 0), CHAIN_BYTES);
	sqlite3_reset(statement);
	if (is_sound)
		return 0;
	err_set(err, got == SQLITE_DONE ? ERR_NOT_FOUND : ERR_DATA, "E_OUTBOX_DAMAGED 台账缺少第 %llu 条的链值",
		(unsigned long long)seq);
	return -1;
}

int outbox_read(struct outbox *outbox, uint64_t first_seq,
		int (*visit)(void *context, const struct outbox_body *body), void *context, struct err *err)
{
	sqlite3_stmt *statement = outbox->statements[READ_FROM];
	int got, rc = 0;
	sqlite3_bind_int64(statement, 1, (int64_t)first_seq);
	while ((got = sqlite3_step(statement)) == SQLITE_ROW) {
		struct outbox_body body = {
			.seq = (uint64_t)sqlite3_column_int64(statement, 0),
			.data = sqlite3_column_blob(statement, 1),
			.len = (size_t)sqlite3_column_bytes(statement, 1),
		};
		if (sqlite3_column_bytes(statement, 2) == CHAIN_BYTES)
			body.chain = sqlite3_column_blob(statement, 2);
		if (visit(context, &body) != 0)
			break;
	}
	if (got != SQLITE_ROW && got != SQLITE_DONE)
		rc = outbox_fail(outbox, err);
	sqlite3_reset(statement);
	return rc;
}

static int store_verdict(struct outbox *outbox, const struct outbox_verdict *verdict,
			 struct err *err)
{
	sqlite3_stmt *statement = outbox->statements[INSERT_VERDICT];
	sqlite3_bind_int64(statement, 1, (int64_t)verdict->seq);
	sqlite3_bind_text(statement, 2, verdict->code, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, verdict->field, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 4, verdict->text, -1, SQLITE_STATIC);
	return outbox_finish(outbox, statement, err);
}

int outbox_mark(struct outbox *outbox, struct outbox_mark *mark, const struct outbox_verdict *verdicts, size_t count,
		struct err *err)
{
	sqlite3_stmt *bytes = outbox->statements[BYTES_BETWEEN], *set = outbox->statements[SET_ACKED];
	if (mark->seq > outbox->last_seq) {
		err_set(err, ERR_DATA, "acknowledgement beyond the outbox");
		return -1;
	}
	sqlite3_bind_int64(bytes, 1, (int64_t)outbox->acked_seq);
	sqlite3_bind_int64(bytes, 2, (int64_t)mark->seq);
	bool is_read = sqlite3_step(bytes) == SQLITE_ROW;
	mark->bytes = is_read ? (uint64_t)sqlite3_column_int64(bytes, 0) : 0;
	if (!is_read)
		outbox_fail(outbox, err);
	sqlite3_reset(bytes);
	if (!is_read)
		return -1;
	sqlite3_bind_int64(set, 1, (int64_t)mark->seq);
	sqlite3_bind_int64(set, 2, mark->centre_time_us);
	if (outbox_finish(outbox, set, err) < 0)
		return -1;
	mark->verdicts = 0;
	for (size_t i = 0; i < count; i++) {
		if (store_verdict(outbox, &verdicts[i], err) < 0)
			return -1;
		mark->verdicts += (uint64_t)sqlite3_changes(outbox->db);
	}
	return 0;
}

void outbox_marked(struct outbox *outbox, const struct outbox_mark *mark)
{
	outbox->acked_seq = mark->seq;
	outbox->centre_time_us = mark->centre_time_us;
	outbox->quarantined += mark->verdicts;
	outbox->pending_bytes -= mark->bytes < outbox->pending_bytes ? mark->bytes : outbox->pending_bytes;
}

int outbox_ack(struct outbox *outbox, uint64_t seq, int64_t centre_time_us,
	       const struct outbox_verdict *verdicts, size_t count, struct err *err)
{
	struct outbox_mark mark = {.seq = seq, .centre_time_us = centre_time_us};
	if (outbox_run(outbox, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	if (outbox_mark(outbox, &mark, verdicts, count, err) < 0 || outbox_run(outbox, "COMMIT", err) < 0) {
		outbox_undo(outbox);
		return -1;
	}
	outbox_marked(outbox, &mark);
	return 0;
}

int outbox_set_back(struct outbox *outbox, uint64_t seq, struct err *err)
{
	sqlite3_stmt *statement = outbox->statements[SET_ACKED];
	sqlite3_bind_int64(statement, 1, (int64_t)seq);
	sqlite3_bind_int64(statement, 2, outbox->centre_time_us);
	if (outbox_finish(outbox, statement, err) < 0)
		return -1;
	return outbox_load(outbox, err);
}

const uint8_t *outbox_forked_from(const struct outbox *outbox, uint64_t *fork_seq_out)
{
	*fork_seq_out = outbox->fork_seq;
	return outbox->is_forked ? outbox->forked_from : NULL;
}

uint64_t outbox_inbox_seq(const struct outbox *outbox)
{
	return outbox->inbox_seq;
}

uint64_t outbox_pending_bytes(const struct outbox *outbox)
{
	return outbox->pending_bytes;
}

int outbox_gap(struct outbox *outbox, uint64_t first_seq, struct outbox_gap *out, struct err *err)
{
	sqlite3_stmt *statement = outbox->statements[GAP_AT];
	sqlite3_bind_int64(statement, 1, (int64_t)first_seq);
	int got = sqlite3_step(statement);
	out->is_found = got == SQLITE_ROW && sqlite3_column_bytes(statement, 1) <= OUTBOX_GAP_MAX &&
			sqlite3_column_bytes(statement, 2) == CHAIN_BYTES;
	if (out->is_found) {
		out->last_seq = (uint64_t)sqlite3_column_int64(statement, 0);
		out->len = (size_t)sqlite3_column_bytes(statement, 1);
		memcpy(out->body, sqlite3_column_blob(statement, 1), out->len);
		memcpy(out->chain, sqlite3_column_blob(statement, 2), CHAIN_BYTES);
	}
	int rc = got == SQLITE_ROW || got == SQLITE_DONE ? 0 : outbox_fail(outbox, err);
	sqlite3_reset(statement);
	return rc;
}
