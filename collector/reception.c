/* SPDX-License-Identifier: Apache-2.0 */
#include "reception_private.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "recordwire.h"
#include "streamrule.h"

enum { HARD_BYTES = FRAME_HARD_BYTES + 4096 };

int reception_new(struct reception **out, const struct reception_options *options, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (*out) {
		(*out)->options = *options;
		(*out)->tick_no = 1;
		if (accounts_new(&(*out)->accounts) == 0 && sessions_new(&(*out)->sessions) == 0)
			return 0;
	}
	reception_free(out);
	err_set(err, ERR_NOMEM, "内存不足");
	return -1;
}

void reception_free(struct reception **reception)
{
	if (!*reception)
		return;
	sessions_free(&(*reception)->sessions);
	accounts_free(&(*reception)->accounts);
	free((*reception)->keyring);
	free((*reception)->heads);
	buf_fini(&(*reception)->out);
	free(*reception);
	*reception = NULL;
}

void reception_refuse(struct incoming *in, Zhibao__V1__NackCode code, int64_t retry_ms, const char *detail)
{
	struct session *session = in->session && in->session->is_open ? in->session : NULL;
	/* A batch that is refused was counted when it was sent, so its bytes are granted again. */
	if (session && in->frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH) {
		session->done_bytes += in->len;
		session->taken_bytes += in->is_counted ? 0 : in->len;
		reception_grant(in->reception, session);
	}
	struct reply_nack nack = {code, (uint32_t)retry_ms, session ? session->credit_bytes : 0, in->first_seq, detail};
	reply_nack(&in->reception->out, &in->frame, &nack);
	reception_flush(in->reception, &in->message->peer);
}

void reception_strike(struct incoming *in, const char *detail)
{
	reception_refuse(in, ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD, 0, detail);
	if (account_strike(in->account, in->now_ms))
		log_warn("reception.barred", "office=%s key=%lld detail=\"%s\"", in->key->office_code,
			 (long long)in->key->number, detail);
}

struct job *reception_make_job(struct incoming *in, enum job_kind kind)
{
	const struct reception_io *io = &in->reception->options.io;
	struct job *job = calloc(1, sizeof(*job));
	if (job) {
		job->kind = kind;
		job->peer = in->message->peer;
		job->key_id = in->key->number;
		strcpy(job->office_code, in->key->office_code);
		job->protocol = in->frame.version;
		job->type = in->frame.type;
		job->answer_bytes = in->answer_bytes;
		if (in->session) {
			job->session_no = in->session->session_no;
			job->stream_id = in->session->stream_id;
			job->session_gen = in->session->session_gen;
			memcpy(job->outbox_uuid, in->session->outbox_uuid, OUTBOX_UUID_BYTES);
		}
		if (reception_has_answer_room(in->reception, in->session, in->answer_bytes) &&
		    io->has_room(io->context, job, job_bytes(job) + in->len))
			job->body = malloc(in->len + 1);
	}
	if (!job || !job->body) {
		job_free(&job);
		reception_refuse(in, ZHIBAO__V1__NACK_CODE__NACK_CODE_BUSY,
				 job_lane(kind) == LANE_RECORDS ? reception_pause_ms(in->reception) : BUSY_MS, "queue");
		return NULL;
	}
	memcpy(job->body, in->message->data + FRAME_BYTES, in->len);
	job->len = in->len;
	return job;
}

/* True when the key may send this now; otherwise it was told how long to hold. */
static bool charge(struct incoming *in, size_t records)
{
	int64_t wait_ms = account_charge(in->account, &in->reception->options.limits, in->len, records, in->now_ms);
	if (wait_ms > 0)
		reception_refuse(in, ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA, wait_ms, "limit of the key");
	return wait_ms == 0;
}

static void on_batch(struct incoming *in)
{
	const Zhibao__V1__Batch *batch = (const Zhibao__V1__Batch *)in->body;
	struct session *session = in->session;
	reception_use(in->reception, session, in->len);
	in->is_counted = true;
	if (session->sent_in_tick != in->reception->tick_no) {
		session->sent_in_tick = in->reception->tick_no;
		in->reception->busy_now++;
	}
	in->first_seq = batch->first_seq;
	if (session->taken_bytes > session->credit_bytes) {
		reception_strike(in, "credit");
		return;
	}
	/* Room first: what is sent in vain costs as little as it can, and nothing of the quota. */
	struct job *job = reception_make_job(in, JOB_BATCH);
	if (!job)
		return;
	if (!charge(in, batch->n_records)) {
		job_free(&job);
		return;
	}
	const char *fault = stream_batch_fault(batch, session->protocol, &job->last_seq);
	if (fault) {
		job_free(&job);
		account_give_back(in->account, batch->n_records);
		reception_strike(in, fault);
		return;
	}
	job->first_seq = batch->first_seq;
	job->is_gap = batch->gap.len > 0;
	uint64_t under_way = session->taken_bytes - session->done_bytes;
	job->is_trickle = under_way == session->express_bytes + in->len && under_way <= in->reception->options.least_bytes;
	memcpy(job->prev_chain, batch->prev_chain.data, CHAIN_BYTES);
	memcpy(job->chain, batch->chain.data, CHAIN_BYTES);
	if (reception_submit(in->reception, job))
		session->express_bytes += in->len;
}

