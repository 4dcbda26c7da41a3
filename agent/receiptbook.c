/* SPDX-License-Identifier: Apache-2.0 */
#include "receiptbook.h"

#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "outbox_private.h"
#include "uuid.h"

int receiptbook_add(struct outbox *outbox, const struct receipt *receipt,
		    const uint8_t signature[RECEIPT_SIGNATURE_BYTES], const char *signing_key, struct err *err)
{
	static const char sql[] = "INSERT OR IGNORE INTO receipt VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_blob(statement, 1, receipt->outbox_uuid, OUTBOX_UUID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (int64_t)receipt->first_seq);
	sqlite3_bind_int64(statement, 3, (int64_t)receipt->acked_seq);
	sqlite3_bind_blob(statement, 4, receipt->chain, CHAIN_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, receipt->received_at_us);
	sqlite3_bind_blob(statement, 6, signature, RECEIPT_SIGNATURE_BYTES, SQLITE_STATIC);
	sqlite3_bind_text(statement, 7, signing_key, -1, SQLITE_STATIC);
	int rc = outbox_finish(outbox, statement, err);
	sqlite3_finalize(statement);
	return rc;
}

static json_t *hex(const void *data, size_t len)
{
	char *text = malloc(2 * len + 1);
	if (!text)
		return NULL;
	hex_format(data, len, text);
	json_t *json = json_string(text);
	free(text);
	return json;
}

static json_t *hex_column(sqlite3_stmt *statement, int column)
{
	return hex(sqlite3_column_blob(statement, column), (size_t)sqlite3_column_bytes(statement, column));
}

/* Adds the records from seq to acked_seq, and the chain before them. */
static int add_records(struct outbox *outbox, json_t *proof, const void *uuid, int64_t seq, int64_t acked_seq,
		       struct err *err)
{
	static const char sql[] =
		"SELECT sent_seq AS at, body, chain FROM record WHERE sent_uuid = ?1 AND sent_seq BETWEEN ?2 AND ?3"
		" UNION ALL SELECT seq, body, chain FROM record"
		" WHERE ?1 = (SELECT uuid FROM meta) AND seq BETWEEN ?2 AND ?3"
		" UNION ALL SELECT last_seq, NULL, chain FROM gap WHERE ?1 = (SELECT uuid FROM meta) AND last_seq = ?2 ORDER BY at";
	sqlite3_stmt *statement = NULL;
	json_t *records = json_array();
	int got;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return outbox_fail(outbox, err);
	sqlite3_bind_blob(statement, 1, uuid, OUTBOX_UUID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, seq - 1);
	sqlite3_bind_int64(statement, 3, acked_seq);
	while ((got = sqlite3_step(statement)) == SQLITE_ROW) {
		if (sqlite3_column_int64(statement, 0) < seq)
			json_object_set_new(proof, "prev_chain", hex_column(statement, 2));
		else
			json_array_append_new(records, hex_column(statement, 1));
	}
	sqlite3_finalize(statement);
	if (seq == 1) {
		uint8_t start[CHAIN_BYTES];
		chain_start(uuid, start);
		json_object_set_new(proof, "prev_chain", hex(start, CHAIN_BYTES));
	}
	json_object_set_new(proof, "records", records);
	return 0;
}

static json_t *describe(sqlite3_stmt *found, const char *office_code)
{
	char at[INSTANT_TEXT_SIZE];
	instant_format(sqlite3_column_int64(found, 5), at);
	json_t *proof = json_pack("{s:s, s:I, s:I, s:I, s:I, s:s, s:s}", "office_code", office_code, "seq",
				  (json_int_t)sqlite3_column_int64(found, 1), "first_seq",
				  (json_int_t)sqlite3_column_int64(found, 2), "acked_seq",
				  (json_int_t)sqlite3_column_int64(found, 3), "received_at_us",
				  (json_int_t)sqlite3_column_int64(found, 5), "received_at", at, "signing_key",
				  (const char *)sqlite3_column_text(found, 7));
	json_object_set_new(proof, "outbox_uuid", hex_column(found, 0));
	json_object_set_new(proof, "chain", hex_column(found, 4));
	json_object_set_new(proof, "signature", hex_column(found, 6));
	json_object_set_new(proof, "revision_id", hex_column(found, 8));
	return proof;
}

json_t *receiptbook_proof(struct outbox *outbox, const uint8_t item_id[16], const char *office_code,
			  struct err *err)
{
	/* The newest revision that has a receipt; of those that cover it, the one that ends soonest after it. */
	static const char sql[] =
		"SELECT p.uuid, p.seq, c.first_seq, c.acked_seq, c.chain, c.received_at_us, c.signature, c.signing_key, p.revision_id"
		" FROM (SELECT place, revision_id, coalesce(sent_uuid, (SELECT uuid FROM meta)) AS uuid,"
		"   coalesce(sent_seq, seq) AS seq FROM record WHERE item_id = ?1"
		"  UNION ALL SELECT place, revision_id, (SELECT uuid FROM meta), seq FROM record WHERE item_id = ?1 AND sent_uuid IS NOT NULL) p"
		" JOIN receipt c ON c.uuid = p.uuid AND p.seq BETWEEN c.first_seq AND c.acked_seq"
		" ORDER BY p.place DESC, c.acked_seq LIMIT 1";
	sqlite3_stmt *statement = NULL;
	json_t *proof = NULL;
	if (sqlite3_prepare_v2(outbox->db, sql, -1, &statement, NULL) != SQLITE_OK) {
		outbox_fail(outbox, err);
		return NULL;
	}
	sqlite3_bind_blob(statement, 1, item_id, 16, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == OUTBOX_UUID_BYTES) {
		uint8_t uuid[OUTBOX_UUID_BYTES];
		memcpy(uuid, sqlite3_column_blob(statement, 0), sizeof(uuid));
		proof = describe(statement, office_code);
		if (add_records(outbox, proof, uuid, sqlite3_column_int64(statement, 1),
				sqlite3_column_int64(statement, 3), err) < 0) {
			json_decref(proof);
			proof = NULL;
		}
	} else {
		err_set(err, ERR_NOT_FOUND, "E_RECEIPT_NONE 这条记录还没有中心的回执");
	}
	sqlite3_finalize(statement);
	return proof;
}
