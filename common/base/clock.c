/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

static int64_t read_clock(clockid_t id, int64_t per_second, int64_t ns_per_unit)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * per_second + now.tv_nsec / ns_per_unit;
}

static int64_t system_now_us(void *context)
{
	(void)context;
	return read_clock(CLOCK_REALTIME, 1000000, 1000);
}

static int64_t system_monotonic_ms(void *context)
{
	(void)context;
	return read_clock(CLOCK_MONOTONIC, 1000, 1000000);
}

static void system_fill(void *context, void *out, size_t len)
{
	(void)context;
	unsigned char *at = out;
	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			abort(); /* a kernel without randomness: going on would forge identifiers */
		at += got;
		len -= (size_t)got;
	}
}

const struct clock *clock_system(void)
{
	static const struct clock clock = {system_now_us, system_monotonic_ms, NULL};
	return &clock;
}

const struct random_source *random_system(void)
{
	static const struct random_source source = {system_fill, NULL};
	return &source;
}

uint64_t random_below(const struct random_source *source, uint64_t limit)
{
	if (limit == 0)
		return 0;
	uint64_t ceiling = UINT64_MAX - UINT64_MAX % limit;
	uint64_t value;
	do
		random_fill(source, &value, sizeof(value));
	while (value >= ceiling);
	return value % limit;
}
