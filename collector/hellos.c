/* SPDX-License-Identifier: Apache-2.0 */
#include "hellos.h"

#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "recordwire.h"
#include "sql.h"
#include "stream.h"

/* What the statement that opens sessions is given, a column each. */
enum column { OFFICE, OUTBOX, KEY, START, FORKED_FROM, FORK_SEQ, SOFTWARE, PROTOCOL, DOWNLINK, COLUMN_COUNT };
static const enum copyrow_element hello_types[COLUMN_COUNT] = {
	[OFFICE] = COPYROW_TEXT,       [OUTBOX] = COPYROW_BYTEA, [KEY] = COPYROW_INT8,
	[START] = COPYROW_BYTEA,       [FORKED_FROM] = COPYROW_BYTEA, [FORK_SEQ] = COPYROW_INT8,
	[SOFTWARE] = COPYROW_TEXT,     [PROTOCOL] = COPYROW_INT8, [DOWNLINK] = COPYROW_INT8,
};
static const enum copyrow_element stream_types[] = {COPYROW_TEXT, COPYROW_INT8, COPYROW_INT8};

/* Arrays for one statement. */
struct columns {
	struct buf buffers[COLUMN_COUNT];
	const enum copyrow_element *types;
	size_t count;
};

static void columns_begin(struct columns *columns, const enum copyrow_element *types, size_t count, size_t rows)
{
	*columns = (struct columns){.types = types, .count = count};
	for (size_t i = 0; i < count; i++)
		copyrow_array_begin(&columns->buffers[i], types[i], rows);
}

/* Runs the statement and frees the columns. */
static int columns_exec(struct columns *columns, struct pg *pg, const char *sql, struct pg_rows **rows_out, struct err *err)
{
	struct pg_param params[COLUMN_COUNT];
	bool is_failed = false;
	for (size_t i = 0; i < columns->count; i++) {
		copyrow_array_end(&columns->buffers[i], 0);
		is_failed = is_failed || columns->buffers[i].is_failed;
		params[i] = pg_array(columns->types[i], &columns->buffers[i]);
	}
	int rc = -1;
	if (is_failed)
		err_set(err, ERR_NOMEM, "内存不足");
	else
		rc = pg_exec(pg, sql, params, columns->count, rows_out, err);
	for (size_t i = 0; i < columns->count; i++)
		buf_fini(&columns->buffers[i]);
	return rc;
}

/* The element a row speaks of, NULL for none of ours. */
static struct job *job_at(struct pg_rows *rows, int row, struct job **jobs, size_t count)
{
	int64_t place = pg_get_int(rows, row, 0);
	return place >= 1 && (size_t)place <= count ? jobs[place - 1] : NULL;
}

