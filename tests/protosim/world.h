/* SPDX-License-Identifier: Apache-2.0 */
/* world.h - one run of the simulation: agents, collectors, a database and a network in one thread, all from one seed
 * The session, the outbox (on a memory file system), the reception and the stream rule are the real ones.
 * Thread: one owner. */
#ifndef ZHIBAO_WORLD_H
#define ZHIBAO_WORLD_H

#include "model.h"

/* What happened often enough to be called tested: counted over all seeds. */
enum path {
	PATH_NACK,                /* + code: one per code */
	PATH_REPEAT = PATH_NACK + 12,
	PATH_GAP,
	PATH_FORK,
	PATH_SET_BACK,
	PATH_ASIDE,
	PATH_UNKNOWN_COMMIT,
	PATH_FAILOVER,
	PATH_RESTORE,
	PATH_CRASH_AGENT,
	PATH_CRASH_COLLECTOR,
	PATH_OLD_OUTBOX,
	PATH_CLONE,
	PATH_DAMAGE,
	PATH_CUT,
	PATH_LOST_MESSAGE,
	PATH_DUPLICATE_MESSAGE,
	PATH_REORDERED_MESSAGE,
	PATH_SLEEP,
	PATH_DRAIN,
	PATH_MOVE,
	PATH_TURN, /* credit that came when its turn did */
	PATH_COUNT
};
const char *path_name(int path);

struct world_result {
	char fault[300];          /* "" when every rule held */
	uint64_t records, stored; /* produced; stored */
	int64_t recovery_ms;      /* from the end of the faults until everything was acknowledged */
};

/* dir: for the outboxes; emptied. trace: events to standard error. */
void world_run(uint64_t seed, const char *dir, bool trace, uint64_t paths[PATH_COUNT], struct world_result *out);

#endif
