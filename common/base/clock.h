/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - time and randomness as values that a test can replace
 * Thread: any, as long as the context allows it. */
#ifndef ZHIBAO_CLOCK_H
#define ZHIBAO_CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct clock {
	int64_t (*now_us)(void *context);       /* UTC, microseconds since 1970-01-01T00:00:00Z */
	int64_t (*monotonic_ms)(void *context); /* never steps back, any origin */
	void *context;
};

struct random_source {
	void (*fill)(void *context, void *out, size_t len);
	void *context;
};

const struct clock *clock_system(void);
const struct random_source *random_system(void); /* the kernel's generator; never fails */

static inline int64_t clock_now_us(const struct clock *clock)
{
	return clock->now_us(clock->context);
}
static inline int64_t clock_monotonic_ms(const struct clock *clock)
{
	return clock->monotonic_ms(clock->context);
}
static inline void random_fill(const struct random_source *source, void *out, size_t len)
{
	source->fill(source->context, out, len);
}
/* Uniform in 0 .. limit - 1; 0 when limit is 0. */
uint64_t random_below(const struct random_source *source, uint64_t limit);

#endif
