/* SPDX-License-Identifier: Apache-2.0 */
#include "group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "check.h"
#include "log.h"
#include "project.h"
#include "recordwire.h"
#include "sql.h"

/* FAST trusts that revisions are new and lets the primary key say otherwise; CAREFUL looks each one up first and
 * stores it under a savepoint of its own. */
enum mode { FAST, CAREFUL };

struct key {
	char office_code[CODE_SIZE];
	uint8_t item_id[16];
};

struct group {
	struct projection *projection;
	struct key *plan_items; /* of this group, not yet visible to a query */
	size_t plan_count, plan_size;
	struct pg *pg;                   /* of the call */
	const struct registry *registry; /* of the call */
	enum mode mode;
	int64_t received_at_us, batch_id; /* of the batch in hand */
};

int group_new(struct group **out, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	if (projection_new(&(*out)->projection, err) < 0) {
		group_free(out);
		return -1;
	}
	return 0;
}

void group_free(struct group **group)
{
	if (!*group)
		return;
	projection_free(&(*group)->projection);
	free((*group)->plan_items);
	free(*group);
	*group = NULL;
}

static bool has_plan_item(void *context, const char *office_code, const uint8_t item_id[16])
{
	struct group *group = context;
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(office_code), pg_uuid(item_id)};
	for (size_t i = 0; i < group->plan_count; i++)
		if (strcmp(group->plan_items[i].office_code, office_code) == 0 &&
		    memcmp(group->plan_items[i].item_id, item_id, 16) == 0)
			return true;
	/* A failed query fails the transaction, so what is answered here is never kept. */
	if (pg_exec(group->pg, SQL_plan_item_exists, params, 2, &rows, NULL) < 0)
		return false;
	bool exists = pg_get_bool(rows, 0, 0);
	pg_rows_free(&rows);
	return exists;
}

static void remember_plan_item(struct group *group, const char *office_code, const uint8_t *item_id)
{
	if (group->plan_count == group->plan_size) {
		size_t size = group->plan_size ? group->plan_size * 2 : 64;
		struct key *items = realloc(group->plan_items, size * sizeof(*items));
		if (!items)
			return; /* the record that credits it is put aside and can be sent again */
		group->plan_items = items;
		group->plan_size = size;
	}
	struct key *key = &group->plan_items[group->plan_count++];
	snprintf(key->office_code, sizeof(key->office_code), "%s", office_code);
	memcpy(key->item_id, item_id, 16);
}

static int set_aside(struct group *group, struct job *job, uint64_t seq,
		     const ProtobufCBinaryData *bytes, const Zhibao__V1__Record *record,
		     const struct problems *problems, struct err *err)
{
	const struct catalog_kind *kind = NULL;
	const struct problem *problem = &problems->items[0];
	const uint8_t *item = NULL, *revision = NULL, *base = NULL;
	if (record) {
		record_body(record, &kind);
		item = record->item_id.len == 16 ? record->item_id.data : NULL;
		revision = record->revision_id.len == 16 ? record->revision_id.data : NULL;
		base = record->base_revision_id.len == 16 ? record->base_revision_id.data : NULL;
	}
	struct pg_param params[] = {pg_text(job->office_code),
				    pg_int8(job->stream_id),
				    pg_int8((int64_t)seq),
				    pg_int8(group->batch_id),
				    pg_instant(group->received_at_us),
				    pg_uuid(item),
				    pg_uuid(revision),
				    pg_uuid(base),
				    pg_text(kind ? kind->name : NULL),
				    pg_text(problem->code),
				    pg_text(problem->field),
				    pg_text(problem->text),
				    pg_bytea(bytes->data ? bytes->data : (const uint8_t *)"", bytes->len)};
	if (pg_exec(group->pg, SQL_quarantine_insert, params, 13, NULL, err) < 0)
		return -1;
	if (job_add_verdict(job, seq, problem->code, problem->field, problem->text) < 0) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	return 0;
}

enum known { KNOWN_NEW, KNOWN_SAME, KNOWN_OTHER, KNOWN_FAILED };

