/* SPDX-License-Identifier: Apache-2.0 */
/* outbox.h - the durable ledger of an office: every revision it ever made, in the order of its stream
 * A record is accepted when outbox_append returns 0: it is on the disk then (SQLite, rollback journal,
 * synchronous FULL). Sequence numbers are contiguous from 1 and each record carries the chain after it.
 * Thread: one owner. Blocks on the disk. One process at a time: the file is locked while open. */
#ifndef ZHIBAO_OUTBOX_H
#define ZHIBAO_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chain.h"
#include "clock.h"
#include "err.h"

struct outbox;

struct outbox_options {
	const char *path; /* file; made when missing */
	uint64_t max_bytes; /* budget for the bodies that wait; above 0 */
	const struct random_source *random;
};

struct outbox_entry {
	const uint8_t *item_id;     /* 16 bytes */
	const uint8_t *revision_id; /* 16 bytes */
	unsigned kind;              /* number of the body in Record */
	int operation;
	int64_t recorded_at_us;
	const uint8_t *body; /* encoded Record */
	size_t len;
};

/* ERR_IO (unusable or locked by another process), ERR_DATA (not an outbox, or damaged). */
int outbox_open(struct outbox **out, const struct outbox_options *options, struct err *err);
void outbox_close(struct outbox **outbox);

/* All or nothing. first_seq_out: number of entries[0]. ERR_FULL when the budget or the disk is spent. */
int outbox_append(struct outbox *outbox, const struct outbox_entry *entries, size_t count,
		  uint64_t *first_seq_out, struct err *err);

const uint8_t *outbox_uuid(const struct outbox *outbox); /* 16 bytes */
uint64_t outbox_last_seq(const struct outbox *outbox);   /* 0: none */
uint64_t outbox_acked_seq(const struct outbox *outbox);
uint64_t outbox_boot_no(const struct outbox *outbox);
/* Chain after seq (0: the start). ERR_NOT_FOUND. */
int outbox_chain(struct outbox *outbox, uint64_t seq, uint8_t out[CHAIN_BYTES], struct err *err);

struct outbox_body {
	uint64_t seq;
	const uint8_t *data; /* borrowed for the call, as chain */
	size_t len;
	const uint8_t *chain; /* after it, as stored; NULL when damaged */
};
/* Records seq.. in order until visit returns non-zero. A gap is a hole in the numbers. */
int outbox_read(struct outbox *outbox, uint64_t first_seq,
		int (*visit)(void *context, const struct outbox_body *body), void *context, struct err *err);

enum { OUTBOX_GAP_MAX = 64 };
struct outbox_gap {
	bool is_found;
	uint64_t last_seq;
	uint8_t body[OUTBOX_GAP_MAX]; /* encoded Gap */
	size_t len;
	uint8_t chain[CHAIN_BYTES];
};
int outbox_gap(struct outbox *outbox, uint64_t first_seq, struct outbox_gap *out, struct err *err);

enum outbox_loss { OUTBOX_DAMAGED, OUTBOX_REFUSED };
/* Looks at everything from first_seq on, which is not yet acknowledged: what does not fit its chain, is missing or, with
 * OUTBOX_REFUSED, is first_seq itself becomes a gap, and the rest is chained anew. When only a stored chain was damaged it
 * is repaired and there is no gap. */
int outbox_mend(struct outbox *outbox, uint64_t first_seq, enum outbox_loss loss, struct err *err);

struct outbox_verdict {
	uint64_t seq;
	const char *code, *field, *text;
};
/* Everything up to seq is durable at the centre; verdicts are the records it put aside. */
int outbox_ack(struct outbox *outbox, uint64_t seq, int64_t centre_time_us,
	       const struct outbox_verdict *verdicts, size_t count, struct err *err);

/* The centre lost what was after seq (restored from a backup): those records are pending again. */
int outbox_set_back(struct outbox *outbox, uint64_t seq, struct err *err);
uint64_t outbox_inbox_seq(const struct outbox *outbox); /* newest downlink number stored */
uint64_t outbox_pending_bytes(const struct outbox *outbox);
/* The stream this one went on from, 16 bytes, or NULL. */
const uint8_t *outbox_forked_from(const struct outbox *outbox, uint64_t *fork_seq_out);

/* The stream goes on under a new uuid: records up to shared_seq are left behind as delivered, the others are
 * numbered anew from 1. For an outbox that was restored from a backup. */
int outbox_fork(struct outbox *outbox, uint64_t shared_seq, struct err *err);

struct outbox_record {
	uint64_t place; /* in the ledger, from 1 on, for good */
	uint64_t seq;   /* in its stream; 0 for one left behind by a fork */
	uint8_t item_id[16], revision_id[16];
	unsigned kind;
	int operation;
	int64_t recorded_at_us;
	const uint8_t *body; /* borrowed for the call */
	size_t len;
	bool is_acked;
	const char *code, *field, *text; /* verdict, NULL when there is none */
};
struct outbox_query {
	unsigned kind;          /* 0: any */
	const uint8_t *item_id; /* 16 bytes; NULL: any */
	uint64_t before_place;  /* 0: from the newest on */
	uint64_t limit;
};
/* Newest first. Stops when visit returns non-zero. */
int outbox_list(struct outbox *outbox, const struct outbox_query *query,
		int (*visit)(void *context, const struct outbox_record *record), void *context,
		struct err *err);

struct outbox_summary {
	uint64_t pending, pending_bytes, quarantined, records;
	int64_t oldest_pending_at_us; /* 0: none */
	int64_t centre_time_us;       /* of the last acknowledgement; 0: none */
};
int outbox_summary(struct outbox *outbox, struct outbox_summary *out, struct err *err);

#endif
