/* SPDX-License-Identifier: Apache-2.0 */
/* group.h - several jobs in one transaction: sessions opened, batches stored, streams advanced
 * Thread: the store thread's; blocks on the database. */
#ifndef ZHIBAO_GROUP_H
#define ZHIBAO_GROUP_H

#include "jobs.h"
#include "pgcopy.h"
#include "registry.h"

struct group;

/* key_overlap_ms: how long a key stays valid after the next one was enrolled. keeps_batches: the bytes of batches, too. */
int group_new(struct group **out, int64_t key_overlap_ms, bool keeps_batches, struct err *err);
void group_free(struct group **group);

/* Stores the jobs and fills their answers. Returns 0 when the transaction committed cleanly; -1 with ERR_RETRY or
 * ERR_UNKNOWN when nothing may be acknowledged. What the database refuses is halved until the stream at fault stands
 * alone, which is then stored record by record: a single bad record lands in quarantine, its neighbours are stored.
 * Puts the jobs into another order. meanwhile, which may be NULL, is done while the server works. */
int group_store(struct group *group, struct pg *pg, const struct registry *registry,
		struct job **jobs, size_t count, const struct pg_meanwhile *meanwhile, struct err *err);
/* As batches_make_ready and batches_forget_ready. */
void group_make_ready(struct group *group, const struct registry *registry, struct job *job);
void group_forget_ready(struct group *group);

#endif
