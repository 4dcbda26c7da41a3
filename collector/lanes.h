/* SPDX-License-Identifier: Apache-2.0 */
/* lanes.h - what the store threads do: records and everything small, and the content of files
 * Thread: made by the loop thread before its store starts, then the store thread's. */
#ifndef ZHIBAO_LANES_H
#define ZHIBAO_LANES_H

#include "downlinks.h"
#include "files.h"
#include "keyring.h"
#include "signkeys.h"
#include "store.h"

/* What another process may have changed, as it is now. */
struct news {
	struct keyring *keyring;      /* owned */
	struct downlink_heads *heads; /* owned */
	bool is_failover;             /* the database is another server than before */
};
void news_free(void *news);

enum { MAX_WRITERS = 8, MAX_STORES = MAX_WRITERS + 1 }; /* the writers of a lane and, of records, one for small traffic */

/* What all store threads of a process know together. */
struct lane_shared {
	_Atomic uint64_t timeline;        /* newest seen; 0: none */
	_Atomic int64_t register_version; /* newest seen; 0: none */
};

struct lane_options {
	bool is_first; /* of its lane: brings the news */
	struct lane_shared *shared; /* borrowed for the life of the work */

	int64_t key_overlap_ms;
	bool keeps_batches; /* the bytes of a batch, not only its chain */
	struct files_limits limits;
	int64_t sweep_age_ms;              /* of unfinished uploads */
	const struct sign_keys *sign_keys; /* borrowed; NULL: no receipts */
};

struct lane_work;
/* Fills the work of a lane. */
int lane_work_new(struct lane_work **out, enum lane lane, const struct lane_options *options,
		  struct store_work *work_out, struct err *err);
void lane_work_free(struct lane_work **work);

#endif
