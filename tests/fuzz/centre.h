/* SPDX-License-Identifier: Apache-2.0 */
/* centre.h - a centre that says anything to a session of the agent: sound messages at the wrong time, wrong ones, noise
 * It stands between the session and its ledger and pipe and stops the run when the session does what it must not:
 * believe an acknowledgement of records that were not sent, send beyond its credit, break the chain.
 * Thread: one. */
#ifndef ZHIBAO_FUZZ_CENTRE_H
#define ZHIBAO_FUZZ_CENTRE_H

#include "fuzz.h"
#include "session.h"

struct centre {
	struct session *session;
	struct session_ledger ledger; /* the real one */
	int64_t now_ms;
	uint8_t protocol;
	uint64_t session_gen;  /* told in Welcome */
	uint64_t credit_bytes; /* most that was ever told in this session */
	uint64_t batch_bytes;  /* sent since Hello */
	uint64_t sent_to;      /* last record sent or known to be stored in this session */
	uint64_t run_last;     /* of the newest batch, which may lie before others after a rewind */
	bool is_pipe_full, is_disk_failing;
	unsigned acks, batches, forks, drops, reconnects; /* what the session did */
	/* May be NULL. */
	void (*deliver)(void *context, uint8_t type, const ProtobufCMessage *message);
	void (*opened)(void *context, const Zhibao__V1__Welcome *welcome, bool is_v2);
	void *context;
};

/* Fills in what a session needs to talk to centre; ledger and the callbacks must be set before. */
/* The pack the agent has. */
extern const struct programme centre_programme;
struct session_options centre_options(struct centre *centre);
/* Says or does one thing that the input asks for. */
void centre_step(struct centre *centre, struct fuzz_input *in);
void centre_say(struct centre *centre, uint8_t type, const ProtobufCMessage *message);
/* Seeds: a session that goes well, one with refusals, one with a fork, noise. -1 after the last one. */
ptrdiff_t centre_seed(size_t index, uint8_t *out, size_t size);

#endif
