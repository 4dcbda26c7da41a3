/* SPDX-License-Identifier: Apache-2.0 */
#include "group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batches.h"
#include "downlinks.h"
#include "hellos.h"
#include "log.h"
#include "registrar.h"
#include "sql.h"

struct group {
	struct batches *batches;
	int64_t key_overlap_ms;
	struct pg *pg;                   /* of the call */
	const struct registry *registry; /* of the call */
	const struct pg_meanwhile *meanwhile; /* of the call */
};

int group_new(struct group **out, int64_t key_overlap_ms, bool keeps_batches, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	(*out)->key_overlap_ms = key_overlap_ms;
	if (batches_new(&(*out)->batches, keeps_batches, err) < 0) {
		group_free(out);
		return -1;
	}
	return 0;
}

void group_free(struct group **group)
{
	if (!*group)
		return;
	batches_free(&(*group)->batches);
	free(*group);
	*group = NULL;
}

static int run_hellos(struct group *group, struct job **jobs, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		snprintf(jobs[i]->programme, sizeof(jobs[i]->programme), "%s", registry_programme(group->registry)->id);
		jobs[i]->programme_version = registry_programme(group->registry)->version;
	}
	return hellos_run(group->pg, jobs, count, err);
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
	[JOB_ENROL] = run_enrol,       [JOB_ROTATE] = run_enrol,
	[JOB_DOWNLINK] = run_downlink, [JOB_DOWNLINK_ACK] = run_downlink_ack,
	[JOB_RECALL] = run_recall,
};

/* Jobs that are no batches, neighbours that greet together. */
static int run_others(struct group *group, struct job **jobs, size_t count, struct err *err)
{
	int rc = 0;
	for (size_t i = 0, greeting; i < count && rc == 0; i += greeting ? greeting : 1) {
		for (greeting = 0; i + greeting < count && jobs[i + greeting]->kind == JOB_HELLO;)
			greeting++;
		rc = greeting ? run_hellos(group, jobs + i, greeting, err) : runners[jobs[i]->kind](group, jobs[i], err);
	}
	return rc;
}

/* One transaction for jobs of one sort: batches, or everything else. */
static enum pg_outcome try(struct group *group, enum records_mode mode, struct job **jobs, size_t count,
			   struct err *err)
{
	for (size_t i = 0; i < count; i++)
		job_clear_answer(jobs[i]);
	bool is_batch = jobs[0]->kind == JOB_BATCH;
	enum pg_outcome alone;
	if (is_batch && count == 1 && mode == RECORDS_FAST &&
	    batches_store_alone(group->batches, group->pg, group->registry, jobs[0], &alone, err))
		return alone;
	int rc = is_batch ? batches_store(group->batches, group->pg, group->registry, mode, jobs, count, err)
			  : pg_begin(group->pg, err);
	if (rc == 0 && !is_batch)
		rc = run_others(group, jobs, count, err);
	enum pg_outcome outcome = rc < 0     ? PG_REFUSED
				  : is_batch ? batches_commit(group->batches, group->meanwhile, err)
					     : pg_commit(group->pg, err);
	if (outcome != PG_STORED)
		pg_rollback(group->pg);
	else if (is_batch)
		batches_join_answers(jobs, count);
	return outcome;
}

/* 0 stored; -1 nothing may be acknowledged. Goes on to a slower way only when the data was refused. */
static int settle(enum pg_outcome outcome, struct err *err, bool *is_refused)
{
	*is_refused = outcome == PG_REFUSED && err->code == ERR_DATA;
	return outcome == PG_STORED ? 0 : -1;
}

/* What belongs to one stream, or is no batch at all: a job at a time, record by record. */
static int store_carefully(struct group *group, struct job **jobs, size_t count, struct err *err)
{
	bool is_refused;
	for (size_t i = 0; i < count; i++) {
		if (settle(try(group, RECORDS_CAREFUL, &jobs[i], 1, err), err, &is_refused) == 0)
			continue;
		if (!is_refused)
			return -1;
		/* Even record by record it was refused: a fault of ours, kept at the agent. */
		log_error("store.refused", "office=%s first_seq=%llu cause=\"%s\"", jobs[i]->office_code,
			  (unsigned long long)jobs[i]->first_seq, err->text);
		job_clear_answer(jobs[i]);
		jobs[i]->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY;
	}
	return 0;
}

/* The middle, moved to where a stream ends; 0 when all is one stream. */
static size_t split(struct job *const *jobs, size_t count)
{
	size_t up = count / 2, down = count / 2;
	while (up < count && up > 0 && batches_same_stream(jobs[up - 1], jobs[up]))
		up++;
	while (down > 0 && batches_same_stream(jobs[down - 1], jobs[down]))
		down--;
	return up < count ? up : down;
}

/* Halves what the database refuses until the stream at fault stands alone. */
static int store_sorted(struct group *group, struct job **jobs, size_t count, struct err *err)
{
	bool is_refused;
	if (count == 0 || settle(try(group, RECORDS_FAST, jobs, count, err), err, &is_refused) == 0)
		return 0;
	if (!is_refused)
		return -1;
	size_t half = jobs[0]->kind == JOB_BATCH ? split(jobs, count) : 0;
	if (half > 0)
		return store_sorted(group, jobs, half, err) < 0 ? -1
								: store_sorted(group, jobs + half, count - half, err);
	log_info("store.slow", "office=%s jobs=%zu cause=\"%s\"", jobs[0]->office_code, count, err->text);
	return store_carefully(group, jobs, count, err);
}

static bool is_hello(const struct job *job)
{
	return job->kind == JOB_HELLO;
}

static bool is_no_batch(const struct job *job)
{
	return job->kind != JOB_BATCH;
}

/* Moves those that are wanted before the rest; both keep their order. Returns how many they are. In one pass: a group in which the
 * two take turns may be of thousands. */
static size_t part(struct job **jobs, size_t count, bool (*is_wanted)(const struct job *job))
{
	size_t wanted = 0;
	struct job *rest, **last = &rest;
	for (size_t i = 0; i < count; i++) {
		struct job *job = jobs[i];
		if (is_wanted(job)) {
			jobs[wanted++] = job;
		} else {
			*last = job;
			last = &job->next;
		}
	}
	*last = NULL;
	for (size_t i = wanted; rest; rest = rest->next)
		jobs[i++] = rest;
	return wanted;
}

int group_store(struct group *group, struct pg *pg, const struct registry *registry,
		struct job **jobs, size_t count, const struct pg_meanwhile *meanwhile, struct err *err)
{
	group->pg = pg;
	group->registry = registry;
	group->meanwhile = meanwhile;
	size_t others = part(jobs, count, is_no_batch);
	part(jobs, others, is_hello);
	batches_sort(jobs + others, count - others);
	return store_sorted(group, jobs, others, err) < 0
		       ? -1
		       : store_sorted(group, jobs + others, count - others, err);
}

void group_make_ready(struct group *group, const struct registry *registry, struct job *job)
{
	if (job->kind == JOB_BATCH)
		batches_make_ready(group->batches, registry, job);
}

void group_forget_ready(struct group *group)
{
	batches_forget_ready(group->batches);
}
