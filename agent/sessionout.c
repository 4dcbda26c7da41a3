/* SPDX-License-Identifier: Apache-2.0 */
#include "session_private.h"

#include <stdlib.h>

#include "frame.h"
#include "registry.h"

bool session_put(struct session *session, uint8_t type, const ProtobufCMessage *message)
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

static void leave(struct session *session, const char *reason, const char *reason_zh)
{
	Zhibao__V1__Bye bye = ZHIBAO__V1__BYE__INIT;
	bye.reason = (char *)(uintptr_t)reason;
	if (session->phase == PHASE_OPEN)
		session_put(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, &bye.base);
	session->phase = PHASE_DOWN;
	session->options.link.reconnect(session->options.link.context, 0, false, reason_zh);
}

void session_plan_ping(struct session *session, int64_t now_ms)
{
	int64_t idle = session->options.ping_idle_ms;
	int64_t spread = (int64_t)random_below(session->options.random, (uint64_t)(idle * 2 / 5 + 1));
	session->next_ping_ms = now_ms + idle - idle / 5 + spread; /* idle, give or take a fifth */
}

void session_up(struct session *session, int64_t now_ms)
{
	struct session_position at;
	Zhibao__V1__Hello hello = ZHIBAO__V1__HELLO__INIT;
	if (!session_store_acks(session)) { /* the centre repeats the verdicts after the number that Hello names */
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
	hello.programme = (char *)(uintptr_t)session->options.programme->id;
	hello.programme_version = session->options.programme->version;
	hello.downlink_seq = at.downlink_seq;
	if (at.forked_from) {
		hello.forked_from_uuid =
			(ProtobufCBinaryData){OUTBOX_UUID_BYTES, (uint8_t *)(uintptr_t)at.forked_from};
		hello.fork_seq = at.fork_seq;
	}
	if (!session_put(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, &hello.base))
		session_start_over(session, "问候未能发出");
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
		       session_put(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH, &batch.base);
	if (is_sent)
		session->sent_bytes += bytes;
	free(records);
	return is_sent;
}

static bool is_short_of_credit(const struct session *session)
{
	return session->inflight_count == 0 && session->wanted_bytes > session->credit_bytes;
}

static void send_what_waits(struct session *session, int64_t now_ms)
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

void session_pump(struct session *session, int64_t now_ms)
{
	send_what_waits(session, now_ms);
	/* No answer is under way that could raise it: a batch larger than usual is asked for. */
	if (session->phase == PHASE_OPEN && is_short_of_credit(session) && session->asked_bytes != session->wanted_bytes) {
		session->asked_bytes = session->wanted_bytes;
		session_ping(session, now_ms);
	}
}

void session_rewind_to(struct session *session, uint64_t acked_seq)
{
	session->next_seq = acked_seq + 1;
	session->wanted_bytes = 0;
	session->inflight_count = 0;
}

void session_ping(struct session *session, int64_t now_ms)
{
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	if (session->missed_pings >= MAX_MISSED_PINGS) {
		session_start_over(session, "中心没有回应");
		return;
	}
	ping.token = ++session->ping_token;
	ping.wanted_bytes = is_short_of_credit(session) ? session->wanted_bytes - session->sent_bytes : 0;
	session_put(session, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, &ping.base);
	session->missed_pings++;
	session_plan_ping(session, now_ms);
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

void session_stay(struct session *session)
{
	session->move_at_ms = 0;
}

bool session_send(struct session *session, uint8_t type, const ProtobufCMessage *message)
{
	return session->phase == PHASE_OPEN && session->protocol >= 2 && session_put(session, type, message);
}
