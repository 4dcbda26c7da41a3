/* SPDX-License-Identifier: Apache-2.0 */
#include "session_private.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "backoff.h"
#include "frame.h"
#include "recordwire.h"

int session_new(struct session **out, const struct session_options *options)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return -1;
	(*out)->options = *options;
	if ((*out)->options.max_inflight_batches > MAX_INFLIGHT)
		(*out)->options.max_inflight_batches = MAX_INFLIGHT;
	return 0;
}

void session_free(struct session **session)
{
	free(*session);
	*session = NULL;
}

bool session_is_open(const struct session *session)
{
	return session->phase == PHASE_OPEN;
}

uint64_t session_refusals(const struct session *session, unsigned code)
{
	return code < SESSION_NACK_CODES ? session->refusals[code] : 0;
}

void session_set_programme(struct session *session, const struct programme *programme)
{
	session->options.programme = programme;
}

bool session_is_unsettled(const struct session *session)
{
	return session->is_unsettled;
}

bool session_store_acks(struct session *session)
{
	if (!session->is_unsettled)
		return true;
	session->is_unsettled = false;
	int stored = session->options.ledger.settle(session->options.ledger.context);
	if (stored > 0)
		session->attempts = 0;
	return stored >= 0;
}

void session_settle(struct session *session)
{
	if (!session_store_acks(session))
		session_start_over(session, "台账写入失败");
}

void session_start_over(struct session *session, const char *reason)
{
	session_store_acks(session);
	int64_t delay_ms = backoff_ms(session->options.random, session->attempts++,
				      session->options.backoff_base_ms, session->options.backoff_cap_ms);
	session->phase = PHASE_DOWN;
	session->options.link.reconnect(session->options.link.context, delay_ms, true, reason);
}

void session_down(struct session *session, int64_t now_ms)
{
	(void)now_ms;
	session_start_over(session, "连接中断");
}

void session_denied(struct session *session, int64_t now_ms)
{
	int64_t cap_ms = session->options.backoff_cap_ms;
	/* A collector may not know a new key for a second. After that a refused key stays refused until a person acts. */
	bool is_early = session->denials++ < DENIED_SOON;
	int64_t min_ms = is_early ? DENIED_SOON_MIN_MS : DENIED_MIN_MS;
	int64_t max_ms = is_early ? DENIED_SOON_MAX_MS : DENIED_MAX_MS;
	int64_t delay_ms = min_ms + (int64_t)random_below(session->options.random, (uint64_t)(max_ms - min_ms));
	(void)now_ms;
	session->phase = PHASE_DOWN;
	session->options.link.reconnect(session->options.link.context, cap_ms < 60000 ? cap_ms : delay_ms, true,
					"中心拒绝了本机密钥，请联系管理员登记");
}

static void on_welcome(struct session *session, const ProtobufCMessage *message, int64_t now_ms)
{
	const Zhibao__V1__Welcome *welcome = (const Zhibao__V1__Welcome *)message;
	const struct session_ledger *ledger = &session->options.ledger;
	const struct session_link *link = &session->options.link;
	struct session_position at;
	if (session->phase != PHASE_HELLO)
		return;
	if (strcmp(welcome->office_code, session->options.office_code) != 0) {
		session->attempts = 8; /* the wrong key file will not mend itself soon */
		session_start_over(session, "密钥属于另一个单位，请检查配置");
		return;
	}
	if (welcome->protocol < FRAME_VERSION_MIN || welcome->protocol > FRAME_VERSION) {
		session_start_over(session, "中心选择了本软件不懂的协议版本");
		return;
	}
	ledger->position(ledger->context, &at);
	if (!session_is_shared(session, welcome->acked_seq, &welcome->chain, at.last_seq)) {
		session_fork_from(session, session_shared_point(session, welcome->fork_probes, welcome->n_fork_probes,
						at.last_seq));
		return;
	}
	if (welcome->acked_seq < at.acked_seq && ledger->lost(ledger->context, welcome->acked_seq) < 0) {
		session_start_over(session, "台账写入失败");
		return;
	}
	session->protocol = (uint8_t)welcome->protocol;
	session->session_gen = welcome->session_gen;
	session->credit_bytes = welcome->credit_bytes;
	session->sent_bytes = session->asked_bytes = 0;
	session->batch_bytes = FRAME_SOFT_BYTES;
	session->batch_records = BATCH_RECORDS;
	session->hold_until_ms = 0;
	session->move_at_ms = 0;
	session->denials = 0;
	session->phase = PHASE_OPEN;
	/* What the centre acknowledges beyond our ledger comes with the verdicts in the Ack that follows. */
	session->sent_to = welcome->acked_seq;
	session_rewind_to(session, welcome->acked_seq);
	session_plan_ping(session, now_ms);
	if (link->opened)
		link->opened(link->context, welcome, session->protocol >= 2);
	session_pump(session, now_ms);
}

