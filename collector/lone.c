/* SPDX-License-Identifier: Apache-2.0 */
#include "lone.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "project.h"

/* Parameters of the stream and the batch; those of the row follow, all of its columns but received_at. */
enum { FIXED_PARAMS = 10, ROW_COLUMNS_MAX = 48 };

struct lone {
	struct buf statements[CATALOG_KIND_COUNT];
};

/* As stream_advance, and the batch beside it. The clock is read while the transaction runs: an instant from before its start
 * would be taken for one that nothing can come before any more. */
static const char head_sql[] =
	"WITH moved AS (UPDATE zhibao.stream SET acked_seq = $6, chain = $7, last_received_at = clock_timestamp()"
	" WHERE office_code = $1 AND stream_id = $2 AND session_gen = $3 AND acked_seq = $4 AND chain = $5"
	" AND EXISTS (SELECT FROM zhibao.agent_key WHERE key_id = $8 AND revoked_at IS NULL AND (valid_to IS NULL OR valid_to > now()))"
	" RETURNING last_received_at),"
	" kept AS (INSERT INTO zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, chain, received_at,"
	" body) SELECT $1, $9, $2, $8, $6, $6, $5, $7, last_received_at, $10 FROM moved),"
	" stored AS (INSERT INTO zhibao.";

static void make_statement(struct buf *text, size_t k)
{
	struct projection_column column;
	buf_format(text, "%s%s (", head_sql, catalog_kinds[k]->name);
	for (size_t i = 0; projection_column(catalog_kinds[k], i, &column); i++)
		buf_format(text, "%s%s", i ? ", " : "", column.name);
	buf_text(text, ") SELECT ");
	size_t number = FIXED_PARAMS;
	for (size_t i = 0; projection_column(catalog_kinds[k], i, &column); i++) {
		if (column.is_received_at)
			buf_text(text, ", last_received_at");
		else
			buf_format(text, "%s$%zu::%s", i ? ", " : "", ++number, column.type);
	}
	assert(number - FIXED_PARAMS <= ROW_COLUMNS_MAX);
	buf_text(text, " FROM moved) SELECT last_received_at FROM moved");
}

int lone_new(struct lone **out, struct err *err)
{
	bool is_failed = false;
	*out = calloc(1, sizeof(**out));
	for (size_t k = 0; *out && k < CATALOG_KIND_COUNT; k++) {
		make_statement(&(*out)->statements[k], k);
		is_failed = is_failed || (*out)->statements[k].is_failed;
	}
	if (*out && !is_failed)
		return 0;
	err_set(err, ERR_NOMEM, "内存不足");
	lone_free(out);
	return -1;
}

void lone_free(struct lone **lone)
{
	if (!*lone)
		return;
	for (size_t k = 0; k < CATALOG_KIND_COUNT; k++)
		buf_fini(&(*lone)->statements[k]);
	free(*lone);
	*lone = NULL;
}

static uint32_t be32(const char *at)
{
	uint32_t value;
	memcpy(&value, at, sizeof(value));
	return __builtin_bswap32(value);
}

/* The columns of a row for COPY as parameters. */
static size_t split_row(size_t kind, const struct buf *row, struct pg_param *params)
{
	struct projection_column column;
	const char *at = row->data + COPYROW_HEAD_BYTES + sizeof(uint16_t);
	size_t count = 0;
	for (size_t i = 0; projection_column(catalog_kinds[kind], i, &column); i++) {
		uint32_t len = be32(at);
		at += sizeof(len);
		if (!column.is_received_at)
			params[count++] = (struct pg_param){.data = at, .len = len == UINT32_MAX ? -1 : (int)len};
		at += len == UINT32_MAX ? 0 : len;
	}
	return count;
}

enum pg_outcome lone_store(struct lone *lone, struct pg *pg, struct job *job, bool keeps_body, size_t kind, const struct buf *row,
			   struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[FIXED_PARAMS + ROW_COLUMNS_MAX] = {
		pg_text(job->office_code),
		pg_int8(job->stream_id),
		pg_int8((int64_t)job->session_gen),
		pg_int8((int64_t)job->first_seq - 1),
		pg_bytea(job->prev_chain, CHAIN_BYTES),
		pg_int8((int64_t)job->last_seq),
		pg_bytea(job->chain, CHAIN_BYTES),
		pg_int8(job->key_id),
		pg_int8(job->batch_id),
		pg_bytea(keeps_body ? job->body : NULL, job->len),
	};
	size_t count = FIXED_PARAMS + split_row(kind, row, params + FIXED_PARAMS);
	job->received_at_us = 0;
	enum pg_outcome outcome = pg_exec_commit(pg, buf_string(&lone->statements[kind]), params, count, &rows, err);
	if (outcome != PG_STORED)
		return outcome;
	if (pg_rows_count(rows) == 1) {
		job->received_at_us = pg_get_instant(rows, 0, 0);
		job->acked_seq = job->last_seq;
	}
	pg_rows_free(&rows);
	return outcome;
}
