/* SPDX-License-Identifier: Apache-2.0 */
#include "router.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "frame.h"
#include "messagememory.h"

struct router {
	void *context;
	void *socket; /* NULL while shut */
	struct mq_keys keys;
	zmq_msg_t message; /* payload of the last receive */
	bool has_message;
	char endpoint[256];
};

static int configure(void *socket, const struct mq_keys *keys)
{
	/* What one transaction answers goes to a peer in one burst: 64 batches and 16 messages. libzmq counts what was read by halves
	 * of the limit, so that only half of it is sure; an answer that finds no room ends the session. More would let a peer that
	 * asks and never reads hold more memory. */
	static const struct {
		int option, value;
	} settings[] = {
		{ZMQ_ROUTER_MANDATORY, 1},    {ZMQ_ROUTER_HANDOVER, 0}, {ZMQ_SNDHWM, 160},
		{ZMQ_RCVHWM, 64},             {ZMQ_LINGER, 0},          {ZMQ_HEARTBEAT_IVL, 0},
		{ZMQ_HANDSHAKE_IVL, 20000},   {ZMQ_BACKLOG, 4096},      {ZMQ_TCP_KEEPALIVE, 1},
		{ZMQ_TCP_KEEPALIVE_IDLE, 60}, {ZMQ_TCP_KEEPALIVE_INTVL, 15},
		{ZMQ_TCP_KEEPALIVE_CNT, 4},   {ZMQ_TCP_MAXRT, 60000},   {ZMQ_IPV6, 1},
		{ZMQ_CURVE_SERVER, 1},
	};
	int64_t max_bytes = FRAME_MAX_BYTES;
	int rc = 0;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		rc |= zmq_setsockopt(socket, settings[i].option, &settings[i].value, sizeof(int));
	rc |= zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max_bytes, sizeof(max_bytes));
	rc |= zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, "zhibao", 6);
	rc |= zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key, KEY_BYTES);
	return rc;
}

static int listen_at(struct router *router, const char *endpoint, struct err *err)
{
	size_t size = sizeof(router->endpoint);
	router->socket = zmq_socket(router->context, ZMQ_ROUTER);
	if (router->socket && configure(router->socket, &router->keys) == 0 &&
	    zmq_bind(router->socket, endpoint) == 0 &&
	    zmq_getsockopt(router->socket, ZMQ_LAST_ENDPOINT, router->endpoint, &size) == 0)
		return 0;
	err_set(err, errno == EADDRINUSE ? ERR_RETRY : ERR_IO, "无法监听 %s：%s", endpoint, zmq_strerror(errno));
	if (router->socket)
		zmq_close(router->socket);
	router->socket = NULL;
	return -1;
}

int router_open(struct router **out, void *zmq_context, const char *endpoint,
		const struct mq_keys *keys, struct err *err)
{
	*out = NULL;
	struct router *router = calloc(1, sizeof(*router));
	if (!router) {
		err_set(err, ERR_NOMEM, "内存不足");
		return -1;
	}
	message_memory_use();
	router->context = zmq_context;
	router->keys = *keys;
	if (listen_at(router, endpoint, err) < 0) {
		router_close(&router);
		return -1;
	}
	*out = router;
	return 0;
}

void router_shut(struct router *router, int linger_ms)
{
	if (router->has_message)
		zmq_msg_close(&router->message);
	router->has_message = false;
	router_linger(router, linger_ms);
	zmq_close(router->socket);
	router->socket = NULL;
}

int router_reopen(struct router *router, struct err *err)
{
	char endpoint[sizeof(router->endpoint)];
	memcpy(endpoint, router->endpoint, sizeof(endpoint));
	return listen_at(router, endpoint, err);
}

void router_close(struct router **router)
{
	if (!*router)
		return;
	if ((*router)->has_message)
		zmq_msg_close(&(*router)->message);
	if ((*router)->socket)
		zmq_close((*router)->socket);
	explicit_bzero(&(*router)->keys, sizeof((*router)->keys));
	free(*router);
	*router = NULL;
}

const char *router_endpoint(const struct router *router)
{
	return router->endpoint;
}

int router_fd(const struct router *router)
{
	int fd = -1;
	size_t size = sizeof(fd);
	zmq_getsockopt(router->socket, ZMQ_FD, &fd, &size);
	return fd;
}

static int receive_frame(struct router *router, zmq_msg_t *message)
{
	if (!router->socket)
		return 0;
	zmq_msg_init(message);
	if (zmq_msg_recv(message, router->socket, ZMQ_DONTWAIT) >= 0)
		return 1;
	zmq_msg_close(message);
	return 0;
}

static void drop_rest(struct router *router, zmq_msg_t *message)
{
	bool has_more = zmq_msg_more(message) != 0;
	zmq_msg_close(message);
	while (has_more && receive_frame(router, message)) {
		has_more = zmq_msg_more(message) != 0;
		zmq_msg_close(message);
	}
}

int router_receive(struct router *router, struct router_message *out)
{
	zmq_msg_t id;
	if (router->has_message)
		zmq_msg_close(&router->message);
	router->has_message = false;
	if (!receive_frame(router, &id))
		return 0;
	size_t id_len = zmq_msg_size(&id);
	if (id_len == 0 || id_len > PEER_ID_MAX || !zmq_msg_more(&id)) {
		drop_rest(router, &id);
		return -1;
	}
	out->peer.len = (uint8_t)id_len;
	memcpy(out->peer.id, zmq_msg_data(&id), id_len);
	zmq_msg_close(&id);
	if (!receive_frame(router, &router->message))
		return -1;
	/* libzmq 4.3.4 keeps the property on the payload frame only. */
	const char *user_id = zmq_msg_gets(&router->message, "User-Id");
	if (zmq_msg_more(&router->message) || !user_id || !user_id[0] || strlen(user_id) >= sizeof(out->user_id)) {
		drop_rest(router, &router->message);
		return -1;
	}
	strcpy(out->user_id, user_id);
	out->data = zmq_msg_data(&router->message);
	out->len = zmq_msg_size(&router->message);
	router->has_message = true;
	return 1;
}

int router_send(struct router *router, const struct peer *peer, const void *data, size_t len)
{
	if (!router->socket || zmq_send(router->socket, peer->id, peer->len, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return -1;
	return zmq_send(router->socket, data, len, ZMQ_DONTWAIT) < 0 ? -1 : 0;
}

void router_linger(struct router *router, int linger_ms)
{
	if (router->socket)
		zmq_setsockopt(router->socket, ZMQ_LINGER, &linger_ms, sizeof(linger_ms));
}
