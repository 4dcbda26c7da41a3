/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - many small things of one lifetime, freed at once, never more than a budget
 * Thread: one owner. */
#ifndef ZHIBAO_ARENA_H
#define ZHIBAO_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *newest;
	size_t used_bytes; /* asked for so far, rounded to 16 */
	size_t max_bytes;  /* budget */
};

void arena_init(struct arena *arena, size_t max_bytes);
/* Aligned to 16 bytes, not cleared; NULL when the budget or the memory is spent. */
void *arena_alloc(struct arena *arena, size_t len);
/* Copies len bytes and adds a NUL; NULL as above. */
char *arena_copy(struct arena *arena, const void *data, size_t len);
void arena_reset(struct arena *arena, size_t max_bytes); /* empties, keeps the newest block */
void arena_fini(struct arena *arena); /* frees everything; the arena may be used again */

#endif
