/* SPDX-License-Identifier: Apache-2.0 */
/* lone.h - a batch of one record that is alone in its group: stream, batch and row in one statement
 * A person who waits for an acknowledgement sends such a batch; BEGIN, COPY and COMMIT would be three more waits.
 * Thread: the owner of the connection; blocks. */
#ifndef ZHIBAO_LONE_H
#define ZHIBAO_LONE_H

#include "catalog.h"
#include "jobs.h"
#include "pg.h"

struct lone;

int lone_new(struct lone **out, struct err *err);
void lone_free(struct lone **lone);
/* row: the record's row for COPY, with the head of the data; its instant of receipt is not looked at. Fills job->acked_seq and
 * job->received_at_us when the stream moved on; when it did not, nothing is stored and received_at_us stays 0. */
enum pg_outcome lone_store(struct lone *lone, struct pg *pg, struct job *job, bool keeps_body, size_t kind, const struct buf *row,
			   struct err *err);

#endif
