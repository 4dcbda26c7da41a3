/* SPDX-License-Identifier: Apache-2.0 */
#include "memguard.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"

enum { LOOK_MS = 100, STUCK_MS = 10000 };

struct memguard {
	struct loop *loop;
	struct intake *intake;
	struct loop_timer *timer;
	int64_t limit_bytes;
	bool is_shut;
	int64_t shut_at_ms;
	void (*on_stuck)(void *context, const struct err *err);
	void *context;
};

/* Resident bytes, or 0 where /proc cannot be read: then there is no guard, and proc(5) is missing altogether. */
static int64_t resident_bytes(void)
{
	long long total, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	if (!file)
		return 0;
	if (fscanf(file, "%lld %lld", &total, &resident) != 2)
		resident = 0;
	fclose(file);
	return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

/* The door stays shut until the memory has come back: opening it above the limit would only shut it again. */
static void reopen(struct memguard *guard, int64_t now_ms)
{
	struct err err = {0};
	malloc_trim(0);
	int64_t bytes = resident_bytes();
	if (bytes > guard->limit_bytes)
		err_set(&err, ERR_RETRY, "占用内存 %lld 字节，断开全部连接后仍超过上限 %lld 字节", (long long)bytes,
			(long long)guard->limit_bytes);
	else if (intake_reopen(guard->intake, &err) == 0) {
		guard->is_shut = false;
		log_info("memory.reopened", "resident_bytes=%lld shut_ms=%lld", (long long)bytes,
			 (long long)(now_ms - guard->shut_at_ms));
		return;
	}
	if (err.code == ERR_RETRY && now_ms - guard->shut_at_ms < STUCK_MS)
		return;
	loop_timer_clear(guard->timer);
	guard->on_stuck(guard->context, &err);
}

static void look(struct memguard *guard, int64_t now_ms)
{
	int64_t bytes = resident_bytes();
	if (bytes <= guard->limit_bytes)
		return;
	malloc_trim(0); /* what malloc only holds back is no reason */
	bytes = resident_bytes();
	if (bytes <= guard->limit_bytes)
		return;
	log_error("memory.full", "resident_bytes=%lld limit_bytes=%lld", (long long)bytes, (long long)guard->limit_bytes);
	guard->shut_at_ms = now_ms;
	guard->is_shut = true;
	intake_shut(guard->intake);
}

static void on_timer(void *context)
{
	struct memguard *guard = context;
	int64_t now_ms = clock_monotonic_ms(clock_system());
	loop_timer_set(guard->timer, LOOK_MS);
	if (guard->is_shut)
		reopen(guard, now_ms);
	else
		look(guard, now_ms);
}

int memguard_new(struct memguard **out, struct loop *loop, struct intake *intake, int64_t limit_bytes,
		 void (*on_stuck)(void *context, const struct err *err), void *context, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	**out = (struct memguard){.loop = loop,
				  .intake = intake,
				  .limit_bytes = limit_bytes,
				  .on_stuck = on_stuck,
				  .context = context};
	if (loop_timer_new(loop, on_timer, *out, &(*out)->timer, err) < 0) {
		memguard_free(out);
		return -1;
	}
	loop_timer_set((*out)->timer, LOOK_MS);
	return 0;
}

void memguard_free(struct memguard **guard)
{
	if (!*guard)
		return;
	loop_timer_free((*guard)->loop, &(*guard)->timer);
	free(*guard);
	*guard = NULL;
}
