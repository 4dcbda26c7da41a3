/* SPDX-License-Identifier: Apache-2.0 */
#include "receiptcheck.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "receipt.h"
#include "recordwire.h"
#include "registry.h"
#include "sql.h"
#include "uuid.h"
#include "zhibao/v1/session.pb-c.h"

struct proof {
	struct receipt receipt;
	uint8_t signature[RECEIPT_SIGNATURE_BYTES];
	const char *signing_key; /* borrowed from json */
	uint64_t seq;            /* of the record in question */
	uint8_t prev_chain[CHAIN_BYTES];
	const json_t *records; /* texts: seq .. acked_seq */
	json_t *json;
};

static int hex_of(const json_t *object, const char *key, uint8_t *out, size_t len)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? hex_parse(text, strlen(text), out, len) : -1;
}

static int read_proof(const char *path, struct proof *proof, struct err *err)
{
	json_error_t why;
	proof->json = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	const json_t *json = proof->json;
	struct receipt *receipt = &proof->receipt;
	receipt->office_code = json_string_value(json_object_get(json, "office_code"));
	proof->signing_key = json_string_value(json_object_get(json, "signing_key"));
	proof->records = json_object_get(json, "records");
	receipt->first_seq = (uint64_t)json_integer_value(json_object_get(json, "first_seq"));
	receipt->acked_seq = (uint64_t)json_integer_value(json_object_get(json, "acked_seq"));
	receipt->received_at_us = json_integer_value(json_object_get(json, "received_at_us"));
	proof->seq = (uint64_t)json_integer_value(json_object_get(json, "seq"));
	if (receipt->office_code && proof->signing_key && strlen(receipt->office_code) < CODE_SIZE && proof->seq > 0 &&
	    proof->seq <= receipt->acked_seq && receipt->first_seq <= proof->seq &&
	    json_array_size(proof->records) == receipt->acked_seq - proof->seq + 1 &&
	    hex_of(json, "outbox_uuid", receipt->outbox_uuid, OUTBOX_UUID_BYTES) == 0 &&
	    hex_of(json, "chain", receipt->chain, CHAIN_BYTES) == 0 &&
	    hex_of(json, "prev_chain", proof->prev_chain, CHAIN_BYTES) == 0 &&
	    hex_of(json, "signature", proof->signature, RECEIPT_SIGNATURE_BYTES) == 0)
		return 0;
	err_set(err, ERR_DATA, "E_RECEIPT_BAD %s 不是回执文件%s%s", path, json ? "" : "：", json ? "" : why.text);
	return -1;
}

static int check_signature(struct pg *pg, const struct proof *proof, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param name = pg_text(proof->signing_key);
	size_t len;
	if (pg_exec(pg, SQL_signing_key_find, &name, 1, &rows, err) < 0)
		return -1;
	bool is_ours = false;
	if (pg_rows_count(rows) == 1) {
		const uint8_t *key = pg_get_bytes(rows, 0, 0, &len);
		is_ours = len == SIGN_PUBLIC_BYTES && receipt_verify(&proof->receipt, proof->signature, key);
	}
	pg_rows_free(&rows);
	if (is_ours)
		return 0;
	err_set(err, ERR_DATA, "E_RECEIPT_FORGED 签名不是中心签发的");
	return -1;
}

/* The bytes of records[i]; owned. */
static uint8_t *record_bytes(const struct proof *proof, size_t i, size_t *len_out)
{
	const char *text = json_string_value(json_array_get(proof->records, i));
	size_t len = text ? strlen(text) : 1;
	uint8_t *bytes = len % 2 == 0 ? malloc(len / 2 + 1) : NULL;
	if (bytes && hex_parse(text, len, bytes, len / 2) < 0) {
		free(bytes);
		return NULL;
	}
	*len_out = len / 2;
	return bytes;
}

