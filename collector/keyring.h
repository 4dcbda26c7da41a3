/* SPDX-License-Identifier: Apache-2.0 */
/* keyring.h - which key speaks for which office now
 * Thread: built by the store thread, handed over whole, then owned by the loop thread. */
#ifndef ZHIBAO_KEYRING_H
#define ZHIBAO_KEYRING_H

#include "pg.h"
#include "registry.h"
#include "zap.h"

struct keyring {
	size_t count;
	struct keyring_entry {
		int64_t key_id;
		uint8_t public_key[KEY_BYTES];
		char office_code[CODE_SIZE];
	} entries[];
};

int keyring_load(struct pg *pg, struct keyring **out, struct err *err); /* owned; free() it */
/* User id of connections is the number of the key. NULL when it may not speak. */
const struct keyring_entry *keyring_find(const struct keyring *keyring, const char *user_id);
int keyring_install(const struct keyring *keyring, struct zap *zap, struct err *err);

#endif
