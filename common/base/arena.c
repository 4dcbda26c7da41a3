/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *older;
	size_t used;
	size_t size;
	_Alignas(16) unsigned char data[];
};

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

void arena_init(struct arena *arena, size_t max_bytes)
{
	*arena = (struct arena){.max_bytes = max_bytes};
}

static struct arena_block *add_block(struct arena *arena, size_t len)
{
	size_t size = arena->newest ? arena->newest->size * 2 : FIRST_BLOCK;
	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < len)
		size = len;
	struct arena_block *block = malloc(sizeof(*block) + size);
	if (!block)
		return NULL;
	block->older = arena->newest;
	block->used = 0;
	block->size = size;
	arena->newest = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t len)
{
	if (len > SIZE_MAX - 15)
		return NULL;
	len = (len + 15) & ~(size_t)15;
	if (len > arena->max_bytes - arena->used_bytes)
		return NULL;
	struct arena_block *block = arena->newest;
	if (!block || block->size - block->used < len)
		block = add_block(arena, len);
	if (!block)
		return NULL;
	void *out = block->data + block->used;
	block->used += len;
	arena->used_bytes += len;
	return out;
}

char *arena_copy(struct arena *arena, const void *data, size_t len)
{
	char *out = arena_alloc(arena, len + 1);
	if (!out)
		return NULL;
	if (len > 0)
		memcpy(out, data, len);
	out[len] = '\0';
	return out;
}

void arena_reset(struct arena *arena, size_t max_bytes)
{
	struct arena_block *kept = arena->newest;
	while (kept && kept->older) {
		struct arena_block *older = kept->older;
		kept->older = older->older;
		free(older);
	}
	if (kept)
		kept->used = 0;
	*arena = (struct arena){.newest = kept, .max_bytes = max_bytes};
}

void arena_fini(struct arena *arena)
{
	while (arena->newest) {
		struct arena_block *older = arena->newest->older;
		free(arena->newest);
		arena->newest = older;
	}
	arena->used_bytes = 0;
}
