/* SPDX-License-Identifier: Apache-2.0 */
#include "itemset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 64 };

/* FNV-1a, 64 bit. */
static uint64_t mix(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 1099511628211u;
	return hash;
}

/* The slot of the item, or the free one where it would go. */
static struct itemset_entry *find(const struct itemset *set, const char *office_code, const uint8_t *item_id)
{
	uint64_t hash = mix(mix(14695981039346656037u, office_code, strlen(office_code)), item_id, 16);
	for (size_t i = (size_t)hash & (set->size - 1);; i = (i + 1) & (set->size - 1)) {
		struct itemset_entry *slot = &set->slots[i];
		if (!slot->office_code[0] ||
		    (memcmp(slot->item_id, item_id, 16) == 0 && strcmp(slot->office_code, office_code) == 0))
			return slot;
	}
}

bool itemset_has(const struct itemset *set, const char *office_code, const uint8_t item_id[16])
{
	return set->count > 0 && find(set, office_code, item_id)->office_code[0];
}

static int grow(struct itemset *set)
{
	struct itemset bigger = {.size = set->size ? set->size * 2 : FIRST_SIZE, .count = set->count};
	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -1;
	for (size_t i = 0; i < set->size; i++)
		if (set->slots[i].office_code[0])
			*find(&bigger, set->slots[i].office_code, set->slots[i].item_id) = set->slots[i];
	free(set->slots);
	*set = bigger;
	return 0;
}

int itemset_add(struct itemset *set, const char *office_code, const uint8_t item_id[16])
{
	if (set->count * 2 >= set->size && grow(set) < 0)
		return -1;
	struct itemset_entry *slot = find(set, office_code, item_id);
	if (slot->office_code[0])
		return 0;
	snprintf(slot->office_code, sizeof(slot->office_code), "%s", office_code);
	memcpy(slot->item_id, item_id, 16);
	set->count++;
	return 0;
}

void itemset_clear(struct itemset *set)
{
	if (set->count > 0)
		memset(set->slots, 0, set->size * sizeof(*set->slots));
	set->count = 0;
}

void itemset_fini(struct itemset *set)
{
	free(set->slots);
	*set = (struct itemset){0};
}
