/* SPDX-License-Identifier: Apache-2.0 */
/* signkeys.h - Ed25519 keys with which the centre signs receipts, and their files
 * A file holds "zhibao-sign v1", then "name", "public <hex>" and, in a secret file, "secret <hex>". A secret file that
 * others may read is refused.
 * Thread: any. */
#ifndef ZHIBAO_SIGNKEYS_H
#define ZHIBAO_SIGNKEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

enum { SIGN_PUBLIC_BYTES = 32, SIGN_SECRET_BYTES = 64, SIGN_NAME_SIZE = 17 };

struct sign_keys {
	char name[SIGN_NAME_SIZE]; /* first 16 hexadecimal digits of the public key */
	uint8_t public_key[SIGN_PUBLIC_BYTES];
	uint8_t secret_key[SIGN_SECRET_BYTES];
	bool has_secret;
};

void sign_keys_generate(struct sign_keys *out);
/* ERR_CONFIG when missing, malformed, inconsistent or readable by others. */
int sign_keys_read(const char *path, bool needs_secret, struct sign_keys *out, struct err *err);
int sign_keys_write(const char *path, const struct sign_keys *keys, bool with_secret, struct err *err);

#endif
