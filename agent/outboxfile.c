/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox_private.h"

#include <stdlib.h>
#include <string.h>

/* Debian's SQLite 3.40.1 can damage a WAL that is reset while another connection checkpoints; a rollback
 * journal with one connection is free of that. */
static const char schema[] =
	"CREATE TABLE meta (is_only INTEGER PRIMARY KEY CHECK (is_only = 1), uuid BLOB NOT NULL,"
	" acked_seq INTEGER NOT NULL, centre_time_us INTEGER NOT NULL, boot_no INTEGER NOT NULL);"
	"CREATE TABLE record (place INTEGER PRIMARY KEY, seq INTEGER UNIQUE, item_id BLOB NOT NULL,"
	" revision_id BLOB NOT NULL, kind INTEGER NOT NULL, operation INTEGER NOT NULL, recorded_at_us INTEGER NOT NULL,"
	" body BLOB NOT NULL, chain BLOB NOT NULL);"
	"CREATE INDEX record_by_item ON record (item_id);"
	"CREATE TABLE verdict (place INTEGER PRIMARY KEY, code TEXT NOT NULL, field TEXT NOT NULL,"
	" text TEXT NOT NULL);";

/* From version 1 to 2. A record left behind by a fork keeps its place in the old stream (sent_uuid, sent_seq), so that its
 * receipt can still be found; recalled_batch is the newest batch of another outbox taken over, NULL when done. */
static const char to_version_2[] =
	"ALTER TABLE meta ADD COLUMN forked_from BLOB; ALTER TABLE meta ADD COLUMN fork_seq INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE meta ADD COLUMN recalled_batch INTEGER;"
	"ALTER TABLE record ADD COLUMN sent_uuid BLOB; ALTER TABLE record ADD COLUMN sent_seq INTEGER;"
	"CREATE TABLE gap (first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, body BLOB NOT NULL, chain BLOB NOT NULL);"
	"CREATE TABLE receipt (uuid BLOB NOT NULL, first_seq INTEGER NOT NULL, acked_seq INTEGER NOT NULL, chain BLOB NOT NULL,"
	" received_at_us INTEGER NOT NULL, signature BLOB NOT NULL, signing_key TEXT NOT NULL,"
	" PRIMARY KEY (uuid, acked_seq, first_seq)) WITHOUT ROWID;"
	"CREATE TABLE inbox (seq INTEGER PRIMARY KEY, body BLOB NOT NULL, stored_at_us INTEGER NOT NULL);"
	"CREATE TABLE file (file_id BLOB PRIMARY KEY, size_bytes INTEGER NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL,"
	" item_id BLOB, state TEXT NOT NULL, detail TEXT NOT NULL, added_at_us INTEGER NOT NULL);"
	"PRAGMA user_version = 2;";

/* From version 2 to 3: nothing the clerk asks looks at the whole ledger. */
static const char to_version_3[] =
	"CREATE INDEX record_by_kind ON record (kind);"
	"CREATE INDEX record_by_sent ON record (sent_uuid, sent_seq) WHERE sent_uuid IS NOT NULL;"
	"PRAGMA user_version = 3;";

static const char *const upgrades[] = {[1] = to_version_2, [2] = to_version_3}; /* by the version before */

enum { APPLICATION_ID = 0x5A424F58, SCHEMA_VERSION = sizeof(upgrades) / sizeof(upgrades[0]) };

