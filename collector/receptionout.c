/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "reception_private.h"

enum { VERDICTS_PER_ACK = 500 };

int reception_flush(struct reception *reception, const struct peer *peer)
{
	struct buf *out = &reception->out;
	if (out->is_failed) {
		buf_fini(out);
		*out = (struct buf){0};
		return -1;
	}
	return reception->options.io.send(reception->options.io.context, peer, out->data, out->len);
}

bool reception_submit(struct reception *reception, struct job *job)
{
	reception->jobs_under_way++;
	if (job->kind == JOB_BATCH)
		reception->waiting_bytes += job->len;
	return reception->options.io.submit(reception->options.io.context, job);
}

void reception_note_fenced(struct account *account, const char *office_code, int64_t now_ms)
{
	if (account_takeover(account, now_ms))
		log_warn("reception.clone", "office=%s key=%lld 同一台账似在两台机器上使用", office_code,
			 (long long)account->key_id);
}

void reception_pump_downlink(struct reception *reception, struct session *session)
{
	uint64_t limit = session->downlink_acked + DOWNLINK_WINDOW;
	if (limit > session->downlink_head)
		limit = session->downlink_head;
	if (!session->is_open || session->protocol < 2 || session->downlink_is_asked || session->downlink_sent >= limit)
		return;
	struct job *job = calloc(1, sizeof(*job));
	if (!job)
		return;
	job->kind = JOB_DOWNLINK;
	job->peer = session->peer;
	job->session_no = session->session_no;
	job->stream_id = session->stream_id;
	strcpy(job->office_code, session->office_code);
	job->first_seq = session->downlink_sent + 1;
	job->last_seq = limit;
	job->answer_bytes = DOWNLINK_BYTES;
	const struct reception_io *io = &reception->options.io;
	if (!reception_has_answer_room(reception, session, DOWNLINK_BYTES) || !io->has_room(io->context, job, job_bytes(job))) {
		reception->is_downlink_late = true;
		job_free(&job);
		return;
	}
	session->downlink_is_asked = true;
	sessions_add_answer(reception->sessions, session, DOWNLINK_BYTES);
	reception_submit(reception, job);
}

void reception_pump_late_downlinks(struct reception *reception)
{
	bool is_late = reception->is_downlink_late;
	reception->is_downlink_late = false;
	for (struct session *session = is_late ? sessions_first(reception->sessions) : NULL; session;
	     session = sessions_next(reception->sessions, session))
		reception_pump_downlink(reception, session);
}

static struct frame frame_of(const struct session *session, const struct job *job)
{
	return session ? (struct frame){(uint8_t)session->protocol, 0, session->session_gen}
		       : (struct frame){(uint8_t)job->protocol, 0, 0};
}

static int send_replies(struct reception *reception, const struct session *session, const struct job *job)
{
	struct frame frame = frame_of(session, job);
	int rc = 0;
	for (const struct reply *reply = job->replies; reply && rc == 0; reply = reply->next) {
		uint8_t head[FRAME_BYTES];
		frame.type = reply->type;
		frame_encode(&frame, head);
		buf_reset(&reception->out);
		buf_append(&reception->out, head, sizeof(head));
		buf_append(&reception->out, reply->body, reply->len);
		rc = reception_flush(reception, &job->peer);
	}
	return rc;
}

/* Verdicts travel with the acknowledgement that covers them and no further, so that a lost one comes again. */
static int send_acks(struct reception *reception, const struct session *session, const struct job *job)
{
	struct frame frame = frame_of(session, job);
	struct reply_ack ack = {.credit_bytes = session->credit_bytes,
				.sign_keys = reception->options.terms.sign_keys};
	while (job->verdict_count - ack.first_verdict > VERDICTS_PER_ACK) {
		ack.verdict_count = VERDICTS_PER_ACK;
		ack.acked_seq = job->verdicts[ack.first_verdict + VERDICTS_PER_ACK - 1].seq;
		reply_ack(&reception->out, &frame, job, &ack);
		if (reception_flush(reception, &job->peer) < 0)
			return -1;
		ack.first_verdict += VERDICTS_PER_ACK;
	}
	ack.verdict_count = job->verdict_count - ack.first_verdict;
	ack.acked_seq = job->acked_seq;
	reply_ack(&reception->out, &frame, job, &ack);
	return reception_flush(reception, &job->peer);
}

static int compare_office(const void *office_code, const void *head)
{
	return strcmp(office_code, ((const struct downlink_head *)head)->office_code);
}

static uint64_t head_of(const struct reception *reception, const char *office_code)
{
	const struct downlink_head *head = reception->head_count == 0 ? NULL
					   : bsearch(office_code, reception->heads, reception->head_count, sizeof(*head), compare_office);
	return head ? head->last_seq : 0;
}

static int open_session(struct reception *reception, struct session *session, const struct job *job)
{
	session->stream_id = job->stream_id;
	session->session_gen = job->session_gen;
	session->credit_bytes = session->taken_bytes = session->done_bytes = 0;
	reception_grant(reception, session);
	session->is_open = true;
	uint64_t head = head_of(reception, session->office_code);
	session->downlink_head = head > job->downlink_head ? head : job->downlink_head;
	struct frame frame = frame_of(session, job);
	reply_welcome(&reception->out, &frame, job, &reception->options.terms, session->credit_bytes,
		      clock_now_us(reception->options.clock));
	if (reception_flush(reception, &job->peer) < 0)
		return -1;
	return send_acks(reception, session, job);
}