/* Was this revision stored before, and with the same bytes? */
static enum known look_up(struct group *group, const char *office_code,
			  const Zhibao__V1__Record *record, const ProtobufCBinaryData *bytes,
			  struct err *err)
{
	struct pg_rows *rows;
	struct arena arena;
	struct problems problems = {0};
	struct pg_param params[] = {pg_text(office_code), pg_uuid(record->item_id.data),
				    pg_uuid(record->revision_id.data)};
	if (pg_exec(group->pg, SQL_revision_source, params, 3, &rows, err) < 0)
		return KNOWN_FAILED;
	if (pg_rows_count(rows) == 0) {
		pg_rows_free(&rows);
		return KNOWN_NEW;
	}
	size_t len;
	uint64_t place = (uint64_t)(pg_get_int(rows, 0, 0) - pg_get_int(rows, 0, 1));
	const uint8_t *body = pg_get_bytes(rows, 0, 2, &len);
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	const Zhibao__V1__Batch *batch = (const Zhibao__V1__Batch *)wire_unpack(
		&zhibao__v1__batch__descriptor, &arena, body, len, &problems);
	bool is_same = batch && place < batch->n_records && batch->records[place].len == bytes->len &&
		       memcmp(batch->records[place].data, bytes->data, bytes->len) == 0;
	arena_fini(&arena);
	pg_rows_free(&rows);
	return is_same ? KNOWN_SAME : KNOWN_OTHER;
}

/* Copies the one row that waits, under a savepoint; a refusal becomes a problem. */
static int store_single(struct group *group, struct problems *problems, struct err *err)
{
	struct err refusal = {0};
	if (pg_script(group->pg, "SAVEPOINT record", err) < 0)
		return -1;
	if (projection_flush(group->projection, group->pg, &refusal) == 0)
		return pg_script(group->pg, "RELEASE SAVEPOINT record", err);
	if (refusal.code == ERR_RETRY) {
		if (err)
			*err = refusal;
		return -1;
	}
	problems_add(problems, "E_STORE_REFUSED", "", "中心未能存储这条记录：%.200s", refusal.text);
	return pg_script(group->pg, "ROLLBACK TO SAVEPOINT record", err);
}

static int store_checked(struct group *group, struct job *job, uint64_t seq,
			 const ProtobufCBinaryData *bytes, const Zhibao__V1__Record *record,
			 struct problems *problems, struct err *err)
{
	const struct catalog_kind *kind;
	const ProtobufCMessage *body = record_body(record, &kind);
	const char *office_code = record_office(record, job->office_code);
	struct row_head head = {office_code, job->office_code, group->received_at_us, group->batch_id, seq};
	if (group->mode != FAST) {
		enum known known = look_up(group, office_code, record, bytes, err);
		if (known == KNOWN_FAILED)
			return -1;
		if (known == KNOWN_SAME)
			return 0; /* a repeat under another stream: harmless */
		if (known == KNOWN_OTHER) {
			problems_add(problems, "E_REVISION_CHANGED", "revision_id",
				     "同一版本编号已存有不同内容，保留先到的一份，请重新更正");
			return 0;
		}
	}
	projection_add(group->projection, kind, record, body, &head);
	if (strcmp(kind->name, "plan_item") == 0)
		remember_plan_item(group, office_code, record->item_id.data);
	return group->mode == CAREFUL ? store_single(group, problems, err) : 0;
}

static int store_record(struct group *group, struct job *job, uint64_t seq,
			const ProtobufCBinaryData *bytes, struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	struct check_context context = {
		.registry = group->registry,
		.author_office_code = job->office_code,
		.today_on = shanghai_date(group->received_at_us),
		.has_plan_item = has_plan_item,
		.context = group,
	};
	int rc = 0;
	arena_init(&arena, WIRE_FLOOR_BYTES + bytes->len * WIRE_EXPANSION);
	const Zhibao__V1__Record *record = (const Zhibao__V1__Record *)wire_unpack(
		&zhibao__v1__record__descriptor, &arena, bytes->data, bytes->len, &problems);
	if (record)
		check_record(record, &context, &problems);
	if (record && problems.count == 0)
		rc = store_checked(group, job, seq, bytes, record, &problems, err);
	if (rc == 0 && problems.count > 0)
		rc = set_aside(group, job, seq, bytes, record, &problems, err);
	arena_fini(&arena);
	return rc;
}

