/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"

#include <stdlib.h>

enum { BURST_SECONDS = 10, DAY_MS = 86400000, FIRST_SLOTS = 64 };

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void fill(struct account *account, uint64_t per_second, int64_t now_ms)
{
	uint64_t full = per_second * BURST_SECONDS;
	if (account->filled_at_ms == 0 || now_ms - account->filled_at_ms >= BURST_SECONDS * 1000)
		account->bucket_bytes = full;
	else
		account->bucket_bytes += (uint64_t)(now_ms - account->filled_at_ms) * per_second / 1000;
	if (account->bucket_bytes > full)
		account->bucket_bytes = full;
	account->filled_at_ms = now_ms;
}

int64_t account_charge(struct account *account, const struct account_limits *limits, size_t len,
		       size_t records, int64_t now_ms)
{
	int64_t wait_ms = larger(account->barred_until_ms - now_ms, 0);
	if (limits->bytes_per_second > 0) {
		fill(account, limits->bytes_per_second, now_ms);
		/* What is larger than the bucket passes when the bucket is full. */
		uint64_t need = len;
		if (need > limits->bytes_per_second * BURST_SECONDS)
			need = limits->bytes_per_second * BURST_SECONDS;
		if (need > account->bucket_bytes)
			wait_ms = larger(wait_ms, (int64_t)((need - account->bucket_bytes) * 1000 /
							    limits->bytes_per_second) + 1);
	}
	if (limits->records_per_day > 0 && records > 0) {
		if (account->day_records == 0 || now_ms - account->day_start_ms >= DAY_MS) {
			account->day_start_ms = now_ms;
			account->day_records = 0;
		}
		if (account->day_records > 0 && account->day_records + records > limits->records_per_day)
			wait_ms = larger(wait_ms, account->day_start_ms + DAY_MS - now_ms);
	}
	if (wait_ms > 0)
		return wait_ms;
	account->bucket_bytes -= len < account->bucket_bytes ? len : account->bucket_bytes;
	account->day_records += records;
	return 0;
}

void account_give_back(struct account *account, size_t records)
{
	account->day_records -= records < account->day_records ? records : account->day_records;
}

int64_t account_greet(struct account *account, int64_t now_ms)
{
	int64_t forgotten = account->greetings ? (now_ms - account->greeted_at_ms) / ACCOUNT_GREETING_MS : 0;
	if (forgotten >= account->greetings) {
		account->greetings = 0;
		account->greeted_at_ms = now_ms;
	} else {
		account->greetings -= (unsigned)forgotten;
		account->greeted_at_ms += forgotten * ACCOUNT_GREETING_MS;
	}
	if (account->greetings >= ACCOUNT_GREETINGS)
		return account->greeted_at_ms + ACCOUNT_GREETING_MS - now_ms;
	account->greetings++;
	return 0;
}

bool account_strike(struct account *account, int64_t now_ms)
{
	if (account->barred_until_ms > now_ms)
		return false;
	if (account->strikes == 0 || now_ms - account->first_strike_ms > ACCOUNT_STRIKE_WINDOW_MS) {
		account->strikes = 0;
		account->first_strike_ms = now_ms;
	}
	if (++account->strikes < ACCOUNT_STRIKES)
		return false;
	account->strikes = 0;
	account->barred_until_ms = now_ms + ACCOUNT_BARRED_MS;
	return true;
}

bool account_takeover(struct account *account, int64_t now_ms)
{
	if (account->takeovers == 0 || now_ms - account->first_takeover_ms > ACCOUNT_TAKEOVER_WINDOW_MS) {
		account->takeovers = 0;
		account->first_takeover_ms = now_ms;
	}
	return ++account->takeovers == ACCOUNT_TAKEOVERS + 1;
}

/* Open addressing over pointers, so that an account stays where it is when the table grows. */
struct accounts {
	struct account **slots;
	size_t size, count; /* size is a power of two */
};

int accounts_new(struct accounts **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -1;
	(*out)->size = FIRST_SLOTS;
	(*out)->slots = calloc(FIRST_SLOTS, sizeof(struct account *));
	if ((*out)->slots)
		return 0;
	accounts_free(out);
	return -1;
}

void accounts_free(struct accounts **accounts)
{
	if (!*accounts)
		return;
	for (size_t i = 0; (*accounts)->slots && i < (*accounts)->size; i++)
		free((*accounts)->slots[i]);
	free((*accounts)->slots);
	free(*accounts);
	*accounts = NULL;
}

static struct account **slot_of(struct account **slots, size_t size, int64_t key_id)
{
	size_t i = (size_t)((uint64_t)key_id * 0x9E3779B97F4A7C15u >> 32) & (size - 1);
	while (slots[i] && slots[i]->key_id != key_id)
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static int grow(struct accounts *accounts)
{
	struct account **slots = calloc(accounts->size * 2, sizeof(*slots));
	if (!slots)
		return -1;
	for (size_t i = 0; i < accounts->size; i++)
		if (accounts->slots[i])
			*slot_of(slots, accounts->size * 2, accounts->slots[i]->key_id) = accounts->slots[i];
	free(accounts->slots);
	accounts->slots = slots;
	accounts->size *= 2;
	return 0;
}

struct account *accounts_get(struct accounts *accounts, int64_t key_id)
{
	struct account **slot = slot_of(accounts->slots, accounts->size, key_id);
	if (*slot)
		return *slot;
	if (accounts->count * 2 >= accounts->size) {
		if (grow(accounts) < 0)
			return NULL;
		slot = slot_of(accounts->slots, accounts->size, key_id);
	}
	*slot = calloc(1, sizeof(**slot));
	if (*slot) {
		(*slot)->key_id = key_id;
		accounts->count++;
	}
	return *slot;
}
