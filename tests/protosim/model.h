/* SPDX-License-Identifier: Apache-2.0 */
/* model.h - a database of streams and records with a synchronous standby, in memory
 * Applies the collector's own rule (stream_judge) to jobs. A commit reaches the primary; what was replicated survives a
 * failover. Rows are only appended, so that a state is a copy of the streams and three counts.
 * Thread: one owner. */
#ifndef ZHIBAO_MODEL_H
#define ZHIBAO_MODEL_H

#include "jobs.h"

enum { MODEL_STREAMS = 64, MODEL_ROWS = 16384, MODEL_TAGS = 8, MODEL_RECORDS = 512, PAYLOAD_BYTES = 64 };

/* A record of the simulation: everything in it follows from who made it and its number. */
struct payload {
	unsigned tag, number;
};
size_t payload_make(struct payload payload, uint8_t out[PAYLOAD_BYTES]);
/* False when the bytes are not exactly a payload. */
bool payload_read(const uint8_t *data, size_t len, struct payload *out);
/* Does the record break a rule, so that the centre puts it aside? */
bool payload_is_aside(struct payload payload);

struct model_stream {
	char office_code[CODE_SIZE];
	uint8_t uuid[OUTBOX_UUID_BYTES], chain[CHAIN_BYTES];
	uint64_t session_gen, acked_seq;
};

struct model_row {
	int64_t stream_id;
	uint64_t seq, last_seq; /* last_seq > 0: a gap */
	struct payload payload;
	bool is_repeat; /* stored before under another stream: kept in the batch, not as an item */
	bool is_aside;
};

struct model_batch {
	int64_t stream_id;
	uint64_t last_seq;
	uint8_t chain[CHAIN_BYTES];
};

struct model_state {
	struct model_stream streams[MODEL_STREAMS]; /* stream id is index + 1 */
	size_t stream_count, row_count, batch_count;
};

struct model {
	struct model_state primary, standby, backup;
	struct model_row rows[MODEL_ROWS];
	struct model_batch batches[MODEL_ROWS];
	int stored_at[MODEL_TAGS][MODEL_RECORDS]; /* 1 + row that holds the item, 0 none */
	uint64_t repeats, gaps, aside;
	char fault[200]; /* "" while every rule of the oracle holds */
};

void model_init(struct model *model);
/* Runs a job on the primary and fills its answer. */
void model_run(struct model *model, struct job *job);
void model_replicate(struct model *model); /* all that was committed is on the standby */
void model_failover(struct model *model);  /* the standby is the primary now */
void model_backup(struct model *model);
void model_restore(struct model *model); /* both are what the backup was */
bool model_is_durable(const struct model *model, struct payload payload);
/* Streams have every number once, in order, as a record or in a gap. Fills fault. */
void model_check(struct model *model);

#endif