static int take_receipt(struct group *group, struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(group->pg, SQL_receipt, NULL, 0, &rows, err) < 0)
		return -1;
	group->received_at_us = pg_get_instant(rows, 0, 0);
	group->batch_id = pg_get_int(rows, 0, 1);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int add_probes(struct group *group, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id)};
	if (pg_exec(group->pg, SQL_stream_probes, params, 2, &rows, err) < 0)
		return -1;
	job->probes = calloc(MAX_PROBES, sizeof(*job->probes));
	for (int row = 0; job->probes && row < pg_rows_count(rows) && row < MAX_PROBES; row++) {
		size_t len;
		const uint8_t *chain = pg_get_bytes(rows, row, 1, &len);
		if (len != CHAIN_BYTES)
			continue;
		job->probes[job->probe_count].seq = (uint64_t)pg_get_int(rows, row, 0);
		memcpy(job->probes[job->probe_count++].chain, chain, CHAIN_BYTES);
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

/* A batch that did not continue its stream: why, and where the stream stands. */
static int explain(struct group *group, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id)};
	if (pg_exec(group->pg, SQL_stream_read, params, 2, &rows, err) < 0)
		return -1;
	uint64_t gen = pg_rows_count(rows) ? (uint64_t)pg_get_int(rows, 0, 0) : 0;
	job->acked_seq = pg_rows_count(rows) ? (uint64_t)pg_get_int(rows, 0, 1) : 0;
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0)
		return -1;
	if (gen != job->session_gen)
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED;
	else if (job->acked_seq >= job->last_seq)
		return pg_exec(group->pg, SQL_stream_duplicate, params, 2, NULL, err);
	else if (job->acked_seq + 1 < job->first_seq)
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP;
	else if (job->acked_seq + 1 > job->first_seq)
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC;
	else {
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_FORK;
		return add_probes(group, job, err);
	}
	return 0;
}

static int keep_batch(struct group *group, struct job *job, struct err *err)
{
	struct pg_param params[] = {pg_text(job->office_code),
				    pg_int8(group->batch_id),
				    pg_int8(job->stream_id),
				    pg_int8(job->key_id),
				    pg_int8((int64_t)job->first_seq),
				    pg_int8((int64_t)job->last_seq),
				    pg_bytea(job->prev_chain, CHAIN_BYTES),
				    pg_bytea(job->chain, CHAIN_BYTES),
				    pg_instant(group->received_at_us),
				    pg_bytea(job->body, job->len)};
	return pg_exec(group->pg, SQL_batch_insert, params, 10, NULL, err);
}

static int run_batch(struct group *group, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	struct arena arena;
	struct problems problems = {0};
	if (take_receipt(group, err) < 0)
		return -1;
	struct pg_param params[] = {pg_text(job->office_code),
				    pg_int8(job->stream_id),
				    pg_int8((int64_t)job->session_gen),
				    pg_int8((int64_t)job->first_seq - 1),
				    pg_bytea(job->prev_chain, CHAIN_BYTES),
				    pg_int8((int64_t)job->last_seq),
				    pg_bytea(job->chain, CHAIN_BYTES),
				    pg_instant(group->received_at_us)};
	if (pg_exec(group->pg, SQL_stream_advance, params, 8, &rows, err) < 0)
		return -1;
	bool is_next = pg_rows_count(rows) == 1;
	pg_rows_free(&rows);
	job->received_at_us = group->received_at_us;
	if (!is_next)
		return explain(group, job, err);
	job->acked_seq = job->last_seq;
	if (keep_batch(group, job, err) < 0)
		return -1;
	arena_init(&arena, WIRE_FLOOR_BYTES + job->len * WIRE_EXPANSION);
	const Zhibao__V1__Batch *batch = (const Zhibao__V1__Batch *)wire_unpack(
		&zhibao__v1__batch__descriptor, &arena, job->body, job->len, &problems);
	int rc = batch ? 0 : -1; /* intake has unpacked it before */
	for (size_t i = 0; rc == 0 && i < batch->n_records; i++)
		rc = store_record(group, job, job->first_seq + i, &batch->records[i], err);
	arena_fini(&arena);
	return rc;
}

