/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - the row of a stream: who may continue it and from where
 * Thread: the owner of the connection; blocks. Everything runs inside the caller's transaction. */
#ifndef ZHIBAO_STREAM_H
#define ZHIBAO_STREAM_H

#include "jobs.h"
#include "pg.h"

/* The rule of docs/protocol.md section 4, for a batch that is not simply the next one. */
struct stream_state {
	uint64_t session_gen, acked_seq;
	uint8_t chain[CHAIN_BYTES];
};
struct stream_claim { /* what a batch says of itself */
	uint64_t session_gen, first_seq, last_seq;
	const uint8_t *prev_chain;
};
enum stream_rule { STREAM_NEXT, STREAM_REPEAT, STREAM_FENCED, STREAM_GAP, STREAM_RESYNC, STREAM_FORK };
enum stream_rule stream_judge(const struct stream_state *state, const struct stream_claim *claim);
/* The code a rule is told with; UNSPECIFIED for those that are accepted. */
Zhibao__V1__NackCode stream_nack(enum stream_rule rule);

int stream_hello(struct pg *pg, struct job *job, struct err *err);
/* Advances the stream for a batch: *is_next_out, or the answer is in the job. */
int stream_advance(struct pg *pg, struct job *job, bool *is_next_out, struct err *err);

#endif
