/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - the row of a stream: who may continue it and from where
 * Thread: the owner of the connection; blocks. Everything runs inside the caller's transaction. */
#ifndef ZHIBAO_STREAM_H
#define ZHIBAO_STREAM_H

#include "jobs.h"
#include "pg.h"
#include "streamrule.h"

/* A column of a result; one of another length changes nothing. */
void stream_copy_chain(struct pg_rows *rows, int row, int column, uint8_t out[CHAIN_BYTES]);
/* Advances the stream for a batch: *is_next_out, or the answer is in the job. */
int stream_advance(struct pg *pg, struct job *job, bool *is_next_out, struct err *err);

#endif
