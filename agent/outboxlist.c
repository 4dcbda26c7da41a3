/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "outbox_private.h"

int outbox_list(struct outbox *outbox, const struct outbox_query *query,
		int (*visit)(void *context, const struct outbox_record *record), void *context,
		struct err *err)
{
#define COLUMNS \
	"SELECT r.seq, r.item_id, r.revision_id, r.kind, r.operation, r.recorded_at_us, r.body, v.code, v.field, v.text," \
	" r.place" \
	" FROM record r LEFT JOIN verdict v USING (place) "
	/* One for each way in, as a condition that may be absent keeps SQLite from using an index. */
	static const char newest[] = COLUMNS "WHERE r.place < ?4 ORDER BY r.place DESC LIMIT ?3";
	static const char of_kind[] = COLUMNS "WHERE r.kind = ?1 AND r.place < ?4 ORDER BY r.place DESC LIMIT ?3";
	static const char of_item[] =
		COLUMNS "WHERE (?1 = 0 OR +r.kind = ?1) AND r.item_id = ?2 AND r.place < ?4 ORDER BY r.place DESC LIMIT ?3";
#undef COLUMNS
	const char *sql = query->item_id ? of_item : query->kind ? of_kind : newest;
	sqlite3_stmt *statement = NULL;
	int got, rc = 0;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_int64(statement, 1, query->kind);
	if (query->item_id)
		sqlite3_bind_blob(statement, 2, query->item_id, 16, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, query->limit < INT64_MAX ? (int64_t)query->limit : INT64_MAX);
	sqlite3_bind_int64(statement, 4, query->before_place ? (int64_t)query->before_place : INT64_MAX);
	while ((got = sqlite3_step(statement)) == SQLITE_ROW) {
		struct outbox_record record = {
			.place = (uint64_t)sqlite3_column_int64(statement, 10),
			.seq = (uint64_t)sqlite3_column_int64(statement, 0),
			.kind = (unsigned)sqlite3_column_int64(statement, 3),
			.operation = sqlite3_column_int(statement, 4),
			.recorded_at_us = sqlite3_column_int64(statement, 5),
			.body = sqlite3_column_blob(statement, 6),
			.len = (size_t)sqlite3_column_bytes(statement, 6),
			.code = (const char *)sqlite3_column_text(statement, 7),
			.field = (const char *)sqlite3_column_text(statement, 8),
			.text = (const char *)sqlite3_column_text(statement, 9),
		};
		if (sqlite3_column_bytes(statement, 1) != 16 || sqlite3_column_bytes(statement, 2) != 16) {
			err_set(err, ERR_DATA, "E_OUTBOX_DAMAGED 台账含有无效编号");
			rc = -1;
			break;
		}
		memcpy(record.item_id, sqlite3_column_blob(statement, 1), 16);
		memcpy(record.revision_id, sqlite3_column_blob(statement, 2), 16);
		record.is_acked = record.seq == 0 || record.seq <= outbox->acked_seq;
		if (visit(context, &record) != 0)
			break;
	}
	if (rc == 0 && got != SQLITE_ROW && got != SQLITE_DONE)
		rc = outbox_fail(outbox, err);
	sqlite3_finalize(statement);
	return rc;
}

int outbox_summary(struct outbox *outbox, struct outbox_summary *out, struct err *err)
{
	/* No row is ever deleted, so the newest place is their number. What waits longest is what was recorded first. */
	int64_t records, oldest;
	if (outbox_number(outbox, "SELECT max(place) FROM record", &records, err) < 0 ||
	    outbox_number(outbox,
			  "SELECT recorded_at_us FROM record WHERE seq > (SELECT acked_seq FROM meta) ORDER BY seq LIMIT 1",
			  &oldest, err) < 0)
		return -1;
	*out = (struct outbox_summary){
		.pending = outbox->last_seq - outbox->acked_seq,
		.pending_bytes = outbox->pending_bytes,
		.quarantined = outbox->quarantined,
		.records = (uint64_t)records,
		.oldest_pending_at_us = oldest,
		.centre_time_us = outbox->centre_time_us,
	};
	return 0;
}
