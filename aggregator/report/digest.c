/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#include <openssl/evp.h>

static int digest(const char *name, const void *data, size_t len, uint8_t out[DIGEST_BYTES], struct err *err)
{
	size_t written = 0;
	if (EVP_Q_digest(NULL, name, NULL, data, len, out, &written) == 1 && written == DIGEST_BYTES)
		return 0;
	err_set(err, ERR_INTERNAL, "算法 %s 不可用", name);
	return -1;
}

int digest_sha256(const void *data, size_t len, uint8_t out[DIGEST_BYTES], struct err *err)
{
	return digest("SHA256", data, len, out, err);
}

int digest_sm3(const void *data, size_t len, uint8_t out[DIGEST_BYTES], struct err *err)
{
	return digest("SM3", data, len, out, err);
}
