/* SPDX-License-Identifier: Apache-2.0 */
#include "dice.h"

static uint64_t next(struct dice *dice)
{
	uint64_t z = dice->state += 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

void dice_seed(struct dice *dice, uint64_t seed, const char *name)
{
	dice->state = seed;
	for (; *name; name++)
		dice->state = next(dice) ^ (unsigned char)*name;
}

uint32_t dice_roll(struct dice *dice, uint32_t low, uint32_t high)
{
	return low + (uint32_t)(next(dice) % (high - low + 1));
}

bool dice_chance(struct dice *dice, uint32_t per_thousand)
{
	return next(dice) % 1000 < per_thousand;
}
