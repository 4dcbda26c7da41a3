/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for messages under CURVE.
 * libzmq takes sodium_allocarray for the plain text of every message it seals or opens: guard pages, mlock and munmap for what
 * it copies into ordinary memory in the same breath. That was two thirds of the I/O thread's time. These definitions come
 * before libsodium's in the search order of symbols; what is as large as a message gets ordinary pages, wiped when they are
 * given back, and all that is smaller comes from a pool of locked memory (secretpool.h) or, when that is used up, from libsodium.
 * libsodium's blocks end where a page ends, so one below a page never begins with a page: the address tells whose it is. */
#include "messagememory.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "secretpool.h"

enum { ALIGNMENT = 4096, HEAD = ALIGNMENT, SPARE_BYTES = 512 << 10 };

/* Stands in the page before the block. */
struct block {
	size_t size; /* of the block, without the head */
	size_t used;
};

static void *(*guarded_malloc)(size_t size);
static void (*guarded_free)(void *data);
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic(struct block *) spare; /* the block given back last: a message comes after a message */

static void find_guarded(void)
{
	/* POSIX's way to turn an object pointer into a function pointer. */
	*(void **)&guarded_malloc = dlsym(RTLD_NEXT, "sodium_malloc");
	*(void **)&guarded_free = dlsym(RTLD_NEXT, "sodium_free");
	if (!guarded_malloc || !guarded_free)
		abort();
}

void message_memory_use(void)
{
	pthread_once(&once, find_guarded);
}

static struct block *take(size_t size)
{
	struct block *block = atomic_exchange(&spare, NULL);
	if (block && block->size >= size)
		return block;
	free(block);
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	block = aligned_alloc(ALIGNMENT, HEAD + size);
	if (block)
		block->size = size;
	return block;
}

void *sodium_malloc(const size_t size)
{
	if (size > 0 && size < ALIGNMENT) {
		void *piece = secret_pool_take(size);
		if (piece)
			return piece;
		message_memory_use();
		return guarded_malloc(size);
	}
	struct block *block = size < SIZE_MAX / 2 ? take(size) : NULL;
	if (!block)
		return NULL;
	block->used = size;
	return (uint8_t *)block + HEAD;
}

void *sodium_allocarray(size_t count, size_t size)
{
	return size > 0 && count > SIZE_MAX / size ? NULL : sodium_malloc(count * size);
}

void sodium_free(void *data)
{
	if (!data || secret_pool_give(data))
		return;
	if ((uintptr_t)data % ALIGNMENT != 0) {
		message_memory_use();
		guarded_free(data);
		return;
	}
	struct block *block = (struct block *)(void *)((uint8_t *)data - HEAD);
	explicit_bzero(data, block->used);
	free(block->size <= SPARE_BYTES ? atomic_exchange(&spare, block) : block);
}
