/* SPDX-License-Identifier: Apache-2.0 */
/* jobqueue.h - jobs that wait, fairly between offices and between the keys of an office
 * Offices take turns by bytes, however many machines and outboxes they have, and one that had nothing waiting goes before those that
 * have a backlog; in the turn of an office its keys go one job each, every key's jobs in order of arrival. Deficit round robin with new flows first, RFC 8290 section 4. Other than there, one that ran empty stays new until it has had the
 * bytes of a turn in a round: a record now and then does not wait for a round of backlogs, and nobody gets more than a turn of it.
 * Thread: one owner at a time. */
#ifndef ZHIBAO_JOBQUEUE_H
#define ZHIBAO_JOBQUEUE_H

#include "jobs.h"

struct jobqueue;

/* What may be taken at once; at least one job is. */
struct jobqueue_limits {
	size_t jobs, rows, bytes;
};

int jobqueue_new(struct jobqueue **out); /* -1 when memory is out */
void jobqueue_free(struct jobqueue **queue); /* and the jobs in it */
int jobqueue_push(struct jobqueue *queue, struct job *job); /* takes it; -1 when memory is out: it is still the caller's */
/* What was taken; jobs has room for limits.jobs. */
struct jobqueue_taken {
	struct job **jobs;
	size_t count, rows, bytes;
};
/* Adds what waits to what was taken, each key's in order of arrival, as long as all of it is within the limits. */
void jobqueue_take(struct jobqueue *queue, const struct jobqueue_limits *limits, struct jobqueue_taken *taken);
size_t jobqueue_bytes(const struct jobqueue *queue);
size_t jobqueue_office_bytes(const struct jobqueue *queue, const char *office_code); /* what waits of one */

#endif
