/* SPDX-License-Identifier: Apache-2.0 */
/* fold.h - keeps the roll-ups up to date from a thread of its own
 * Thread: start and stop from the main thread; fold_status from any. */
#ifndef ZHIBAO_FOLD_H
#define ZHIBAO_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

struct fold;

struct fold_status {
	bool is_up;              /* the last fold succeeded */
	bool is_programme_loaded;
	int64_t as_of_us;        /* newest folded instant; 0 before the first fold */
	uint64_t folds;          /* successful folds */
	uint64_t batches;        /* batches folded by this process */
	uint64_t failures;
	int64_t last_duration_us;
};

/* conninfo is copied. The thread reconnects by itself. workers: connections that make the roll-ups anew, 1 to 16. */
int fold_start(struct fold **out, const char *conninfo, int64_t interval_ms, unsigned workers, struct err *err);
void fold_stop(struct fold **fold); /* waits for the fold that runs */
struct fold_status fold_status(struct fold *fold);

#endif
