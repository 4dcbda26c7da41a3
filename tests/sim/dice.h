/* SPDX-License-Identifier: Apache-2.0 */
/* dice.h - numbers that depend on the seed alone (splitmix64)
 * Thread: one owner. */
#ifndef ZHIBAO_DICE_H
#define ZHIBAO_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* Independent of the order in which offices are asked: one per office, from the seed and its code. */
void dice_seed(struct dice *dice, uint64_t seed, const char *name);
uint32_t dice_roll(struct dice *dice, uint32_t low, uint32_t high); /* inclusive */
bool dice_chance(struct dice *dice, uint32_t per_thousand);

#endif
