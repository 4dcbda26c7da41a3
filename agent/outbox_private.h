/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_private.h - the ledger file, for the modules that keep something in it: one file, one connection */
#ifndef ZHIBAO_OUTBOX_PRIVATE_H
#define ZHIBAO_OUTBOX_PRIVATE_H

#include <sqlite3.h>

#include "outbox.h"

enum {
	INSERT_RECORD,
	READ_FROM,
	CHAIN_OF,
	GAP_AT,
	BYTES_BETWEEN,
	SET_ACKED,
	INSERT_VERDICT,
	OUTBOX_STATEMENTS
};

struct outbox {
	sqlite3 *db;
	sqlite3_stmt *statements[OUTBOX_STATEMENTS];
	const struct random_source *random;
	uint64_t max_bytes, pending_bytes, quarantined;
	uint8_t uuid[OUTBOX_UUID_BYTES];
	uint64_t last_seq, acked_seq, boot_no;
	int64_t centre_time_us;
	uint8_t chain[CHAIN_BYTES]; /* after last_seq */
	uint8_t forked_from[OUTBOX_UUID_BYTES];
	bool is_forked;
	uint64_t fork_seq;
	uint64_t inbox_seq; /* newest downlink number stored */
};

int outbox_fail(struct outbox *outbox, struct err *err); /* -1 with what SQLite says */
int outbox_run(struct outbox *outbox, const char *sql, struct err *err);
void outbox_undo(struct outbox *outbox);
/* Binds nothing by itself; runs to the end and resets. */
int outbox_finish(struct outbox *outbox, sqlite3_stmt *statement, struct err *err);
int outbox_number(struct outbox *outbox, const char *sql, int64_t *out, struct err *err); /* NULL reads as 0 */
int outbox_load(struct outbox *outbox, struct err *err); /* reads the position again */

/* An acknowledgement inside a transaction of the caller, as outbox_ack; nothing in memory changes before outbox_marked. */
struct outbox_mark {
	uint64_t seq; /* at least acked_seq */
	int64_t centre_time_us;
	uint64_t bytes, verdicts; /* what it takes from those that wait and adds to those put aside */
};
int outbox_mark(struct outbox *outbox, struct outbox_mark *mark, const struct outbox_verdict *verdicts, size_t count,
		struct err *err);
void outbox_marked(struct outbox *outbox, const struct outbox_mark *mark); /* after the commit */

#endif
