/* SPDX-License-Identifier: Apache-2.0 */
/* jobs.h - what the loop thread asks of a store thread, and the answer, in one object
 * Thread: owned by the loop thread, then by a store thread, then by the loop thread again. */
#ifndef ZHIBAO_JOBS_H
#define ZHIBAO_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chain.h"
#include "registry.h"
#include "router.h"
#include "zhibao/v1/session.pb-c.h"

/* Records and everything small go one way, content of files another, so that a video holds nothing up. */
enum lane { LANE_RECORDS, LANE_FILES, LANE_COUNT };

enum job_kind {
	JOB_HELLO,
	JOB_BATCH,
	JOB_ENROL,  /* with a one-time key */
	JOB_ROTATE, /* Enrol inside a session */
	JOB_DOWNLINK,
	JOB_DOWNLINK_ACK,
	JOB_RECALL,
	JOB_OFFER,
	JOB_CHUNK,
	JOB_WANT,
	JOB_PROPOSE /* among the files, so that counting holds no record up */
};

enum lane job_lane(enum job_kind kind);

struct verdict {
	uint64_t seq;
	char code[32], field[48];
	char text[360];
};

struct probe {
	uint64_t seq;
	uint8_t chain[CHAIN_BYTES];
};

enum { MAX_PROBES = 64, DOWNLINK_WINDOW = 16 };

/* How the content of files travels, and how much of the messages to an office one answer brings, but for the last of them. */
enum { FILE_CHUNK_BYTES = 65536, FILE_WINDOW_CHUNKS = 8, DOWNLINK_BYTES = 16384 };

/* A message that goes back as it is. */
struct reply {
	struct reply *next;
	uint8_t type;
	size_t len;
	uint8_t body[];
};

struct job {
	struct job *next;
	enum job_kind kind;
	uint8_t type; /* of the message it came with */
	struct peer peer;
	uint64_t session_no; /* of the reception, as a peer id may be used again */
	int64_t key_id;      /* JOB_ENROL: number of the enrolment */
	char office_code[CODE_SIZE];
	uint32_t protocol;
	int64_t stream_id;
	uint64_t session_gen;
	uint64_t first_seq, last_seq; /* JOB_BATCH; JOB_DOWNLINK: numbers wanted; JOB_DOWNLINK_ACK: last_seq */
	bool is_gap; /* JOB_BATCH: it brings no record, but says which are lost */
	bool is_trickle; /* JOB_BATCH: of its session little is under way, and nothing of it with the writer of its office */
	bool is_express; /* among small traffic, beside the writer of its office */
	uint8_t prev_chain[CHAIN_BYTES];
	uint8_t *body; /* owned: the message as it came */
	size_t len;
	size_t answer_bytes; /* that a large answer may have; 0: it is a small one */
	/* JOB_BATCH, of the store thread: made ready before its turn. */
	uint64_t ready_in; /* 0: not; the round of its writer in which it was */
	int64_t batch_id;

	/* Answer. */
	Zhibao__V1__NackCode nack; /* UNSPECIFIED: accepted */
	uint64_t acked_seq;
	bool is_behind; /* JOB_BATCH: stored before, and more after it: nothing compared its chain, so no receipt says so */
	bool is_joined; /* JOB_BATCH: the acknowledgement of the next one answers this one too */
	uint64_t receipt_first_seq; /* JOB_BATCH: where its receipt begins; 0: at first_seq */
	uint8_t chain[CHAIN_BYTES];    /* JOB_BATCH: after last_seq, as asked; JOB_HELLO: after acked_seq */
	uint8_t at_chain[CHAIN_BYTES]; /* with GAP, RESYNC and FORK: after acked_seq */
	uint8_t outbox_uuid[OUTBOX_UUID_BYTES];
	int64_t received_at_us; /* 0: nothing was received yet */
	uint64_t downlink_head; /* JOB_HELLO: newest message for the office */
	struct verdict *verdicts; /* owned */
	size_t verdict_count;
	struct probe *probes; /* owned */
	size_t probe_count;
	char programme[64];
	uint32_t programme_version;
	struct reply *replies; /* owned, in order */
};

void job_free(struct job **job);
void job_clear_answer(struct job *job);
/* Bytes a waiting job stands for, those of its answer among them; bytes of the answer once it is made; records it brings. */
size_t job_bytes(const struct job *job);
size_t job_reply_bytes(const struct job *job);
size_t job_rows(const struct job *job);
/* Spreads offices over tables. */
uint64_t office_hash(const char *office_code);
/* -1 when memory is out. */
int job_add_verdict(struct job *job, uint64_t seq, const char *code, const char *field,
		    const char *text);
int job_add_reply(struct job *job, uint8_t type, const ProtobufCMessage *message);

#endif
