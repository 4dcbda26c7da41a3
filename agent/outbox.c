/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Debian's SQLite 3.40.1 can damage a WAL that is reset while another connection checkpoints; a rollback
 * journal with one connection is free of that. */
static const char schema[] =
	"CREATE TABLE IF NOT EXISTS meta (is_only INTEGER PRIMARY KEY CHECK (is_only = 1), uuid BLOB NOT NULL,"
	" acked_seq INTEGER NOT NULL, centre_time_us INTEGER NOT NULL, boot_no INTEGER NOT NULL);"
	"CREATE TABLE IF NOT EXISTS record (place INTEGER PRIMARY KEY, seq INTEGER UNIQUE, item_id BLOB NOT NULL,"
	" revision_id BLOB NOT NULL, kind INTEGER NOT NULL, operation INTEGER NOT NULL, recorded_at_us INTEGER NOT NULL,"
	" body BLOB NOT NULL, chain BLOB NOT NULL);"
	"CREATE INDEX IF NOT EXISTS record_by_item ON record (item_id);"
	"CREATE TABLE IF NOT EXISTS verdict (place INTEGER PRIMARY KEY, code TEXT NOT NULL, field TEXT NOT NULL,"
	" text TEXT NOT NULL);";

enum { APPLICATION_ID = 0x5A424F58, SCHEMA_VERSION = 1 };

enum statement {
	INSERT_RECORD,
	READ_FROM,
	CHAIN_OF,
	SET_ACKED,
	INSERT_VERDICT,
	STATEMENT_COUNT
};

static const char *const texts[STATEMENT_COUNT] = {
	[INSERT_RECORD] = ("INSERT INTO record (seq, item_id, revision_id, kind, operation, recorded_at_us, body,"
			   " chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
	[READ_FROM] = "SELECT seq, body FROM record WHERE seq >= ?1 ORDER BY seq",
	[CHAIN_OF] = "SELECT chain FROM record WHERE seq = ?1",
	[SET_ACKED] = "UPDATE meta SET acked_seq = ?1, centre_time_us = ?2",
	[INSERT_VERDICT] = "INSERT OR IGNORE INTO verdict SELECT place, ?2, ?3, ?4 FROM record WHERE seq = ?1",
};

struct outbox {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENT_COUNT];
	const struct random_source *random;
	uint64_t max_bytes, pending_bytes;
	uint8_t uuid[OUTBOX_UUID_BYTES];
	uint64_t last_seq, acked_seq, boot_no;
	int64_t centre_time_us;
	uint8_t chain[CHAIN_BYTES]; /* after last_seq */
};

static int fail(struct outbox *outbox, struct err *err)
{
	int code = sqlite3_errcode(outbox->db) & 0xFF;
	if (code == SQLITE_FULL)
		err_set(err, ERR_FULL, "E_OUTBOX_FULL 磁盘已满，台账无法写入，请清理磁盘");
	else if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		err_set(err, ERR_IO, "E_OUTBOX_LOCKED 台账正被另一个进程使用");
	else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		err_set(err, ERR_DATA, "E_OUTBOX_DAMAGED 台账文件已损坏：%s", sqlite3_errmsg(outbox->db));
	else
		err_set(err, ERR_IO, "E_OUTBOX_IO 台账读写失败：%s", sqlite3_errmsg(outbox->db));
	return -1;
}

