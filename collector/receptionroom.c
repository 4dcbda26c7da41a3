/* SPDX-License-Identifier: Apache-2.0 */
/* Room for large answers: content of files, recalled batches, messages to an office. A question is a few bytes and its answer
 * hundreds of KiB, which libzmq keeps until the peer has read them. So an answer is promised only while those on the way to all
 * are within a bound; after it goes a Ping whose number is the bytes sent so far, and the Pong says that they have arrived. */
#include "reception_private.h"

/* Two of the largest answers, as an agent asks on before it says what it got; and when a peer that says nothing is no longer waited
 * for: by then TCP has given up a connection that takes nothing (ZMQ_TCP_MAXRT). */
enum { SESSION_ANSWER_BYTES = 2 * FILE_WINDOW_CHUNKS * FILE_CHUNK_BYTES, SILENT_MS = 60000 };

/* What an agent costs anyway is not worth a Ping. */
enum { SMALL_ANSWER_BYTES = 4096 };

bool reception_has_answer_room(const struct reception *reception, const struct session *session, size_t bytes)
{
	return bytes == 0 || (session->answer_bytes + bytes <= SESSION_ANSWER_BYTES &&
			      sessions_answer_bytes(reception->sessions) + bytes <= reception->options.answer_bytes);
}

int reception_answer_sent(struct reception *reception, struct session *session, const struct job *job, int64_t now_ms)
{
	size_t bytes = job_reply_bytes(job);
	if (job->answer_bytes == 0)
		return 0;
	sessions_add_answer(reception->sessions, session, -(int64_t)job->answer_bytes);
	if (bytes < SMALL_ANSWER_BYTES)
		return 0;
	sessions_add_answer(reception->sessions, session, (int64_t)bytes);
	session->answers_sent += bytes;
	session->answered_at_ms = now_ms;
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	struct frame frame = {(uint8_t)session->protocol, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, session->session_gen};
	ping.token = session->answers_sent;
	ping.sent_at_us = clock_now_us(reception->options.clock);
	reply_message(&reception->out, &frame, &ping.base);
	return reception_flush(reception, &session->peer);
}

static void take(struct reception *reception, struct session *session, uint64_t up_to)
{
	if (up_to <= session->answers_taken || up_to > session->answers_sent)
		return;
	sessions_add_answer(reception->sessions, session, (int64_t)session->answers_taken - (int64_t)up_to);
	session->answers_taken = up_to;
}

void reception_on_pong(struct incoming *in)
{
	take(in->reception, in->session, ((const Zhibao__V1__Pong *)in->body)->token);
}

void reception_sweep_answers(struct reception *reception, int64_t now_ms)
{
	struct session *session = sessions_answer_bytes(reception->sessions) > 0 ? sessions_first(reception->sessions) : NULL;
	for (; session; session = sessions_next(reception->sessions, session))
		if (session->answered_at_ms + SILENT_MS <= now_ms)
			take(reception, session, session->answers_sent);
}
