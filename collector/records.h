/* SPDX-License-Identifier: Apache-2.0 */
/* records.h - the records of a batch: checked, projected into their tables or put aside
 * Thread: the owner of the connection; blocks. Everything runs inside the caller's transaction. */
#ifndef ZHIBAO_RECORDS_H
#define ZHIBAO_RECORDS_H

#include <stdbool.h>

#include "jobs.h"
#include "pgcopy.h"
#include "registry.h"

struct records;

/* FAST trusts that revisions are new and lets the primary key say otherwise; CAREFUL looks each one up first and
 * stores it under a savepoint of its own. */
enum records_mode { RECORDS_FAST, RECORDS_CAREFUL };

int records_new(struct records **out, struct err *err);
void records_free(struct records **records);
/* For one transaction; pg and registry are borrowed until the next call. */
void records_begin(struct records *records, struct pg *pg, const struct registry *registry,
		   enum records_mode mode);
/* The records of a batch job ahead of its transaction, without a connection, as if they were received at expected_at_us. False
 * when that cannot be done: a record asks for more than a look at it, or is to be put aside. What was made ready waits until
 * records_use_ready or records_forget_ready. */
bool records_make_ready(struct records *records, const struct registry *registry, struct job *job, int64_t batch_id,
			int64_t expected_at_us);
/* Takes all that was made ready into the transaction; false, and it is forgotten, when it was judged for another day. */
bool records_use_ready(struct records *records, int64_t received_at_us);
void records_forget_ready(struct records *records);
/* What was made ready when it is of one kind only and nothing waits for a judgement, as projection_only_kind. */
size_t records_ready_kind(const struct records *records, const struct buf **rows_out);
/* The records of a batch job, as received at job->received_at_us; verdicts go into the job. */
int records_store(struct records *records, struct job *job, int64_t batch_id, struct err *err);
/* After the last batch and before records_copies: revisions whose item may have ended are judged, and stored or put aside. */
int records_judge(struct records *records, struct err *err);
size_t records_copies(struct records *records, struct pg_copy_data *copies); /* what waits for its COPY, as projection_copies */

#endif