static int run(struct outbox *outbox, const char *sql, struct err *err)
{
	return sqlite3_exec(outbox->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(outbox, err);
}

static void undo(struct outbox *outbox)
{
	if (!sqlite3_get_autocommit(outbox->db))
		sqlite3_exec(outbox->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Binds nothing by itself; runs to the end and resets. */
static int finish(struct outbox *outbox, sqlite3_stmt *statement, struct err *err)
{
	int rc = sqlite3_step(statement);
	int failed = rc != SQLITE_DONE ? fail(outbox, err) : 0;
	sqlite3_reset(statement);
	return failed;
}

static int query_number(struct outbox *outbox, const char *sql, int64_t *out, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int rc = -1;
	*out = 0;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return fail(outbox, err);
	int got = sqlite3_step(statement);
	if (got == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	rc = got == SQLITE_ROW || got == SQLITE_DONE ? 0 : fail(outbox, err);
	sqlite3_finalize(statement);
	return rc;
}

static int make(struct outbox *outbox, struct err *err)
{
	int64_t tables, version, application;
	if (query_number(outbox, "SELECT count(*) FROM sqlite_schema", &tables, err) < 0 ||
	    query_number(outbox, "PRAGMA application_id", &application, err) < 0 ||
	    query_number(outbox, "PRAGMA user_version", &version, err) < 0)
		return -1;
	if (tables > 0 && (application != APPLICATION_ID || version != SCHEMA_VERSION)) {
		err_set(err, ERR_DATA, "E_OUTBOX_FOREIGN 文件不是本版本的台账");
		return -1;
	}
	uint8_t uuid[OUTBOX_UUID_BYTES];
	sqlite3_stmt *statement = NULL;
	random_fill(outbox->random, uuid, sizeof(uuid));
	if (run(outbox, "BEGIN IMMEDIATE", err) < 0 || run(outbox, schema, err) < 0 ||
	    run(outbox, "PRAGMA application_id = 0x5A424F58; PRAGMA user_version = 1", err) < 0)
		return -1;
	if (sqlite3_prepare_v2(outbox->db, "INSERT OR IGNORE INTO meta VALUES (1, ?1, 0, 0, 0)", -1,
			       &statement, NULL) != SQLITE_OK)
		return fail(outbox, err);
	sqlite3_bind_blob(statement, 1, uuid, sizeof(uuid), SQLITE_STATIC);
	int rc = finish(outbox, statement, err);
	sqlite3_finalize(statement);
	if (rc < 0 || run(outbox, "UPDATE meta SET boot_no = boot_no + 1; COMMIT", err) < 0)
		return -1;
	return 0;
}

static int load(struct outbox *outbox, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int64_t last, pending;
	if (sqlite3_prepare_v2(outbox->db, "SELECT uuid, acked_seq, centre_time_us, boot_no FROM meta", -1,
			       &statement, NULL) != SQLITE_OK)
		return fail(outbox, err);
	bool is_sound = sqlite3_step(statement) == SQLITE_ROW &&
			sqlite3_column_bytes(statement, 0) == OUTBOX_UUID_BYTES;
	if (is_sound) {
		memcpy(outbox->uuid, sqlite3_column_blob(statement, 0), OUTBOX_UUID_BYTES);
		outbox->acked_seq = (uint64_t)sqlite3_column_int64(statement, 1);
		outbox->centre_time_us = sqlite3_column_int64(statement, 2);
		outbox->boot_no = (uint64_t)sqlite3_column_int64(statement, 3);
	}
	sqlite3_finalize(statement);
	if (!is_sound) {
		err_set(err, ERR_DATA, "E_OUTBOX_DAMAGED 台账的标识已损坏");
		return -1;
	}
	if (query_number(outbox, "SELECT max(seq) FROM record", &last, err) < 0 ||
	    query_number(outbox, "SELECT sum(length(body)) FROM record WHERE seq > (SELECT acked_seq FROM meta)",
			 &pending, err) < 0)
		return -1;
	outbox->last_seq = (uint64_t)last;
	outbox->pending_bytes = (uint64_t)pending;
	return outbox_chain(outbox, outbox->last_seq, outbox->chain, err);
}

int outbox_open(struct outbox **out, const struct outbox_options *options, struct err *err)
{
	*out = NULL;
	struct outbox *outbox = calloc(1, sizeof(*outbox));
	if (!outbox) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	outbox->random = options->random;
	outbox->max_bytes = options->max_bytes;
	if (sqlite3_open_v2(options->path, &outbox->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
	    SQLITE_OK) {
		err_set(err, ERR_IO, "E_OUTBOX_IO 无法打开台账 %s：%s", options->path,
			sqlite3_errmsg(outbox->db));
		goto failed;
	}
	if (run(outbox, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE;"
			"PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF", err) < 0 ||
	    make(outbox, err) < 0)
		goto failed;
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		if (sqlite3_prepare_v2(outbox->db, texts[i], -1, &outbox->statements[i], NULL) != SQLITE_OK) {
			fail(outbox, err);
			goto failed;
		}
	}
	if (load(outbox, err) < 0)
		goto failed;
	*out = outbox;
	return 0;
failed:
	outbox_close(&outbox);
	return -1;
}

void outbox_close(struct outbox **outbox)
{
	if (!*outbox)
		return;
	for (int i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize((*outbox)->statements[i]);
	undo(*outbox);
	sqlite3_close((*outbox)->db);
	free(*outbox);
	*outbox = NULL;
}

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
	return finish(outbox, statement, err);
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
	if (run(outbox, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		chain_step(chain, ++seq, entries[i].body, entries[i].len);
		if (insert(outbox, seq, &entries[i], chain, err) < 0) {
			undo(outbox);
			return -1;
		}
	}
	if (run(outbox, "COMMIT", err) < 0) {
		undo(outbox);
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
		int (*visit)(void *context, uint64_t seq, const uint8_t *body, size_t len), void *context,
		struct err *err)
{
	sqlite3_stmt *statement = outbox->statements[READ_FROM];
	int got, rc = 0;
	sqlite3_bind_int64(statement, 1, (int64_t)first_seq);
	while ((got = sqlite3_step(statement)) == SQLITE_ROW)
		if (visit(context, (uint64_t)sqlite3_column_int64(statement, 0),
			  sqlite3_column_blob(statement, 1), (size_t)sqlite3_column_bytes(statement, 1)) != 0)
			break;
	if (got != SQLITE_ROW && got != SQLITE_DONE)
		rc = fail(outbox, err);
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
	return finish(outbox, statement, err);
}

int outbox_ack(struct outbox *outbox, uint64_t seq, int64_t centre_time_us,
	       const struct outbox_verdict *verdicts, size_t count, struct err *err)
{
	int64_t pending;
	if (seq > outbox->last_seq) {
		err_set(err, ERR_DATA, "acknowledgement beyond the outbox");
		return -1;
	}
	if (run(outbox, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	sqlite3_stmt *statement = outbox->statements[SET_ACKED];
	sqlite3_bind_int64(statement, 1, (int64_t)seq);
	sqlite3_bind_int64(statement, 2, centre_time_us);
	int rc = finish(outbox, statement, err);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = store_verdict(outbox, &verdicts[i], err);
	if (rc < 0 || run(outbox, "COMMIT", err) < 0) {
		undo(outbox);
		return -1;
	}
	outbox->acked_seq = seq;
	outbox->centre_time_us = centre_time_us;
	if (query_number(outbox, "SELECT sum(length(body)) FROM record WHERE seq > (SELECT acked_seq FROM meta)",
			 &pending, err) == 0)
		outbox->pending_bytes = (uint64_t)pending;
	return 0;
}

/* Renumbers what lies beyond shared_seq and computes its chain under the new uuid. */
static int renumber(struct outbox *outbox, uint64_t shared_seq, const uint8_t *uuid,
		    struct err *err)
{
	sqlite3_stmt *select = NULL, *update = NULL;
	uint8_t chain[CHAIN_BYTES];
	uint64_t seq = 0;
	int got, rc = 0;
	chain_start(uuid, chain);
	if (sqlite3_prepare_v2(outbox->db, "SELECT place, body FROM record WHERE seq < 0 AND -seq > ?1 ORDER BY place", -1,
			       &select, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(outbox->db, "UPDATE record SET seq = ?2, chain = ?3 WHERE place = ?1", -1,
			       &update, NULL) != SQLITE_OK)
		rc = fail(outbox, err);
	if (rc == 0)
		sqlite3_bind_int64(select, 1, (int64_t)shared_seq);
	while (rc == 0 && (got = sqlite3_step(select)) == SQLITE_ROW) {
		chain_step(chain, ++seq, sqlite3_column_blob(select, 1),
			   (size_t)sqlite3_column_bytes(select, 1));
		sqlite3_bind_int64(update, 1, sqlite3_column_int64(select, 0));
		sqlite3_bind_int64(update, 2, (int64_t)seq);
		sqlite3_bind_blob(update, 3, chain, CHAIN_BYTES, SQLITE_TRANSIENT);
		rc = finish(outbox, update, err);
	}
	sqlite3_finalize(select);
	sqlite3_finalize(update);
	return rc;
}

int outbox_fork(struct outbox *outbox, uint64_t shared_seq, struct err *err)
{
	uint8_t uuid[OUTBOX_UUID_BYTES];
	sqlite3_stmt *statement = NULL;
	random_fill(outbox->random, uuid, sizeof(uuid));
	if (run(outbox, "BEGIN IMMEDIATE; UPDATE record SET seq = -seq WHERE seq > 0", err) < 0 ||
	    renumber(outbox, shared_seq, uuid, err) < 0 ||
	    run(outbox, "UPDATE record SET seq = NULL WHERE seq < 0", err) < 0 ||
	    sqlite3_prepare_v2(outbox->db, "UPDATE meta SET uuid = ?1, acked_seq = 0", -1, &statement,
			       NULL) != SQLITE_OK) {
		undo(outbox);
		return -1;
	}
	sqlite3_bind_blob(statement, 1, uuid, sizeof(uuid), SQLITE_STATIC);
	int rc = finish(outbox, statement, err);
	sqlite3_finalize(statement);
	if (rc < 0 || run(outbox, "COMMIT", err) < 0) {
		undo(outbox);
		return -1;
	}
	return load(outbox, err);
}

int outbox_list(struct outbox *outbox, unsigned kind, const uint8_t *item_id, uint64_t limit,
		int (*visit)(void *context, const struct outbox_record *record), void *context,
		struct err *err)
{
	static const char sql[] =
		"SELECT r.seq, r.item_id, r.revision_id, r.kind, r.operation, r.recorded_at_us, r.body, v.code, v.field,"
		" v.text FROM record r LEFT JOIN verdict v USING (place) WHERE (?1 = 0 OR r.kind = ?1)"
		" AND (?2 IS NULL OR r.item_id = ?2) ORDER BY r.place DESC LIMIT ?3";
	static const char by_item[] =
		"SELECT r.seq, r.item_id, r.revision_id, r.kind, r.operation, r.recorded_at_us, r.body, v.code, v.field,"
		" v.text FROM record r LEFT JOIN verdict v USING (place) WHERE (?1 = 0 OR r.kind = ?1)"
		" AND r.item_id = ?2 ORDER BY r.place DESC LIMIT ?3";
	sqlite3_stmt *statement = NULL;
	int got, rc = 0;
	if (sqlite3_prepare_v2(outbox->db, item_id ? by_item : sql, -1, &statement, NULL) != SQLITE_OK)
		return fail(outbox, err);
	sqlite3_bind_int64(statement, 1, kind);
	if (item_id)
		sqlite3_bind_blob(statement, 2, item_id, 16, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, (int64_t)limit);
	while ((got = sqlite3_step(statement)) == SQLITE_ROW) {
		struct outbox_record record = {
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
		rc = fail(outbox, err);
	sqlite3_finalize(statement);
	return rc;
}

int outbox_summary(struct outbox *outbox, struct outbox_summary *out, struct err *err)
{
	int64_t records, quarantined, oldest;
	if (query_number(outbox, "SELECT count(*) FROM record", &records, err) < 0 ||
	    query_number(outbox, "SELECT count(*) FROM verdict", &quarantined, err) < 0 ||
	    query_number(outbox, "SELECT min(recorded_at_us) FROM record WHERE seq > (SELECT acked_seq FROM meta)",
			 &oldest, err) < 0)
		return -1;
	*out = (struct outbox_summary){
		.pending = outbox->last_seq - outbox->acked_seq,
		.pending_bytes = outbox->pending_bytes,
		.quarantined = (uint64_t)quarantined,
		.records = (uint64_t)records,
		.oldest_pending_at_us = oldest,
		.centre_time_us = outbox->centre_time_us,
	};
	return 0;
}
