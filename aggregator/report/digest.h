/* SPDX-License-Identifier: Apache-2.0 */
/* digest.h - SHA-256 and SM3 (GB/T 32905) of what is handed out
 * Thread: any. */
#ifndef ZHIBAO_DIGEST_H
#define ZHIBAO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum { DIGEST_BYTES = 32 };

/* ERR_INTERNAL when the library lacks the algorithm. */
int digest_sha256(const void *data, size_t len, uint8_t out[DIGEST_BYTES], struct err *err);
int digest_sm3(const void *data, size_t len, uint8_t out[DIGEST_BYTES], struct err *err);

#endif
