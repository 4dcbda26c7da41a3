/* SPDX-License-Identifier: Apache-2.0 */
/* proposals.h - what the records of an office give for its statistics form, answered over the session
 * Thread: the owner of the connection; blocks. */
#ifndef ZHIBAO_PROPOSALS_H
#define ZHIBAO_PROPOSALS_H

#include "jobs.h"
#include "pg.h"

/* JOB_PROPOSE, outside a transaction; the answer is a reply of the job, a refusal too. -1 with ERR_RETRY or ERR_UNKNOWN
 * when nothing may be answered. */
int proposals_run(struct pg *pg, struct job *job, struct err *err);

#endif