static void on_ping(struct incoming *in)
{
	const Zhibao__V1__Ping *ping = (const Zhibao__V1__Ping *)in->body;
	Zhibao__V1__Pong pong = ZHIBAO__V1__PONG__INIT;
	pong.token = ping->token;
	pong.sent_at_us = ping->sent_at_us;
	pong.answered_at_us = clock_now_us(in->reception->options.clock);
	if (ping->wanted_bytes > 0)
		reception_ask(in->reception, in->session, ping->wanted_bytes);
	pong.credit_bytes = in->session->credit_bytes;
	in->frame.type = ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG;
	reply_message(&in->reception->out, &in->frame, &pong.base);
	reception_flush(in->reception, &in->message->peer);
}

static void on_bye(struct incoming *in)
{
	sessions_end(in->reception->sessions, in->session);
}

static void pass_on(struct incoming *in, enum job_kind kind)
{
	struct job *job = reception_make_job(in, kind);
	if (!job)
		return;
	if (in->answer_bytes > 0)
		sessions_add_answer(in->reception->sessions, in->session, (int64_t)in->answer_bytes);
	reception_submit(in->reception, job);
}

static void on_enrol(struct incoming *in)
{
	pass_on(in, in->key->is_one_time ? JOB_ENROL : JOB_ROTATE);
}

static void on_recall(struct incoming *in)
{
	in->answer_bytes = FRAME_HARD_BYTES; /* a batch */
	pass_on(in, JOB_RECALL);
}

static void on_offer(struct incoming *in)
{
	pass_on(in, JOB_OFFER);
}

static void on_want(struct incoming *in)
{
	uint32_t count = ((const Zhibao__V1__Want *)in->body)->count;
	in->answer_bytes = (size_t)(count < 1 ? 1 : count > FILE_WINDOW_CHUNKS ? FILE_WINDOW_CHUNKS : count) * FILE_CHUNK_BYTES;
	pass_on(in, JOB_WANT);
}

static void on_propose(struct incoming *in)
{
	if (charge(in, 0))
		pass_on(in, JOB_PROPOSE);
}

static void on_chunk(struct incoming *in)
{
	if (charge(in, 0))
		pass_on(in, JOB_CHUNK);
}

static void on_downlink_ack(struct incoming *in)
{
	const Zhibao__V1__DownlinkAck *ack = (const Zhibao__V1__DownlinkAck *)in->body;
	struct session *session = in->session;
	if (ack->seq <= session->downlink_acked || ack->seq > session->downlink_sent)
		return;
	struct job *job = reception_make_job(in, JOB_DOWNLINK_ACK);
	if (!job)
		return;
	session->downlink_acked = ack->seq;
	job->last_seq = ack->seq;
	reception_submit(in->reception, job);
	reception_pump_downlink(in->reception, session);
}

static const struct message_kind {
	const ProtobufCMessageDescriptor *descriptor; /* NULL: not served */
	uint8_t since;
	void (*handle)(struct incoming *in);
} kinds[] = {
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO] = {&zhibao__v1__hello__descriptor, 1, reception_on_hello},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH] = {&zhibao__v1__batch__descriptor, 1, on_batch},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING] = {&zhibao__v1__ping__descriptor, 1, on_ping},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG] = {&zhibao__v1__pong__descriptor, 1, reception_on_pong},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE] = {&zhibao__v1__bye__descriptor, 1, on_bye},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROL] = {&zhibao__v1__enrol__descriptor, 2, on_enrol},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_OFFER] = {&zhibao__v1__offer__descriptor, 2, on_offer},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK] = {&zhibao__v1__chunk__descriptor, 2, on_chunk},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WANT] = {&zhibao__v1__want__descriptor, 2, on_want},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK_ACK] = {&zhibao__v1__downlink_ack__descriptor, 2,
								 on_downlink_ack},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALL] = {&zhibao__v1__recall__descriptor, 2, on_recall},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PROPOSE] = {&zhibao__v1__propose__descriptor, 2, on_propose},
};

