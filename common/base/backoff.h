/* SPDX-License-Identifier: Apache-2.0 */
/* backoff.h - full jitter: uniform(0, min(cap, base * 2^attempt)) milliseconds
 * Thread: any. */
#ifndef ZHIBAO_BACKOFF_H
#define ZHIBAO_BACKOFF_H

#include <stdint.h>

#include "clock.h"

int64_t backoff_ms(const struct random_source *random, unsigned attempt, int64_t base_ms,
		   int64_t cap_ms);

#endif
