/* SPDX-License-Identifier: Apache-2.0 */
#include "keyring.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql.h"

static int compare(const void *a, const void *b)
{
	int64_t x = ((const struct keyring_entry *)a)->key_id;
	int64_t y = ((const struct keyring_entry *)b)->key_id;
	return (x > y) - (x < y);
}

int keyring_load(struct pg *pg, struct keyring **out, struct err *err)
{
	struct pg_rows *rows = NULL;
	*out = NULL;
	if (pg_exec(pg, SQL_keys_current, NULL, 0, &rows, err) < 0)
		return -1;
	size_t count = (size_t)pg_rows_count(rows);
	struct keyring *keyring = calloc(1, sizeof(*keyring) + count * sizeof(keyring->entries[0]));
	if (!keyring) {
		err_set(err, ERR_NOMEM, "内存不足");
		pg_rows_free(&rows);
		return -1;
	}
	for (int row = 0; row < (int)count; row++) {
		struct keyring_entry *entry = &keyring->entries[keyring->count];
		size_t len;
		const uint8_t *key = pg_get_bytes(rows, row, 1, &len);
		if (len != KEY_BYTES)
			continue;
		memcpy(entry->public_key, key, KEY_BYTES);
		entry->key_id = pg_get_int(rows, row, 0);
		snprintf(entry->office_code, sizeof(entry->office_code), "%s", pg_get_text(rows, row, 2));
		keyring->count++;
	}
	int rc = pg_rows_check(rows, err);
	pg_rows_free(&rows);
	if (rc < 0) {
		free(keyring);
		return -1;
	}
	qsort(keyring->entries, keyring->count, sizeof(keyring->entries[0]), compare);
	*out = keyring;
	return 0;
}

const struct keyring_entry *keyring_find(const struct keyring *keyring, const char *user_id)
{
	struct keyring_entry wanted;
	char *end;
	wanted.key_id = strtoll(user_id, &end, 10);
	if (*end || end == user_id || keyring->count == 0)
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
		snprintf(entries[i].user_id, sizeof(entries[i].user_id), "%" PRId64,
			 keyring->entries[i].key_id);
	}
	int rc = zap_replace(zap, entries, keyring->count, err);
	free(entries);
	return rc;
}
