/* SPDX-License-Identifier: Apache-2.0 */
/* receipt.h - what the centre signs: these records of this stream were stored by that instant
 * docs/protocol.md, Receipts, gives the signed bytes.
 * Thread: any; pure functions. */
#ifndef ZHIBAO_RECEIPT_H
#define ZHIBAO_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "chain.h"
#include "signkeys.h"

enum { RECEIPT_SIGNATURE_BYTES = 64 };

struct receipt {
	const char *office_code; /* borrowed; at most 255 bytes */
	uint8_t outbox_uuid[OUTBOX_UUID_BYTES];
	uint64_t first_seq, acked_seq;
	uint8_t chain[CHAIN_BYTES]; /* after acked_seq */
	int64_t received_at_us;     /* microseconds since 1970-01-01T00:00:00Z */
};

void receipt_sign(const struct receipt *receipt, const struct sign_keys *keys,
		  uint8_t signature_out[RECEIPT_SIGNATURE_BYTES]);
bool receipt_verify(const struct receipt *receipt, const uint8_t signature[RECEIPT_SIGNATURE_BYTES],
		    const uint8_t public_key[SIGN_PUBLIC_BYTES]);

#endif
