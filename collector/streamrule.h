/* SPDX-License-Identifier: Apache-2.0 */
/* streamrule.h - may this batch continue this stream? docs/protocol.md section 4
 * Thread: any; pure functions. */
#ifndef ZHIBAO_STREAMRULE_H
#define ZHIBAO_STREAMRULE_H

#include "chain.h"
#include "zhibao/v1/session.pb-c.h"

struct stream_state {
	uint64_t session_gen, acked_seq;
	uint8_t chain[CHAIN_BYTES];
};
struct stream_claim { /* what a batch says of itself */
	uint64_t session_gen, first_seq, last_seq;
	const uint8_t *prev_chain, *chain;
};
enum stream_rule { STREAM_NEXT, STREAM_REPEAT, STREAM_FENCED, STREAM_GAP, STREAM_RESYNC, STREAM_FORK };
enum stream_rule stream_judge(const struct stream_state *state, const struct stream_claim *claim);
/* The code a rule is told with; UNSPECIFIED for those that are accepted. */
Zhibao__V1__NackCode stream_nack(enum stream_rule rule);
/* Does the batch hang together by itself? NULL and its last number, or what is wrong. */
const char *stream_batch_fault(const Zhibao__V1__Batch *batch, uint32_t protocol, uint64_t *last_seq_out);

#endif
