/* SPDX-License-Identifier: Apache-2.0 */
/* downlinks.h - what the centre says to an office: messages in order, and its own records from other outboxes
 * Thread: the owner of the connection; blocks. */
#ifndef ZHIBAO_DOWNLINKS_H
#define ZHIBAO_DOWNLINKS_H

#include "jobs.h"
#include "pg.h"
#include "reception.h"

/* Inside the caller's transaction; answers are replies of the job. */
int downlinks_read(struct pg *pg, struct job *job, struct err *err); /* acked_seq: number of the last one read */
int downlinks_acked(struct pg *pg, struct job *job, struct err *err);
int downlinks_recall(struct pg *pg, struct job *job, struct err *err);

struct downlink_heads {
	size_t count;
	struct downlink_head heads[];
};
int downlinks_heads(struct pg *pg, struct downlink_heads **out, struct err *err); /* owned; free() it */

struct downlink_post {
	const char *office_code; /* or "all" */
	Zhibao__V1__DownlinkKind kind;
	const char *author, *title, *text;
	const uint8_t *file_id; /* 32 bytes or NULL */
	const char *programme;  /* or NULL */
	int32_t programme_version;
};
/* Posts to one office or all of the registers; offices_out may be NULL. */
int downlinks_post(struct pg *pg, const struct downlink_post *post, int64_t *offices_out, struct err *err);

#endif
