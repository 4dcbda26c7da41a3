/* SPDX-License-Identifier: Apache-2.0 */
#include "dealer.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <zmq.h>

#include "frame.h"
#include "messagememory.h"

struct dealer {
	void *socket;
	void *monitor;
	struct loop *loop;
	struct loop_watch *socket_watch;
	struct loop_watch *monitor_watch;
	struct loop_timer *drain_timer;
	struct dealer_options options;
	bool is_draining;
	bool is_closing; /* closed inside a callback: freed when the drain returns */
};

static void destroy(struct dealer *dealer)
{
	loop_unwatch(dealer->loop, &dealer->socket_watch);
	loop_unwatch(dealer->loop, &dealer->monitor_watch);
	loop_timer_free(dealer->loop, &dealer->drain_timer);
	if (dealer->socket) {
		zmq_socket_monitor(dealer->socket, NULL, 0);
		zmq_close(dealer->socket);
	}
	if (dealer->monitor)
		zmq_close(dealer->monitor);
	free(dealer);
}

static void tell(struct dealer *dealer, enum dealer_event event)
{
	if (!dealer->is_closing)
		dealer->options.on_event(dealer->options.context, event);
}

static void drain_monitor(struct dealer *dealer)
{
	while (!dealer->is_closing) {
		zmq_msg_t head, address;
		uint16_t event;
		zmq_msg_init(&head);
		if (zmq_msg_recv(&head, dealer->monitor, ZMQ_DONTWAIT) < 0) {
			zmq_msg_close(&head);
			return;
		}
		memcpy(&event, zmq_msg_data(&head), sizeof(event));
		zmq_msg_close(&head);
		zmq_msg_init(&address);
		zmq_msg_recv(&address, dealer->monitor, ZMQ_DONTWAIT);
		zmq_msg_close(&address);
		if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
			tell(dealer, DEALER_UP);
		else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
			tell(dealer, DEALER_DENIED);
		else if (event != ZMQ_EVENT_CONNECTED && event != ZMQ_EVENT_CONNECT_DELAYED &&
			 event != ZMQ_EVENT_MONITOR_STOPPED)
			tell(dealer, DEALER_DOWN);
	}
}

static void drain_socket(struct dealer *dealer)
{
	while (!dealer->is_closing) {
		zmq_msg_t message;
		zmq_msg_init(&message);
		if (zmq_msg_recv(&message, dealer->socket, ZMQ_DONTWAIT) < 0) {
			zmq_msg_close(&message);
			return;
		}
		bool is_part = zmq_msg_more(&message) != 0;
		if (!is_part)
			dealer->options.on_message(dealer->options.context, zmq_msg_data(&message),
						   zmq_msg_size(&message));
		zmq_msg_close(&message);
		while (is_part) { /* a message of several frames is nobody's: drop all of it */
			zmq_msg_init(&message);
			if (zmq_msg_recv(&message, dealer->socket, ZMQ_DONTWAIT) < 0)
				is_part = false;
			else
				is_part = zmq_msg_more(&message) != 0;
			zmq_msg_close(&message);
		}
	}
}

/* The descriptor is edge-triggered, so every wake-up reads until nothing is left. */
static void drain(struct dealer *dealer)
{
	dealer->is_draining = true;
	drain_socket(dealer);
	drain_monitor(dealer);
	dealer->is_draining = false;
	if (dealer->is_closing)
		destroy(dealer);
}

static void on_ready(void *context, uint32_t events)
{
	(void)events;
	drain(context);
}

static void on_drain_timer(void *context)
{
	drain(context);
}

static int set_int(void *socket, int option, int value)
{
	return zmq_setsockopt(socket, option, &value, sizeof(value));
}

