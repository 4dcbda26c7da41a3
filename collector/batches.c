/* SPDX-License-Identifier: Apache-2.0 */
#include "batches.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "copyrow.h"
#include "lone.h"
#include "sql.h"
#include "stream.h"

static const char copy_sql[] = "COPY zhibao.batch (office_code, batch_id, stream_id, key_id, first_seq, last_seq, prev_chain, "
			       "chain, received_at, body) FROM STDIN (FORMAT binary)";
enum { ANSWER_RECORDS = 1000 }; /* that one acknowledgement answers at most, so that a proof by its receipt stays short */
enum { BATCH_COLUMNS = 10, ID_STOCK = 256, ID_LOW = 128, ID_ROOM = ID_STOCK + ID_LOW };

/* What the statement that advances streams is given, a column each. */
enum column { OFFICE, STREAM, GENERATION, BEFORE_SEQ, BEFORE_CHAIN, AFTER_SEQ, AFTER_CHAIN, KEY, COLUMN_COUNT };
static const enum copyrow_element column_types[COLUMN_COUNT] = {
	[OFFICE] = COPYROW_TEXT,     [STREAM] = COPYROW_INT8,	    [GENERATION] = COPYROW_INT8,
	[BEFORE_SEQ] = COPYROW_INT8, [BEFORE_CHAIN] = COPYROW_BYTEA, [AFTER_SEQ] = COPYROW_INT8,
	[AFTER_CHAIN] = COPYROW_BYTEA, [KEY] = COPYROW_INT8,
};

struct batches {
	bool keeps_bodies;
	struct records *records;
	struct lone *lone;
	struct buf columns[COLUMN_COUNT];
	struct buf rows; /* of the table batch */
	/* Of the call. */
	struct pg *pg;
	int64_t received_at_us; /* 0 before anything asked for it */
	bool *is_advanced;      /* owned; per element of the columns */
	/* Numbers for batches, drawn in advance; a number is never drawn twice, whatever becomes of a transaction. */
	int64_t ids[ID_ROOM];
	size_t id_count;
	/* What was made ready ahead of its transaction. */
	uint64_t round; /* above 0; a job that was made ready in another round is not ready */
	size_t ready_count;
	uint64_t used_round; /* whose rows are in the transaction; 0: none */
	int64_t expected_at_us; /* about now, by the server's clock; 0: nothing was received yet */
};

int batches_new(struct batches **out, bool keeps_bodies, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	(*out)->keeps_bodies = keeps_bodies;
	(*out)->round = 1;
	if (records_new(&(*out)->records, err) < 0 || lone_new(&(*out)->lone, err) < 0) {
		batches_free(out);
		return -1;
	}
	return 0;
}

void batches_free(struct batches **batches)
{
	if (!*batches)
		return;
	records_free(&(*batches)->records);
	lone_free(&(*batches)->lone);
	for (int i = 0; i < COLUMN_COUNT; i++)
		buf_fini(&(*batches)->columns[i]);
	buf_fini(&(*batches)->rows);
	free((*batches)->is_advanced);
	free(*batches);
	*batches = NULL;
}

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare(const void *left, const void *right)
{
	const struct job *a = *(struct job *const *)left, *b = *(struct job *const *)right;
	int by = strcmp(a->office_code, b->office_code);
	by = by ? by : order((uint64_t)a->stream_id, (uint64_t)b->stream_id);
	by = by ? by : order(a->session_gen, b->session_gen);
	return by ? by : order(a->first_seq, b->first_seq);
}

void batches_sort(struct job **jobs, size_t count)
{
	qsort(jobs, count, sizeof(struct job *), compare);
}

bool batches_same_stream(const struct job *a, const struct job *b)
{
	return a->stream_id == b->stream_id && strcmp(a->office_code, b->office_code) == 0;
}

/* Does the batch go on exactly where the one before it ends? */
static bool continues(const struct job *before, const struct job *job)
{
	return batches_same_stream(before, job) && before->session_gen == job->session_gen &&
	       before->key_id == job->key_id && before->last_seq + 1 == job->first_seq &&
	       memcmp(before->chain, job->prev_chain, CHAIN_BYTES) == 0;
}

