/* SPDX-License-Identifier: Apache-2.0 */
/* zhibao-bench-copy - the base: bare libpq, no collector
 * Stores the rows and the batch bytes that a collector would store, in the real tables. Everything
 * is encoded before the clock starts; a group is one transaction in one message to the server: COPY
 * of the batches, COPY of the rows. With --insert N instead: N times a prepared INSERT of one row,
 * one transaction each, and its latency. Prints "ready", waits for a line, runs, prints one line of
 * JSON, waits for the end of its input. */
#include <getopt.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "copyrow.h"
#include "figures.h"
#include "load.h"

enum { CHUNK_BYTES = 64 * 1024, BATCH_COLUMNS = 10, MAX_CONNECTIONS = 64 };

/* One COPY into each table, one transaction. */
struct group {
	struct buf batches, rows; /* whole COPY streams with head and tail */
};

struct worker {
	pthread_t thread;
	PGconn *conn;
	struct base *base;
	size_t number;
};

struct base {
	const char *conninfo, *keys_path;
	size_t rows, rows_per_copy, records_per_batch, connections, agents, inserts;
	bool has_no_batches, has_no_bytes;
	struct load_key *keys;
	struct load_stream *streams;
	struct load_ids ids;
	int64_t received_at_us, batches_made;
	struct group *groups;
	size_t group_count;
	_Atomic size_t next_group; /* the workers take them in order, so that receipts and commits go together */
	struct buf statement, message;
	struct worker workers[MAX_CONNECTIONS];
	struct samples latencies; /* of groups of worker 0, or of INSERTs */
	pthread_barrier_t start;
};

static void fail(PGconn *conn, const char *what)
{
	fprintf(stderr, "%s: %s", what, PQerrorMessage(conn));
	exit(1);
}

static PGconn *open_connection(const struct base *base)
{
	PGconn *conn = PQconnectdb(base->conninfo);
	if (PQstatus(conn) != CONNECTION_OK)
		fail(conn, "connect");
	return conn;
}

static void put_batch(struct base *base, struct group *group, size_t stream_index, size_t records)
{
	struct load_stream *stream = &base->streams[stream_index];
	/* Groups were received one after the other, so that a fold has something to cut into windows. */
	int64_t received_at_us = base->received_at_us + (int64_t)(group - base->groups) * 1000;
	struct load_rows rows = {&group->rows, received_at_us, ++base->batches_made};
	struct load_batch batch;
	struct buf *out = &group->batches;
	buf_reset(&base->message);
	load_make(stream, &base->ids, records, &base->message, &rows, &batch);
	copyrow_begin(out, BATCH_COLUMNS);
	copyrow_bytes(out, stream->office_code, strlen(stream->office_code));
	copyrow_int8(out, rows.batch_id);
	copyrow_int8(out, (int64_t)stream_index + 1);
	copyrow_int8(out, (int64_t)stream_index + 1);
	copyrow_int8(out, (int64_t)batch.first_seq);
	copyrow_int8(out, (int64_t)batch.last_seq);
	copyrow_bytes(out, batch.prev_chain, CHAIN_BYTES);
	copyrow_bytes(out, batch.chain, CHAIN_BYTES);
	copyrow_instant(out, received_at_us);
	if (base->has_no_bytes)
		copyrow_null(out);
	else
		copyrow_bytes(out, base->message.data, base->message.len);
}

/* Batches go round the streams, as they reach a collector. */
static void make_groups(struct base *base)
{
	size_t left = base->rows, turn = 0;
	base->group_count = (base->rows + base->rows_per_copy - 1) / base->rows_per_copy;
	base->groups = calloc(base->group_count, sizeof(*base->groups));
	base->received_at_us -= (int64_t)base->group_count * 1000;
	for (size_t g = 0; base->groups && g < base->group_count; g++) {
		struct group *group = &base->groups[g];
		size_t in_group = left < base->rows_per_copy ? left : base->rows_per_copy;
		left -= in_group;
		copyrow_head(&group->batches);
		copyrow_head(&group->rows);
		while (in_group > 0) {
			size_t records = in_group < base->records_per_batch
						 ? in_group
						 : base->records_per_batch;
			put_batch(base, group, turn++ % base->agents, records);
			in_group -= records;
		}
		copyrow_tail(&group->batches);
		copyrow_tail(&group->rows);
		if (group->batches.is_failed || group->rows.is_failed)
			exit(1);
	}
}

