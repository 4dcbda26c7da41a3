/* SPDX-License-Identifier: Apache-2.0 */
/* freezer.h - freezes the official figures of each milestone as soon as its day has ended and is
 * folded (ruling R6) After a stop it catches up; with several aggregators each figure is frozen
 * once, the database sees to it. Thread: start and stop from the main thread; freezer_status from
 * any. */
#ifndef ZHIBAO_FREEZER_H
#define ZHIBAO_FREEZER_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

struct freezer;

struct freezer_status {
	bool is_up;        /* the last look succeeded */
	uint64_t frozen;   /* sets frozen by this process */
	uint64_t failures; /* looks that failed, or in which a figure could not be made */
	uint64_t stuck;    /* figures that could not be made at the last look */
};

/* conninfo is copied. The thread reconnects by itself. */
int freezer_start(struct freezer **out, const char *conninfo, int64_t interval_ms, struct err *err);
void freezer_stop(struct freezer **freezer); /* cancels the look that runs */
struct freezer_status freezer_status(struct freezer *freezer);

#endif
