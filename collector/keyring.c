/* SPDX-License-Identifier: Apache-2.0 */
#include "keyring.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const struct keyring_entry *x = a, *y = b;
	if (x->is_one_time != y->is_one_time)
		return x->is_one_time - y->is_one_time;
	return (x->number > y->number) - (x->number < y->number);
}

int keyring_new(struct keyring **out, size_t size, struct err *err)
{
	*out = calloc(1, sizeof(**out) + size * sizeof((*out)->entries[0]));
	if (*out)
		return 0;
	err_set(err, ERR_NOMEM, "内存不足");
	return -1;
}

void keyring_seal(struct keyring *keyring)
{
	qsort(keyring->entries, keyring->count, sizeof(keyring->entries[0]), compare);
}

bool keyring_is_same(const struct keyring *a, const struct keyring *b)
{
	return a->count == b->count && memcmp(a->entries, b->entries, a->count * sizeof(a->entries[0])) == 0;
}

const struct keyring_entry *keyring_find(const struct keyring *keyring, const char *user_id)
{
	struct keyring_entry wanted = {.is_one_time = user_id[0] == 'e'};
	char *end;
	if ((user_id[0] != 'e' && user_id[0] != 'k') || keyring->count == 0)
		return NULL;
	wanted.number = strtoll(user_id + 1, &end, 10);
	if (*end || end == user_id + 1)
		return NULL;
	return bsearch(&wanted, keyring->entries, keyring->count, sizeof(wanted), compare);
}

int keyring_install(const struct keyring *keyring, struct zap *zap, struct err *err)
{
	struct zap_entry *entries = calloc(keyring->count + 1, sizeof(*entries));
	if (!entries) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	for (size_t i = 0; i < keyring->count; i++) {
		memcpy(entries[i].public_key, keyring->entries[i].public_key, KEY_BYTES);
		snprintf(entries[i].user_id, sizeof(entries[i].user_id), "%c%" PRId64,
			 keyring->entries[i].is_one_time ? 'e' : 'k', keyring->entries[i].number);
	}
	int rc = zap_replace(zap, entries, keyring->count, err);
	free(entries);
	return rc;
}
