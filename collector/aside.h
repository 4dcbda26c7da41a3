/* SPDX-License-Identifier: Apache-2.0 */
/* aside.h - what came and is not stored as a row: records that were refused, and numbers whose records are lost
 * Thread: the owner of the connection; blocks. Inside the caller's transaction. */
#ifndef ZHIBAO_ASIDE_H
#define ZHIBAO_ASIDE_H

#include "jobs.h"
#include "project.h"

/* Puts a record aside for its first problem, which goes into the job as its verdict. head->office_code: NULL when it is not known
 * whose record it is. view: NULL when it could not be read. */
int aside_record(struct pg *pg, struct job *job, const struct row_head *head, const ProtobufCBinaryData *bytes,
		 const struct record_view *view, const struct problems *problems, struct err *err);
/* What the agent lost stays on record as lost. */
int aside_gap(struct pg *pg, const struct job *job, const struct row_head *head, const ProtobufCBinaryData *gap,
	      struct err *err);

#endif
