/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild.h - makes the roll-ups anew from the records, on several connections at once
 * While it runs there are no figures for "now"; those as of a past instant come from the records as always.
 * Thread: blocks; starts threads of its own and waits for them. */
#ifndef ZHIBAO_REBUILD_H
#define ZHIBAO_REBUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "cancel.h"
#include "pg.h"

/* pg is the caller's connection, under cancel; conninfo opens up to workers (1 to 16) more. horizon_us is fold_horizon(), read before.
 * *is_done_out is false when another process is at it. -1 as pg_exec, or when cancel stops;
 * what was begun is begun again by the next call. */
int rebuild_run(struct pg *pg, const char *conninfo, unsigned workers, struct cancel *cancel, int64_t horizon_us,
		bool *is_done_out, struct err *err);

#endif