void batches_join_answers(struct job **jobs, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		struct job *job = jobs[i], *next = jobs[i + 1];
		uint64_t first_seq = job->receipt_first_seq ? job->receipt_first_seq : job->first_seq;
		job->is_joined = continues(job, next) && !job->is_gap && !next->is_gap && job->verdict_count == 0 &&
				 job->acked_seq == job->last_seq && next->acked_seq == next->last_seq && !job->is_behind &&
				 !next->is_behind && next->last_seq - first_seq < ANSWER_RECORDS;
		if (job->is_joined)
			next->receipt_first_seq = first_seq;
	}
}

static size_t run_length(struct job *const *jobs, size_t count)
{
	size_t length = 1;
	while (length < count && continues(jobs[length - 1], jobs[length]))
		length++;
	return length;
}

static void add_run(struct batches *batches, const struct job *first, const struct job *last)
{
	struct buf *columns = batches->columns;
	copyrow_bytes(&columns[OFFICE], first->office_code, strlen(first->office_code));
	copyrow_int8(&columns[STREAM], first->stream_id);
	copyrow_int8(&columns[GENERATION], (int64_t)first->session_gen);
	copyrow_int8(&columns[BEFORE_SEQ], (int64_t)first->first_seq - 1);
	copyrow_bytes(&columns[BEFORE_CHAIN], first->prev_chain, CHAIN_BYTES);
	copyrow_int8(&columns[AFTER_SEQ], (int64_t)last->last_seq);
	copyrow_bytes(&columns[AFTER_CHAIN], last->chain, CHAIN_BYTES);
	copyrow_int8(&columns[KEY], first->key_id);
}

/* A stream may stand in the statement once: a second run of it waits for its turn alone. */
static bool is_first_of_stream(struct job *const *jobs, size_t i)
{
	return i == 0 || !batches_same_stream(jobs[i - 1], jobs[i]);
}

static int fill_columns(struct batches *batches, struct job **jobs, size_t count, size_t runs, struct err *err)
{
	bool is_failed = false;
	for (int c = 0; c < COLUMN_COUNT; c++) {
		buf_reset(&batches->columns[c]);
		copyrow_array_begin(&batches->columns[c], column_types[c], runs);
	}
	for (size_t i = 0, length; i < count; i += length) {
		length = run_length(jobs + i, count - i);
		if (is_first_of_stream(jobs, i))
			add_run(batches, jobs[i], jobs[i + length - 1]);
	}
	for (int c = 0; c < COLUMN_COUNT; c++) {
		copyrow_array_end(&batches->columns[c], 0);
		is_failed = is_failed || batches->columns[c].is_failed;
	}
	if (is_failed)
		err_set(err, ERR_NOMEM, "内存不足");
	return is_failed ? -1 : 0;
}

