/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "outbox_private.h"
#include "zhibao/v1/session.pb-c.h"

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
		rc = outbox_fail(outbox, err);
	if (rc == 0)
		sqlite3_bind_int64(select, 1, (int64_t)shared_seq);
	while (rc == 0 && (got = sqlite3_step(select)) == SQLITE_ROW) {
		chain_step(chain, ++seq, sqlite3_column_blob(select, 1),
			   (size_t)sqlite3_column_bytes(select, 1));
		sqlite3_bind_int64(update, 1, sqlite3_column_int64(select, 0));
		sqlite3_bind_int64(update, 2, (int64_t)seq);
		sqlite3_bind_blob(update, 3, chain, CHAIN_BYTES, SQLITE_TRANSIENT);
		rc = outbox_finish(outbox, update, err);
	}
	sqlite3_finalize(select);
	sqlite3_finalize(update);
	return rc;
}

static void store_chain(sqlite3_stmt *update, uint64_t seq, const uint8_t *chain)
{
	sqlite3_bind_int64(update, 1, (int64_t)seq);
	sqlite3_bind_blob(update, 2, chain, CHAIN_BYTES, SQLITE_TRANSIENT);
}

/* Chains the records after a gap anew. One whose stored chain did not fit its bytes before gets a chain that does not fit
 * either, so that its damage is still found when it is read. */
