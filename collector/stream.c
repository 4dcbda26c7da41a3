/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "hellos.h"
#include "sql.h"

void stream_copy_chain(struct pg_rows *rows, int row, int column, uint8_t out[CHAIN_BYTES])
{
	size_t len;
	const uint8_t *chain = pg_get_bytes(rows, row, column, &len);
	if (len == CHAIN_BYTES)
		memcpy(out, chain, CHAIN_BYTES);
}

/* What was stored before is acknowledged for itself and no further, with its verdicts: whoever asks again may not have heard them, and
 * those of what follows travel with the repeat of that. */
static int answer_repeat(struct pg *pg, struct job *job, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_text(job->office_code), pg_int8(job->stream_id), pg_int8((int64_t)job->first_seq),
				    pg_int8((int64_t)job->last_seq)};
	if (pg_exec(pg, SQL_stream_duplicate, params, 2, NULL, err) < 0 || pg_exec(pg, SQL_stream_verdicts, params, 4, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++)
		rc = job_add_verdict(job, (uint64_t)pg_get_int(rows, row, 0), pg_get_text(rows, row, 1), pg_get_text(rows, row, 2),
				     pg_get_text(rows, row, 3));
	if (rc < 0)
		err_set(err, ERR_NOMEM, "内存不足");
	else
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	job->is_behind = job->acked_seq > job->last_seq;
	job->acked_seq = job->last_seq;
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
	struct stream_claim claim = {job->session_gen, job->first_seq, job->last_seq, job->prev_chain, job->chain};
	bool is_in_force = false;
	if (pg_rows_count(rows) > 0) {
		state.session_gen = (uint64_t)pg_get_int(rows, 0, 0);
		state.acked_seq = (uint64_t)pg_get_int(rows, 0, 1);
		stream_copy_chain(rows, 0, 2, state.chain);
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
		return hellos_add_probes(pg, &job, 1, err);
	if (rule == STREAM_REPEAT)
		return answer_repeat(pg, job, err);
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