static int advance_runs(struct batches *batches, struct job **jobs, size_t count, struct err *err)
{
	struct pg_param params[COLUMN_COUNT];
	struct pg_rows *rows;
	size_t runs = 0;
	for (size_t i = 0; i < count; i++)
		runs += is_first_of_stream(jobs, i);
	free(batches->is_advanced);
	batches->is_advanced = calloc(runs, sizeof(bool));
	if (!batches->is_advanced) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	if (fill_columns(batches, jobs, count, runs, err) < 0)
		return -1;
	for (int c = 0; c < COLUMN_COUNT; c++)
		params[c] = pg_array(column_types[c], &batches->columns[c]);
	if (pg_begin_exec(batches->pg, SQL_streams_advance, params, COLUMN_COUNT, &rows, err) < 0)
		return -1;
	for (int row = 0; row < pg_rows_count(rows); row++) {
		int64_t place = pg_get_int(rows, row, 0);
		if (place >= 1 && (size_t)place <= runs)
			batches->is_advanced[place - 1] = true;
		batches->received_at_us = pg_get_instant(rows, row, 1);
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static int draw_ids(struct batches *batches, struct err *err)
{
	struct pg_rows *rows;
	struct pg_param params[] = {pg_int8(ID_STOCK)};
	if (pg_exec(batches->pg, SQL_batch_ids, params, 1, &rows, err) < 0)
		return -1;
	/* Used from the end, so the lowest goes there. */
	for (int row = pg_rows_count(rows) - 1; row >= 0 && batches->id_count < ID_ROOM; row--)
		batches->ids[batches->id_count++] = pg_get_int(rows, row, 0);
	int rc = pg_rows_check(rows, err);
	if (rc < 0)
		batches->id_count = 0;
	pg_rows_free(&rows);
	return rc;
}

bool batches_make_ready(struct batches *batches, const struct registry *registry, struct job *job)
{
	if (batches->id_count == 0 || batches->expected_at_us == 0 ||
	    !records_make_ready(batches->records, registry, job, batches->ids[batches->id_count - 1],
				batches->expected_at_us))
		return false;
	job->batch_id = batches->ids[--batches->id_count];
	job->ready_in = batches->round;
	batches->ready_count++;
	return true;
}

void batches_forget_ready(struct batches *batches)
{
	batches->round++;
	batches->ready_count = 0;
	records_forget_ready(batches->records);
}

static bool is_ready(const struct batches *batches, const struct job *job)
{
	return job->ready_in == batches->round;
}

/* The rows that were made ready, when all of their batches are in the group and move on; else each is looked at again. */
static void use_ready(struct batches *batches, struct job *const *jobs, size_t count)
{
	size_t ready = 0, moving = 0, place = 0;
	for (size_t i = 0, length; i < count; i += length) {
		length = run_length(jobs + i, count - i);
		bool moves = is_first_of_stream(jobs, i) && batches->is_advanced[place++];
		for (size_t k = i; k < i + length; k++) {
			ready += is_ready(batches, jobs[k]);
			moving += is_ready(batches, jobs[k]) && moves;
		}
	}
	if (ready == 0)
		return; /* it waits for another group */
	if (moving != batches->ready_count || !records_use_ready(batches->records, batches->received_at_us)) {
		batches_forget_ready(batches);
		return;
	}
	batches->ready_count = 0;
	batches->used_round = batches->round++;
}

static int keep(struct batches *batches, struct job *job, struct err *err)
{
	struct buf *rows = &batches->rows;
	bool is_used = job->ready_in == batches->used_round && job->ready_in > 0;
	if (!is_used && batches->id_count == 0 && draw_ids(batches, err) < 0)
		return -1;
	int64_t batch_id = is_used ? job->batch_id : batches->ids[--batches->id_count];
	job->received_at_us = batches->received_at_us;
	if (rows->len == 0)
		copyrow_head(rows);
	copyrow_begin(rows, BATCH_COLUMNS);
	copyrow_bytes(rows, job->office_code, strlen(job->office_code));
	copyrow_int8(rows, batch_id);
	copyrow_int8(rows, job->stream_id);
	copyrow_int8(rows, job->key_id);
	copyrow_int8(rows, (int64_t)job->first_seq);
	copyrow_int8(rows, (int64_t)job->last_seq);
	copyrow_bytes(rows, job->prev_chain, CHAIN_BYTES);
	copyrow_bytes(rows, job->chain, CHAIN_BYTES);
	copyrow_instant(rows, job->received_at_us);
	if (batches->keeps_bodies)
		copyrow_bytes(rows, job->body, job->len);
	else
		copyrow_null(rows);
	job->acked_seq = job->last_seq;
	return is_used ? 0 : records_store(batches->records, job, batch_id, err);
}

/* No stream moved on, so no statement has told the instant of receipt. */
static int read_clock(struct batches *batches, struct err *err)
{
	struct pg_rows *rows;
	if (pg_exec(batches->pg, SQL_received_at, NULL, 0, &rows, err) < 0)
		return -1;
	batches->received_at_us = pg_get_instant(rows, 0, 0);
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

/* A run whose stream did not move on: each of its batches says for itself where it stands. */
static int keep_one_by_one(struct batches *batches, struct job **jobs, size_t first, size_t length, struct err *err)
{
	if (batches->received_at_us == 0 && read_clock(batches, err) < 0)
		return -1;
	for (size_t i = first; i < first + length; i++) {
		bool is_next;
		jobs[i]->received_at_us = batches->received_at_us;
		if (stream_advance(batches->pg, jobs[i], &is_next, err) < 0 ||
		    (is_next && keep(batches, jobs[i], err) < 0))
			return -1;
	}
	return 0;
}

static int keep_runs(struct batches *batches, struct job **jobs, size_t count, struct err *err)
{
	size_t place = 0;
	for (size_t i = 0, length; i < count; i += length) {
		length = run_length(jobs + i, count - i);
		if (!is_first_of_stream(jobs, i) || !batches->is_advanced[place++]) {
			if (keep_one_by_one(batches, jobs, i, length, err) < 0)
				return -1;
			continue;
		}
		for (size_t k = i; k < i + length; k++)
			if (keep(batches, jobs[k], err) < 0)
				return -1;
	}
	return 0;
}

int batches_store(struct batches *batches, struct pg *pg, const struct registry *registry,
		  enum records_mode mode, struct job **jobs, size_t count, struct err *err)
{
	batches->pg = pg;
	batches->received_at_us = 0;
	batches->used_round = 0;
	buf_reset(&batches->rows);
	records_begin(batches->records, pg, registry, mode);
	if (advance_runs(batches, jobs, count, err) < 0)
		return -1;
	if (mode == RECORDS_FAST)
		use_ready(batches, jobs, count);
	else
		batches_forget_ready(batches);
	/* Numbers for what will be made ready while this group is under way. */
	if (count > 1 && batches->id_count < ID_LOW && draw_ids(batches, err) < 0)
		return -1;
	return keep_runs(batches, jobs, count, err) < 0 ? -1 : records_judge(batches->records, err);
}

bool batches_store_alone(struct batches *batches, struct pg *pg, const struct registry *registry, struct job *job,
			 enum pg_outcome *outcome_out, struct err *err)
{
	const struct buf *row;
	bool is_alone = job->first_seq == job->last_seq &&
			(batches->ready_count == 0 ? batches_make_ready(batches, registry, job)
						   : batches->ready_count == 1 && is_ready(batches, job));
	size_t kind = is_alone ? records_ready_kind(batches->records, &row) : CATALOG_KIND_COUNT;
	if (kind == CATALOG_KIND_COUNT)
		return false;
	/* It was judged for the day of the last receipt: what was not in the future then is not in the future now. */
	*outcome_out = lone_store(batches->lone, pg, job, batches->keeps_bodies, kind, row, err);
	batches_forget_ready(batches);
	if (*outcome_out != PG_STORED)
		return true;
	if (job->received_at_us == 0)
		return false; /* its stream did not move on: the other way tells why */
	batches->expected_at_us = job->received_at_us;
	return true;
}

enum pg_outcome batches_commit(struct batches *batches, const struct pg_meanwhile *meanwhile, struct err *err)
{
	struct pg_copy_data copies[1 + CATALOG_KIND_COUNT];
	static_assert(1 + CATALOG_KIND_COUNT <= PG_COPIES_MAX, "one query");
	size_t count = 0;
	if (batches->rows.len > 0) {
		copyrow_tail(&batches->rows);
		copies[count++] = (struct pg_copy_data){copy_sql, &batches->rows};
	}
	count += records_copies(batches->records, copies + count);
	batches->expected_at_us = batches->received_at_us;
	enum pg_outcome outcome = pg_copy_commit(batches->pg, copies, count, meanwhile, err);
	/* What was made ready may build on what was not stored. */
	if (outcome != PG_STORED)
		batches_forget_ready(batches);
	return outcome;
}
