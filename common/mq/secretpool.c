/* SPDX-License-Identifier: Apache-2.0 */
#include "secretpool.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A piece lives within one call of libzmq: a slot for each thread of it, many times over. */
enum { SLOT_BYTES = 4096, SLOTS = 64, CANARY_BYTES = 16 };

static struct {
	pthread_mutex_t lock; /* guards what is free */
	pthread_once_t once;
	uint8_t *slots; /* NULL: no pool */
	uint16_t free_slots[SLOTS];
	size_t free_count;
	uint16_t sizes[SLOTS]; /* what was asked for; of its user alone */
	uint8_t canary[CANARY_BYTES];
	uint64_t served;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .once = PTHREAD_ONCE_INIT};

static void make(void)
{
	size_t bytes = (size_t)SLOTS * SLOT_BYTES;
	if (sodium_init() < 0)
		return;
	uint8_t *slots = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (slots == MAP_FAILED)
		return;
	sodium_mlock(slots, bytes); /* not dumped either; may be refused by a limit, as libsodium's own may be */
	randombytes_buf(pool.canary, sizeof(pool.canary));
	for (size_t i = 0; i < SLOTS; i++)
		pool.free_slots[pool.free_count++] = (uint16_t)i;
	pool.slots = slots;
}

void *secret_pool_take(size_t size)
{
	uint8_t *slot = NULL;
	pthread_once(&pool.once, make);
	if (size > SLOT_BYTES - CANARY_BYTES)
		return NULL;
	pthread_mutex_lock(&pool.lock);
	if (pool.free_count > 0) {
		slot = pool.slots + (size_t)pool.free_slots[--pool.free_count] * SLOT_BYTES;
		pool.served++;
	}
	pthread_mutex_unlock(&pool.lock);
	if (!slot)
		return NULL;
	pool.sizes[(slot - pool.slots) / SLOT_BYTES] = (uint16_t)size;
	memcpy(slot + size, pool.canary, CANARY_BYTES);
	return slot;
}

bool secret_pool_give(void *piece)
{
	/* Compared as numbers: the piece may be of any mapping. */
	uintptr_t offset = (uintptr_t)piece - (uintptr_t)pool.slots;
	if (!pool.slots || offset >= (uintptr_t)SLOTS * SLOT_BYTES)
		return false;
	uint8_t *slot = piece;
	size_t no = offset / SLOT_BYTES;
	if (offset % SLOT_BYTES != 0 || memcmp(slot + pool.sizes[no], pool.canary, CANARY_BYTES) != 0)
		abort(); /* written beyond the end, or given back twice: nothing can be trusted any more */
	sodium_memzero(slot, pool.sizes[no] + (size_t)CANARY_BYTES);
	pthread_mutex_lock(&pool.lock);
	pool.free_slots[pool.free_count++] = (uint16_t)no;
	pthread_mutex_unlock(&pool.lock);
	return true;
}

uint64_t secret_pool_served(void)
{
	pthread_mutex_lock(&pool.lock);
	uint64_t served = pool.served;
	pthread_mutex_unlock(&pool.lock);
	return served;
}
