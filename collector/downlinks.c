/* SPDX-License-Identifier: Apache-2.0 */
#include "downlinks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "recordwire.h"
#include "sql.h"

static int no_memory(struct err *err)
{
	err_set(err, ERR_NOMEM, "内存不足");
	return -1;
}

static char *text_at(struct pg_rows *rows, int row, int column)
{
	return (char *)(uintptr_t)pg_get_text(rows, row, column);
}

static int add_message(struct job *job, struct pg_rows *rows, int row)
{
	Zhibao__V1__Downlink message = ZHIBAO__V1__DOWNLINK__INIT;
	uint8_t item[16], revision[16];
	size_t len;
	message.seq = (uint64_t)pg_get_int(rows, row, 0);
	message.kind = (Zhibao__V1__DownlinkKind)pg_get_int(rows, row, 1);
	message.created_at_us = pg_get_instant(rows, row, 2);
	message.author = text_at(rows, row, 3);
	message.title = text_at(rows, row, 4);
	message.text = text_at(rows, row, 5);
	pg_get_uuid(rows, row, 6, item);
	pg_get_uuid(rows, row, 7, revision);
	if (!pg_is_null(rows, row, 6))
		message.item_id = (ProtobufCBinaryData){16, item};
	if (!pg_is_null(rows, row, 7))
		message.revision_id = (ProtobufCBinaryData){16, revision};
	message.verdict = (Zhibao__V1__Verdict)pg_get_int(rows, row, 8);
	const uint8_t *file_id = pg_get_bytes(rows, row, 9, &len);
	message.file_id = (ProtobufCBinaryData){len, (uint8_t *)(uintptr_t)file_id};
	message.programme = text_at(rows, row, 10);
	message.programme_version = (uint32_t)pg_get_int(rows, row, 11);
	message.programme_year = (uint32_t)pg_get_int(rows, row, 14);
	message.milestone_no = (uint32_t)pg_get_int(rows, row, 12);
	message.due_at_us = pg_is_null(rows, row, 13) ? 0 : pg_get_instant(rows, row, 13);
	job->acked_seq = message.seq;
	return job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK, &message.base);
}

int downlinks_read(struct pg *pg, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8((int64_t)job->first_seq),
				    pg_int8((int64_t)(job->last_seq - job->first_seq + 1))};
	job->acked_seq = job->first_seq - 1;
	if (pg_exec(pg, SQL_downlink_read, params, 3, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0 && job_reply_bytes(job) < DOWNLINK_BYTES; row++)
		if (add_message(job, rows, row) < 0)
			rc = no_memory(err);
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

int downlinks_acked(struct pg *pg, struct job *job, struct err *err)
{
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id),
				    pg_int8((int64_t)job->last_seq)};
	return pg_exec(pg, SQL_downlink_acked, params, 3, NULL, err);
}

static int add_recalled(struct pg *pg, struct job *job, Zhibao__V1__Recalled *answer, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id)};
	if (!answer->has_more) {
		if (pg_exec(pg, SQL_recall_not_kept, params, 2, &rows, err) < 0)
			return -1;
		answer->not_kept_records = (uint64_t)pg_get_int(rows, 0, 0);
		int rc = pg_rows_check(rows, err);
		pg_rows_free(&rows);
		if (rc < 0)
			return -1;
	}
	if (answer->not_kept_records > 0)
		log_warn("recall.not_kept", "office=%s records=%llu", job->office_code,
			 (unsigned long long)answer->not_kept_records);
	return job_add_reply(job, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALLED, &answer->base) < 0 ? no_memory(err) : 0;
}

/* The message a batch becomes; the records are passed on byte for byte. */
static int add_batch(struct pg *pg, struct job *job, struct pg_rows *rows, struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	size_t len;
	const uint8_t *body = pg_get_bytes(rows, 0, 1, &len);
	int rc = -1;
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	const Zhibao__V1__Batch *batch = (const Zhibao__V1__Batch *)wire_unpack(
		&zhibao__v1__batch__descriptor, &arena, body, len, &problems);
	if (!batch) {
		err_set(err, ERR_DATA, "E_BATCH_DAMAGED 批次 %lld 无法解析", (long long)pg_get_int(rows, 0, 0));
		goto out;
	}
	Zhibao__V1__Recalled answer = ZHIBAO__V1__RECALLED__INIT;
	answer.batch = (uint64_t)pg_get_int(rows, 0, 0);
	answer.records = batch->records;
	answer.n_records = batch->n_records;
	answer.received_at_us = pg_get_instant(rows, 0, 2);
	answer.has_more = pg_get_bool(rows, 0, 3);
	rc = add_recalled(pg, job, &answer, err);
out:
	arena_fini(&arena);
	return rc;
}

int downlinks_recall(struct pg *pg, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	Zhibao__V1__Recall *recall = zhibao__v1__recall__unpack(NULL, job->len, job->body);
	Zhibao__V1__Recalled none = ZHIBAO__V1__RECALLED__INIT;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id),
				    pg_int8(recall ? (int64_t)(recall->after_batch & INT64_MAX) : 0)};
	if (recall)
		zhibao__v1__recall__free_unpacked(recall, NULL);
	if (pg_exec(pg, SQL_recall, params, 3, &rows, err) < 0)
		return -1;
	int rc;
	if (pg_rows_count(rows) > 0)
		rc = add_batch(pg, job, rows, err);
	else
		rc = add_recalled(pg, job, &none, err);
	pg_rows_free(&rows);
	return rc;
}

int downlinks_heads(struct pg *pg, struct downlink_heads **out, struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(pg, SQL_downlink_heads, NULL, 0, &rows, err) < 0)
		return -1;
	size_t count = (size_t)pg_rows_count(rows);
	*out = calloc(1, sizeof(**out) + count * sizeof((*out)->heads[0]));
	for (int row = 0; *out && row < (int)count; row++) {
		struct downlink_head *head = &(*out)->heads[(*out)->count++];
		snprintf(head->office_code, sizeof(head->office_code), "%s", pg_get_text(rows, row, 0));
		head->last_seq = (uint64_t)pg_get_int(rows, row, 1);
	}
	int rc = *out ? pg_rows_check(rows, err) : no_memory(err);
	pg_rows_free(&rows);
	if (rc < 0) {
		free(*out);
		*out = NULL;
	}
	return rc;
}

int downlinks_post(struct pg *pg, const struct downlink_post *post, int64_t *offices_out, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(post->office_code),
				    pg_int4((int32_t)post->kind),
				    pg_text(post->author),
				    pg_text(post->title),
				    pg_text(post->text),
				    pg_bytea(post->file_id, 32),
				    pg_text(post->programme),
				    post->programme ? pg_int4(post->programme_version) : pg_null_int4()};
	if (pg_exec(pg, SQL_downlink_notice, params, 8, &rows, err) < 0)
		return -1;
	if (offices_out)
		*offices_out = pg_get_int(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}
