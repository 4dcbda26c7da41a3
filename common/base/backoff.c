/* SPDX-License-Identifier: Apache-2.0 */
#include "backoff.h"

int64_t backoff_ms(const struct random_source *random, unsigned attempt, int64_t base_ms,
		   int64_t cap_ms)
{
	int64_t limit = base_ms;
	for (unsigned i = 0; i < attempt && limit < cap_ms; i++)
		limit *= 2;
	if (limit > cap_ms)
		limit = cap_ms;
	return (int64_t)random_below(random, (uint64_t)limit + 1);
}
