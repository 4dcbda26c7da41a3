/* SPDX-License-Identifier: Apache-2.0 */
/* How much a session may have on the way.
 * Without asking: its share of in_flight_bytes among those that send, whose batch waits for the store, or that are in line, never less than least_bytes, which what is
 * small fits into. More is asked for (Ping), and given in order of arrival as long as it fits into in_flight_bytes beside what waits
 * for the store and what others were given and have not used. So a backlog of many waits at the agents, where it is durable, and in a
 * line that nobody passes, instead of being sent, refused and sent again. */
#include "reception_private.h"

/* The largest batch there is; how long what was given is kept for one that does not use it; and the limits of a pause. */
enum { WHOLE_WINDOW = FRAME_HARD_BYTES + 4096, PROMISE_TICKS = 10, BUSY_MIN_MS = 200, BUSY_MAX_MS = 10000 };

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void reception_grant(struct reception *reception, struct session *session)
{
	const struct reception_options *options = &reception->options;
	uint64_t busy = larger(reception->busy_now, reception->busy_before) + sessions_line_length(reception->sessions);
	uint64_t window = options->in_flight_bytes / (busy + 1);
	/* One that has shown nothing yet: the whole fleet may be coming back. */
	if (session->done_bytes == 0)
		window = smaller(options->in_flight_bytes / (reception->keyring->count + 1), WHOLE_WINDOW);
	window = larger(window, options->least_bytes);
	if (session->protocol < 2 && session->taken_bytes == session->done_bytes)
		window = larger(window, WHOLE_WINDOW); /* it cannot ask for more */
	window = smaller(window, options->window_bytes);
	session->credit_bytes = larger(session->credit_bytes, session->done_bytes + window);
}

/* When nothing is under way anybody may, however large a batch is beside the whole. */
static bool fits(const struct reception *reception, uint64_t bytes)
{
	uint64_t taken = reception->waiting_bytes + reception->promised_bytes;
	return taken == 0 || taken + bytes <= reception->options.in_flight_bytes;
}

static void set_promise(struct reception *reception, struct session *session, uint64_t bytes)
{
	/* Those of sessions that ended are in the sum until the next tick. */
	reception->promised_bytes += bytes - session->promised_bytes;
	session->promised_bytes = bytes;
	session->promised_in_tick = reception->tick_no;
}

/* On top of what it has, however much that is: where a batch was lost on the way, the agent has counted more than came. */
static void give(struct reception *reception, struct session *session, uint64_t bytes)
{
	uint64_t most = session->taken_bytes + larger(reception->options.window_bytes, bytes);
	set_promise(reception, session, bytes);
	session->credit_bytes = larger(session->credit_bytes, smaller(session->credit_bytes + bytes, most));
}

void reception_ask(struct reception *reception, struct session *session, uint64_t wanted_bytes)
{
	wanted_bytes = smaller(smaller(wanted_bytes, WHOLE_WINDOW), reception->options.window_bytes);
	uint64_t before = session->credit_bytes;
	reception_grant(reception, session);
	if (session->credit_bytes > before && session->taken_bytes + wanted_bytes <= session->credit_bytes)
		sessions_leave_line(reception->sessions, session);
	else if (!sessions_first_in_line(reception->sessions) && fits(reception, wanted_bytes))
		give(reception, session, wanted_bytes);
	else
		sessions_line_up(reception->sessions, session, wanted_bytes);
}

void reception_use(struct reception *reception, struct session *session, size_t len)
{
	session->taken_bytes += len;
	uint64_t used = smaller(session->promised_bytes, len);
	session->promised_bytes -= used;
	reception->promised_bytes -= used;
}

void reception_hand_on(struct reception *reception)
{
	struct session *session;
	while (!reception->is_draining && (session = sessions_first_in_line(reception->sessions)) &&
	       fits(reception, session->wanted_bytes)) {
		Zhibao__V1__Pong pong = ZHIBAO__V1__PONG__INIT;
		struct frame frame = {(uint8_t)session->protocol, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG, session->session_gen};
		give(reception, session, session->wanted_bytes);
		sessions_leave_line(reception->sessions, session);
		pong.answered_at_us = clock_now_us(reception->options.clock);
		pong.credit_bytes = session->credit_bytes;
		reply_message(&reception->out, &frame, &pong.base);
		if (reception_flush(reception, &session->peer) < 0)
			sessions_end(reception->sessions, session);
	}
}

/* One whose batch the store has not answered is busy, too: after a second in which nothing was stored nobody would be, and the first to be
 * answered would have the whole to share. */
static bool was_busy(const struct reception *reception, const struct session *session)
{
	return session->sent_in_tick + 1 == reception->tick_no || session->taken_bytes != session->done_bytes;
}

void reception_review_credit(struct reception *reception)
{
	reception->promised_bytes = 0;
	reception->busy_now = reception->busy_before = 0;
	for (struct session *session = sessions_first(reception->sessions); session;
	     session = sessions_next(reception->sessions, session)) {
		if (session->promised_in_tick + PROMISE_TICKS < reception->tick_no)
			session->promised_bytes = 0;
		reception->promised_bytes += session->promised_bytes;
		reception->busy_before += was_busy(reception, session);
	}
	reception_hand_on(reception);
}

int64_t reception_pause_ms(const struct reception *reception)
{
	uint64_t per_tick = larger(reception->answered_now, reception->answered_before);
	if (per_tick == 0)
		return BUSY_MS;
	/* Agents add up to as much again, each as chance will have it: the last come when the queue is about to be empty. */
	uint64_t half_ms = reception->waiting_bytes * 500 / per_tick;
	return (int64_t)smaller(larger(half_ms, BUSY_MIN_MS), BUSY_MAX_MS);
}
