/* SPDX-License-Identifier: Apache-2.0 */
/* itemset.h - items of offices, as a set
 * Thread: one owner. */
#ifndef ZHIBAO_ITEMSET_H
#define ZHIBAO_ITEMSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registry.h"

struct itemset_entry {
	char office_code[CODE_SIZE]; /* "" where the slot is free */
	uint8_t item_id[16];
};

struct itemset {
	struct itemset_entry *slots; /* owned; size is a power of two */
	size_t count, size;
};

bool itemset_has(const struct itemset *set, const char *office_code, const uint8_t item_id[16]);
/* -1 when memory is out; the set is as before. */
int itemset_add(struct itemset *set, const char *office_code, const uint8_t item_id[16]);
void itemset_clear(struct itemset *set); /* keeps the memory */
void itemset_fini(struct itemset *set);

#endif