void session_take_credit(struct session *session, uint64_t credit_bytes)
{
	if (credit_bytes > session->credit_bytes)
		session->credit_bytes = credit_bytes;
}

/* What was halved for a record that could not be taken grows again once others pass. */
static void widen(struct session *session)
{
	session->batch_records = session->batch_records * 2 < BATCH_RECORDS ? session->batch_records * 2 : BATCH_RECORDS;
	session->batch_bytes = session->batch_bytes * 2 < FRAME_SOFT_BYTES ? session->batch_bytes * 2 : FRAME_SOFT_BYTES;
}

static void on_ack(struct session *session, const ProtobufCMessage *message, int64_t now_ms)
{
	const Zhibao__V1__Ack *ack = (const Zhibao__V1__Ack *)message;
	const struct session_ledger *ledger = &session->options.ledger;
	struct session_position at;
	ledger->position(ledger->context, &at);
	/* Beyond what was sent since a rewind, it must be about what was sent before it. */
	bool is_ahead = ack->acked_seq >= session->next_seq;
	if (ack->acked_seq > session->sent_to ||
	    (is_ahead && !session_is_shared(session, ack->acked_seq, &ack->chain, at.last_seq))) {
		session_start_over(session, "中心确认了没有发出的记录");
		return;
	}
	if (ack->first_seq > at.acked_seq + 1) { /* and with it perhaps a verdict, which comes again after Welcome */
		session_start_over(session, "中心的一条确认没有到达");
		return;
	}
	session_take_credit(session, ack->credit_bytes);
	if (ack->acked_seq > at.acked_seq || ack->n_quarantined > 0) {
		uint64_t seq = ack->acked_seq > at.acked_seq ? ack->acked_seq : at.acked_seq;
		session->is_unsettled = ledger->acked(ledger->context, seq, ack) == 0;
		if (!session->is_unsettled) {
			session_start_over(session, "台账写入失败");
			return;
		}
	} else if (!session->is_unsettled) {
		session->attempts = 0;
	}
	if (is_ahead)
		session_rewind_to(session, ack->acked_seq);
	size_t done = 0;
	while (done < session->inflight_count && session->inflight_last[done] <= ack->acked_seq)
		done++;
	session->inflight_count -= done;
	if (done > 0) {
		session->progress_at_ms = now_ms;
		widen(session);
	}
	memmove(session->inflight_last, session->inflight_last + done,
		session->inflight_count * sizeof(session->inflight_last[0]));
	session_pump(session, now_ms);
}

static void on_bye(struct session *session, const ProtobufCMessage *message, int64_t now_ms)
{
	const Zhibao__V1__Bye *bye = (const Zhibao__V1__Bye *)message;
	uint64_t limit = bye->reconnect_after_ms ? bye->reconnect_after_ms : 1000;
	const struct session_link *link = &session->options.link;
	(void)now_ms;
	if (limit > (uint64_t)session->options.backoff_cap_ms)
		limit = (uint64_t)session->options.backoff_cap_ms;
	if (link->deliver)
		link->deliver(link->context, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, message);
	session->phase = PHASE_DOWN;
	session->options.link.reconnect(session->options.link.context,
					(int64_t)random_below(session->options.random, limit), true,
					"中心结束了会话");
}

static void on_ping(struct session *session, const ProtobufCMessage *message, int64_t now_ms)
{
	const Zhibao__V1__Ping *ping = (const Zhibao__V1__Ping *)message;
	Zhibao__V1__Pong pong = ZHIBAO__V1__PONG__INIT;
	(void)now_ms;
	pong.token = ping->token;
	pong.sent_at_us = ping->sent_at_us;
	session_put(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG, &pong.base);
}

