/* SPDX-License-Identifier: Apache-2.0 */
/* reply.h - messages of the collector as bytes
 * Thread: any; pure functions. */
#ifndef ZHIBAO_REPLY_H
#define ZHIBAO_REPLY_H

#include "buf.h"
#include "frame.h"
#include "jobs.h"
#include "receipt.h"

/* Each puts a whole payload, envelope and message, into out (emptied before). out->is_failed when memory is out. */
void reply_message(struct buf *out, const struct frame *frame, const ProtobufCMessage *message);
struct reply_terms;
void reply_bye(struct buf *out, const struct frame *session, const struct reply_terms *terms, const char *reason,
	       uint32_t reconnect_ms);
void reply_endpoints(struct buf *out, const struct frame *session, const struct reply_terms *terms, uint32_t spread_ms);
struct reply_nack {
	Zhibao__V1__NackCode code;
	uint32_t retry_ms;
	uint64_t credit_bytes; /* 0: no session */
	uint64_t first_seq;    /* of the batch refused; 0: not known */
	const char *detail;    /* borrowed */
};
void reply_nack(struct buf *out, const struct frame *session, const struct reply_nack *nack);
/* What the store said against a job. */
void reply_refusal(struct buf *out, const struct frame *session, const struct job *job, uint64_t credit_bytes);

struct reply_terms { /* what the centre offers in every session */
	uint32_t heartbeat_ms;
	const char *const *endpoints; /* borrowed */
	size_t endpoint_count;
	const struct sign_keys *sign_keys; /* borrowed; NULL: no receipts */
};
void reply_welcome(struct buf *out, const struct frame *session, const struct job *job,
		   const struct reply_terms *terms, uint64_t credit_bytes, int64_t now_us);
/* Verdicts [first, first + count) of job; acked_seq is that of the job or, for a part, of its last verdict. */
struct reply_ack {
	uint64_t acked_seq, credit_bytes;
	size_t first_verdict, verdict_count;
	const struct sign_keys *sign_keys; /* borrowed; NULL: no receipt */
};
void reply_ack(struct buf *out, const struct frame *session, const struct job *job,
	       const struct reply_ack *ack);

#endif
