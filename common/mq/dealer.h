/* SPDX-License-Identifier: Apache-2.0 */
/* dealer.h - the agent's end of the link: one socket per attempt, never reconnecting by itself
 * libzmq's own reconnection has no jitter and stops for good after a refused key, so the caller closes and
 * opens again after its own back-off (backoff.h).
 * Thread: the loop's. Nothing blocks. */
#ifndef ZHIBAO_DEALER_H
#define ZHIBAO_DEALER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "mqkeys.h"

struct dealer;

enum dealer_event {
	DEALER_UP,      /* handshake done: messages may flow */
	DEALER_DENIED,  /* the collector refused the key */
	DEALER_DOWN     /* no connection, or it was lost: close and open again later */
};

struct dealer_options {
	const char *endpoint;                 /* tcp://host:port; borrowed during the open */
	uint8_t server_public_key[KEY_BYTES];
	const struct mq_keys *keys;           /* borrowed during the open; with secret */
	void (*on_event)(void *context, enum dealer_event event);
	/* One whole payload; data is borrowed for the call. */
	void (*on_message)(void *context, const uint8_t *data, size_t len);
	void *context;
};

/* context is the process's zmq context. Callbacks never run inside dealer_open or dealer_send. */
int dealer_open(struct dealer **out, void *zmq_context, struct loop *loop,
		const struct dealer_options *options, struct err *err);
void dealer_close(struct dealer **dealer); /* safe inside a callback */

enum dealer_sent { DEALER_SENT, DEALER_FULL, DEALER_FAILED };
enum dealer_sent dealer_send(struct dealer *dealer, const void *data, size_t len);

#endif
