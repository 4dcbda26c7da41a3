/* SPDX-License-Identifier: Apache-2.0 */
/* chain.h - hash chain of a stream: H(n) = BLAKE2b-256(H(n-1) || n as u64 little-endian || body)
 * H(0) is the 16 bytes of the outbox uuid and 16 zero bytes.
 * Thread: any. */
#ifndef ZHIBAO_CHAIN_H
#define ZHIBAO_CHAIN_H

#include <stddef.h>
#include <stdint.h>

enum { CHAIN_BYTES = 32, OUTBOX_UUID_BYTES = 16 };

void chain_start(const uint8_t outbox_uuid[OUTBOX_UUID_BYTES], uint8_t out[CHAIN_BYTES]);
/* chain is H(seq - 1) and becomes H(seq). */
void chain_step(uint8_t chain[CHAIN_BYTES], uint64_t seq, const void *body, size_t len);

#endif
