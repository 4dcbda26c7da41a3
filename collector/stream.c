/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "recordwire.h"
#include "sql.h"

static void copy_chain(struct pg_rows *rows, int row, int column, uint8_t out[CHAIN_BYTES])
{
	size_t len;
	const uint8_t *chain = pg_get_bytes(rows, row, column, &len);
	if (len == CHAIN_BYTES)
		memcpy(out, chain, CHAIN_BYTES);
}

static int add_probes(struct pg *pg, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id)};
	if (pg_exec(pg, SQL_stream_probes, params, 2, &rows, err) < 0)
		return -1;
	job->probes = calloc(MAX_PROBES, sizeof(*job->probes));
	for (int row = 0; job->probes && row < pg_rows_count(rows) && row < MAX_PROBES; row++) {
		struct probe *probe = &job->probes[job->probe_count++];
		probe->seq = (uint64_t)pg_get_int(rows, row, 0);
		copy_chain(rows, row, 1, probe->chain);
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int add_missed_verdicts(struct pg *pg, struct job *job, uint64_t known_seq, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id),
				    pg_int8((int64_t)known_seq)};
	if (pg_exec(pg, SQL_quarantine_since, params, 3, &rows, err) < 0)
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

static int open_stream(struct pg *pg, struct job *job, const Zhibao__V1__Hello *hello, struct err *err)
{
	struct pg_rows *rows;
	uint8_t start[CHAIN_BYTES];
	bool is_forked = hello->forked_from_uuid.len == OUTBOX_UUID_BYTES;
	chain_start(job->outbox_uuid, start);
	struct pg_param params[] = {pg_text(job->office_code),
				    pg_bytea(job->outbox_uuid, OUTBOX_UUID_BYTES),
				    pg_int8(job->key_id),
				    pg_bytea(start, CHAIN_BYTES),
				    pg_bytea(is_forked ? hello->forked_from_uuid.data : NULL, OUTBOX_UUID_BYTES),
				    is_forked ? pg_int8((int64_t)(hello->fork_seq & INT64_MAX)) : pg_null_int8(),
				    pg_text(hello->software),
				    pg_int4((int32_t)job->protocol),
				    pg_int8((int64_t)(hello->downlink_seq & INT64_MAX))};
	if (pg_exec(pg, SQL_stream_hello, params, 9, &rows, err) < 0)
		return -1;
	if (pg_rows_count(rows) == 0) {
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED;
		pg_rows_free(&rows);
		return 0;
	}
	job->stream_id = pg_get_int(rows, 0, 0);
	job->session_gen = (uint64_t)pg_get_int(rows, 0, 1);
	job->acked_seq = (uint64_t)pg_get_int(rows, 0, 2);
	copy_chain(rows, 0, 3, job->chain);
	job->received_at_us = pg_is_null(rows, 0, 4) ? 0 : pg_get_instant(rows, 0, 4);
	job->downlink_head = (uint64_t)pg_get_int(rows, 0, 5);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0 || add_probes(pg, job, err) < 0)
		return -1;
	return add_missed_verdicts(pg, job, hello->acked_seq & INT64_MAX, err);
}

int stream_hello(struct pg *pg, struct job *job, struct err *err)
{
	struct arena arena;
	struct problems problems = {0};
	arena_init(&arena, WIRE_FLOOR_BYTES + job->len * WIRE_EXPANSION);
	const Zhibao__V1__Hello *hello = (const Zhibao__V1__Hello *)wire_unpack(
		&zhibao__v1__hello__descriptor, &arena, job->body, job->len, &problems);
	int rc = hello ? open_stream(pg, job, hello, err) : -1;
	if (!hello)
		err_set(err, ERR_INTERNAL, "hello unreadable behind the reception");
	arena_fini(&arena);
	return rc;
}

/* A batch that did not continue its stream: why, and where the stream stands. */
static int explain(struct pg *pg, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id), pg_int8(job->key_id)};
	if (pg_exec(pg, SQL_stream_read, params, 3, &rows, err) < 0)
		return -1;
	struct stream_state state = {0};
	struct stream_claim claim = {job->session_gen, job->first_seq, job->last_seq, job->prev_chain};
	bool is_in_force = false;
	if (pg_rows_count(rows) > 0) {
		state.session_gen = (uint64_t)pg_get_int(rows, 0, 0);
		state.acked_seq = (uint64_t)pg_get_int(rows, 0, 1);
		copy_chain(rows, 0, 2, state.chain);
		is_in_force = pg_get_bool(rows, 0, 3);
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0)
		return -1;
	job->acked_seq = state.acked_seq;
	memcpy(job->at_chain, state.chain, CHAIN_BYTES);
	if (!is_in_force) {
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED;
		return 0;
	}
	enum stream_rule rule = stream_judge(&state, &claim);
	job->nack = stream_nack(rule);
	if (rule == STREAM_FORK)
		return add_probes(pg, job, err);
	if (rule == STREAM_REPEAT)
		return pg_exec(pg, SQL_stream_duplicate, params, 2, NULL, err);
	if (rule == STREAM_NEXT) /* the key came back into force between two statements: the agent asks again */
		job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY;
	return 0;
}

int stream_advance(struct pg *pg, struct job *job, bool *is_next_out, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code),
				    pg_int8(job->stream_id),
				    pg_int8((int64_t)job->session_gen),
				    pg_int8((int64_t)job->first_seq - 1),
				    pg_bytea(job->prev_chain, CHAIN_BYTES),
				    pg_int8((int64_t)job->last_seq),
				    pg_bytea(job->chain, CHAIN_BYTES),
				    pg_instant(job->received_at_us),
				    pg_int8(job->key_id)};
	if (pg_exec(pg, SQL_stream_advance, params, 9, &rows, err) < 0)
		return -1;
	*is_next_out = pg_rows_count(rows) == 1;
	pg_rows_free(&rows);
	if (!*is_next_out)
		return explain(pg, job, err);
	job->acked_seq = job->last_seq;
	return 0;
}