static const struct message_kind *kind_of(const struct incoming *in)
{
	size_t count = sizeof(kinds) / sizeof(kinds[0]);
	const struct message_kind *kind = in->frame.type < count ? &kinds[in->frame.type] : NULL;
	return kind && kind->descriptor && in->frame.version >= kind->since ? kind : NULL;
}

/* A readable message whose sender's key is in force. */
static void handle(struct incoming *in, const struct message_kind *kind)
{
	bool opens = in->frame.type == ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO;
	struct session *session = in->session;
	if (in->key->is_one_time && in->frame.type != ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROL) {
		reception_refuse(in, ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED, 0, "one-time key");
		return;
	}
	if (!opens && !in->key->is_one_time) {
		if (!session || !session->is_open || session->session_gen != in->frame.session_gen ||
		    session->account->key_id != in->key->number) {
			reception_note_fenced(in->account, in->key->office_code, in->now_ms);
			reception_refuse(in, ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED, 0, "no such session");
			return;
		}
		if (session->protocol != in->frame.version) {
			reception_refuse(in, ZHIBAO__V1__NACK_CODE__NACK_CODE_VERSION, 0, "not the version of the session");
			return;
		}
		session->heard_at_ms = in->now_ms;
	}
	if (in->account->barred_until_ms > in->now_ms) {
		reception_refuse(in, ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA, in->account->barred_until_ms - in->now_ms, "barred");
		return;
	}
	if (in->reception->is_draining) {
		if (opens) {
			reply_bye(&in->reception->out, &in->frame, &in->reception->options.terms, "drain", BUSY_MS);
			reception_flush(in->reception, &in->message->peer);
		}
		return; /* what is not answered is sent again, elsewhere */
	}
	kind->handle(in);
}

void reception_message(struct reception *reception, const struct router_message *message, int64_t now_ms)
{
	struct arena arena;
	struct problems problems = {0};
	struct incoming in = {.reception = reception, .message = message, .now_ms = now_ms};
	in.key = reception->keyring ? keyring_find(reception->keyring, message->user_id) : NULL;
	enum frame_result result = frame_decode(message->data, message->len, &in.frame);
	if (result != FRAME_OK)
		in.frame.version = FRAME_VERSION_MIN;
	if (!in.key) {
		reception_refuse(&in, ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED, 0, "key");
		return;
	}
	/* Accounts of one-time keys lie below zero. */
	in.account = accounts_get(reception->accounts, in.key->is_one_time ? -in.key->number : in.key->number);
	if (!in.account)
		return;
	in.session = sessions_find(reception->sessions, &message->peer);
	const struct message_kind *kind = result == FRAME_OK ? kind_of(&in) : NULL;
	if (result == FRAME_BAD) {
		reception_strike(&in, "envelope");
		return;
	}
	if (!kind) {
		reception_refuse(&in, ZHIBAO__V1__NACK_CODE__NACK_CODE_VERSION, 0, "type or version");
		return;
	}
	in.len = message->len - FRAME_BYTES;
	if (in.len > HARD_BYTES) {
		reception_refuse(&in, ZHIBAO__V1__NACK_CODE__NACK_CODE_TOO_BIG, 0, "bytes");
		return;
	}
	arena_init(&arena, WIRE_FLOOR_BYTES + in.len * WIRE_EXPANSION);
	in.body = wire_unpack(kind->descriptor, &arena, message->data + FRAME_BYTES, in.len, &problems);
	if (in.body)
		handle(&in, kind);
	else
		reception_strike(&in, problems.items[0].code);
	arena_fini(&arena);
}

void reception_set_keyring(struct reception *reception, struct keyring *keyring)
{
	free(reception->keyring);
	reception->keyring = keyring;
}

const struct keyring *reception_keyring(const struct reception *reception)
{
	return reception->keyring;
}

void reception_tick(struct reception *reception, int64_t now_ms)
{
	sessions_sweep(reception->sessions, now_ms - reception->options.idle_ms);
	reception_sweep_answers(reception, now_ms);
	reception_pump_late_downlinks(reception);
	reception->tick_no++;
	reception->answered_before = reception->answered_now;
	reception->answered_now = 0;
	reception_review_credit(reception);
}

void reception_drain(struct reception *reception)
{
	reception->is_draining = true;
}

bool reception_is_idle(const struct reception *reception)
{
	return reception->jobs_under_way == 0;
}

size_t reception_session_count(const struct reception *reception)
{
	return sessions_count(reception->sessions);
}
