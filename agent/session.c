/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "backoff.h"
#include "frame.h"
#include "recordwire.h"

enum phase { PHASE_DOWN, PHASE_HELLO, PHASE_OPEN };

enum {
	MAX_INFLIGHT = 64,
	REPLY_TIMEOUT_MS = 30000,
	MAX_MISSED_PINGS = 3,
	DENIED_MIN_MS = 600000,
	DENIED_MAX_MS = 3600000
};

struct session {
	struct session_options options;
	enum phase phase;
	uint64_t session_gen;
	uint64_t next_seq;     /* first not yet sent */
	uint64_t sent_bytes;   /* of batch payloads in this session */
	uint64_t credit_bytes; /* absolute */
	uint64_t inflight_last[MAX_INFLIGHT]; /* last_seq of batches not acknowledged, oldest first */
	size_t inflight_count;
	size_t batch_bytes, batch_records; /* limits, halved by TOO_BIG and BAD */
	unsigned attempts;      /* failed in a row, reset by the first acknowledgement */
	int64_t hold_until_ms;  /* 0: not held */
	int64_t heard_at_ms;
	int64_t next_ping_ms;
	unsigned missed_pings;
	uint64_t ping_token;
};

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

static bool send_message(struct session *session, uint8_t type, const ProtobufCMessage *message)
{
	struct frame frame = {FRAME_VERSION, type, session->session_gen};
	size_t len = FRAME_BYTES + protobuf_c_message_get_packed_size(message);
	uint8_t *data = malloc(len);
	if (!data)
		return false;
	frame_encode(&frame, data);
	protobuf_c_message_pack(message, data + FRAME_BYTES);
	bool is_sent = session->options.io.send(session->options.io.context, data, len);
	free(data);
	return is_sent;
}

static void start_over(struct session *session, const char *reason)
{
	int64_t delay_ms = backoff_ms(session->options.random, session->attempts++,
				      session->options.backoff_base_ms, session->options.backoff_cap_ms);
	session->phase = PHASE_DOWN;
	session->options.io.reconnect(session->options.io.context, delay_ms, reason);
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
	session->options.io.position(session->options.io.context, &at);
	session->session_gen = 0;
	session->heard_at_ms = now_ms;
	session->missed_pings = 0;
	session->phase = PHASE_HELLO;
	hello.protocol_min = hello.protocol_max = FRAME_VERSION;
	hello.outbox_uuid = (ProtobufCBinaryData){OUTBOX_UUID_BYTES, (uint8_t *)(uintptr_t)at.outbox_uuid};
	hello.boot_no = at.boot_no;
	hello.oldest_retained_seq = at.last_seq ? 1 : 0;
	hello.last_seq = at.last_seq;
	hello.acked_seq = at.acked_seq;
	hello.backlog_bytes = at.pending_bytes;
	hello.software = (char *)(uintptr_t) "zhibao-agent " ZHIBAO_VERSION;
	hello.programme = (char *)(uintptr_t)session->options.programme;
	hello.programme_version = session->options.programme_version;
	if (!send_message(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, &hello.base))
		start_over(session, "问候未能发出");
}

void session_down(struct session *session, int64_t now_ms)
{
	(void)now_ms;
	start_over(session, "连接中断");
}

void session_denied(struct session *session, int64_t now_ms)
{
	int64_t cap_ms = session->options.backoff_cap_ms;
	(void)now_ms;
	session->phase = PHASE_DOWN;
	/* A refused key stays refused until a person acts; a short cap is for tests. */
	int64_t delay_ms = DENIED_MIN_MS + (int64_t)random_below(session->options.random,
								 DENIED_MAX_MS - DENIED_MIN_MS);
	session->options.io.reconnect(session->options.io.context, cap_ms < 60000 ? cap_ms : delay_ms,
				      "中心拒绝了本机密钥，请联系管理员登记");
}

static bool send_batch(struct session *session, const struct session_slice *slice)
{
	Zhibao__V1__Batch batch = ZHIBAO__V1__BATCH__INIT;
	ProtobufCBinaryData *records = calloc(slice->count, sizeof(*records));
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
	uint64_t bytes = protobuf_c_message_get_packed_size(&batch.base);
	bool is_sent = session->sent_bytes + bytes <= session->credit_bytes &&
		       send_message(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, &batch.base);
	if (is_sent)
		session->sent_bytes += bytes;
	free(records);
	return is_sent;
}