int hellos_add_probes(struct pg *pg, struct job **jobs, size_t count, struct err *err)
{
	struct columns columns;
	struct pg_rows *rows;
	columns_begin(&columns, stream_types, 2, count);
	for (size_t i = 0; i < count; i++) {
		copyrow_bytes(&columns.buffers[0], jobs[i]->office_code, strlen(jobs[i]->office_code));
		copyrow_int8(&columns.buffers[1], jobs[i]->stream_id);
	}
	if (columns_exec(&columns, pg, SQL_streams_probes, &rows, err) < 0)
		return -1;
	for (int row = 0; row < pg_rows_count(rows); row++) {
		struct job *job = job_at(rows, row, jobs, count);
		if (job && !job->probes)
			job->probes = calloc(MAX_PROBES, sizeof(*job->probes));
		if (!job || !job->probes || job->probe_count == MAX_PROBES)
			continue;
		struct probe *probe = &job->probes[job->probe_count++];
		probe->seq = (uint64_t)pg_get_int(rows, row, 1);
		stream_copy_chain(rows, row, 2, probe->chain);
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

/* One that waits to be opened: the job and what its message says. */
struct waiting {
	struct job *job;
	struct arena arena;
	const Zhibao__V1__Hello *hello; /* in the arena */
	size_t no;                      /* in the order of arrival */
	bool is_open;
};

static int compare_stream(const void *left, const void *right)
{
	const struct waiting *a = left, *b = right;
	int by = strcmp(a->job->office_code, b->job->office_code);
	return by ? by : memcmp(a->job->outbox_uuid, b->job->outbox_uuid, OUTBOX_UUID_BYTES);
}

static int compare_arrival(const void *left, const void *right)
{
	const struct waiting *a = left, *b = right;
	int by = compare_stream(a, b);
	return by ? by : (a->no > b->no) - (a->no < b->no);
}

static int add_missed_verdicts(struct pg *pg, struct waiting *all, struct job **jobs, size_t count, struct err *err)
{
	struct columns columns;
	struct pg_rows *rows;
	columns_begin(&columns, stream_types, 3, count);
	for (size_t i = 0; i < count; i++) {
		copyrow_bytes(&columns.buffers[0], jobs[i]->office_code, strlen(jobs[i]->office_code));
		copyrow_int8(&columns.buffers[1], jobs[i]->stream_id);
		copyrow_int8(&columns.buffers[2], (int64_t)(all[i].hello->acked_seq & INT64_MAX));
	}
	if (columns_exec(&columns, pg, SQL_streams_verdicts, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++) {
		struct job *job = job_at(rows, row, jobs, count);
		rc = job ? job_add_verdict(job, (uint64_t)pg_get_int(rows, row, 1), pg_get_text(rows, row, 2),
					   pg_get_text(rows, row, 3), pg_get_text(rows, row, 4))
			 : 0;
	}
	if (rc == 0)
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

static void fill(struct columns *columns, const struct waiting *one)
{
	const struct job *job = one->job;
	const Zhibao__V1__Hello *hello = one->hello;
	uint8_t start[CHAIN_BYTES];
	bool is_forked = hello->forked_from_uuid.len == OUTBOX_UUID_BYTES;
	struct buf *to = columns->buffers;
	chain_start(job->outbox_uuid, start);
	copyrow_bytes(&to[OFFICE], job->office_code, strlen(job->office_code));
	copyrow_bytes(&to[OUTBOX], job->outbox_uuid, OUTBOX_UUID_BYTES);
	copyrow_int8(&to[KEY], job->key_id);
	copyrow_bytes(&to[START], start, CHAIN_BYTES);
	copyrow_bytes(&to[FORKED_FROM], hello->forked_from_uuid.data, is_forked ? OUTBOX_UUID_BYTES : 0);
	copyrow_int8(&to[FORK_SEQ], (int64_t)(hello->fork_seq & INT64_MAX));
	copyrow_bytes(&to[SOFTWARE], hello->software, strlen(hello->software));
	copyrow_int8(&to[PROTOCOL], job->protocol);
	copyrow_int8(&to[DOWNLINK], (int64_t)(hello->downlink_seq & INT64_MAX));
}

static int take_row(struct pg_rows *rows, int row, struct waiting *all, size_t count)
{
	struct job key = {0};
	size_t len;
	strncpy(key.office_code, pg_get_text(rows, row, 0), sizeof(key.office_code) - 1);
	const uint8_t *uuid = pg_get_bytes(rows, row, 1, &len);
	if (len != OUTBOX_UUID_BYTES)
		return -1;
	memcpy(key.outbox_uuid, uuid, OUTBOX_UUID_BYTES);
	struct waiting wanted = {.job = &key};
	struct waiting *one = bsearch(&wanted, all, count, sizeof(wanted), compare_stream);
	if (!one)
		return -1;
	struct job *job = one->job;
	one->is_open = true;
	job->stream_id = pg_get_int(rows, row, 2);
	job->session_gen = (uint64_t)pg_get_int(rows, row, 3);
	job->acked_seq = (uint64_t)pg_get_int(rows, row, 4);
	stream_copy_chain(rows, row, 5, job->chain);
	job->received_at_us = pg_is_null(rows, row, 6) ? 0 : pg_get_instant(rows, row, 6);
	job->downlink_head = (uint64_t)pg_get_int(rows, row, 7);
	return 0;
}

static int open_streams(struct pg *pg, struct waiting *all, size_t count, struct err *err)
{
	struct columns columns;
	struct pg_rows *rows;
	columns_begin(&columns, hello_types, COLUMN_COUNT, count);
	for (size_t i = 0; i < count; i++)
		fill(&columns, &all[i]);
	if (columns_exec(&columns, pg, SQL_streams_hello, &rows, err) < 0)
		return -1;
	int rc = 0;
	for (int row = 0; row < pg_rows_count(rows) && rc == 0; row++)
		rc = take_row(rows, row, all, count);
	if (rc < 0)
		err_set(err, ERR_INTERNAL, "a session was opened that nobody asked for");
	else
		rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	return rc;
}

/* Sorted, each stream once. Those whose key is not in force are told so; the others learn where they stand. */
static int open_sessions(struct pg *pg, struct waiting *all, size_t count, struct err *err)
{
	size_t open = 0;
	if (open_streams(pg, all, count, err) < 0)
		return -1;
	struct job **jobs = calloc(count, sizeof(struct job *));
	if (!jobs) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		if (!all[i].is_open) {
			all[i].job->nack = ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED;
			continue;
		}
		struct waiting other = all[open]; /* the refused go behind; their arenas go with them */
		all[open] = all[i];
		if (open != i)
			all[i] = other;
		jobs[open] = all[open].job;
		open++;
	}
	int rc = open == 0 || (hellos_add_probes(pg, jobs, open, err) == 0 && add_missed_verdicts(pg, all, jobs, open, err) == 0) ? 0 : -1;
	free(jobs);
	return rc;
}

static int read_hello(struct waiting *one, struct job *job, size_t no, struct err *err)
{
	struct problems problems = {0};
	*one = (struct waiting){.job = job, .no = no};
	arena_init(&one->arena, WIRE_FLOOR_BYTES + job->len * WIRE_EXPANSION);
	one->hello = (const Zhibao__V1__Hello *)wire_unpack(&zhibao__v1__hello__descriptor, &one->arena, job->body, job->len,
							    &problems);
	if (one->hello)
		return 0;
	err_set(err, ERR_INTERNAL, "hello unreadable behind the reception");
	return -1;
}

/* The first of each stream comes to the front, sorted; how many they are. */
static size_t part_firsts(struct waiting *all, size_t count, struct waiting *later, size_t *later_count)
{
	size_t firsts = 0;
	*later_count = 0;
	qsort(all, count, sizeof(*all), compare_arrival);
	for (size_t i = 0; i < count; i++) {
		if (firsts > 0 && compare_stream(&all[firsts - 1], &all[i]) == 0)
			later[(*later_count)++] = all[i];
		else
			all[firsts++] = all[i];
	}
	return firsts;
}

int hellos_run(struct pg *pg, struct job **jobs, size_t count, struct err *err)
{
	struct waiting *all = calloc(2 * count, sizeof(*all)), *later = all ? all + count : NULL;
	size_t read = 0, left = count, later_count = 0;
	int rc = all ? 0 : -1;
	if (!all)
		err_set(err, ERR_NOMEM, "内存不足");
	for (; rc == 0 && read < count; read++)
		rc = read_hello(&all[read], jobs[read], read, err);
	/* A stream may stand in a statement once: who greets again before the answer waits for the next one. */
	while (rc == 0 && left > 0) {
		size_t firsts = part_firsts(all, left, later, &later_count);
		rc = open_sessions(pg, all, firsts, err);
		for (size_t i = 0; i < firsts; i++)
			arena_fini(&all[i].arena);
		memcpy(all, later, later_count * sizeof(*all));
		left = later_count;
		read = left;
	}
	for (size_t i = 0; i < read; i++)
		arena_fini(&all[i].arena);
	free(all);
	return rc;
}
