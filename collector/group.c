/* SPDX-License-Identifier: Apache-2.0 */
#include "group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "downlinks.h"
#include "log.h"
#include "records.h"
#include "registrar.h"
#include "sql.h"
#include "stream.h"

struct group {
	struct records *records;
	int64_t key_overlap_ms;
	struct pg *pg;                   /* of the call */
	const struct registry *registry; /* of the call */
};

int group_new(struct group **out, int64_t key_overlap_ms, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	(*out)->key_overlap_ms = key_overlap_ms;
	if (records_new(&(*out)->records, err) < 0) {
		group_free(out);
		return -1;
	}
	return 0;
}

void group_free(struct group **group)
{
	if (!*group)
		return;
	records_free(&(*group)->records);
	free(*group);
	*group = NULL;
}

/* The instant of receipt and a number for the next batch. */
static int take_receipt(struct group *group, struct job *job, int64_t *batch_id_out, struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(group->pg, SQL_receipt, NULL, 0, &rows, err) < 0)
		return -1;
	job->received_at_us = pg_get_instant(rows, 0, 0);
	*batch_id_out = pg_get_int(rows, 0, 1);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int keep_batch(struct group *group, struct job *job, int64_t batch_id, struct err *err)
{
	struct pg_param params[] = {pg_text(job->office_code),
				    pg_int8(batch_id),
				    pg_int8(job->stream_id),
				    pg_int8(job->key_id),
				    pg_int8((int64_t)job->first_seq),
				    pg_int8((int64_t)job->last_seq),
				    pg_bytea(job->prev_chain, CHAIN_BYTES),
				    pg_bytea(job->chain, CHAIN_BYTES),
				    pg_instant(job->received_at_us),
				    pg_bytea(job->body, job->len)};
	return pg_exec(group->pg, SQL_batch_insert, params, 10, NULL, err);
}

static int run_batch(struct group *group, struct job *job, struct err *err)
{
	int64_t batch_id;
	bool is_next;
	if (take_receipt(group, job, &batch_id, err) < 0 ||
	    stream_advance(group->pg, job, &is_next, err) < 0)
		return -1;
	if (!is_next)
		return 0;
	if (keep_batch(group, job, batch_id, err) < 0)
		return -1;
	return records_store(group->records, job, batch_id, err);
}

static int run_hello(struct group *group, struct job *job, struct err *err)
{
	snprintf(job->programme, sizeof(job->programme), "%s", registry_programme(group->registry));
	job->programme_version = registry_version(group->registry);
	return stream_hello(group->pg, job, err);
}

static int run_enrol(struct group *group, struct job *job, struct err *err)
{
	return registrar_enrol(group->pg, job, group->key_overlap_ms, err);
}

static int run_downlink(struct group *group, struct job *job, struct err *err)
{
	return downlinks_read(group->pg, job, err);
}

static int run_downlink_ack(struct group *group, struct job *job, struct err *err)
{
	return downlinks_acked(group->pg, job, err);
}

static int run_recall(struct group *group, struct job *job, struct err *err)
{
	return downlinks_recall(group->pg, job, err);
}

static int (*const runners[])(struct group *group, struct job *job, struct err *err) = {
	[JOB_HELLO] = run_hello,       [JOB_BATCH] = run_batch,
	[JOB_ENROL] = run_enrol,       [JOB_ROTATE] = run_enrol,
	[JOB_DOWNLINK] = run_downlink, [JOB_DOWNLINK_ACK] = run_downlink_ack,
	[JOB_RECALL] = run_recall,
};

static enum pg_outcome try(struct group *group, enum records_mode mode, struct job **jobs, size_t count,
			   struct err *err)
{
	records_begin(group->records, group->pg, group->registry, mode);
	for (size_t i = 0; i < count; i++)
		job_clear_answer(jobs[i]);
	int rc = pg_begin(group->pg, err);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = runners[jobs[i]->kind](group, jobs[i], err);
	if (rc == 0)
		rc = records_flush(group->records, err);
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
	if (settle(try(group, RECORDS_FAST, jobs, count, err), err, &is_refused) == 0)
		return 0;
	if (!is_refused)
		return -1;
	log_info("store.slow", "jobs=%zu cause=\"%s\"", count, err->text);
	for (size_t i = 0; i < count; i++) {
		if (settle(try(group, RECORDS_CAREFUL, &jobs[i], 1, err), err, &is_refused) < 0) {
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