static int add_missed_verdicts(struct group *group, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id),
				    pg_int8((int64_t)job->known_seq)};
	if (pg_exec(group->pg, SQL_quarantine_since, params, 3, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++)
		rc = job_add_verdict(job, (uint64_t)pg_get_int(rows, row, 0), pg_get_text(rows, row, 1),
				     pg_get_text(rows, row, 2), pg_get_text(rows, row, 3));
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int run_hello(struct group *group, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	uint8_t start[CHAIN_BYTES];
	size_t len;
	chain_start(job->outbox_uuid, start);
	struct pg_param params[] = {pg_text(job->office_code),
				    pg_bytea(job->outbox_uuid, OUTBOX_UUID_BYTES), pg_int8(job->key_id),
				    pg_bytea(start, CHAIN_BYTES)};
	if (pg_exec(group->pg, SQL_stream_hello, params, 4, &rows, err) < 0)
		return -1;
	job->stream_id = pg_get_int(rows, 0, 0);
	job->session_gen = (uint64_t)pg_get_int(rows, 0, 1);
	job->acked_seq = (uint64_t)pg_get_int(rows, 0, 2);
	const uint8_t *chain = pg_get_bytes(rows, 0, 3, &len);
	if (len == CHAIN_BYTES)
		memcpy(job->chain, chain, CHAIN_BYTES);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	snprintf(job->programme, sizeof(job->programme), "%s", registry_programme(group->registry));
	job->programme_version = registry_version(group->registry);
	if (rc < 0 || add_probes(group, job, err) < 0)
		return -1;
	return add_missed_verdicts(group, job, err);
}

static enum pg_outcome try(struct group *group, enum mode mode, struct job **jobs, size_t count,
			   struct err *err)
{
	group->mode = mode;
	group->plan_count = 0;
	projection_reset(group->projection);
	for (size_t i = 0; i < count; i++)
		job_clear_answer(jobs[i]);
	int rc = pg_begin(group->pg, err);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = jobs[i]->kind == JOB_HELLO ? run_hello(group, jobs[i], err)
						: run_batch(group, jobs[i], err);
	if (rc == 0)
		rc = projection_flush(group->projection, group->pg, err);
	if (rc == 0)
		return pg_commit(group->pg, err);
	pg_rollback(group->pg);
	return PG_REFUSED;
}

/* 0 stored; -1 nothing may be acknowledged. Goes on to a slower way only when the data was refused. */
static int settle(enum pg_outcome outcome, struct err *err, bool *is_refused)
{
	*is_refused = outcome == PG_REFUSED && err->code == ERR_DATA;
	return outcome == PG_STORED ? 0 : -1;
}

int group_store(struct group *group, struct pg *pg, const struct registry *registry,
		struct job **jobs, size_t count, struct err *err)
{
	bool is_refused;
	group->pg = pg;
	group->registry = registry;
	if (settle(try(group, FAST, jobs, count, err), err, &is_refused) == 0)
		return 0;
	if (!is_refused)
		return -1;
	log_info("store.slow", "jobs=%zu cause=\"%s\"", count, err->text);
	for (size_t i = 0; i < count; i++) {
		if (settle(try(group, CAREFUL, &jobs[i], 1, err), err, &is_refused) < 0) {
			if (!is_refused)
				return -1;
			/* Even record by record it was refused: a fault of ours, kept at the agent. */
			log_error("store.refused", "office=%s first_seq=%llu cause=\"%s\"",
				  jobs[i]->office_code, (unsigned long long)jobs[i]->first_seq, err->text);
			job_clear_answer(jobs[i]);
			jobs[i]->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY;
		}
	}
	return 0;
}
