/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "outbox_private.h"
#include "zhibao/v1/session.pb-c.h"

/* What is to become of the records after a point of the stream, in order: a run of sound ones goes on, anything else becomes a
 * gap. Runs, because a ledger has a million records and hardly ever a damaged one. */
struct piece {
	int64_t place;  /* of the first record; 0: there is none */
	uint64_t count; /* numbers it takes: 1 for a record that becomes a gap */
	bool is_sound;
};

struct plan {
	struct piece *pieces; /* owned */
	size_t count, size;
	uint64_t next_seq; /* old numbering: the one expected now */
	uint64_t refused_seq; /* becomes a gap in any case; 0: none */
};

struct row { /* a record being judged, copied */
	int64_t place;
	uint64_t seq;
	uint8_t *body; /* owned */
	size_t len;
	uint8_t chain[CHAIN_BYTES];
	bool has_chain;
};

static int add_piece(struct plan *plan, int64_t place, uint64_t count, bool is_sound, struct err *err)
{
	struct piece *last = plan->count ? &plan->pieces[plan->count - 1] : NULL;
	plan->next_seq += count;
	if (is_sound && last && last->is_sound && place == last->place + (int64_t)last->count) {
		last->count += count;
		return 0;
	}
	if (plan->count == plan->size) {
		size_t size = plan->size ? plan->size * 2 : 64;
		struct piece *pieces = realloc(plan->pieces, size * sizeof(*pieces));
		if (!pieces) {
			err_set(err, ERR_NOMEM, "内存不足");
			return -1;
		}
		plan->pieces = pieces;
		plan->size = size;
	}
	plan->pieces[plan->count++] = (struct piece){place, count, is_sound};
	return 0;
}

static int copy_row(sqlite3_stmt *statement, struct row *row, struct err *err)
{
	*row = (struct row){.place = sqlite3_column_int64(statement, 0),
			    .seq = (uint64_t)sqlite3_column_int64(statement, 1),
			    .len = (size_t)sqlite3_column_bytes(statement, 2),
			    .has_chain = sqlite3_column_bytes(statement, 3) == CHAIN_BYTES};
	row->body = malloc(row->len + 1);
	if (!row->body) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	if (row->len)
		memcpy(row->body, sqlite3_column_blob(statement, 2), row->len);
	if (row->has_chain)
		memcpy(row->chain, sqlite3_column_blob(statement, 3), CHAIN_BYTES);
	return 0;
}

static bool leads_to(const uint8_t *chain, const struct row *row)
{
	uint8_t next[CHAIN_BYTES];
	memcpy(next, chain, CHAIN_BYTES);
	chain_step(next, row->seq, row->body, row->len);
	return row->has_chain && memcmp(next, row->chain, CHAIN_BYTES) == 0;
}

/* The chain that was stored before a record: of the record or gap before it. */
struct before {
	bool is_known;
	uint8_t chain[CHAIN_BYTES];
};

/* Judges a record by the chain before it and, in doubt, by the record after it: when that one fits the bytes, only the stored
 * chain is damaged. Moves before on. */
static bool is_sound(struct before *before, const struct row *row, const struct row *next)
{
	uint8_t computed[CHAIN_BYTES];
	bool fits = !before->is_known || leads_to(before->chain, row);
	memcpy(computed, before->chain, CHAIN_BYTES);
	chain_step(computed, row->seq, row->body, row->len);
	if (!fits && next && next->seq == row->seq + 1 && leads_to(computed, next)) {
		memcpy(before->chain, computed, CHAIN_BYTES);
		return true;
	}
	before->is_known = row->has_chain;
	memcpy(before->chain, row->chain, CHAIN_BYTES);
	return fits;
}

static int judge(struct outbox *outbox, struct plan *plan, struct before *before, const struct row *row,
		 const struct row *next, struct err *err)
{
	if (row->seq > plan->next_seq) { /* numbers without a record: a gap from before, or rows that are gone */
		before->is_known = outbox_chain(outbox, row->seq - 1, before->chain, NULL) == 0;
		if (add_piece(plan, 0, row->seq - plan->next_seq, false, err) < 0)
			return -1;
	}
	bool sound = is_sound(before, row, next) && row->seq != plan->refused_seq;
	return add_piece(plan, row->place, 1, sound, err);
}

