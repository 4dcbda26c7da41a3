/* SPDX-License-Identifier: Apache-2.0 */
/* router.h - the collector's end: many agents on one socket, each known by the user id of its key
 * Thread: one owner (the loop). Nothing blocks. */
#ifndef ZHIBAO_ROUTER_H
#define ZHIBAO_ROUTER_H

#include <stddef.h>
#include <stdint.h>

#include "mqkeys.h"

struct router;

enum { PEER_ID_MAX = 32 };

/* Address of a connection; meaningless after it ends. */
struct peer {
	uint8_t len;
	uint8_t id[PEER_ID_MAX];
};

struct router_message {
	struct peer peer;
	char user_id[64];    /* from the key, proven by the handshake */
	const uint8_t *data; /* borrowed until the next router_receive */
	size_t len;
};

/* Binds endpoint (tcp://address:port, port * for any free one) with CURVE; zap_start must have run. */
int router_open(struct router **out, void *zmq_context, const char *endpoint,
		const struct mq_keys *keys, struct err *err);
void router_close(struct router **router);
/* Ends every connection and gives back what libzmq kept for them, unfinished messages too; what was sent last gets
 * linger_ms. Until router_reopen has returned 0 nothing is received and every send fails. */
void router_shut(struct router *router, int linger_ms);
/* Listens at the same address again. ERR_RETRY while the address is not yet free: call again a little later. The
 * descriptor is a new one. */
int router_reopen(struct router *router, struct err *err);
/* The address in use, with the real port. Borrowed. */
const char *router_endpoint(const struct router *router);
/* Edge-triggered: after it shows input, call router_receive until it returns 0; also after sends. */
int router_fd(const struct router *router);
/* 1 with a message, 0 when none waits, -1 when one was dropped: it was not exactly one payload frame or came from a connection
 * without a user id. */
int router_receive(struct router *router, struct router_message *out);
/* 0, or -1 when the peer is gone or its pipe is full; nothing is queued then. */
int router_send(struct router *router, const struct peer *peer, const void *data, size_t len);
/* How long router_close may wait for what was sent last; otherwise nothing. */
void router_linger(struct router *router, int linger_ms);

#endif