static int configure(struct dealer *dealer, const struct dealer_options *options)
{
	static const struct {
		int option, value;
	} settings[] = {
		{ZMQ_RECONNECT_IVL, -1},      {ZMQ_LINGER, 0},
		{ZMQ_IMMEDIATE, 1},           {ZMQ_HEARTBEAT_IVL, 0},
		{ZMQ_HANDSHAKE_IVL, 30000},   {ZMQ_SNDHWM, 64},
		{ZMQ_RCVHWM, 256},            {ZMQ_TCP_KEEPALIVE, 1},
		{ZMQ_TCP_KEEPALIVE_IDLE, 60}, {ZMQ_TCP_KEEPALIVE_INTVL, 15},
		{ZMQ_TCP_KEEPALIVE_CNT, 4},   {ZMQ_TCP_MAXRT, 60000},
		{ZMQ_CONNECT_TIMEOUT, 15000}, {ZMQ_IPV6, 1},
	};
	int64_t max_bytes = FRAME_MAX_BYTES;
	int rc = 0;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		rc |= set_int(dealer->socket, settings[i].option, settings[i].value);
	rc |= zmq_setsockopt(dealer->socket, ZMQ_MAXMSGSIZE, &max_bytes, sizeof(max_bytes));
	rc |= zmq_setsockopt(dealer->socket, ZMQ_CURVE_SERVERKEY, options->server_public_key, KEY_BYTES);
	rc |= zmq_setsockopt(dealer->socket, ZMQ_CURVE_PUBLICKEY, options->keys->public_key, KEY_BYTES);
	rc |= zmq_setsockopt(dealer->socket, ZMQ_CURVE_SECRETKEY, options->keys->secret_key, KEY_BYTES);
	return rc;
}

static int watch(struct dealer *dealer, void *socket, struct loop_watch **out, struct err *err)
{
	int fd;
	size_t size = sizeof(fd);
	zmq_getsockopt(socket, ZMQ_FD, &fd, &size);
	return loop_watch(dealer->loop, fd, EPOLLIN, on_ready, dealer, out, err);
}

int dealer_open(struct dealer **out, void *zmq_context, struct loop *loop,
		const struct dealer_options *options, struct err *err)
{
	static _Atomic unsigned serial;
	char address[64];
	*out = NULL;
	struct dealer *dealer = calloc(1, sizeof(*dealer));
	if (!dealer) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	dealer->loop = loop;
	dealer->options = *options;
	message_memory_use();
	dealer->socket = zmq_socket(zmq_context, ZMQ_DEALER);
	dealer->monitor = zmq_socket(zmq_context, ZMQ_PAIR);
	snprintf(address, sizeof(address), "inproc://dealer-%u", atomic_fetch_add(&serial, 1));
	if (!dealer->socket || !dealer->monitor || configure(dealer, options) != 0 ||
	    set_int(dealer->monitor, ZMQ_LINGER, 0) != 0 ||
	    zmq_socket_monitor(dealer->socket, address, ZMQ_EVENT_ALL) < 0 ||
	    zmq_connect(dealer->monitor, address) < 0 ||
	    zmq_connect(dealer->socket, options->endpoint) < 0) {
		err_set(err, ERR_IO, "无法连接 %s：%s", options->endpoint, zmq_strerror(errno));
		goto failed;
	}
	if (watch(dealer, dealer->socket, &dealer->socket_watch, err) < 0 ||
	    watch(dealer, dealer->monitor, &dealer->monitor_watch, err) < 0 ||
	    loop_timer_new(loop, on_drain_timer, dealer, &dealer->drain_timer, err) < 0)
		goto failed;
	loop_timer_set(dealer->drain_timer, 0); /* events before the watch began */
	*out = dealer;
	return 0;
failed:
	destroy(dealer);
	return -1;
}

void dealer_close(struct dealer **dealer)
{
	if (!*dealer)
		return;
	(*dealer)->is_closing = true;
	if (!(*dealer)->is_draining)
		destroy(*dealer);
	*dealer = NULL;
}

enum dealer_sent dealer_send(struct dealer *dealer, const void *data, size_t len)
{
	int rc = zmq_send(dealer->socket, data, len, ZMQ_DONTWAIT);
	int why = errno;
	/* Sending consumes the edge of a message that came meanwhile. */
	if (!dealer->is_draining)
		loop_timer_set(dealer->drain_timer, 0);
	if (rc >= 0)
		return DEALER_SENT;
	return why == EAGAIN ? DEALER_FULL : DEALER_FAILED;
}
