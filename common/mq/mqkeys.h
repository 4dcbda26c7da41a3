/* SPDX-License-Identifier: Apache-2.0 */
/* mqkeys.h - CURVE key pairs and their files
 * A key file holds "zhibao-key v1", then "public <Z85>" and, in a secret file, "secret <Z85>". A secret file
 * that others may read is refused.
 * Thread: any. */
#ifndef ZHIBAO_MQKEYS_H
#define ZHIBAO_MQKEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

enum { KEY_BYTES = 32, KEY_TEXT_SIZE = 41 };

struct mq_keys {
	uint8_t public_key[KEY_BYTES];
	uint8_t secret_key[KEY_BYTES]; /* zero when has_secret is false */
	bool has_secret;
};

int mq_keys_generate(struct mq_keys *out, struct err *err);
/* ERR_CONFIG when missing, malformed, inconsistent or readable by others. */
int mq_keys_read(const char *path, bool needs_secret, struct mq_keys *out, struct err *err);
/* The pair of a secret key given as text (Z85). -1 when the text is none. */
int mq_keys_from_secret(const char *text, struct mq_keys *out);
/* Writes path (0600, both keys) or, without secret, a public file (0644). */
int mq_keys_write(const char *path, const struct mq_keys *keys, bool with_secret, struct err *err);
void mq_key_text(const uint8_t key[KEY_BYTES], char text_out[KEY_TEXT_SIZE]); /* Z85 */
int mq_key_parse(const char *text, uint8_t out[KEY_BYTES]);                  /* 0 or -1 */

#endif
