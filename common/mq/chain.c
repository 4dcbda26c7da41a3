/* SPDX-License-Identifier: Apache-2.0 */
#include "chain.h"

#include <sodium.h>
#include <string.h>

void chain_start(const uint8_t outbox_uuid[OUTBOX_UUID_BYTES], uint8_t out[CHAIN_BYTES])
{
	memset(out, 0, CHAIN_BYTES);
	memcpy(out, outbox_uuid, OUTBOX_UUID_BYTES);
}

void chain_step(uint8_t chain[CHAIN_BYTES], uint64_t seq, const void *body, size_t len)
{
	crypto_generichash_state state;
	uint8_t number[8];
	for (int i = 0; i < 8; i++)
		number[i] = (uint8_t)(seq >> (8 * i));
	crypto_generichash_init(&state, NULL, 0, CHAIN_BYTES);
	crypto_generichash_update(&state, chain, CHAIN_BYTES);
	crypto_generichash_update(&state, number, sizeof(number));
	crypto_generichash_update(&state, body, len);
	crypto_generichash_final(&state, chain, CHAIN_BYTES);
}