static void pump(struct session *session, int64_t now_ms)
{
	struct session_position at;
	const struct session_io *io = &session->options.io;
	if (session->phase != PHASE_OPEN || session->hold_until_ms > now_ms)
		return;
	session->hold_until_ms = 0;
	io->position(io->context, &at);
	while (session->next_seq <= at.last_seq &&
	       session->inflight_count < session->options.max_inflight_batches) {
		struct session_slice slice;
		if (io->read(io->context, session->next_seq, session->batch_bytes, session->batch_records,
			     &slice) < 0 || slice.count == 0) {
			start_over(session, "台账读取失败");
			return;
		}
		if (!send_batch(session, &slice))
			return; /* no credit or a full pipe: an acknowledgement or a tick goes on */
		session->next_seq = slice.first_seq + slice.count;
		session->inflight_last[session->inflight_count++] = session->next_seq - 1;
	}
}

static void rewind_to(struct session *session, uint64_t acked_seq)
{
	session->next_seq = acked_seq + 1;
	session->inflight_count = 0;
}

/* Highest point both sides share: probes are the centre's, newest first. */
static uint64_t shared_point(struct session *session, Zhibao__V1__ForkProbe **probes, size_t count,
			     uint64_t last_seq)
{
	uint8_t chain[CHAIN_BYTES];
	for (size_t i = 0; i < count; i++)
		if (probes[i]->seq <= last_seq && probes[i]->chain.len == CHAIN_BYTES &&
		    session->options.io.chain_at(session->options.io.context, probes[i]->seq, chain) == 0 &&
		    memcmp(chain, probes[i]->chain.data, CHAIN_BYTES) == 0)
			return probes[i]->seq;
	return 0;
}

static void fork_from(struct session *session, uint64_t shared_seq)
{
	if (session->options.io.fork(session->options.io.context, shared_seq) < 0)
		start_over(session, "台账分叉处理失败");
	else
		start_over(session, "台账与中心不一致，已改用新的发件箱续传");
}

static void on_welcome(struct session *session, const Zhibao__V1__Welcome *welcome,
		       uint64_t envelope_gen, int64_t now_ms)
{
	const struct session_io *io = &session->options.io;
	struct session_position at;
	uint8_t chain[CHAIN_BYTES];
	(void)envelope_gen;
	if (session->phase != PHASE_HELLO)
		return;
	if (strcmp(welcome->office_code, session->options.office_code) != 0) {
		session->attempts = 8; /* the wrong key file will not mend itself soon */
		start_over(session, "密钥属于另一个单位，请检查配置");
		return;
	}
	io->position(io->context, &at);
	bool is_shared = welcome->chain.len == CHAIN_BYTES && welcome->acked_seq <= at.last_seq &&
			 io->chain_at(io->context, welcome->acked_seq, chain) == 0 &&
			 memcmp(chain, welcome->chain.data, CHAIN_BYTES) == 0;
	if (!is_shared) {
		fork_from(session, shared_point(session, welcome->fork_probes, welcome->n_fork_probes,
						at.last_seq));
		return;
	}
	session->session_gen = welcome->session_gen;
	session->credit_bytes = welcome->credit_bytes;
	session->sent_bytes = 0;
	session->batch_bytes = FRAME_SOFT_BYTES;
	session->batch_records = 4096;
	session->hold_until_ms = 0;
	session->phase = PHASE_OPEN;
	/* What the centre acknowledges beyond our ledger comes with the verdicts in the Ack that follows. */
	rewind_to(session, welcome->acked_seq);
	plan_ping(session, now_ms);
	pump(session, now_ms);
}

static void on_ack(struct session *session, const Zhibao__V1__Ack *ack, int64_t now_ms)
{
	const struct session_io *io = &session->options.io;
	struct session_position at;
	io->position(io->context, &at);
	if (ack->acked_seq >= session->next_seq || ack->acked_seq > at.last_seq) {
		start_over(session, "中心确认了没有发出的记录");
		return;
	}
	if (ack->credit_bytes > session->credit_bytes)
		session->credit_bytes = ack->credit_bytes;
	session->attempts = 0;
	if (ack->acked_seq > at.acked_seq || ack->n_quarantined > 0) {
		uint64_t seq = ack->acked_seq > at.acked_seq ? ack->acked_seq : at.acked_seq;
		if (io->acked(io->context, seq, ack) < 0) {
			start_over(session, "台账写入失败");
			return;
		}
	}
	size_t done = 0;
	while (done < session->inflight_count && session->inflight_last[done] <= ack->acked_seq)
		done++;
	session->inflight_count -= done;
	memmove(session->inflight_last, session->inflight_last + done,
		session->inflight_count * sizeof(session->inflight_last[0]));
	pump(session, now_ms);
}

static void halve(struct session *session, uint64_t acked_seq, int64_t now_ms)
{
	if (session->batch_records > 1) {
		session->batch_records = session->inflight_count ? session->batch_records / 2 : 1;
		session->batch_bytes = session->batch_bytes > 1024 ? session->batch_bytes / 2 : 1024;
	}
	rewind_to(session, acked_seq);
	session->hold_until_ms = now_ms + 1000;
}