static void put_copy(PGconn *conn, const struct buf *data)
{
	for (size_t at = 0; at < data->len; at += CHUNK_BYTES) {
		size_t part = data->len - at < CHUNK_BYTES ? data->len - at : CHUNK_BYTES;
		if (PQputCopyData(conn, data->data + at, (int)part) != 1)
			fail(conn, "copy");
	}
	if (PQputCopyEnd(conn, NULL) != 1)
		fail(conn, "copy end");
}

/* Several statements in one query are one transaction: nothing waits for a round trip in between.
 */
static void store_group(const struct base *base, PGconn *conn, const struct group *group)
{
	const struct buf *parts[] = {&group->rows, &group->batches};
	size_t left = base->has_no_batches ? 1 : 2;
	PGresult *result;
	if (PQsendQuery(conn, buf_string(&base->statement)) != 1)
		fail(conn, "send");
	while ((result = PQgetResult(conn))) {
		ExecStatusType status = PQresultStatus(result);
		PQclear(result);
		if (status == PGRES_COPY_IN && left > 0)
			put_copy(conn, parts[--left]);
		else if (status != PGRES_COMMAND_OK)
			fail(conn, "store");
	}
}

static void *run_worker(void *context)
{
	struct worker *worker = context;
	struct base *base = worker->base;
	pthread_barrier_wait(&base->start);
	for (size_t g; (g = base->next_group++) < base->group_count;) {
		int64_t began_us = figures_now_us();
		store_group(base, worker->conn, &base->groups[g]);
		if (worker->number == 0)
			samples_add(&base->latencies, figures_now_us() - began_us);
	}
	return NULL;
}

/* The columns of the only row of a group, as parameters of a statement. */
static void split_row(const struct buf *rows, const char **values, int *lengths)
{
	const uint8_t *at =
		(const uint8_t *)rows->data + 19 + 2; /* head of the stream, number of columns */
	for (size_t i = 0; i < LOAD_LECTURE_COLUMNS; i++) {
		uint32_t len = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
			       (uint32_t)at[2] << 8 | at[3];
		at += 4;
		values[i] = len == UINT32_MAX ? NULL : (const char *)at;
		lengths[i] = len == UINT32_MAX ? 0 : (int)len;
		at += lengths[i];
	}
}

