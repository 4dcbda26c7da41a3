/* SPDX-License-Identifier: Apache-2.0 */
/* secretpool.h - small pieces of memory for secrets, from one mapping
 * libzmq takes several pieces from libsodium for each CURVE handshake and each small message, and gives them back at once.
 * There each is a mapping of its own with three changes of protection, and in a program with threads each of those stops the
 * other processors: it was two thirds of a handshake. Here they come from one mapping that is never swapped and never
 * dumped. What is kept: a piece is wiped when it is given back, and what was written beyond its end ends the program. What
 * is not: guard pages.
 * Thread: any. */
#ifndef ZHIBAO_SECRETPOOL_H
#define ZHIBAO_SECRETPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL when the piece is too big or all are taken: take it from elsewhere. */
void *secret_pool_take(size_t size);
/* False when it is not a piece of the pool. */
bool secret_pool_give(void *piece);
uint64_t secret_pool_served(void); /* pieces since the start */

#endif
