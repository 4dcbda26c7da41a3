/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum lane job_lane(enum job_kind kind)
{
	return kind >= JOB_OFFER ? LANE_FILES : LANE_RECORDS;
}

static void clear_replies(struct job *job)
{
	while (job->replies) {
		struct reply *next = job->replies->next;
		free(job->replies);
		job->replies = next;
	}
}

void job_free(struct job **job)
{
	if (!*job)
		return;
	job_clear_answer(*job);
	free((*job)->body);
	free(*job);
	*job = NULL;
}

void job_clear_answer(struct job *job)
{
	free(job->verdicts);
	free(job->probes);
	clear_replies(job);
	job->verdicts = NULL;
	job->probes = NULL;
	job->verdict_count = job->probe_count = 0;
	job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED;
	job->acked_seq = 0;
	job->is_behind = job->is_joined = false;
	job->receipt_first_seq = 0;
	job->received_at_us = 0;
}

size_t job_bytes(const struct job *job)
{
	return sizeof(*job) + job->len + job->answer_bytes;
}

size_t job_reply_bytes(const struct job *job)
{
	size_t bytes = 0;
	for (const struct reply *reply = job->replies; reply; reply = reply->next)
		bytes += reply->len;
	return bytes;
}

size_t job_rows(const struct job *job)
{
	return job->kind == JOB_BATCH ? (size_t)(job->last_seq - job->first_seq + 1) : 1;
}

uint64_t office_hash(const char *office_code)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */
	for (; *office_code; office_code++)
		hash = (hash ^ (uint8_t)*office_code) * 1099511628211u;
	return hash ^ hash >> 32;
}

int job_add_verdict(struct job *job, uint64_t seq, const char *code, const char *field,
		    const char *text)
{
	if ((job->verdict_count & (job->verdict_count + 1)) == 0) { /* room doubles */
		size_t room = (job->verdict_count + 1) * 2;
		struct verdict *verdicts = realloc(job->verdicts, room * sizeof(*verdicts));
		if (!verdicts)
			return -1;
		job->verdicts = verdicts;
	}
	/* In the order of their numbers, which an answer in several parts needs: some are known later than others. */
	size_t at = job->verdict_count++;
	while (at > 0 && job->verdicts[at - 1].seq > seq)
		at--;
	memmove(&job->verdicts[at + 1], &job->verdicts[at], (job->verdict_count - 1 - at) * sizeof(*job->verdicts));
	struct verdict *verdict = &job->verdicts[at];
	verdict->seq = seq;
	snprintf(verdict->code, sizeof(verdict->code), "%s", code);
	snprintf(verdict->field, sizeof(verdict->field), "%s", field);
	snprintf(verdict->text, sizeof(verdict->text), "%s", text);
	text_trim(verdict->field);
	text_trim(verdict->text);
	return 0;
}

int job_add_reply(struct job *job, uint8_t type, const ProtobufCMessage *message)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	struct reply **at = &job->replies, *reply = malloc(sizeof(*reply) + len);
	if (!reply)
		return -1;
	reply->next = NULL;
	reply->type = type;
	reply->len = len;
	protobuf_c_message_pack(message, reply->body);
	while (*at)
		at = &(*at)->next;
	*at = reply;
	return 0;
}
