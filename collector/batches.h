/* SPDX-License-Identifier: Apache-2.0 */
/* batches.h - many batches of many streams in one transaction: streams advanced, batches kept, records stored
 * A run is what one session sent in a row: its stream advances once, from the first batch to the last.
 * Thread: a store thread's; blocks. */
#ifndef ZHIBAO_BATCHES_H
#define ZHIBAO_BATCHES_H

#include "records.h"

struct batches;

int batches_new(struct batches **out, bool keeps_bodies, struct err *err);
void batches_free(struct batches **batches);
/* Puts JOB_BATCH jobs into the order that batches_store needs: by office, stream, session and place. */
void batches_sort(struct job **jobs, size_t count);
/* After the commit, of jobs in that order: where batches follow each other, the acknowledgement of the last one answers for all,
 * receipt included; not over a gap, as nobody has the records in it. A backlog that was stored in one transaction would else be told so in more messages than a connection holds. */
void batches_join_answers(struct job **jobs, size_t count);
bool batches_same_stream(const struct job *a, const struct job *b);
/* Begins a transaction; jobs are sorted. Fills the answers. A batch that does not continue its stream is answered
 * and stores nothing; its neighbours are stored. The rows are copied by batches_commit. */
int batches_store(struct batches *batches, struct pg *pg, const struct registry *registry,
		  enum records_mode mode, struct job **jobs, size_t count, struct err *err);
/* The short way for a batch of one record, alone in its group: one statement, one wait. False when it is not to be gone, and
 * nothing was done; the job is then stored as any other. */
bool batches_store_alone(struct batches *batches, struct pg *pg, const struct registry *registry, struct job *job,
			 enum pg_outcome *outcome_out, struct err *err);
enum pg_outcome batches_commit(struct batches *batches, const struct pg_meanwhile *meanwhile, struct err *err);

/* A batch of the next group while batches_commit waits for the server. When it cannot be made ready it is simply looked at in
 * its turn; so is all that was made ready, should a batch of it not move on or the group under way not be stored. */
bool batches_make_ready(struct batches *batches, const struct registry *registry, struct job *job);
void batches_forget_ready(struct batches *batches); /* the registers are others now */

#endif
