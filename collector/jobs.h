/* SPDX-License-Identifier: Apache-2.0 */
/* jobs.h - what the loop thread asks of the store thread, and the answer, in one object
 * Thread: owned by the loop thread, then by the store thread, then by the loop thread again. */
#ifndef ZHIBAO_JOBS_H
#define ZHIBAO_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chain.h"
#include "registry.h"
#include "router.h"
#include "zhibao/v1/session.pb-c.h"

enum job_kind { JOB_HELLO, JOB_BATCH };

struct verdict {
	uint64_t seq;
	char code[32], field[48];
	char text[360];
};

struct probe {
	uint64_t seq;
	uint8_t chain[CHAIN_BYTES];
};

enum { MAX_PROBES = 64 };

struct job {
	struct job *next;
	enum job_kind kind;
	struct peer peer;
	uint64_t session_no; /* of intake, as a peer id may be used again */
	int64_t key_id;
	char office_code[CODE_SIZE];
	uint8_t outbox_uuid[OUTBOX_UUID_BYTES];
	uint64_t known_seq; /* JOB_HELLO: acknowledged as far as the agent knows */
	int64_t stream_id;
	uint64_t session_gen;
	uint64_t first_seq, last_seq;
	uint8_t prev_chain[CHAIN_BYTES], chain[CHAIN_BYTES];
	uint8_t *body; /* owned: the Batch message */
	size_t len;

	/* Answer. */
	Zhibao__V1__NackCode nack; /* UNSPECIFIED: accepted */
	uint64_t acked_seq;
	int64_t received_at_us;
	struct verdict *verdicts; /* owned */
	size_t verdict_count;
	struct probe *probes; /* owned */
	size_t probe_count;
	char programme[64];
	uint32_t programme_version;
};

void job_free(struct job **job);
void job_clear_answer(struct job *job);
/* -1 when memory is out. */
int job_add_verdict(struct job *job, uint64_t seq, const char *code, const char *field,
		    const char *text);

#endif
