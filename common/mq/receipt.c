/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt.h"

#include <sodium.h>
#include <string.h>

enum { SIGNED_MAX = 512 };

static size_t put_number(uint8_t *out, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> (8 * i));
	return 8;
}

static size_t put_bytes(uint8_t *out, const void *data, size_t len)
{
	memcpy(out, data, len);
	return len;
}

static size_t encode(const struct receipt *receipt, uint8_t out[SIGNED_MAX])
{
	static const char tag[] = "zhibao-receipt-v1"; /* signed with its NUL */
	size_t code_len = strnlen(receipt->office_code, 255), len = 0;
	len += put_bytes(out + len, tag, sizeof(tag));
	out[len++] = (uint8_t)code_len;
	len += put_bytes(out + len, receipt->office_code, code_len);
	len += put_bytes(out + len, receipt->outbox_uuid, OUTBOX_UUID_BYTES);
	len += put_number(out + len, receipt->first_seq);
	len += put_number(out + len, receipt->acked_seq);
	len += put_bytes(out + len, receipt->chain, CHAIN_BYTES);
	len += put_number(out + len, (uint64_t)receipt->received_at_us);
	return len;
}

void receipt_sign(const struct receipt *receipt, const struct sign_keys *keys,
		  uint8_t signature_out[RECEIPT_SIGNATURE_BYTES])
{
	uint8_t text[SIGNED_MAX];
	crypto_sign_detached(signature_out, NULL, text, encode(receipt, text), keys->secret_key);
}

bool receipt_verify(const struct receipt *receipt, const uint8_t signature[RECEIPT_SIGNATURE_BYTES],
		    const uint8_t public_key[SIGN_PUBLIC_BYTES])
{
	uint8_t text[SIGNED_MAX];
	return crypto_sign_verify_detached(signature, text, encode(receipt, text), public_key) == 0;
}
