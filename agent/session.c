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

void session_set_programme(struct session *session, const char *programme, uint32_t version)
{
	session->options.programme = programme;
	session->options.programme_version = version;
}

static bool send_message(struct session *session, uint8_t type, const ProtobufCMessage *message)
{
	struct frame frame = {session->protocol, type, session->session_gen};
	size_t len = FRAME_BYTES + protobuf_c_message_get_packed_size(message);
	uint8_t *data = malloc(len);
	if (!data)
		return false;
	frame_encode(&frame, data);
	protobuf_c_message_pack(message, data + FRAME_BYTES);
	bool is_sent = session->options.link.send(session->options.link.context, data, len);
	free(data);
	return is_sent;
}

bool session_is_unsettled(const struct session *session)
{
	return session->is_unsettled;
}

/* Only a ledger that can store is asked again without a pause. */
static bool settle(struct session *session)
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
	if (!settle(session))
		session_start_over(session, "台账写入失败");
}

void session_start_over(struct session *session, const char *reason)
{
	settle(session);
	int64_t delay_ms = backoff_ms(session->options.random, session->attempts++,
				      session->options.backoff_base_ms, session->options.backoff_cap_ms);
	session->phase = PHASE_DOWN;
	session->options.link.reconnect(session->options.link.context, delay_ms, true, reason);
}

static void leave(struct session *session, const char *reason, const char *reason_zh)
{
	Zhibao__V1__Bye bye = ZHIBAO__V1__BYE__INIT;
	bye.reason = (char *)(uintptr_t)reason;
	if (session->phase == PHASE_OPEN)
		send_message(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, &bye.base);
	session->phase = PHASE_DOWN;
	session->options.link.reconnect(session->options.link.context, 0, false, reason_zh);
}

static void plan_ping(struct session *session, int64_t now_ms)
{
	int64_t idle = session->options.ping_idle_ms;
	int64_t spread = (int64_t)random_below(session->options.random, (uint64_t)(idle * 2 / 5 + 1));
	session->next_ping_ms = now_ms + idle - idle / 5 + spread; /* idle, give or take a fifth */
}

