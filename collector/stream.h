/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - the row of a stream: who may continue it and from where
 * Thread: the owner of the connection; blocks. Everything runs inside the caller's transaction. */
#ifndef ZHIBAO_STREAM_H
#define ZHIBAO_STREAM_H

#include "jobs.h"
#include "pg.h"
#include "streamrule.h"

int stream_hello(struct pg *pg, struct job *job, struct err *err);
/* Advances the stream for a batch: *is_next_out, or the answer is in the job. */
int stream_advance(struct pg *pg, struct job *job, bool *is_next_out, struct err *err);

#endif