static int make_plan(struct outbox *outbox, uint64_t from_seq, struct plan *plan, struct err *err)
{
	static const char sql[] = "SELECT place, seq, body, chain FROM record WHERE seq > ?1 ORDER BY seq";
	sqlite3_stmt *statement = NULL;
	struct before before = {true, {0}};
	struct row row = {0}, next = {0};
	bool has_row = false;
	int got = SQLITE_DONE, rc = 0;
	plan->next_seq = from_seq + 1;
	if (outbox_chain(outbox, from_seq, before.chain, err) < 0)
		return -1;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_int64(statement, 1, (int64_t)from_seq);
	while (rc == 0 && (got = sqlite3_step(statement)) == SQLITE_ROW) {
		rc = copy_row(statement, &next, err);
		if (rc == 0 && has_row)
			rc = judge(outbox, plan, &before, &row, &next, err);
		free(row.body);
		row = next;
		next.body = NULL;
		has_row = true;
	}
	if (rc == 0 && got != SQLITE_DONE)
		rc = outbox_fail(outbox, err);
	if (rc == 0 && has_row)
		rc = judge(outbox, plan, &before, &row, NULL, err);
	if (rc == 0 && plan->next_seq <= outbox->last_seq)
		rc = add_piece(plan, 0, outbox->last_seq - plan->next_seq + 1, false, err);
	free(row.body);
	sqlite3_finalize(statement);
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

enum { SET_APART, EXPLAIN, BODY_OF, SET_PLACE, CARRY_STATEMENTS };

/* The statements of a rebuild, and where it stands. */
struct carry {
	struct outbox *outbox;
	sqlite3_stmt *statements[CARRY_STATEMENTS];
	uint64_t seq; /* new numbering: the last one given */
	uint8_t chain[CHAIN_BYTES];
	enum outbox_loss loss;
};

/* The row stays in the ledger for the clerk, outside the stream, with the reason as its verdict. */
static int set_apart(struct carry *carry, int64_t place, struct err *err)
{
	static const struct {
		const char *code, *text;
	} words[] = {
		[OUTBOX_DAMAGED] = {"E_LEDGER_DAMAGED", "台账中这条记录已损坏，没有送达，请重新录入"},
		[OUTBOX_REFUSED] = {"E_RECORD_REFUSED", "中心不能接收这条记录，请重新录入"},
	};
	sqlite3_stmt *explain = carry->statements[EXPLAIN];
	sqlite3_bind_int64(explain, 1, place);
	sqlite3_bind_text(explain, 2, words[carry->loss].code, -1, SQLITE_STATIC);
	sqlite3_bind_text(explain, 3, words[carry->loss].text, -1, SQLITE_STATIC);
	sqlite3_bind_int64(carry->statements[SET_APART], 1, place);
	if (outbox_finish(carry->outbox, explain, err) < 0)
		return -1;
	return outbox_finish(carry->outbox, carry->statements[SET_APART], err);
}

static int carry_gap(struct carry *carry, const struct piece *piece, struct err *err)
{
	uint64_t first_seq = carry->seq + 1;
	carry->seq += piece->count;
	if (piece->place && set_apart(carry, piece->place, err) < 0)
		return -1;
	return insert_gap(carry->outbox, first_seq, carry->seq, carry->loss == OUTBOX_REFUSED ? "refused" : "damaged",
			  carry->chain, err);
}

static int carry_record(struct carry *carry, int64_t place, struct err *err)
{
	sqlite3_stmt *body = carry->statements[BODY_OF], *set = carry->statements[SET_PLACE];
	carry->seq++;
	sqlite3_bind_int64(body, 1, place);
	if (sqlite3_step(body) != SQLITE_ROW) {
		sqlite3_reset(body);
		return outbox_fail(carry->outbox, err);
	}
	chain_step(carry->chain, carry->seq, sqlite3_column_blob(body, 0), (size_t)sqlite3_column_bytes(body, 0));
	sqlite3_reset(body);
	sqlite3_bind_int64(set, 1, place);
	sqlite3_bind_int64(set, 2, (int64_t)carry->seq);
	sqlite3_bind_blob(set, 3, carry->chain, CHAIN_BYTES, SQLITE_TRANSIENT);
	return outbox_finish(carry->outbox, set, err);
}

static int carry_run(struct carry *carry, const struct piece *piece, struct err *err)
{
	for (uint64_t i = 0; i < piece->count; i++)
		if (carry_record(carry, piece->place + (int64_t)i, err) < 0)
			return -1;
	return 0;
}

/* Numbers and chains the pieces of a plan from carry->seq and carry->chain on. */
static int carry_out(struct carry *carry, const struct plan *plan, struct err *err)
{
	static const char *const sql[CARRY_STATEMENTS] = {
		[SET_APART] = "UPDATE record SET seq = NULL WHERE place = ?1",
		[EXPLAIN] = "INSERT OR REPLACE INTO verdict VALUES (?1, ?2, '', ?3)",
		[BODY_OF] = "SELECT body FROM record WHERE place = ?1",
		[SET_PLACE] = "UPDATE record SET seq = ?2, chain = ?3 WHERE place = ?1",
	};
	int rc = 0;
	for (int i = 0; i < CARRY_STATEMENTS && rc == 0; i++)
		if (sqlite3_prepare_v2(carry->outbox->db, sql[i], -1, &carry->statements[i], NULL) != SQLITE_OK)
			rc = outbox_fail(carry->outbox, err);
	for (size_t i = 0; i < plan->count && rc == 0; i++)
		rc = plan->pieces[i].is_sound ? carry_run(carry, &plan->pieces[i], err)
					      : carry_gap(carry, &plan->pieces[i], err);
	for (int i = 0; i < CARRY_STATEMENTS; i++)
		sqlite3_finalize(carry->statements[i]);
	return rc;
}

static int drop_gaps(struct outbox *outbox, uint64_t from_seq, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(outbox->db, "DELETE FROM gap WHERE first_seq > ?1", -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_int64(statement, 1, (int64_t)from_seq);
	int rc = outbox_finish(outbox, statement, err);
	sqlite3_finalize(statement);
	return rc;
}

int outbox_mend(struct outbox *outbox, uint64_t first_seq, enum outbox_loss loss, struct err *err)
{
	struct plan plan = {.refused_seq = loss == OUTBOX_REFUSED ? first_seq : 0};
	struct carry carry = {.outbox = outbox, .seq = first_seq - 1, .loss = loss};
	int rc = -1;
	if (outbox_run(outbox, "BEGIN IMMEDIATE", err) == 0 &&
	    outbox_chain(outbox, first_seq - 1, carry.chain, err) == 0 &&
	    make_plan(outbox, first_seq - 1, &plan, err) == 0 && drop_gaps(outbox, first_seq - 1, err) == 0 &&
	    carry_out(&carry, &plan, err) == 0)
		rc = outbox_run(outbox, "COMMIT", err);
	free(plan.pieces);
	if (rc < 0) {
		outbox_undo(outbox);
		return -1;
	}
	return outbox_load(outbox, err);
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
	/* Numbers are taken away first, so that old and new ones never meet. */
	static const char leave[] =
		"UPDATE record SET sent_uuid = (SELECT uuid FROM meta), sent_seq = seq WHERE seq > 0;"
		" UPDATE record SET seq = NULL; DELETE FROM gap";
	uint8_t uuid[OUTBOX_UUID_BYTES];
	struct plan plan = {0};
	struct carry carry = {.outbox = outbox, .loss = OUTBOX_DAMAGED};
	int rc = -1;
	random_fill(outbox->random, uuid, sizeof(uuid));
	chain_start(uuid, carry.chain);
	if (outbox_run(outbox, "BEGIN IMMEDIATE", err) == 0 && make_plan(outbox, shared_seq, &plan, err) == 0 &&
	    outbox_run(outbox, leave, err) == 0 && carry_out(&carry, &plan, err) == 0 &&
	    store_new_stream(outbox, shared_seq, uuid, err) == 0)
		rc = outbox_run(outbox, "COMMIT", err);
	free(plan.pieces);
	if (rc < 0) {
		outbox_undo(outbox);
		return -1;
	}
	return outbox_load(outbox, err);
}
