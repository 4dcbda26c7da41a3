/* SPDX-License-Identifier: Apache-2.0 */
#include "sessions.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 16384 };

struct sessions {
	struct session *buckets[BUCKETS];
	struct session *oldest, *newest; /* in the order they began */
	uint64_t last_no;
	size_t count;
	TAILQ_HEAD(, session) line;
	size_t line_length;
	uint64_t answer_bytes; /* of all */
};

int sessions_new(struct sessions **out)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -1;
	TAILQ_INIT(&(*out)->line);
	return 0;
}

void sessions_free(struct sessions **sessions)
{
	if (!*sessions)
		return;
	while ((*sessions)->oldest)
		sessions_end(*sessions, (*sessions)->oldest);
	free(*sessions);
	*sessions = NULL;
}

static struct session **place_of(struct sessions *sessions, const struct peer *peer)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < peer->len; i++)
		hash = (hash ^ peer->id[i]) * 16777619u;
	struct session **at = &sessions->buckets[hash % BUCKETS];
	while (*at && ((*at)->peer.len != peer->len || memcmp((*at)->peer.id, peer->id, peer->len) != 0))
		at = &(*at)->next;
	return at;
}

struct session *sessions_find(struct sessions *sessions, const struct peer *peer)
{
	return *place_of(sessions, peer);
}

void sessions_end(struct sessions *sessions, struct session *session)
{
	struct session **at = place_of(sessions, &session->peer);
	sessions_leave_line(sessions, session);
	*at = session->next;
	*(session->older ? &session->older->newer : &sessions->oldest) = session->newer;
	*(session->newer ? &session->newer->older : &sessions->newest) = session->older;
	for (at = &session->account->sessions; *at != session;)
		at = &(*at)->same_key;
	*at = session->same_key;
	session->account->session_count--;
	sessions->count--;
	sessions_add_answer(sessions, session, -(int64_t)session->answer_bytes);
	free(session);
}

/* Makes room among the sessions of a key: an outbox has one, and all together they are fewer than max. */
static void make_room(struct sessions *sessions, struct account *account, const uint8_t *outbox_uuid,
		      unsigned max)
{
	unsigned kept = 0;
	for (struct session *session = account->sessions; session;) {
		struct session *older = session->same_key;
		if (memcmp(session->outbox_uuid, outbox_uuid, OUTBOX_UUID_BYTES) == 0 || ++kept >= max)
			sessions_end(sessions, session);
		session = older;
	}
}

struct session *sessions_begin(struct sessions *sessions, const struct peer *peer, struct account *account,
			       const uint8_t outbox_uuid[OUTBOX_UUID_BYTES], unsigned max)
{
	struct session *session = sessions_find(sessions, peer);
	if (session)
		sessions_end(sessions, session);
	make_room(sessions, account, outbox_uuid, max);
	session = calloc(1, sizeof(*session));
	if (!session)
		return NULL;
	session->peer = *peer;
	session->session_no = ++sessions->last_no;
	memcpy(session->outbox_uuid, outbox_uuid, OUTBOX_UUID_BYTES);
	session->account = account;
	session->same_key = account->sessions;
	account->sessions = session;
	account->session_count++;
	sessions->count++;
	*place_of(sessions, peer) = session;
	session->older = sessions->newest;
	*(session->older ? &session->older->newer : &sessions->oldest) = session;
	sessions->newest = session;
	return session;
}

void sessions_sweep(struct sessions *sessions, int64_t before_ms)
{
	for (struct session *session = sessions->oldest; session;) {
		struct session *newer = session->newer;
		if (session->heard_at_ms < before_ms)
			sessions_end(sessions, session);
		session = newer;
	}
}

struct session *sessions_first(struct sessions *sessions)
{
	return sessions->oldest;
}

struct session *sessions_next(struct sessions *sessions, struct session *session)
{
	(void)sessions;
	return session->newer;
}

size_t sessions_count(const struct sessions *sessions)
{
	return sessions->count;
}

void sessions_line_up(struct sessions *sessions, struct session *session, uint64_t wanted_bytes)
{
	if (session->wanted_bytes == 0) {
		TAILQ_INSERT_TAIL(&sessions->line, session, place);
		sessions->line_length++;
	}
	session->wanted_bytes = wanted_bytes;
}

void sessions_leave_line(struct sessions *sessions, struct session *session)
{
	if (session->wanted_bytes == 0)
		return;
	TAILQ_REMOVE(&sessions->line, session, place);
	sessions->line_length--;
	session->wanted_bytes = 0;
}

struct session *sessions_first_in_line(struct sessions *sessions)
{
	return TAILQ_FIRST(&sessions->line);
}

size_t sessions_line_length(const struct sessions *sessions)
{
	return sessions->line_length;
}

void sessions_add_answer(struct sessions *sessions, struct session *session, int64_t bytes)
{
	session->answer_bytes += (uint64_t)bytes;
	sessions->answer_bytes += (uint64_t)bytes;
}

uint64_t sessions_answer_bytes(const struct sessions *sessions)
{
	return sessions->answer_bytes;
}