static int answer_session(struct reception *reception, struct session *session, const struct job *job,
			  int64_t now_ms)
{
	struct frame frame = frame_of(session, job);
	if (job->kind == JOB_BATCH) {
		session->done_bytes += job->len;
		session->express_bytes -= job->is_express ? job->len : 0;
		reception_grant(reception, session);
	}
	if (job->kind == JOB_DOWNLINK)
		session->downlink_is_asked = false;
	if (job->nack != ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED) {
		if (job->kind != JOB_DOWNLINK && job->kind != JOB_DOWNLINK_ACK) {
			reply_refusal(&reception->out, &frame, job, session->credit_bytes);
			reception_flush(reception, &job->peer);
		}
		if (job->nack != ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED)
			return 0;
		reception_note_fenced(session->account, session->office_code, now_ms);
		return -1;
	}
	if (job->kind == JOB_HELLO)
		return open_session(reception, session, job);
	if (job->kind == JOB_BATCH)
		return job->is_joined ? 0 : send_acks(reception, session, job);
	if (job->kind == JOB_DOWNLINK) {
		if (job->acked_seq < job->first_seq) /* promised, but not there: the next news asks again */
			session->downlink_head = session->downlink_sent;
		else
			session->downlink_sent = job->acked_seq;
	}
	return send_replies(reception, session, job);
}

/* Whatever became of a batch, its bytes no longer wait; the records of one that was refused will come again. */
static void account_for(struct reception *reception, const struct job *job)
{
	struct account *account = accounts_get(reception->accounts, job->key_id);
	reception->waiting_bytes -= job->len;
	reception->answered_now += job->len;
	if (account && job->nack != ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED)
		account_give_back(account, job->is_gap ? 0 : job_rows(job));
}

void reception_answer(struct reception *reception, struct job *job, int64_t now_ms)
{
	struct session *session = sessions_find(reception->sessions, &job->peer);
	reception->jobs_under_way--;
	if (job->kind == JOB_BATCH)
		account_for(reception, job);
	if (job->kind == JOB_HELLO) {
		struct account *account = accounts_get(reception->accounts, job->key_id);
		if (account)
			account->is_greeting = false;
	}
	if (job->kind == JOB_ENROL) {
		struct frame frame = frame_of(NULL, job);
		if (job->nack != ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED) {
			reply_refusal(&reception->out, &frame, job, 0);
			reception_flush(reception, &job->peer);
		}
		send_replies(reception, NULL, job);
	} else if (session && session->session_no == job->session_no) {
		/* An answer that cannot be handed over is not queued: without the session the agent starts over and
		 * learns everything from the welcome. */
		bool is_refused = job->kind == JOB_DOWNLINK && job->nack != ZHIBAO__V1__NACK_CODE__NACK_CODE_UNSPECIFIED;
		if (answer_session(reception, session, job, now_ms) < 0 ||
		    reception_answer_sent(reception, session, job, now_ms) < 0)
			sessions_end(reception->sessions, session);
		else if (is_refused) /* not at once: where memory is out that would go round and round */
			reception->is_downlink_late = true;
		else
			reception_pump_downlink(reception, session);
	} /* else the agent has gone on; it asks again */
	job_free(&job);
	reception_hand_on(reception);
}

void reception_set_heads(struct reception *reception, const struct downlink_head *heads, size_t count)
{
	if (count == reception->head_count &&
	    (count == 0 || memcmp(heads, reception->heads, count * sizeof(*heads)) == 0))
		return;
	struct downlink_head *copy = malloc((count + 1) * sizeof(*copy));
	if (!copy)
		return; /* the next refresh tries again */
	memcpy(copy, heads, count * sizeof(*heads));
	free(reception->heads);
	reception->heads = copy;
	reception->head_count = count;
	for (struct session *session = sessions_first(reception->sessions); session;
	     session = sessions_next(reception->sessions, session)) {
		uint64_t head = head_of(reception, session->office_code);
		if (head > session->downlink_head)
			session->downlink_head = head;
		reception_pump_downlink(reception, session);
	}
}

void reception_set_endpoints(struct reception *reception, const char *const *endpoints, size_t count, uint32_t spread_ms)
{
	struct reply_terms *terms = &reception->options.terms;
	terms->endpoints = endpoints;
	terms->endpoint_count = count;
	for (struct session *session = sessions_first(reception->sessions); session;
	     session = sessions_next(reception->sessions, session)) {
		struct frame frame = {(uint8_t)session->protocol, 0, session->session_gen};
		if (!session->is_open || session->protocol < 2)
			continue; /* those learn it from their next welcome */
		reply_endpoints(&reception->out, &frame, terms, spread_ms);
		reception_flush(reception, &session->peer);
	}
}

void reception_bye(struct reception *reception, const char *reason, uint32_t reconnect_ms)
{
	struct session *session;
	while ((session = sessions_first(reception->sessions))) {
		struct frame frame = {(uint8_t)session->protocol, 0, session->session_gen};
		reply_bye(&reception->out, &frame, &reception->options.terms, reason, reconnect_ms);
		reception_flush(reception, &session->peer);
		sessions_end(reception->sessions, session);
	}
}
