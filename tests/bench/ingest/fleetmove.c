/* SPDX-License-Identifier: Apache-2.0 */
/* How a simulated agent goes from one collector to another: in good order when it is told of others, and elsewhere
 * when its own one says goodbye. A Welcome with another list moves nobody here: all are given the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "fleet.h"
#include "frame.h"
#include "zhibao/v1/session.pb-c.h"

enum { BYE_LINGER_MS = 1000 };

static int64_t within_us(uint32_t limit_ms)
{
	return random() % ((int64_t)limit_ms * 1000 + 1);
}

static void learn(struct peer *peer, char *const *endpoints, size_t count)
{
	struct err err = {0};
	if (route_replace(&peer->route, endpoints, count, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
}

void peer_on_endpoints(struct peer *peer, const uint8_t *data, size_t len)
{
	Zhibao__V1__Endpoints *told = zhibao__v1__endpoints__unpack(NULL, len, data);
	if (!told)
		return;
	learn(peer, told->endpoints, told->n_endpoints);
	bool is_home = strcmp(route_home(&peer->route), peer->connected_to) == 0;
	peer->move_at_us = is_home ? 0 : figures_now_us() + within_us(told->spread_ms);
	zhibao__v1__endpoints__free_unpacked(told, NULL);
}

void peer_on_bye(struct peer *peer, const uint8_t *data, size_t len)
{
	Zhibao__V1__Bye *bye = zhibao__v1__bye__unpack(NULL, len, data);
	if (!bye)
		return;
	learn(peer, bye->endpoints, bye->n_endpoints);
	if (strcmp(route_current(&peer->route), peer->connected_to) == 0)
		route_next(&peer->route);
	peer->fleet->reconnects++;
	peer_disconnect(peer);
	peer->hold_until_us = figures_now_us() + within_us(bye->reconnect_after_ms);
	zhibao__v1__bye__free_unpacked(bye, NULL);
}

bool peer_is_leaving(const struct peer *peer, int64_t now_us)
{
	return peer->move_at_us > 0 && now_us >= peer->move_at_us;
}

void peer_move(struct peer *peer)
{
	Zhibao__V1__Bye bye = ZHIBAO__V1__BYE__INIT;
	struct frame frame = {FRAME_VERSION, ZHIBAO__V1__MESSAGE_TYPE__MESSAGE_TYPE_BYE, peer->session_gen};
	uint8_t data[64];
	int linger_ms = BYE_LINGER_MS;
	bye.reason = "rebalance";
	frame_encode(&frame, data);
	size_t size = FRAME_BYTES + zhibao__v1__bye__pack(&bye, data + FRAME_BYTES);
	zmq_setsockopt(peer->socket, ZMQ_LINGER, &linger_ms, sizeof(linger_ms));
	zmq_send(peer->socket, data, size, ZMQ_DONTWAIT);
	peer_disconnect(peer);
	peer->fleet->moves++;
	route_go_home(&peer->route);
}