static const char *const texts[OUTBOX_STATEMENTS] = {
	[INSERT_RECORD] = ("INSERT INTO record (seq, item_id, revision_id, kind, operation, recorded_at_us, body,"
			   " chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
	[READ_FROM] = "SELECT seq, body, chain FROM record WHERE seq >= ?1 ORDER BY seq",
	[CHAIN_OF] = "SELECT chain FROM record WHERE seq = ?1 UNION ALL SELECT chain FROM gap WHERE last_seq = ?1",
	[GAP_AT] = "SELECT last_seq, body, chain FROM gap WHERE first_seq = ?1",
	[BYTES_BETWEEN] = "SELECT sum(length(body)) FROM record WHERE seq > ?1 AND seq <= ?2",
	[SET_ACKED] = "UPDATE meta SET acked_seq = ?1, centre_time_us = ?2",
	[INSERT_VERDICT] = "INSERT OR IGNORE INTO verdict SELECT place, ?2, ?3, ?4 FROM record WHERE seq = ?1",
};

int outbox_fail(struct outbox *outbox, struct err *err)
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

int outbox_run(struct outbox *outbox, const char *sql, struct err *err)
{
	return sqlite3_exec(outbox->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : outbox_fail(outbox, err);
}

void outbox_undo(struct outbox *outbox)
{
	if (!sqlite3_get_autocommit(outbox->db))
		sqlite3_exec(outbox->db, "ROLLBACK", NULL, NULL, NULL);
}

int outbox_finish(struct outbox *outbox, sqlite3_stmt *statement, struct err *err)
{
	int rc = sqlite3_step(statement);
	int failed = rc != SQLITE_DONE ? outbox_fail(outbox, err) : 0;
	sqlite3_reset(statement);
	return failed;
}

int outbox_number(struct outbox *outbox, const char *sql, int64_t *out, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int rc = -1;
	*out = 0;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	int got = sqlite3_step(statement);
	if (got == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	rc = got == SQLITE_ROW || got == SQLITE_DONE ? 0 : outbox_fail(outbox, err);
	sqlite3_finalize(statement);
	return rc;
}

static int make(struct outbox *outbox, struct err *err)
{
	int64_t tables, version, application;
	if (outbox_number(outbox, "SELECT count(*) FROM sqlite_schema", &tables, err) < 0 ||
	    outbox_number(outbox, "PRAGMA application_id", &application, err) < 0 ||
	    outbox_number(outbox, "PRAGMA user_version", &version, err) < 0)
		return -1;
	if (tables > 0 && (application != APPLICATION_ID || version < 1 || version > SCHEMA_VERSION)) {
		err_set(err, ERR_DATA, "E_OUTBOX_FOREIGN 文件不是本版本的台账");
		return -1;
	}
	uint8_t uuid[OUTBOX_UUID_BYTES];
	sqlite3_stmt *statement = NULL;
	random_fill(outbox->random, uuid, sizeof(uuid));
	if (outbox_run(outbox, "BEGIN IMMEDIATE", err) < 0 || (tables == 0 && outbox_run(outbox, schema, err) < 0))
		return -1;
	for (int64_t from = tables ? version : 1; from < SCHEMA_VERSION; from++)
		if (outbox_run(outbox, upgrades[from], err) < 0)
			return -1;
	if (outbox_run(outbox, "PRAGMA application_id = 0x5A424F58", err) < 0)
		return -1;
	if (sqlite3_prepare_v2(outbox->db, "INSERT OR IGNORE INTO meta (is_only, uuid, acked_seq, centre_time_us, boot_no, recalled_batch)"
			       " VALUES (1, ?1, 0, 0, 0, 0)", -1,
			       &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_blob(statement, 1, uuid, sizeof(uuid), SQLITE_STATIC);
	int rc = outbox_finish(outbox, statement, err);
	sqlite3_finalize(statement);
	if (rc < 0 || outbox_run(outbox, "UPDATE meta SET boot_no = boot_no + 1; COMMIT", err) < 0)
		return -1;
	return 0;
}

int outbox_load(struct outbox *outbox, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	int64_t last, pending, inbox, quarantined;
	if (sqlite3_prepare_v2(outbox->db, "SELECT uuid, acked_seq, centre_time_us, boot_no, forked_from, fork_seq FROM meta", -1,
			       &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	bool is_sound = sqlite3_step(statement) == SQLITE_ROW &&
			sqlite3_column_bytes(statement, 0) == OUTBOX_UUID_BYTES;
	if (is_sound) {
		memcpy(outbox->uuid, sqlite3_column_blob(statement, 0), OUTBOX_UUID_BYTES);
		outbox->acked_seq = (uint64_t)sqlite3_column_int64(statement, 1);
		outbox->centre_time_us = sqlite3_column_int64(statement, 2);
		outbox->boot_no = (uint64_t)sqlite3_column_int64(statement, 3);
		outbox->is_forked = sqlite3_column_bytes(statement, 4) == OUTBOX_UUID_BYTES;
		if (outbox->is_forked)
			memcpy(outbox->forked_from, sqlite3_column_blob(statement, 4), OUTBOX_UUID_BYTES);
		outbox->fork_seq = (uint64_t)sqlite3_column_int64(statement, 5);
	}
	sqlite3_finalize(statement);
	if (!is_sound) {
		err_set(err, ERR_DATA, "E_OUTBOX_DAMAGED 台账的标识已损坏");
		return -1;
	}
	if (outbox_number(outbox, "SELECT max(last) FROM (SELECT max(seq) AS last FROM record UNION ALL SELECT max(last_seq) FROM gap)",
			  &last, err) < 0 ||
	    outbox_number(outbox, "SELECT max(seq) FROM inbox", &inbox, err) < 0 ||
	    outbox_number(outbox, "SELECT count(*) FROM verdict", &quarantined, err) < 0 ||
	    outbox_number(outbox, "SELECT sum(length(body)) FROM record WHERE seq > (SELECT acked_seq FROM meta)",
			 &pending, err) < 0)
		return -1;
	outbox->last_seq = (uint64_t)last;
	outbox->inbox_seq = (uint64_t)inbox;
	outbox->pending_bytes = (uint64_t)pending;
	outbox->quarantined = (uint64_t)quarantined;
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
	if (outbox_run(outbox, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE;"
			"PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;"
			"PRAGMA cache_size = -2048; PRAGMA mmap_size = 0", err) < 0 || /* the same memory whatever the size of the ledger */
	    make(outbox, err) < 0)
		goto failed;
	for (int i = 0; i < OUTBOX_STATEMENTS; i++) {
		if (sqlite3_prepare_v2(outbox->db, texts[i], -1, &outbox->statements[i], NULL) != SQLITE_OK) {
			outbox_fail(outbox, err);
			goto failed;
		}
	}
	if (outbox_load(outbox, err) < 0)
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
	for (int i = 0; i < OUTBOX_STATEMENTS; i++)
		sqlite3_finalize((*outbox)->statements[i]);
	outbox_undo(*outbox);
	sqlite3_close((*outbox)->db);
	free(*outbox);
	*outbox = NULL;
}
