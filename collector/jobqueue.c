/* SPDX-License-Identifier: Apache-2.0 */
#include "jobqueue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* A turn is about one batch. */
enum { TURN_BYTES = 65536, BUCKETS = 1024 };

struct flow {
	struct flow *next_in_bucket;
	TAILQ_ENTRY(flow) place; /* in fresh or others */
	bool is_fresh;
	char office_code[CODE_SIZE];
	uint8_t outbox_uuid[OUTBOX_UUID_BYTES]; /* zeros: jobs of no session */
	struct job *first, **last;
	size_t bytes;
	int64_t turn_bytes; /* left of its turn */
	uint64_t began_at;  /* the queue's turns when it had a whole one */
};

TAILQ_HEAD(flow_list, flow);

struct jobqueue {
	struct flow *buckets[BUCKETS];
	struct flow_list fresh, others;
	size_t other_count;
	uint64_t turns; /* that others have had; a round is one of each */
	size_t bytes;
};

static void set_place(struct jobqueue *queue, struct flow *flow, bool is_fresh)
{
	flow->is_fresh = is_fresh;
	queue->other_count += !is_fresh;
	TAILQ_INSERT_TAIL(is_fresh ? &queue->fresh : &queue->others, flow, place);
}

static void leave_place(struct jobqueue *queue, struct flow *flow)
{
	queue->other_count -= !flow->is_fresh;
	TAILQ_REMOVE(flow->is_fresh ? &queue->fresh : &queue->others, flow, place);
}

int jobqueue_new(struct jobqueue **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -1;
	TAILQ_INIT(&(*out)->fresh);
	TAILQ_INIT(&(*out)->others);
	return 0;
}

void jobqueue_free(struct jobqueue **queue)
{
	if (!*queue)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while ((*queue)->buckets[i]) {
			struct flow *flow = (*queue)->buckets[i];
			(*queue)->buckets[i] = flow->next_in_bucket;
			while (flow->first) {
				struct job *next = flow->first->next;
				job_free(&flow->first);
				flow->first = next;
			}
			free(flow);
		}
	free(*queue);
	*queue = NULL;
}

/* Where the flow hangs, or would. */
static struct flow **find(const struct jobqueue *queue, const char *office_code, const uint8_t *outbox_uuid)
{
	uint64_t hash = office_hash(office_code);
	for (size_t i = 0; i < OUTBOX_UUID_BYTES; i++)
		hash = (hash ^ outbox_uuid[i]) * 1099511628211u; /* FNV-1a */
	struct flow **place = (struct flow **)(uintptr_t)&queue->buckets[(hash ^ hash >> 32) % BUCKETS];
	while (*place && (memcmp((*place)->outbox_uuid, outbox_uuid, OUTBOX_UUID_BYTES) != 0 ||
			  strcmp((*place)->office_code, office_code) != 0))
		place = &(*place)->next_in_bucket;
	return place;
}

/* A trickle, one that has not had the bytes of a turn in a round of the others, does not wait behind backlogs. */
static void wake(struct jobqueue *queue, struct flow *flow)
{
	if (queue->turns - flow->began_at >= queue->other_count) {
		flow->turn_bytes = TURN_BYTES;
		flow->began_at = queue->turns;
	}
	if (flow->turn_bytes <= 0)
		return;
	leave_place(queue, flow);
	set_place(queue, flow, true);
}

int jobqueue_push(struct jobqueue *queue, struct job *job)
{
	struct flow **place = find(queue, job->office_code, job->outbox_uuid);
	struct flow *flow = *place;
	if (!flow) {
		flow = calloc(1, sizeof(*flow));
		if (!flow)
			return -1;
		*place = flow;
		snprintf(flow->office_code, sizeof(flow->office_code), "%s", job->office_code);
		memcpy(flow->outbox_uuid, job->outbox_uuid, OUTBOX_UUID_BYTES);
		flow->last = &flow->first;
		flow->turn_bytes = TURN_BYTES;
		flow->began_at = queue->turns;
		set_place(queue, flow, true);
	} else if (!flow->first && !flow->is_fresh) {
		wake(queue, flow);
	}
	job->next = NULL;
	*flow->last = job;
	flow->last = &job->next;
	flow->bytes += job_bytes(job);
	queue->bytes += job_bytes(job);
	return 0;
}

static struct job *shift(struct jobqueue *queue, struct flow *flow)
{
	struct job *job = flow->first;
	flow->first = job->next;
	if (!flow->first)
		flow->last = &flow->first;
	job->next = NULL;
	flow->bytes -= job_bytes(job);
	flow->turn_bytes -= (int64_t)job_bytes(job);
	queue->bytes -= job_bytes(job);
	return job;
}

/* The flow whose turn it is, NULL when nothing waits. One that ran empty is remembered for a round of the others. */
static struct flow *next_flow(struct jobqueue *queue)
{
	for (;;) {
		struct flow *flow = TAILQ_FIRST(TAILQ_EMPTY(&queue->fresh) ? &queue->others : &queue->fresh);
		if (!flow || (flow->first && flow->turn_bytes > 0))
			return flow;
		bool was_fresh = flow->is_fresh;
		queue->turns += !was_fresh;
		leave_place(queue, flow);
		if (flow->first) {
			flow->turn_bytes += TURN_BYTES;
			flow->began_at = queue->turns;
		}
		if (flow->first || was_fresh) {
			set_place(queue, flow, false);
		} else {
			*find(queue, flow->office_code, flow->outbox_uuid) = flow->next_in_bucket;
			free(flow);
		}
	}
}

void jobqueue_take(struct jobqueue *queue, const struct jobqueue_limits *limits, struct jobqueue_taken *taken)
{
	struct flow *flow;
	while (taken->count < limits->jobs && (flow = next_flow(queue))) {
		size_t rows = taken->rows + job_rows(flow->first), bytes = taken->bytes + job_bytes(flow->first);
		if (taken->count > 0 && (rows > limits->rows || bytes > limits->bytes))
			break;
		taken->rows = rows;
		taken->bytes = bytes;
		taken->jobs[taken->count++] = shift(queue, flow);
	}
}

size_t jobqueue_bytes(const struct jobqueue *queue)
{
	return queue->bytes;
}

size_t jobqueue_flow_bytes(const struct jobqueue *queue, const char *office_code, const uint8_t outbox_uuid[OUTBOX_UUID_BYTES])
{
	struct flow *flow = *find(queue, office_code, outbox_uuid);
	return flow ? flow->bytes : 0;
}
