/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "streamrule.h"

enum { ASIDE_EVERY = 17 }; /* every so many records break a rule */

size_t payload_make(struct payload payload, uint8_t out[PAYLOAD_BYTES])
{
	int len = snprintf((char *)out, PAYLOAD_BYTES, "%u/%u/", payload.tag, payload.number);
	size_t end = 16 + (payload.tag * 7 + payload.number * 13) % (PAYLOAD_BYTES - 17);
	for (size_t i = (size_t)len; i < end; i++)
		out[i] = (uint8_t)(payload.tag * 31 + payload.number * 17 + i);
	return end > (size_t)len ? end : (size_t)len;
}

bool payload_read(const uint8_t *data, size_t len, struct payload *out)
{
	uint8_t expected[PAYLOAD_BYTES];
	char text[PAYLOAD_BYTES + 1] = "";
	if (len > PAYLOAD_BYTES)
		return false;
	memcpy(text, data, len);
	if (sscanf(text, "%u/%u/", &out->tag, &out->number) != 2 || out->tag >= MODEL_TAGS ||
	    out->number >= MODEL_RECORDS)
		return false;
	return payload_make(*out, expected) == len && memcmp(expected, data, len) == 0;
}

bool payload_is_aside(struct payload payload)
{
	return payload.number % ASIDE_EVERY == ASIDE_EVERY - 1;
}

void model_init(struct model *model)
{
	memset(&model->primary, 0, sizeof(model->primary));
	memset(&model->standby, 0, sizeof(model->standby));
	memset(&model->backup, 0, sizeof(model->backup));
	memset(model->stored_at, 0, sizeof(model->stored_at));
	model->repeats = model->gaps = model->aside = 0;
	model->fault[0] = '\0';
}

static void blame(struct model *model, const char *rule, const struct job *job)
{
	if (!model->fault[0])
		snprintf(model->fault, sizeof(model->fault), "%s: office=%s stream=%lld first=%llu last=%llu", rule,
			 job->office_code, (long long)job->stream_id, (unsigned long long)job->first_seq,
			 (unsigned long long)job->last_seq);
}

static struct model_stream *find(struct model_state *state, const char *office_code, const uint8_t *uuid)
{
	for (size_t i = 0; i < state->stream_count; i++)
		if (strcmp(state->streams[i].office_code, office_code) == 0 &&
		    memcmp(state->streams[i].uuid, uuid, OUTBOX_UUID_BYTES) == 0)
			return &state->streams[i];
	return NULL;
}

static void add_probes(struct model *model, struct job *job)
{
	job->probes = calloc(MAX_PROBES, sizeof(*job->probes));
	for (size_t i = model->primary.batch_count; i-- > 0 && job->probe_count < MAX_PROBES;) {
		if (model->batches[i].stream_id != job->stream_id)
			continue;
		struct probe *probe = &job->probes[job->probe_count++];
		probe->seq = model->batches[i].last_seq;
		memcpy(probe->chain, model->batches[i].chain, CHAIN_BYTES);
	}
}

static void add_verdicts(struct model *model, struct job *job, uint64_t first_seq, uint64_t last_seq)
{
	for (size_t i = 0; i < model->primary.row_count; i++) {
		const struct model_row *row = &model->rows[i];
		if (row->is_aside && row->stream_id == job->stream_id && row->seq >= first_seq && row->seq <= last_seq)
			job_add_verdict(job, row->seq, "E_TEST", "", "");
	}
}

static void run_hello(struct model *model, struct job *job)
{
	struct model_stream *stream = find(&model->primary, job->office_code, job->outbox_uuid);
	if (!stream && model->primary.stream_count == MODEL_STREAMS) {
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY;
		return;
	}
	if (!stream) {
		stream = &model->primary.streams[model->primary.stream_count++];
		memset(stream, 0, sizeof(*stream));
		strcpy(stream->office_code, job->office_code);
		memcpy(stream->uuid, job->outbox_uuid, OUTBOX_UUID_BYTES);
		chain_start(stream->uuid, stream->chain);
	}
	job->session_gen = ++stream->session_gen;
	job->stream_id = stream - model->primary.streams + 1;
	job->acked_seq = stream->acked_seq;
	job->received_at_us = 1;
	job->downlink_head = PACK_MESSAGE;
	memcpy(job->chain, stream->chain, CHAIN_BYTES);
	add_probes(model, job);
	Zhibao__V1__Hello *hello = zhibao__v1__hello__unpack(NULL, job->len, job->body);
	add_verdicts(model, job, hello->acked_seq + 1, job->acked_seq);
	zhibao__v1__hello__free_unpacked(hello, NULL);
}

static void store_row(struct model *model, struct job *job, uint64_t seq, const ProtobufCBinaryData *bytes)
{
	struct model_row *row = &model->rows[model->primary.row_count];
	memset(row, 0, sizeof(*row));
	row->stream_id = job->stream_id;
	row->seq = seq;
	if (!payload_read(bytes->data, bytes->len, &row->payload)) {
		blame(model, "stored what was never produced", job);
		return;
	}
	int *at = &model->stored_at[row->payload.tag][row->payload.number];
	row->is_repeat = *at != 0;
	if (row->is_repeat)
		model->repeats++;
	else
		*at = (int)model->primary.row_count + 1;
	row->is_aside = payload_is_aside(row->payload);
	if (row->is_aside) {
		model->aside++;
		job_add_verdict(job, seq, "E_TEST", "", "");
	}
	model->primary.row_count++;
}

