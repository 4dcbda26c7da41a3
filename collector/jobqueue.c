/* SPDX-License-Identifier: Apache-2.0 */
#include "jobqueue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* A turn is about one batch. */
enum { TURN_BYTES = 65536, BUCKETS = 1024 };

/* What waits of one key, in order of arrival. */
struct line {
	TAILQ_ENTRY(line) place;
	int64_t key_id;
	uint64_t taken_bytes; /* beside those of the office's other keys */
	struct job *first, **last;
};

TAILQ_HEAD(line_list, line);

/* An office. */
struct flow {
	struct flow *next_in_bucket;
	TAILQ_ENTRY(flow) place; /* in fresh or others */
	bool is_fresh;
	char office_code[CODE_SIZE];
	struct line_list lines; /* none is empty */
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

/* Whose turn it is in an office: the key with the fewest bytes taken, so that what one machine sends now and then does not wait
 * behind the backlog of another. NULL when nothing waits. */
static struct line *next_line(const struct flow *flow)
{
	struct line *line, *least = TAILQ_FIRST(&flow->lines);
	TAILQ_FOREACH(line, &flow->lines, place)
		if (line->taken_bytes < least->taken_bytes)
			least = line;
	return least;
}

/* The oldest job of the key whose turn it is. */
static struct job *shift(struct jobqueue *queue, struct flow *flow)
{
	struct line *line = next_line(flow);
	struct job *job = line->first;
	line->first = job->next;
	line->taken_bytes += job_bytes(job);
	TAILQ_REMOVE(&flow->lines, line, place);
	if (line->first)
		TAILQ_INSERT_TAIL(&flow->lines, line, place);
	else
		free(line);
	job->next = NULL;
	flow->bytes -= job_bytes(job);
	flow->turn_bytes -= (int64_t)job_bytes(job);
	queue->bytes -= job_bytes(job);
	return job;
}

void jobqueue_free(struct jobqueue **queue)
{
	if (!*queue)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		while ((*queue)->buckets[i]) {
			struct flow *flow = (*queue)->buckets[i];
			(*queue)->buckets[i] = flow->next_in_bucket;
			while (!TAILQ_EMPTY(&flow->lines)) {
				struct job *job = shift(*queue, flow);
				job_free(&job);
			}
			free(flow);
		}
	free(*queue);
	*queue = NULL;
}

/* Where the flow hangs, or would. */
static struct flow **find(const struct jobqueue *queue, const char *office_code)
{
	struct flow **place = (struct flow **)(uintptr_t)&queue->buckets[office_hash(office_code) % BUCKETS];
	while (*place && strcmp((*place)->office_code, office_code) != 0)
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

static struct flow *add_flow(struct jobqueue *queue, struct flow **place, const char *office_code)
{
	struct flow *flow = calloc(1, sizeof(*flow));
	if (!flow)
		return NULL;
	*place = flow;
	snprintf(flow->office_code, sizeof(flow->office_code), "%s", office_code);
	TAILQ_INIT(&flow->lines);
	flow->turn_bytes = TURN_BYTES;
	flow->began_at = queue->turns;
	set_place(queue, flow, true);
	return flow;
}

/* Made when missing, before those that had as much as it; an office has few keys. */
static struct line *line_of(struct flow *flow, int64_t key_id)
{
	struct line *line;
	TAILQ_FOREACH(line, &flow->lines, place)
		if (line->key_id == key_id)
			return line;
	line = calloc(1, sizeof(*line));
	if (!line)
		return NULL;
	const struct line *least = next_line(flow);
	line->key_id = key_id;
	line->taken_bytes = least ? least->taken_bytes : 0;
	line->last = &line->first;
	TAILQ_INSERT_HEAD(&flow->lines, line, place);
	return line;
}

int jobqueue_push(struct jobqueue *queue, struct job *job)
{
	struct flow **place = find(queue, job->office_code), *flow = *place ? *place : add_flow(queue, place, job->office_code);
	if (!flow)
		return -1;
	bool was_empty = TAILQ_EMPTY(&flow->lines);
	struct line *line = line_of(flow, job->key_id);
	if (!line)
		return -1; /* a flow without lines is taken for one that ran empty */
	if (was_empty && !flow->is_fresh)
		wake(queue, flow);
	job->next = NULL;
	*line->last = job;
	line->last = &job->next;
	flow->bytes += job_bytes(job);
	queue->bytes += job_bytes(job);
	return 0;
}

/* The flow whose turn it is, NULL when nothing waits. One that ran empty is remembered for a round of the others. */
static struct flow *next_flow(struct jobqueue *queue)
{
	for (;;) {
		struct flow *flow = TAILQ_FIRST(TAILQ_EMPTY(&queue->fresh) ? &queue->others : &queue->fresh);
		if (!flow || (!TAILQ_EMPTY(&flow->lines) && flow->turn_bytes > 0))
			return flow;
		bool was_fresh = flow->is_fresh, has_more = !TAILQ_EMPTY(&flow->lines);
		queue->turns += !was_fresh;
		leave_place(queue, flow);
		if (has_more) {
			flow->turn_bytes += TURN_BYTES;
			flow->began_at = queue->turns;
		}
		if (has_more || was_fresh) {
			set_place(queue, flow, false);
		} else {
			*find(queue, flow->office_code) = flow->next_in_bucket;
			free(flow);
		}
	}
}

void jobqueue_take(struct jobqueue *queue, const struct jobqueue_limits *limits, struct jobqueue_taken *taken)
{
	struct flow *flow;
	while (taken->count < limits->jobs && (flow = next_flow(queue))) {
		const struct job *job = next_line(flow)->first;
		size_t rows = taken->rows + job_rows(job), bytes = taken->bytes + job_bytes(job);
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

size_t jobqueue_office_bytes(const struct jobqueue *queue, const char *office_code)
{
	struct flow *flow = *find(queue, office_code);
	return flow ? flow->bytes : 0;
}