static void on_pong(struct session *session, const ProtobufCMessage *message, int64_t now_ms)
{
	uint64_t credit_bytes = ((const Zhibao__V1__Pong *)message)->credit_bytes;
	if (credit_bytes > session->credit_bytes)
		session->asked_bytes = 0; /* should it not be enough, as a batch was lost on the way, it is asked for again */
	session_take_credit(session, credit_bytes);
	session_pump(session, now_ms);
}

/* Messages of the centre; those without a handler are for other parts of the agent. */
static const struct message_kind {
	const ProtobufCMessageDescriptor *descriptor; /* NULL: not for us */
	bool needs_open;
	void (*handle)(struct session *session, const ProtobufCMessage *message, int64_t now_ms);
} kinds[] = {
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME] = {&zhibao__v1__welcome__descriptor, false, on_welcome},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK] = {&zhibao__v1__ack__descriptor, true, on_ack},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK] = {&zhibao__v1__nack__descriptor, false, session_on_nack},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING] = {&zhibao__v1__ping__descriptor, true, on_ping},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG] = {&zhibao__v1__pong__descriptor, true, on_pong},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE] = {&zhibao__v1__bye__descriptor, false, on_bye},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENROLLED] = {&zhibao__v1__enrolled__descriptor, true, NULL},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_OFFER_STATUS] = {&zhibao__v1__offer_status__descriptor, true, NULL},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK] = {&zhibao__v1__chunk__descriptor, true, NULL},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_CHUNK_ACK] = {&zhibao__v1__chunk_ack__descriptor, true, NULL},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_FILE_DONE] = {&zhibao__v1__file_done__descriptor, true, NULL},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_DOWNLINK] = {&zhibao__v1__downlink__descriptor, true, NULL},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_RECALLED] = {&zhibao__v1__recalled__descriptor, true, NULL},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PROPOSAL] = {&zhibao__v1__proposal__descriptor, true, NULL},
	[ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENDPOINTS] = {&zhibao__v1__endpoints__descriptor, true, NULL},
};

void session_message(struct session *session, const uint8_t *data, size_t len, int64_t now_ms)
{
	struct frame frame;
	struct arena arena;
	struct problems problems = {0};
	const struct session_link *link = &session->options.link;
	if (session->phase == PHASE_DOWN || frame_decode(data, len, &frame) != FRAME_OK)
		return;
	const struct message_kind *kind =
		frame.type < sizeof(kinds) / sizeof(kinds[0]) ? &kinds[frame.type] : NULL;
	if (!kind || !kind->descriptor)
		return; /* a later version's message: not for us */
	bool is_current = session->phase == PHASE_OPEN && frame.session_gen == session->session_gen;
	if (kind->needs_open && !is_current)
		return;
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	ProtobufCMessage *message = wire_unpack(kind->descriptor, &arena, data + FRAME_BYTES,
						len - FRAME_BYTES, &problems);
	session->heard_at_ms = now_ms;
	session->missed_pings = 0;
	if (message && kind->handle)
		kind->handle(session, message, now_ms);
	else if (message && link->deliver)
		link->deliver(link->context, frame.type, message);
	arena_fini(&arena);
}

void session_grown(struct session *session, int64_t now_ms)
{
	session_pump(session, now_ms);
}

void session_tick(struct session *session, int64_t now_ms)
{
	session_settle(session);
	if (session->phase == PHASE_HELLO && now_ms - session->heard_at_ms > REPLY_TIMEOUT_MS)
		session_start_over(session, "中心没有回应问候");
	if (session->phase != PHASE_OPEN)
		return;
	/* A collector may lose a batch without losing the line; asking anew tells what became of it. */
	if (session->inflight_count > 0 && now_ms - session->progress_at_ms > REPLY_TIMEOUT_MS) {
		session_start_over(session, "中心没有确认已发出的记录");
		return;
	}
	if (now_ms >= session->next_ping_ms && now_ms - session->heard_at_ms >= session->options.ping_idle_ms / 2)
		session_ping(session, now_ms);
	session_pump(session, now_ms);
}

bool session_is_caught_up(struct session *session)
{
	struct session_position at;
	session->options.ledger.position(session->options.ledger.context, &at);
	return session->phase == PHASE_OPEN && session->inflight_count == 0 && at.acked_seq == at.last_seq;
}
