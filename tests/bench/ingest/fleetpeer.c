/* SPDX-License-Identifier: Apache-2.0 */
/* One simulated agent. It goes back to the acknowledged batch after a refusal, as the real one
 * does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <zmq.h>

#include "fleet.h"
#include "frame.h"
#include "zhibao/v1/session.pb-c.h"

enum { RECEIVE_BYTES = 384 * 1024, DEFAULT_HOLD_MS = 1000 };

static void give_up(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, zmq_strerror(errno));
	exit(1);
}

void peer_connect(struct peer *peer)
{
	static const struct {
		int option, value;
	} settings[] = {{ZMQ_LINGER, 0},
			{ZMQ_IMMEDIATE, 1},
			{ZMQ_RECONNECT_IVL, -1},
			{ZMQ_HANDSHAKE_IVL, 30000}};
	struct fleet *fleet = peer->fleet;
	size_t len = sizeof(peer->fd);
	peer->socket = zmq_socket(fleet->zmq_context, ZMQ_DEALER);
	if (!peer->socket)
		give_up("socket");
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		zmq_setsockopt(peer->socket, settings[i].option, &settings[i].value, sizeof(int));
	zmq_setsockopt(peer->socket, ZMQ_CURVE_SERVERKEY, fleet->options.server_key, KEY_TEXT_SIZE);
	zmq_setsockopt(peer->socket, ZMQ_CURVE_PUBLICKEY, peer->key->public_key, KEY_TEXT_SIZE);
	zmq_setsockopt(peer->socket, ZMQ_CURVE_SECRETKEY, peer->key->secret_key, KEY_TEXT_SIZE);
	snprintf(peer->connected_to, sizeof(peer->connected_to), "%s", route_current(&peer->route));
	if (zmq_connect(peer->socket, peer->connected_to) < 0 ||
	    zmq_getsockopt(peer->socket, ZMQ_FD, &peer->fd, &len) < 0)
		give_up("connect");
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.ptr = peer}};
	if (epoll_ctl(fleet->epoll, EPOLL_CTL_ADD, peer->fd, &event) < 0)
		give_up("epoll");
	peer->state = PEER_CONNECTING;
	peer->since_us = figures_now_us();
	peer->session_gen = 0;
	peer->move_at_us = 0;
}

void peer_disconnect(struct peer *peer)
{
	if (!peer->socket)
		return;
	epoll_ctl(peer->fleet->epoll, EPOLL_CTL_DEL, peer->fd, NULL);
	zmq_close(peer->socket);
	peer->socket = NULL;
	peer->state = PEER_DOWN;
}

static void start_over(struct peer *peer)
{
	peer->fleet->reconnects++;
	peer_disconnect(peer);
	peer_connect(peer);
}

static void say_hello(struct peer *peer)
{
	Zhibao__V1__Hello hello = ZHIBAO__V1__HELLO__INIT;
	struct frame frame = {FRAME_VERSION_MIN, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_HELLO, 0};
	uint8_t data[256];
	hello.protocol_min = FRAME_VERSION_MIN;
	hello.protocol_max = FRAME_VERSION;
	hello.outbox_uuid = (ProtobufCBinaryData){OUTBOX_UUID_BYTES, peer->stream.outbox_uuid};
	hello.last_seq = peer->stream.seq;
	hello.acked_seq = peer->acked > 0 ? peer->acked * peer->records : 0;
	frame_encode(&frame, data);
	size_t len = zhibao__v1__hello__pack(&hello, data + FRAME_BYTES);
	peer->state = PEER_GREETED;
	if (zmq_send(peer->socket, data, FRAME_BYTES + len, ZMQ_DONTWAIT) < 0)
		start_over(peer);
}

void peer_make(struct peer *peer)
{
	static const uint8_t no_frame[FRAME_BYTES];
	struct slot *slot = &peer->slots[peer->made % peer->slot_count];
	struct load_batch batch;
	buf_reset(&slot->frame);
	buf_append(&slot->frame, no_frame, FRAME_BYTES);
	load_make(&peer->stream, &peer->fleet->ids, peer->records, &slot->frame, NULL, &batch);
	slot->first_seq = batch.first_seq;
	slot->last_seq = batch.last_seq;
	slot->sent_us = 0;
	slot->due_us = 0;
	peer->made++;
}

/* With nothing under way no acknowledgement brings more credit: it is asked for, once. */
static void ask_for(struct peer *peer, size_t len)
{
	Zhibao__V1__Ping ping = ZHIBAO__V1__PING__INIT;
	struct frame frame = {FRAME_VERSION, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PING, peer->session_gen};
	uint8_t data[64];
	if (peer->sent != peer->acked || peer->asked_bytes == peer->spent_bytes + len)
		return;
	ping.token = 1;
	ping.wanted_bytes = len;
	frame_encode(&frame, data);
	if (zmq_send(peer->socket, data, FRAME_BYTES + zhibao__v1__ping__pack(&ping, data + FRAME_BYTES), ZMQ_DONTWAIT) >= 0)
		peer->asked_bytes = peer->spent_bytes + len;
}