static void on_nack(struct session *session, const Zhibao__V1__Nack *nack, int64_t now_ms)
{
	struct session_position at;
	session->options.io.position(session->options.io.context, &at);
	int64_t wait_ms = nack->retry_after_ms ? nack->retry_after_ms : 1000;
	switch (nack->code) {
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_GAP:
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_RESYNC:
		rewind_to(session, at.acked_seq);
		session->hold_until_ms = now_ms + wait_ms;
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_FORK:
		fork_from(session, shared_point(session, nack->fork_probes, nack->n_fork_probes, at.last_seq));
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_TOO_BIG:
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD:
		halve(session, at.acked_seq, now_ms);
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED:
		session_denied(session, now_ms);
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED:
		start_over(session, "会话被新的连接取代");
		break;
	case ZHIBAO__V1__NACK_CODE__NACK_CODE_VERSION:
		session->attempts = 8;
		start_over(session, "中心不支持本软件的协议版本，请升级");
		break;
	default: /* BUSY, DB_DOWN, QUOTA and what later versions add */
		if (session->phase == PHASE_HELLO || session->session_gen == 0) {
			start_over(session, "中心暂时不可用");
			break;
		}
		rewind_to(session, at.acked_seq);
		session->hold_until_ms = now_ms + wait_ms;
	}
}

static void on_bye(struct session *session, const Zhibao__V1__Bye *bye)
{
	uint64_t limit = bye->reconnect_after_ms ? bye->reconnect_after_ms : 1000;
	session->phase = PHASE_DOWN;
	session->options.io.reconnect(session->options.io.context,
				      (int64_t)random_below(session->options.random, limit),
				      "中心结束了会话");
}

static void on_ping(struct session *session, const Zhibao__V1__Ping *ping)
{
	Zhibao__V1__Pong pong = ZHIBAO__V1__PONG__INIT;
	pong.token = ping->token;
	pong.sent_at_us = ping->sent_at_us;
	send_message(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG, &pong.base);
}

static const ProtobufCMessageDescriptor *descriptor_of(uint8_t type)
{
	switch (type) {
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME:
		return &zhibao__v1__welcome__descriptor;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK:
		return &zhibao__v1__ack__descriptor;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK:
		return &zhibao__v1__nack__descriptor;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE:
		return &zhibao__v1__bye__descriptor;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING:
		return &zhibao__v1__ping__descriptor;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG:
		return &zhibao__v1__pong__descriptor;
	default:
		return NULL;
	}
}

void session_message(struct session *session, const uint8_t *data, size_t len, int64_t now_ms)
{
	struct frame frame;
	struct arena arena;
	struct problems problems = {0};
	if (session->phase == PHASE_DOWN || frame_decode(data, len, &frame) != FRAME_OK)
		return;
	const ProtobufCMessageDescriptor *descriptor = descriptor_of(frame.type);
	if (!descriptor)
		return; /* a later version's message: not for us */
	arena_init(&arena, WIRE_FLOOR_BYTES + len * WIRE_EXPANSION);
	ProtobufCMessage *message = wire_unpack(descriptor, &arena, data + FRAME_BYTES,
						len - FRAME_BYTES, &problems);
	session->heard_at_ms = now_ms;
	session->missed_pings = 0;
	if (message) {
		if (descriptor == &zhibao__v1__welcome__descriptor)
			on_welcome(session, (const Zhibao__V1__Welcome *)message, frame.session_gen, now_ms);
		else if (descriptor == &zhibao__v1__nack__descriptor)
			on_nack(session, (const Zhibao__V1__Nack *)message, now_ms);
		else if (descriptor == &zhibao__v1__bye__descriptor)
			on_bye(session, (const Zhibao__V1__Bye *)message);
		else if (descriptor == &zhibao__v1__ping__descriptor)
			on_ping(session, (const Zhibao__V1__Ping *)message);
		else if (descriptor == &zhibao__v1__ack__descriptor && session->phase == PHASE_OPEN &&
			 frame.session_gen == session->session_gen)
			on_ack(session, (const Zhibao__V1__Ack *)message, now_ms);
	}
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
		start_over(session, "中心没有回应");
		return;
	}
	ping.token = ++session->ping_token;
	send_message(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, &ping.base);
	session->missed_pings++;
	plan_ping(session, now_ms);
}

void session_tick(struct session *session, int64_t now_ms)
{
	if (session->phase == PHASE_HELLO && now_ms - session->heard_at_ms > REPLY_TIMEOUT_MS)
		start_over(session, "中心没有回应问候");
	if (session->phase != PHASE_OPEN)
		return;
	if (now_ms >= session->next_ping_ms && now_ms - session->heard_at_ms >= session->options.ping_idle_ms / 2)
		ping(session, now_ms);
	pump(session, now_ms);
}