/* Do the records lead from prev_chain to the chain that was signed? */
static int check_records(const struct proof *proof, struct err *err)
{
	uint8_t chain[CHAIN_BYTES];
	memcpy(chain, proof->prev_chain, CHAIN_BYTES);
	for (size_t i = 0; i < json_array_size(proof->records); i++) {
		size_t len;
		uint8_t *bytes = record_bytes(proof, i, &len);
		if (!bytes) {
			err_set(err, ERR_DATA, "E_RECEIPT_BAD 回执文件中的记录 %zu 不是十六进制", i);
			return -1;
		}
		chain_step(chain, proof->seq + i, bytes, len);
		free(bytes);
	}
	if (memcmp(chain, proof->receipt.chain, CHAIN_BYTES) == 0)
		return 0;
	err_set(err, ERR_DATA, "E_RECEIPT_FORGED 签名是中心的，但不是为这些记录签发的");
	return -1;
}

/* The bytes were not kept. The chain was: it is made of this record and all before it. */
static bool has_chain(struct pg_rows *rows, const struct proof *proof)
{
	size_t len;
	const uint8_t *chain = pg_get_bytes(rows, 0, 4, &len);
	return len == CHAIN_BYTES && memcmp(chain, proof->receipt.chain, CHAIN_BYTES) == 0;
}

/* Is the first record of the proof what the store holds at its place? */
static bool is_stored(struct pg_rows *rows, const struct proof *proof)
{
	struct arena arena;
	struct problems problems = {0};
	size_t len, bytes_len = 0;
	const uint8_t *body = pg_get_bytes(rows, 0, 2, &len);
	uint64_t place = proof->seq - (uint64_t)pg_get_int(rows, 0, 1);
	uint8_t *bytes = record_bytes(proof, 0, &bytes_len);
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	const Zhibao__V1__Batch *batch = (const Zhibao__V1__Batch *)wire_unpack(
		&zhibao__v1__batch__descriptor, &arena, body, len, &problems);
	bool is_same = batch && bytes && place < batch->n_records && batch->records[place].len == bytes_len &&
		       memcmp(batch->records[place].data, bytes, bytes_len) == 0;
	arena_fini(&arena);
	free(bytes);
	return is_same;
}

static int check_store(struct pg *pg, const struct proof *proof, FILE *out, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(proof->receipt.office_code),
				    pg_bytea(proof->receipt.outbox_uuid, OUTBOX_UUID_BYTES),
				    pg_int8((int64_t)proof->seq),
				    pg_int8((int64_t)proof->receipt.acked_seq)};
	char at[INSTANT_TEXT_SIZE];
	if (pg_exec(pg, SQL_receipt_batch, params, 4, &rows, err) < 0)
		return -1;
	bool is_found = pg_rows_count(rows) == 1, is_bare = is_found && pg_is_null(rows, 0, 2);
	bool is_there = is_found && (is_bare ? has_chain(rows, proof) : is_stored(rows, proof));
	instant_format(proof->receipt.received_at_us, at);
	if (is_there)
		fprintf(out, "回执有效：单位 %s 的第 %" PRIu64 " 条记录，中心于 %s 前收到，批次 %" PRId64 " %s\n",
			proof->receipt.office_code, proof->seq, at, pg_get_int(rows, 0, 0),
			is_bare ? "未保留原文，但链值相符，收到的是同样的内容" : "存有同样的内容");
	else
		err_set(err, ERR_DATA, "E_RECEIPT_LOST 回执是真的，但中心没有存有这条记录：中心在 %s 已确认收到", at);
	pg_rows_free(&rows);
	return is_there ? 0 : -1;
}

int receipt_check_run(struct pg *pg, const char *path, FILE *out, struct err *err)
{
	struct proof proof = {0};
	int rc = read_proof(path, &proof, err);
	if (rc == 0)
		rc = check_signature(pg, &proof, err);
	if (rc == 0)
		rc = check_records(&proof, err);
	if (rc == 0)
		rc = check_store(pg, &proof, out, err);
	json_decref(proof.json);
	return rc;
}
