/* SPDX-License-Identifier: Apache-2.0 */
/* load.h - made-up lectures of an office: as Batch messages for agents, as rows of COPY for the
 * bare base Both forms come from one call, so that base and subject store the same rows and the
 * same bytes. Thread: a stream and a generator have one owner. */
#ifndef ZHIBAO_BENCH_LOAD_H
#define ZHIBAO_BENCH_LOAD_H

#include "buf.h"
#include "chain.h"
#include "mqkeys.h"
#include "uuid.h"

enum { LOAD_TEMPLATES = 16, LOAD_CODE_SIZE = 24, LOAD_LECTURE_COLUMNS = 33 };

/* One line of a key file: "public secret office township". The township is evidence of coverage. */
struct load_key {
	char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE]; /* Z85 */
	char office_code[LOAD_CODE_SIZE], township_code[LOAD_CODE_SIZE];
};

struct load_ids {
	uint64_t state; /* of a fast generator that is no secret */
	struct random_source random;
	struct uuid_generator uuids;
};

struct load_stream {
	char office_code[LOAD_CODE_SIZE], township_code[LOAD_CODE_SIZE];
	uint8_t outbox_uuid[OUTBOX_UUID_BYTES];
	uint8_t chain[CHAIN_BYTES];           /* after seq */
	uint64_t seq;                         /* of the newest record made */
	struct buf templates[LOAD_TEMPLATES]; /* encoded records without their identifiers and numbers */
	size_t number_at[LOAD_TEMPLATES];     /* where the number of the theme goes */
};

/* Where the rows of a batch go; the instant and the number are the centre's. */
struct load_rows {
	struct buf *out; /* rows of COPY for zhibao.lecture_event, without head and tail */
	int64_t received_at_us, batch_id;
};

/* A batch that was made: what its row in zhibao.batch says. */
struct load_batch {
	uint64_t first_seq, last_seq;
	uint8_t prev_chain[CHAIN_BYTES], chain[CHAIN_BYTES];
};

/* Reads at most limit lines. Returns their number; *out is owned, free() it. Ends the program when
 * there are none. */
size_t load_keys(const char *path, size_t limit, struct load_key **out);
void load_ids_init(struct load_ids *ids); /* must not move afterwards */
void load_stream_init(struct load_stream *stream, const struct load_key *key, struct load_ids *ids);
void load_stream_fini(struct load_stream *stream);
/* Appends the next Batch message of the stream to out; with rows also its rows. */
void load_make(struct load_stream *stream, struct load_ids *ids, size_t records, struct buf *out,
	       const struct load_rows *rows, struct load_batch *batch_out);
/* Columns of zhibao.lecture_event in the order of the rows. */
extern const char load_lecture_columns[];

#endif