static void store_batch(struct model *model, struct job *job)
{
	Zhibao__V1__Batch *batch = zhibao__v1__batch__unpack(NULL, job->len, job->body);
	if (!batch || model->primary.row_count + job->last_seq - job->first_seq + 2 > MODEL_ROWS) {
		blame(model, "batch does not fit the model", job);
		return;
	}
	for (size_t i = 0; i < batch->n_records; i++)
		store_row(model, job, job->first_seq + i, &batch->records[i]);
	if (batch->gap.len > 0) {
		model->gaps++;
		model->rows[model->primary.row_count++] = (struct model_row){
			.stream_id = job->stream_id, .seq = job->first_seq, .last_seq = job->last_seq};
	}
	struct model_batch *kept = &model->batches[model->primary.batch_count++];
	kept->stream_id = job->stream_id;
	kept->last_seq = job->last_seq;
	memcpy(kept->chain, job->chain, CHAIN_BYTES);
	zhibao__v1__batch__free_unpacked(batch, NULL);
}

static void run_batch(struct model *model, struct job *job)
{
	struct model_stream *stream = job->stream_id >= 1 && (size_t)job->stream_id <= model->primary.stream_count
					      ? &model->primary.streams[job->stream_id - 1]
					      : NULL;
	/* After a failover the number of a stream may be gone, or be another's. */
	struct model_stream none = {.session_gen = 0};
	if (!stream || memcmp(stream->uuid, job->outbox_uuid, OUTBOX_UUID_BYTES) != 0)
		stream = &none;
	struct stream_state state = {stream->session_gen, stream->acked_seq, {0}};
	struct stream_claim claim = {job->session_gen, job->first_seq, job->last_seq, job->prev_chain, job->chain};
	memcpy(state.chain, stream->chain, CHAIN_BYTES);
	enum stream_rule rule = stream_judge(&state, &claim);
	job->nack = stream_nack(rule);
	job->acked_seq = stream->acked_seq;
	job->received_at_us = 1;
	memcpy(job->at_chain, stream->chain, CHAIN_BYTES);
	if (rule == STREAM_FORK)
		add_probes(model, job);
	if (rule == STREAM_REPEAT) {
		job->is_behind = job->acked_seq > job->last_seq;
		job->acked_seq = job->last_seq;
		add_verdicts(model, job, job->first_seq, job->last_seq);
	}
	if (rule != STREAM_NEXT)
		return;
	stream->acked_seq = job->acked_seq = job->last_seq;
	memcpy(stream->chain, job->chain, CHAIN_BYTES);
	store_batch(model, job);
}

void model_run(struct model *model, struct job *job)
{
	job_clear_answer(job);
	if (job->kind == JOB_HELLO)
		run_hello(model, job);
	else if (job->kind == JOB_BATCH)
		run_batch(model, job);
	else
		pack_answer(job);
}

void model_replicate(struct model *model)
{
	model->standby = model->primary;
}

static void rebuild(struct model *model)
{
	memset(model->stored_at, 0, sizeof(model->stored_at));
	for (size_t i = 0; i < model->primary.row_count; i++)
		if (!model->rows[i].is_repeat && model->rows[i].last_seq == 0)
			model->stored_at[model->rows[i].payload.tag][model->rows[i].payload.number] = (int)i + 1;
}

void model_failover(struct model *model)
{
	model->primary = model->standby;
	rebuild(model);
}

void model_backup(struct model *model)
{
	model->backup = model->standby;
}

void model_restore(struct model *model)
{
	model->primary = model->standby = model->backup;
	rebuild(model);
}

bool model_is_durable(const struct model *model, struct payload payload)
{
	int at = model->stored_at[payload.tag][payload.number];
	return at > 0 && (size_t)at <= model->standby.row_count;
}

void model_check(struct model *model)
{
	uint64_t next[MODEL_STREAMS + 1];
	struct job whom = {0};
	for (size_t i = 0; i <= MODEL_STREAMS; i++)
		next[i] = 1;
	for (size_t i = 0; i < model->primary.row_count; i++) {
		struct model_row *row = &model->rows[i];
		whom.stream_id = row->stream_id;
		whom.first_seq = row->seq;
		if (row->seq != next[row->stream_id])
			blame(model, "a stream has a hole or a repeat", &whom);
		next[row->stream_id] = (row->last_seq ? row->last_seq : row->seq) + 1;
	}
	for (size_t i = 0; i < model->primary.stream_count; i++) {
		whom.stream_id = (int64_t)i + 1;
		if (model->primary.streams[i].acked_seq + 1 != next[i + 1])
			blame(model, "acked_seq is not what is stored", &whom);
	}
}
