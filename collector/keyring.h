/* SPDX-License-Identifier: Apache-2.0 */
/* keyring.h - which key speaks for which office now
 * The user id of a connection is "k" and the number of its key or, for a one-time key, "e" and the number of the enrolment.
 * Thread: built by the store thread, handed over whole, then owned by the loop thread. */
#ifndef ZHIBAO_KEYRING_H
#define ZHIBAO_KEYRING_H

#include "registry.h"
#include "zap.h"

struct keyring_entry {
	int64_t number;
	bool is_one_time;
	uint8_t public_key[KEY_BYTES];
	char office_code[CODE_SIZE];
};

struct keyring {
	size_t count;
	struct keyring_entry entries[];
};

int keyring_new(struct keyring **out, size_t size, struct err *err); /* empty, room for size; free() it */
void keyring_seal(struct keyring *keyring);                         /* after the entries are filled in */
bool keyring_is_same(const struct keyring *a, const struct keyring *b);
/* NULL when it may not speak. */
const struct keyring_entry *keyring_find(const struct keyring *keyring, const char *user_id);
int keyring_install(const struct keyring *keyring, struct zap *zap, struct err *err);

#endif