/* False when the socket or the credit takes no more now. */
static bool send_next(struct peer *peer, int64_t now_us)
{
	struct slot *slot = &peer->slots[peer->sent % peer->slot_count];
	struct frame frame = {FRAME_VERSION, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BATCH,
			      peer->session_gen};
	size_t len = slot->frame.len - FRAME_BYTES;
	if (peer->spent_bytes + len > peer->credit_bytes) {
		ask_for(peer, len);
		return false;
	}
	frame_encode(&frame, (uint8_t *)slot->frame.data);
	if (zmq_send(peer->socket, slot->frame.data, slot->frame.len, ZMQ_DONTWAIT) < 0)
		return false;
	peer->spent_bytes += len;
	if (slot->sent_us > 0)
		peer->fleet->resent++;
	else
		slot->sent_us = now_us;
	if (peer->sent == peer->acked)
		peer->since_us = now_us;
	peer->sent++;
	return true;
}

static void send_all(struct peer *peer)
{
	int64_t now_us = figures_now_us();
	if (peer->state != PEER_OPEN || !peer->fleet->is_running || now_us < peer->hold_until_us || peer_is_leaving(peer, now_us))
		return;
	while (peer->sent < peer->due && peer->sent - peer->acked < peer->window) {
		if (peer->sent == peer->made)
			peer_make(peer);
		struct slot *slot = &peer->slots[peer->sent % peer->slot_count];
		if (slot->due_us == 0)
			slot->due_us = peer->due_at_us ? peer->due_at_us(peer, peer->sent) : now_us;
		if (!send_next(peer, now_us))
			return;
	}
}

/* Everything up to seq is durable. */
static void settle(struct peer *peer, uint64_t seq)
{
	int64_t now_us = figures_now_us();
	while (peer->acked < peer->made) {
		const struct slot *slot = &peer->slots[peer->acked % peer->slot_count];
		if (slot->last_seq > seq)
			break;
		/* Bulk counts from its sending, a small agent from the moment its record was there.
		 */
		samples_add(peer->latencies,
			    now_us - (peer->due_at_us ? slot->due_us : slot->sent_us));
		if (peer->latencies == &peer->fleet->latencies)
			peer->fleet->rows_acked += peer->records;
		else
			peer->fleet->rows_honest += peer->records;
		peer->acked++;
		peer->since_us = now_us;
	}
	if (peer->sent < peer->acked)
		peer->sent = peer->acked;
}

static void on_welcome(struct peer *peer, const uint8_t *data, size_t len)
{
	Zhibao__V1__Welcome *welcome = zhibao__v1__welcome__unpack(NULL, len, data);
	if (!welcome || strcmp(welcome->office_code, peer->key->office_code) != 0 ||
	    welcome->acked_seq < peer->acked * peer->records) {
		fputs("a Welcome that does not fit: an acknowledged record is gone?\n", stderr);
		exit(1);
	}
	peer->session_gen = welcome->session_gen;
	peer->credit_bytes = welcome->credit_bytes;
	peer->spent_bytes = peer->asked_bytes = 0;
	peer->state = PEER_OPEN;
	settle(peer, welcome->acked_seq);
	peer->sent = peer->acked;
	zhibao__v1__welcome__free_unpacked(welcome, NULL);
}

static void take_credit(struct peer *peer, uint64_t credit_bytes)
{
	if (credit_bytes > peer->credit_bytes)
		peer->credit_bytes = credit_bytes;
}