static void prepare_insert(struct base *base, PGconn *conn)
{
	buf_format(&base->statement, "INSERT INTO zhibao.lecture_event (%s) VALUES ($1",
		   load_lecture_columns);
	for (int i = 2; i <= LOAD_LECTURE_COLUMNS; i++)
		buf_format(&base->statement, ", $%d", i);
	buf_text(&base->statement, ")");
	PGresult *result = PQprepare(conn, "insert", buf_string(&base->statement), 0, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fail(conn, "prepare");
	PQclear(result);
}

static void run_inserts(struct base *base, PGconn *conn)
{
	const char *values[LOAD_LECTURE_COLUMNS];
	int lengths[LOAD_LECTURE_COLUMNS], formats[LOAD_LECTURE_COLUMNS];
	for (size_t i = 0; i < LOAD_LECTURE_COLUMNS; i++)
		formats[i] = 1;
	for (size_t g = 0; g < base->group_count; g++) {
		split_row(&base->groups[g].rows, values, lengths);
		int64_t began_us = figures_now_us();
		PGresult *result = PQexecPrepared(conn, "insert", LOAD_LECTURE_COLUMNS, values,
						  lengths, formats, 1);
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			fail(conn, "insert");
		PQclear(result);
		samples_add(&base->latencies, figures_now_us() - began_us);
	}
}

static int64_t backend_cpu_us(const struct base *base)
{
	int64_t sum = 0;
	for (size_t i = 0; i < base->connections; i++)
		sum += figures_process_cpu_us(PQbackendPID(base->workers[i].conn));
	return sum;
}

static void run(struct base *base)
{
	pthread_barrier_init(&base->start, NULL, (unsigned)base->connections + 1);
	for (size_t i = 0; i < base->connections; i++) {
		struct worker *worker = &base->workers[i];
		*worker = (struct worker){.conn = open_connection(base), .base = base, .number = i};
		if (!base->inserts &&
		    pthread_create(&worker->thread, NULL, run_worker, worker) != 0)
			exit(1);
	}
	if (base->inserts)
		prepare_insert(base, base->workers[0].conn);
	figures_wait_for_start();
	int64_t backends_us = backend_cpu_us(base), own_us = figures_own_cpu_us();
	int64_t began_us = figures_now_us();
	if (base->inserts) {
		run_inserts(base, base->workers[0].conn);
	} else {
		pthread_barrier_wait(&base->start);
		for (size_t i = 0; i < base->connections; i++)
			pthread_join(base->workers[i].thread, NULL);
	}
	int64_t took_us = figures_now_us() - began_us;
	own_us = figures_own_cpu_us() - own_us;
	backends_us = backend_cpu_us(base) - backends_us;
	printf("{\"rows\": %zu, \"seconds\": %.6f, \"rows_per_s\": %.1f, \"rows_per_copy\": %zu, "
	       "\"connections\": %zu, \"p50_us\": %lld, \"p99_us\": %lld, "
	       "\"backend_cpu_us\": %lld, \"own_cpu_us\": %lld}\n",
	       base->rows, (double)took_us / 1e6, (double)base->rows * 1e6 / (double)took_us,
	       base->rows_per_copy, base->connections,
	       (long long)samples_quantile(&base->latencies, 0.5),
	       (long long)samples_quantile(&base->latencies, 0.99), (long long)backends_us,
	       (long long)own_us);
	figures_wait_for_end();
	for (size_t i = 0; i < base->connections; i++)
		PQfinish(base->workers[i].conn);
	pthread_barrier_destroy(&base->start);
}

static void read_options(struct base *base, int argc, char **argv)
{
	static const struct option options[] = {{"conninfo", required_argument, NULL, 'c'},
						{"keys", required_argument, NULL, 'k'},
						{"rows", required_argument, NULL, 'n'},
						{"rows-per-copy", required_argument, NULL, 'r'},
						{"connections", required_argument, NULL, 'p'},
						{"records", required_argument, NULL, 'm'},
						{"agents", required_argument, NULL, 'a'},
						{"no-batches", no_argument, NULL, 'w'},
						{"no-bytes", no_argument, NULL, 'b'},
						{"insert", required_argument, NULL, 'i'},
						{NULL, 0, NULL, 0}};
	struct {
		int letter;
		size_t *value;
	} numbers[] = {{'n', &base->rows},        {'r', &base->rows_per_copy},
		       {'p', &base->connections}, {'m', &base->records_per_batch},
		       {'a', &base->agents},      {'i', &base->inserts}};
	int letter, at = 0;
	while ((letter = getopt_long(argc, argv, "", options, &at)) > 0) {
		if (letter == '?')
			exit(64);
		if (letter == 'c')
			base->conninfo = optarg;
		else if (letter == 'k')
			base->keys_path = optarg;
		else if (letter == 'w')
			base->has_no_batches = true;
		if (letter == 'b')
			base->has_no_bytes = true;
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
			if (letter == numbers[i].letter)
				*numbers[i].value = figures_option(options[at].name, optarg);
	}
	if (base->inserts) {
		base->rows = base->inserts;
		base->rows_per_copy = base->connections = 1;
	}
	if (base->conninfo && base->keys_path && base->connections <= MAX_CONNECTIONS)
		return;
	fputs("usage: zhibao-bench-copy --conninfo TEXT --keys FILE [--rows N] [--rows-per-copy "
	      "N]\n"
	      "       [--connections N] [--records N (in a batch)] [--agents N] [--no-batches | --no-bytes] | "
	      "[--insert N]\n",
	      stderr);
	exit(64);
}

int main(int argc, char **argv)
{
	struct base base = {.rows = 400000,
			    .rows_per_copy = 10000,
			    .records_per_batch = 200,
			    .connections = 2,
			    .agents = 200};
	read_options(&base, argc, argv);
	load_ids_init(&base.ids);
	base.received_at_us = clock_now_us(clock_system());
	base.agents = load_keys(base.keys_path, base.agents, &base.keys);
	base.streams = calloc(base.agents, sizeof(*base.streams));
	for (size_t i = 0; base.streams && i < base.agents; i++)
		load_stream_init(&base.streams[i], &base.keys[i], &base.ids);
	make_groups(&base);
	if (!base.inserts && !base.has_no_batches)
		buf_text(&base.statement, "COPY zhibao.batch (office_code, batch_id, stream_id, "
					  "key_id, first_seq, last_seq, prev_chain, "
					  "chain, received_at, body) FROM STDIN (FORMAT binary); ");
	if (!base.inserts)
		buf_format(&base.statement,
			   "COPY zhibao.lecture_event (%s) FROM STDIN (FORMAT binary)",
			   load_lecture_columns);
	run(&base);
	for (size_t g = 0; g < base.group_count; g++) {
		buf_fini(&base.groups[g].batches);
		buf_fini(&base.groups[g].rows);
	}
	for (size_t i = 0; i < base.agents; i++)
		load_stream_fini(&base.streams[i]);
	samples_free(&base.latencies);
	buf_fini(&base.statement);
	buf_fini(&base.message);
	free(base.groups);
	free(base.streams);
	free(base.keys);
	return 0;
}