void session_up(struct session *session, int64_t now_ms)
{
	struct session_position at;
	Zhibao__V1__Hello hello = ZHIBAO__V1__HELLO__INIT;
	if (!settle(session)) { /* the centre repeats the verdicts after the number that Hello names */
		session_start_over(session, "台账写入失败");
		return;
	}
	session->options.ledger.position(session->options.ledger.context, &at);
	session->session_gen = 0;
	session->protocol = FRAME_VERSION_MIN;
	session->heard_at_ms = now_ms;
	session->missed_pings = 0;
	session->phase = PHASE_HELLO;
	hello.protocol_min = FRAME_VERSION_MIN;
	hello.protocol_max = FRAME_VERSION;
	hello.outbox_uuid = (ProtobufCBinaryData){OUTBOX_UUID_BYTES, (uint8_t *)(uintptr_t)at.outbox_uuid};
	hello.boot_no = at.boot_no;
	hello.oldest_retained_seq = at.last_seq ? 1 : 0;
	hello.last_seq = at.last_seq;
	hello.acked_seq = at.acked_seq;
	hello.backlog_bytes = at.pending_bytes;
	hello.software = (char *)(uintptr_t) "zhibao-agent " ZHIBAO_VERSION;
	hello.programme = (char *)(uintptr_t)session->options.programme;
	hello.programme_version = session->options.programme_version;
	hello.downlink_seq = at.downlink_seq;
	if (at.forked_from) {
		hello.forked_from_uuid =
			(ProtobufCBinaryData){OUTBOX_UUID_BYTES, (uint8_t *)(uintptr_t)at.forked_from};
		hello.fork_seq = at.fork_seq;
	}
	if (!send_message(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, &hello.base))
		session_start_over(session, "问候未能发出");
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

static bool send_batch(struct session *session, const struct session_slice *slice)
{
	Zhibao__V1__Batch batch = ZHIBAO__V1__BATCH__INIT;
	ProtobufCBinaryData *records = calloc(slice->count + 1, sizeof(*records));
	if (!records)
		return false;
	for (size_t i = 0; i < slice->count; i++)
		records[i] = (ProtobufCBinaryData){slice->lengths[i],
						   (uint8_t *)(uintptr_t)slice->bodies[i]};
	batch.first_seq = slice->first_seq;
	batch.prev_chain = (ProtobufCBinaryData){CHAIN_BYTES, (uint8_t *)(uintptr_t)slice->prev_chain};
	batch.chain = (ProtobufCBinaryData){CHAIN_BYTES, (uint8_t *)(uintptr_t)slice->chain};
	batch.records = records;
	batch.n_records = slice->count;
	batch.gap = (ProtobufCBinaryData){slice->gap_len, (uint8_t *)(uintptr_t)slice->gap};
	uint64_t bytes = protobuf_c_message_get_packed_size(&batch.base);
	session->wanted_bytes = session->sent_bytes + bytes;
	bool is_sent = session->wanted_bytes <= session->credit_bytes &&
		       send_message(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, &batch.base);
	if (is_sent)
		session->sent_bytes += bytes;
	free(records);
	return is_sent;
}

static void pump(struct session *session, int64_t now_ms)
{
	struct session_position at;
	const struct session_ledger *ledger = &session->options.ledger;
	if (session->phase != PHASE_OPEN || session->hold_until_ms > now_ms)
		return;
	session->hold_until_ms = 0;
	if (session->move_at_ms != 0 && now_ms >= session->move_at_ms) {
		if (session->inflight_count == 0)
			leave(session, "rebalance", "改到另一个接入点");
		return;
	}
	ledger->position(ledger->context, &at);
	/* While a refused record is looked for, one batch at a time, so that a refusal means the oldest one. */
	unsigned window = session->batch_records == 1 ? 1 : session->options.max_inflight_batches;
	while (session->next_seq <= at.last_seq && session->inflight_count < window &&
	       session->wanted_bytes <= session->credit_bytes) {
		struct session_slice slice;
		if (ledger->read(ledger->context, session->next_seq, session->batch_bytes, session->batch_records,
			     &slice) < 0) {
			session_start_over(session, "台账读取失败");
			return;
		}
		if (!send_batch(session, &slice))
			return; /* no credit or a full pipe: an acknowledgement or a tick goes on */
		if (session->inflight_count == 0)
			session->progress_at_ms = now_ms;
		session->wanted_bytes = 0;
		session->next_seq = slice.last_seq + 1;
		if (slice.last_seq > session->sent_to)
			session->sent_to = slice.last_seq;
		session->inflight_last[session->inflight_count++] = session->next_seq - 1;
	}
}

void session_rewind_to(struct session *session, uint64_t acked_seq)
{
	session->next_seq = acked_seq + 1;
	session->wanted_bytes = 0;
	session->inflight_count = 0;
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
	session->sent_bytes = 0;
	session->batch_bytes = FRAME_SOFT_BYTES;
	session->batch_records = BATCH_RECORDS;
	session->hold_until_ms = 0;
	session->move_at_ms = 0;
	session->denials = 0;
	session->phase = PHASE_OPEN;
	/* What the centre acknowledges beyond our ledger comes with the verdicts in the Ack that follows. */
	session->sent_to = welcome->acked_seq;
	session_rewind_to(session, welcome->acked_seq);
	plan_ping(session, now_ms);
	if (link->opened)
		link->opened(link->context, welcome, session->protocol >= 2);
	pump(session, now_ms);
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
	pump(session, now_ms);
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
	send_message(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG, &pong.base);
}

static void on_pong(struct session *session, const ProtobufCMessage *message, int64_t now_ms)
{
	session_take_credit(session, ((const Zhibao__V1__Pong *)message)->credit_bytes);
	pump(session, now_ms);
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
	pump(session, now_ms);
}

static void ping(struct session *session, int64_t now_ms)
{
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	if (session->missed_pings >= MAX_MISSED_PINGS) {
		session_start_over(session, "中心没有回应");
		return;
	}
	ping.token = ++session->ping_token;
	send_message(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, &ping.base);
	session->missed_pings++;
	plan_ping(session, now_ms);
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
		ping(session, now_ms);
	pump(session, now_ms);
}

void session_restart(struct session *session, const char *reason)
{
	leave(session, "rotation", reason);
}

void session_move(struct session *session, int64_t after_ms, int64_t now_ms)
{
	if (session->phase == PHASE_OPEN)
		session->move_at_ms = now_ms + after_ms;
}

bool session_send(struct session *session, uint8_t type, const ProtobufCMessage *message)
{
	return session->phase == PHASE_OPEN && session->protocol >= 2 && send_message(session, type, message);
}

bool session_is_caught_up(struct session *session)
{
	struct session_position at;
	session->options.ledger.position(session->options.ledger.context, &at);
	return session->phase == PHASE_OPEN && session->inflight_count == 0 && at.acked_seq == at.last_seq;
}
