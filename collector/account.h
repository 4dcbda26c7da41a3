/* SPDX-License-Identifier: Apache-2.0 */
/* account.h - what one key may do: bytes a second, records a day, unreadable messages, open sessions
 * Kept per collector and in memory: it protects the collector, it is no bookkeeping. There are never more accounts than keys.
 * Thread: one owner. Pure: the time comes in with the call. */
#ifndef ZHIBAO_ACCOUNT_H
#define ZHIBAO_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account_limits {
	uint64_t bytes_per_second; /* 0: no limit; ten seconds' worth may come at once */
	uint64_t records_per_day;  /* 0: no limit; a day of 24 hours from the first record */
	unsigned max_sessions;
};

enum { ACCOUNT_STRIKES = 3, ACCOUNT_STRIKE_WINDOW_MS = 60000, ACCOUNT_BARRED_MS = 600000 };
enum { ACCOUNT_TAKEOVERS = 10, ACCOUNT_TAKEOVER_WINDOW_MS = 3600000 };

/* Each Hello costs a transaction and may leave a stream behind: so many at once, then one a second, and never two under way. */
enum { ACCOUNT_GREETINGS = 20, ACCOUNT_GREETING_MS = 1000 };

struct session;

struct account {
	int64_t key_id;
	unsigned session_count;   /* open or opening */
	struct session *sessions; /* of sessions.h, newest first */
	int64_t barred_until_ms;
	unsigned strikes;
	int64_t first_strike_ms;
	uint64_t bucket_bytes; /* that may still come */
	int64_t filled_at_ms;  /* 0: never */
	uint64_t day_records;
	int64_t day_start_ms;
	unsigned greetings; /* that were counted and not yet forgotten */
	int64_t greeted_at_ms; /* when the newest was forgotten */
	bool is_greeting;      /* one is under way */
	unsigned takeovers;
	int64_t first_takeover_ms;
};

/* How long the key has to hold before it may send len bytes with so many records; 0: now, and they are charged. */
int64_t account_charge(struct account *account, const struct account_limits *limits, size_t len,
		       size_t records, int64_t now_ms);
/* Records that were charged and then refused: they come again. Their bytes were work. */
void account_give_back(struct account *account, size_t records);
/* How long the key has to hold before it may greet; 0: now, and it is counted. */
int64_t account_greet(struct account *account, int64_t now_ms);
/* An unreadable message. True when the key is barred from now on. */
bool account_strike(struct account *account, int64_t now_ms);
/* A connection that still speaks was fenced by a newer one. True when it happens so often that two machines seem to use
 * the same outbox; once per window. */
bool account_takeover(struct account *account, int64_t now_ms);

struct accounts;
int accounts_new(struct accounts **out);
void accounts_free(struct accounts **accounts);
/* The account of a key, made when missing; NULL when memory is out. Valid until accounts_free. */
struct account *accounts_get(struct accounts *accounts, int64_t key_id);

#endif