static void on_ack(struct peer *peer, const uint8_t *data, size_t len)
{
	Zhibao__V1__Ack *ack = zhibao__v1__ack__unpack(NULL, len, data);
	if (!ack)
		return;
	take_credit(peer, ack->credit_bytes);
	if (ack->n_quarantined > 0 && peer->fleet->quarantined == 0)
		fprintf(stderr, "put aside: %s %s\n", ack->quarantined[0]->code,
			ack->quarantined[0]->field);
	peer->fleet->quarantined += ack->n_quarantined;
	settle(peer, ack->acked_seq);
	zhibao__v1__ack__free_unpacked(ack, NULL);
}

static void on_pong(struct peer *peer, const uint8_t *data, size_t len)
{
	Zhibao__V1__Pong *pong = zhibao__v1__pong__unpack(NULL, len, data);
	if (!pong)
		return;
	take_credit(peer, pong->credit_bytes);
	zhibao__v1__pong__free_unpacked(pong, NULL);
}

static void on_nack(struct peer *peer, const uint8_t *data, size_t len)
{
	Zhibao__V1__Nack *nack = zhibao__v1__nack__unpack(NULL, len, data);
	if (!nack)
		return;
	Zhibao__V1__NackCode code = nack->code;
	int64_t hold_ms = nack->retry_after_ms ? nack->retry_after_ms : DEFAULT_HOLD_MS;
	if (code != ZHIBAO__V1__NACK_CODE__NACK_CODE_QUOTA)
		hold_ms += random() % (hold_ms + 1);
	take_credit(peer, nack->credit_bytes);
	if (peer->fleet->nacks++ == 0)
		fprintf(stderr, "first refusal: code %d, %s\n", (int)code, nack->detail);
	if (code == ZHIBAO__V1__NACK_CODE__NACK_CODE_BAD ||
	    code == ZHIBAO__V1__NACK_CODE__NACK_CODE_FORK ||
	    code == ZHIBAO__V1__NACK_CODE__NACK_CODE_TOO_BIG ||
	    code == ZHIBAO__V1__NACK_CODE__NACK_CODE_VERSION ||
	    code == ZHIBAO__V1__NACK_CODE__NACK_CODE_REVOKED) {
		fprintf(stderr, "refused for good: code %d, %s\n", (int)code, nack->detail);
		exit(1);
	}
	zhibao__v1__nack__free_unpacked(nack, NULL);
	if (code == ZHIBAO__V1__NACK_CODE__NACK_CODE_FENCED || peer->state != PEER_OPEN) {
		start_over(peer);
		return;
	}
	peer->sent = peer->acked;
	peer->hold_until_us = figures_now_us() + hold_ms * 1000;
}

static void receive(struct peer *peer, const uint8_t *data, size_t len)
{
	struct frame frame;
	if (frame_decode(data, len, &frame) != FRAME_OK)
		return;
	const uint8_t *body = data + FRAME_BYTES;
	len -= FRAME_BYTES;
	switch (frame.type) {
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_WELCOME:
		on_welcome(peer, body, len);
		break;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ACK:
		on_ack(peer, body, len);
		break;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_NACK:
		on_nack(peer, body, len);
		break;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_ENDPOINTS:
		peer_on_endpoints(peer, body, len);
		break;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_PONG:
		on_pong(peer, body, len);
		break;
	case ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE:
		peer_on_bye(peer, body, len);
		break;
	default:
		break;
	}
}

void peer_serve(struct peer *peer)
{
	static _Thread_local uint8_t data[RECEIVE_BYTES];
	int events;
	/* The descriptor tells of edges only: go on until ZeroMQ itself says that nothing is left.
	 */
	do {
		void *socket = peer->socket;
		int len;
		while (peer->socket == socket &&
		       (len = zmq_recv(socket, data, sizeof(data), ZMQ_DONTWAIT)) >= 0)
			receive(peer, data,
				(size_t)len < sizeof(data) ? (size_t)len : sizeof(data));
		if (!peer->socket)
			return;
		size_t size = sizeof(events);
		if (zmq_getsockopt(peer->socket, ZMQ_EVENTS, &events, &size) < 0)
			give_up("events");
		if (peer->state == PEER_CONNECTING && (events & ZMQ_POLLOUT))
			say_hello(peer);
		send_all(peer);
		size = sizeof(events);
		if (zmq_getsockopt(peer->socket, ZMQ_EVENTS, &events, &size) < 0)
			give_up("events");
	} while (events & ZMQ_POLLIN);
}