static int rechain(struct outbox *outbox, uint64_t last_seq, const uint8_t *chain_of_gap, struct err *err)
{
	static const uint8_t unfit[CHAIN_BYTES];
	sqlite3_stmt *select = NULL, *update = NULL;
	uint8_t chain[CHAIN_BYTES], old[CHAIN_BYTES];
	bool knows_old = false; /* the first one cannot be checked: what was before it is lost */
	int got = SQLITE_DONE, rc = 0;
	memcpy(chain, chain_of_gap, CHAIN_BYTES);
	if (sqlite3_prepare_v2(outbox->db, "SELECT seq, body, chain FROM record WHERE seq > ?1 ORDER BY seq", -1, &select,
			       NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(outbox->db, "UPDATE record SET chain = ?2 WHERE seq = ?1", -1, &update, NULL) !=
		    SQLITE_OK)
		rc = outbox_fail(outbox, err);
	if (rc == 0)
		sqlite3_bind_int64(select, 1, (int64_t)last_seq);
	while (rc == 0 && (got = sqlite3_step(select)) == SQLITE_ROW) {
		uint64_t seq = (uint64_t)sqlite3_column_int64(select, 0);
		const void *body = sqlite3_column_blob(select, 1);
		size_t len = (size_t)sqlite3_column_bytes(select, 1);
		bool is_sound = sqlite3_column_bytes(select, 2) == CHAIN_BYTES;
		if (knows_old) {
			chain_step(old, seq, body, len);
			is_sound = is_sound && memcmp(old, sqlite3_column_blob(select, 2), CHAIN_BYTES) == 0;
		}
		if (sqlite3_column_bytes(select, 2) == CHAIN_BYTES)
			memcpy(old, sqlite3_column_blob(select, 2), CHAIN_BYTES);
		knows_old = sqlite3_column_bytes(select, 2) == CHAIN_BYTES;
		chain_step(chain, seq, body, len);
		store_chain(update, seq, is_sound ? chain : unfit);
		rc = outbox_finish(outbox, update, err);
	}
	if (rc == 0 && got != SQLITE_DONE)
		rc = outbox_fail(outbox, err);
	sqlite3_finalize(select);
	sqlite3_finalize(update);
	return rc;
}

static int insert_gap(struct outbox *outbox, uint64_t first_seq, uint64_t last_seq, const char *reason,
		      uint8_t chain[CHAIN_BYTES], struct err *err)
{
	static const char sql[] = "INSERT INTO gap (first_seq, last_seq, body, chain) VALUES (?1, ?2, ?3, ?4)";
	Zhibao__V1__Gap gap = ZHIBAO__V1__GAP__INIT;
	uint8_t body[OUTBOX_GAP_MAX];
	sqlite3_stmt *statement = NULL;
	gap.last_seq = last_seq;
	gap.reason = (char *)(uintptr_t)reason;
	if (zhibao__v1__gap__get_packed_size(&gap) > sizeof(body)) {
		err_set(err, ERR_INTERNAL, "gap reason too long");
		return -1;
	}
	size_t len = zhibao__v1__gap__pack(&gap, body);
	chain_step(chain, last_seq, body, len);
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_int64(statement, 1, (int64_t)first_seq);
	sqlite3_bind_int64(statement, 2, (int64_t)last_seq);
	sqlite3_bind_blob(statement, 3, body, (int)len, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 4, chain, CHAIN_BYTES, SQLITE_STATIC);
	int rc = outbox_finish(outbox, statement, err);
	sqlite3_finalize(statement);
	return rc;
}

/* The rows stay in the ledger for the clerk, outside the stream, with the reason as their verdict. */
static int set_apart(struct outbox *outbox, uint64_t first_seq, uint64_t last_seq, const char *code,
		     const char *text, struct err *err)
{
	static const char *const sql[] = {
		"INSERT OR REPLACE INTO verdict SELECT place, ?3, '', ?4 FROM record WHERE seq BETWEEN ?1 AND ?2",
		"UPDATE record SET seq = NULL WHERE seq BETWEEN ?1 AND ?2",
	};
	for (int i = 0; i < 2; i++) {
		sqlite3_stmt *statement = NULL;
		if (sqlite3_prepare_v2(outbox->db, sql[i], -1, &statement, NULL) != SQLITE_OK)
			return outbox_fail(outbox, err);
		sqlite3_bind_int64(statement, 1, (int64_t)first_seq);
		sqlite3_bind_int64(statement, 2, (int64_t)last_seq);
		if (i == 0) {
			sqlite3_bind_text(statement, 3, code, -1, SQLITE_STATIC);
			sqlite3_bind_text(statement, 4, text, -1, SQLITE_STATIC);
		}
		int rc = outbox_finish(outbox, statement, err);
		sqlite3_finalize(statement);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* Are the bytes whole and only their stored chain damaged? The record after it tells. */
static int repair_chain(struct outbox *outbox, uint64_t seq, const uint8_t *prev_chain, bool *is_repaired_out,
			struct err *err)
{
	static const char sql[] = "SELECT a.body, b.body, b.chain FROM record a JOIN record b ON b.seq = a.seq + 1 WHERE a.seq = ?1";
	sqlite3_stmt *select = NULL, *update = NULL;
	uint8_t chain[CHAIN_BYTES], next[CHAIN_BYTES];
	int rc = 0;
	*is_repaired_out = false;
	memcpy(chain, prev_chain, CHAIN_BYTES);
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &select, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_int64(select, 1, (int64_t)seq);
	if (sqlite3_step(select) == SQLITE_ROW && sqlite3_column_bytes(select, 2) == CHAIN_BYTES) {
		chain_step(chain, seq, sqlite3_column_blob(select, 0), (size_t)sqlite3_column_bytes(select, 0));
		memcpy(next, chain, CHAIN_BYTES);
		chain_step(next, seq + 1, sqlite3_column_blob(select, 1), (size_t)sqlite3_column_bytes(select, 1));
		*is_repaired_out = memcmp(next, sqlite3_column_blob(select, 2), CHAIN_BYTES) == 0;
	}
	sqlite3_finalize(select);
	if (!*is_repaired_out)
		return 0;
	if (sqlite3_prepare_v2(outbox->db, "UPDATE record SET chain = ?2 WHERE seq = ?1", -1, &update, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	store_chain(update, seq, chain);
	rc = outbox_finish(outbox, update, err);
	sqlite3_finalize(update);
	return rc;
}

static int make_gap(struct outbox *outbox, uint64_t first_seq, uint64_t last_seq, enum outbox_loss loss,
		    struct err *err)
{
	static const struct {
		const char *reason, *code, *text;
	} words[] = {
		[OUTBOX_DAMAGED] = {"damaged", "E_LEDGER_DAMAGED", "台账中这条记录已损坏，没有送达，请重新录入"},
		[OUTBOX_REFUSED] = {"refused", "E_RECORD_REFUSED", "中心不能接收这条记录，请重新录入"},
	};
	uint8_t chain[CHAIN_BYTES];
	if (outbox_chain(outbox, first_seq - 1, chain, err) < 0 ||
	    set_apart(outbox, first_seq, last_seq, words[loss].code, words[loss].text, err) < 0 ||
	    insert_gap(outbox, first_seq, last_seq, words[loss].reason, chain, err) < 0)
		return -1;
	return rechain(outbox, last_seq, chain, err);
}

int outbox_mend(struct outbox *outbox, uint64_t first_seq, uint64_t last_seq, enum outbox_loss loss,
		struct err *err)
{
	uint8_t prev_chain[CHAIN_BYTES];
	bool is_repaired = false;
	if (outbox_chain(outbox, first_seq - 1, prev_chain, err) < 0 || outbox_run(outbox, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	int rc = 0;
	if (loss == OUTBOX_DAMAGED && first_seq == last_seq)
		rc = repair_chain(outbox, first_seq, prev_chain, &is_repaired, err);
	if (rc == 0 && !is_repaired)
		rc = make_gap(outbox, first_seq, last_seq, loss, err);
	if (rc < 0 || outbox_run(outbox, "COMMIT", err) < 0) {
		outbox_undo(outbox);
		return -1;
	}
	return outbox_load(outbox, err);
}

/* Gaps beyond the shared point were never told to the centre: they go to the end of the new stream. */
static int carry_gaps(struct outbox *outbox, uint64_t shared_seq, const uint8_t *uuid, struct err *err)
{
	enum { MAX_GAPS = 256 };
	uint64_t sizes[MAX_GAPS];
	size_t count = 0;
	int64_t last;
	sqlite3_stmt *statement = NULL;
	uint8_t chain[CHAIN_BYTES];
	if (sqlite3_prepare_v2(outbox->db, "SELECT last_seq - first_seq + 1 FROM gap WHERE last_seq > ?1", -1, &statement,
			       NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_int64(statement, 1, (int64_t)shared_seq);
	while (count < MAX_GAPS && sqlite3_step(statement) == SQLITE_ROW)
		sizes[count++] = (uint64_t)sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	if (outbox_run(outbox, "DELETE FROM gap", err) < 0 ||
	    outbox_number(outbox, "SELECT max(seq) FROM record", &last, err) < 0)
		return -1;
	uint64_t seq = last > 0 ? (uint64_t)last : 0;
	if (seq == 0)
		chain_start(uuid, chain);
	else if (outbox_chain(outbox, seq, chain, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (insert_gap(outbox, seq + 1, seq + sizes[i], "damaged", chain, err) < 0)
			return -1;
		seq += sizes[i];
	}
	return 0;
}

static int store_new_stream(struct outbox *outbox, uint64_t shared_seq, const uint8_t *uuid, struct err *err)
{
	static const char sql[] = "UPDATE meta SET forked_from = uuid, fork_seq = ?2, uuid = ?1, acked_seq = 0";
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_blob(statement, 1, uuid, OUTBOX_UUID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (int64_t)shared_seq);
	int rc = outbox_finish(outbox, statement, err);
	sqlite3_finalize(statement);
	return rc;
}

int outbox_fork(struct outbox *outbox, uint64_t shared_seq, struct err *err)
{
	uint8_t uuid[OUTBOX_UUID_BYTES];
	random_fill(outbox->random, uuid, sizeof(uuid));
	if (outbox_run(outbox, "BEGIN IMMEDIATE; UPDATE record SET sent_uuid = (SELECT uuid FROM meta), sent_seq = seq WHERE seq > 0;"
			       " UPDATE record SET seq = -seq WHERE seq > 0", err) < 0 ||
	    renumber(outbox, shared_seq, uuid, err) < 0 ||
	    outbox_run(outbox, "UPDATE record SET seq = NULL WHERE seq < 0", err) < 0 ||
	    carry_gaps(outbox, shared_seq, uuid, err) < 0 ||
	    store_new_stream(outbox, shared_seq, uuid, err) < 0 || outbox_run(outbox, "COMMIT", err) < 0) {
		outbox_undo(outbox);
		return -1;
	}
	return outbox_load(outbox, err);
}
