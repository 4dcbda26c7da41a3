/* SPDX-License-Identifier: Apache-2.0 */
/* hellos.h - opens the sessions of many agents with few statements: a fleet comes back all at once
 * Thread: the owner of the connection; blocks. Everything runs inside the caller's transaction. */
#ifndef ZHIBAO_HELLOS_H
#define ZHIBAO_HELLOS_H

#include "jobs.h"
#include "pg.h"

/* Jobs of the kind JOB_HELLO, at least one. The answers are in the jobs. */
int hellos_run(struct pg *pg, struct job **jobs, size_t count, struct err *err);
/* Adds the older points of their chains to jobs whose stream is known, each stream once. */
int hellos_add_probes(struct pg *pg, struct job **jobs, size_t count, struct err *err);

#endif
